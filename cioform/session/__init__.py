"""Wires everything: the one place where files, remote, state and emulator meet. No logic."""

from cioform.config.project import find_project, workspace_names
from cioform.kinds import find_kinds as registry
from cioform.session.files import format_files, init, schema, validate, write_schema
from cioform.session.opened import Imported, Session
from cioform.session.sandbox import Served, edit, sandbox_reset, sandbox_seed, sandbox_serve
from cioform.session.workspace import Workspace, open_workspace

__all__ = [
    "Imported",
    "Served",
    "Session",
    "Workspace",
    "edit",
    "find_project",
    "format_files",
    "init",
    "open_workspace",
    "registry",
    "sandbox_reset",
    "sandbox_seed",
    "sandbox_serve",
    "schema",
    "validate",
    "workspace_names",
    "write_schema",
]
