"""Wires everything: the one place where files, remote, state and emulator meet. No logic."""

from cioform.config.project import find_project, workspace_names
from cioform.kinds import find_kinds as registry
from cioform.session.files import validate
from cioform.session.opened import Session, open_workspace

__all__ = [
    "Session",
    "find_project",
    "open_workspace",
    "registry",
    "validate",
    "workspace_names",
]
