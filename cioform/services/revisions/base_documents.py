"""`protect` and `ignore` of documents as a base has them: a pull request may not loosen them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import Final

from cioform.config.base_settings import problem_in_base
from cioform.config.file_format import OldFormatError
from cioform.config.load import Configuration, load_configuration
from cioform.config.project import SETTINGS_FILE, WORKSPACES_FOLDER
from cioform.core.address import Address
from cioform.core.errors import ConfigError
from cioform.model.registry import Registry
from cioform.model.resource import Resource
from cioform.plan.matching.base_documents import BaseDocuments
from cioform.services.revisions.files import NoWorkspacesError, RevisionFiles

_ROLE: Final = "It is in the documents of the base, which decide what is protected and ignored."


def read_base_documents(
    root: Path,
    configuration: Configuration,
    kinds: Registry,
    revisions: RevisionFiles | None = None,
) -> BaseDocuments:
    """Return the documents of the base.

    There are none without a base, or if its files have an older format. `revisions` are shared by
    several workspaces. Raises ConfigError if the documents are invalid, because it is then unknown
    what they protect.
    """
    commit = configuration.settings.base_commit
    if commit is None:
        return BaseDocuments()
    with nullcontext(revisions) if revisions is not None else RevisionFiles() as files:
        try:
            project = files.at(root, commit)
        except NoWorkspacesError:
            return BaseDocuments()
        old = _load_base(project, configuration.name, commit, kinds)
    return BaseDocuments.of(old, configuration.desired.resources, kinds)


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
