"""Stamps that name the file of an object: those that were read, and those to write."""

from __future__ import annotations

from collections.abc import Container, Mapping
from functools import cached_property
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from cioform.config.load import Configuration
from cioform.config.project import WORKSPACES_FOLDER
from cioform.config.sections.managed_by import ManagedBy, repository_name
from cioform.core.address import Address
from cioform.core.dataclasses import dataclass
from cioform.core.errors import PlanError
from cioform.model.objects.stamp import Stamp
from cioform.model.resource import Resource
from cioform.services.project.git import git_line, project_prefix


def stamps_to_write(
    root: Path, configuration: Configuration, resources: Mapping[Address, Resource]
) -> dict[Address, Stamp]:
    """Return the stamps of resources that have a file; none unless the settings ask for stamps.

    Raises PlanError if the repository is not known.
    """
    if not configuration.settings.managed_by.stamp:
        return {}
    place = _Place(root, configuration)
    repository = place.require_repository()
    return {
        address: Stamp.of(repository, place.prefix + each.location.file)
        for address, each in resources.items()
        if each.location is not None
    }


def check_repository(root: Path, configuration: Configuration) -> None:
    """Raise PlanError if the settings ask for stamps and the repository is not known."""
    if configuration.settings.managed_by.stamp:
        _Place(root, configuration).require_repository()


def managed_elsewhere(
    root: Path,
    configuration: Configuration,
    stamps: Mapping[Address, Stamp | None],
    bound: Container[Address],
) -> dict[Address, str]:
    """Return where the objects are managed whose stamps name another project or workspace.

    `bound` are the addresses whose objects the state has. Raises StateError if there are stamps,
    and Git cannot be asked which repository this is.
    """
    place = _Place(root, configuration)
    return {
        address: stamp.place
        for address, stamp in stamps.items()
        if stamp is not None and place.is_other(stamp, is_bound=address in bound)
    }


@dataclass(frozen=True)
class _Place:
    """The repository, and the folder of a project in it."""

    root: Path
    configuration: Configuration

    @property
    def _settings(self) -> ManagedBy:
        return self.configuration.settings.managed_by

    @cached_property
    def repository(self) -> str | None:
        """The name of the repository. Raises StateError if Git has to be asked and cannot be."""
        return self._settings.repository or repository_name(
            git_line(self.root, "remote", "get-url", "origin")
        )

    @cached_property
    def prefix(self) -> str:
        """The folder of the project in the repository, with a slash at its end."""
        return project_prefix(self.root)

    def require_repository(self) -> str:
        """Return the name of the repository. Raises PlanError if it is not known."""
        if self.repository is None:
            raise PlanError.of(
                "Repository not known",
                "`managed_by` in workspace.yaml asks for stamps, and the remote `origin` of Git "
                "does not name a repository on a host. Name it:\n\n    managed_by: {stamp: true, "
                "repository: github.com/acme/messages}",
            )
        return self.repository

    def is_other(self, stamp: Stamp, *, is_bound: bool) -> bool:
        """Return whether a stamp is that of another project or workspace.

        In this repository only a file that is still there counts: what was moved has no other
        owner. Without a name of this repository, the stamp of an object that the state has is
        taken for one of it, and every other stamp for one of another repository.
        """
        if any(map(stamp.is_in, self._settings.take_over)):
            return False
        is_here = is_bound if self.repository is None else stamp.is_in(self.repository)
        if not is_here:
            return True
        path = PurePosixPath(unquote(stamp.path))
        is_own = any(map(path.is_relative_to, self._folders))
        if is_own or path.is_absolute() or ".." in path.parts:
            return False
        try:
            return (self._top / path).is_file()
        except (OSError, ValueError):  # somebody made up a path that no file can have
            return False

    @property
    def _folders(self) -> list[PurePosixPath]:
        """The folders with the files of the workspace."""
        names = (self.configuration.name, *self.configuration.settings.include)
        return [PurePosixPath(self.prefix, WORKSPACES_FOLDER, name) for name in names]

    @cached_property
    def _top(self) -> Path:
        """The folder of the repository."""
        return Path(git_line(self.root, "rev-parse", "--show-toplevel") or self.root)
