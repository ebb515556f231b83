"""Find the resources that differ from those of a revision."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from cioform.config.load import Configuration, load_configuration
from cioform.config.project import SETTINGS_FILE, WORKSPACES_FOLDER
from cioform.core.address import Address
from cioform.model.registry import Registry
from cioform.model.resource import Resource
from cioform.plan.selecting.selectors import FileState


def changed_resources(
    configuration: Configuration, old_project: Path, kinds: Registry
) -> Mapping[Address, FileState]:
    """Return what differs in the files of a workspace from those in `old_project`.

    All resources of a workspace that the other project lacks are new. Raises ConfigError if the
    workspace is not valid there.
    """
    name = configuration.name
    before: Mapping[Address, Resource] = {}
    if (old_project / WORKSPACES_FOLDER / name / SETTINGS_FILE).is_file():
        before = load_configuration(old_project, name, kinds, os.environ).desired.resources
    return differences(before, configuration.desired.resources)


def differences(
    before: Mapping[Address, Resource], now: Mapping[Address, Resource]
) -> Mapping[Address, FileState]:
    """Return which resources differ, and what happened to each since `before`."""
    return {
        address: _state(before.get(address), now.get(address))
        for address in (*now, *(each for each in before if each not in now))
        if _content(now.get(address)) != _content(before.get(address))
    }


def _state(before: Resource | None, now: Resource | None) -> FileState:
    if now is None:
        return FileState.REMOVED
    return FileState.NEW if before is None else FileState.MODIFIED


def _content(resource: Resource | None) -> object:
    if resource is None:
        return None
    return resource.attributes, resource.protect, resource.ignore, resource.remote_id, resource.was
