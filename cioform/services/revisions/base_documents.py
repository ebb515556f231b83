"""`protect` and `ignore` of documents as a base has them: a pull request may not loosen them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Final

from cioform.config.base_settings import problem_in_base
from cioform.config.file_format import OldFormatError
from cioform.config.load import Configuration, load_configuration
from cioform.config.project import SETTINGS_FILE, WORKSPACES_FOLDER
from cioform.core.address import Address
from cioform.core.errors import ConfigError
from cioform.model.objects.snapshot import DesiredState
from cioform.model.registry import Registry
from cioform.model.resource import Resource
from cioform.services.revisions.files import NoWorkspacesError, RevisionFiles

_ROLE: Final = "It is in the documents of the base, which decide what is protected and ignored."


def with_base_documents(
    root: Path,
    configuration: Configuration,
    kinds: Registry,
    revisions: RevisionFiles | None = None,
) -> Configuration:
    """Return a configuration in which documents are protected and ignored as in the base.

    A document that the base lacks stays as it is, and so do all if the files of the base have an
    older format. Nothing changes without a base. `revisions` are those that several workspaces
    share. Raises ConfigError if the documents of the base are not valid: nobody would know what
    they protect.
    """
    commit = configuration.settings.base_commit
    if commit is None:
        return configuration
    with nullcontext(revisions) if revisions is not None else RevisionFiles() as files:
        try:
            project = files.at(root, commit)
        except NoWorkspacesError:
            return configuration
        old = _load_base(project, configuration.name, commit, kinds)
    resources = configuration.desired.resources
    judged = {address: _as_in(_base_of(each, old), each) for address, each in resources.items()}
    changed = tuple(_changed(resources, judged))
    if not changed:
        return configuration
    settings = configuration.settings
    known = (*settings.changed_since_base, *changed)
    return replace(
        configuration,
        settings=replace(settings, changed_since_base=known),
        desired=DesiredState(judged),
    )


def _load_base(
    project: Path, name: str, commit: str, kinds: Registry
) -> Mapping[Address, Resource]:
    if not (project / WORKSPACES_FOLDER / name / SETTINGS_FILE).is_file():
        return {}
    try:
        return load_configuration(project, name, kinds, os.environ).desired.resources
    except OldFormatError:
        return {}  # A pull request that upgrades the files could not be planned otherwise.
    except ConfigError as error:
        found = [problem_in_base(each, commit, _ROLE) for each in error.diagnostics]
        raise ConfigError(found) from None


def _base_of(resource: Resource, old: Mapping[Address, Resource]) -> Resource | None:
    """Return a document as the base has it, also where it had an earlier address there."""
    return next((old[each] for each in (resource.address, *resource.was) if each in old), None)


def _as_in(base: Resource | None, resource: Resource) -> Resource:
    if base is None:
        return resource
    return replace(
        resource,
        protect=base.protect or resource.protect,
        ignore=base.ignore,
        ignored_until=base.ignored_until,
        because=base.because or resource.because,
    )


def _changed(
    resources: Mapping[Address, Resource], judged: Mapping[Address, Resource]
) -> Iterator[str]:
    for address, own in resources.items():
        if own.protect != judged[address].protect:
            yield f"protect of {address}"
        if own.ignore != judged[address].ignore:
            yield f"ignore of {address}"
