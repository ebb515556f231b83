"""Wires everything: the one place where files, remote, state and emulator meet. No logic.

Each name is imported when it is first asked for, so that no command waits for what it does not
use: `validate` for HTTP, or a live workspace for the sandbox."""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from cioform.config.project import find_project as find_project
    from cioform.config.project import workspace_names as workspace_names
    from cioform.kinds import find_kinds as find_kinds
    from cioform.services.sandbox_admin import ServedSandbox as ServedSandbox
    from cioform.services.sandbox_admin import edit as edit
    from cioform.services.sandbox_admin import sandbox_reset as sandbox_reset
    from cioform.services.sandbox_admin import sandbox_seed as sandbox_seed
    from cioform.services.sandbox_admin import sandbox_serve as sandbox_serve
    from cioform.services.session import ImportResult as ImportResult
    from cioform.services.session import Session as Session
    from cioform.services.validation import format_files as format_files
    from cioform.services.validation import init as init
    from cioform.services.validation import schema as schema
    from cioform.services.validation import validate as validate
    from cioform.services.validation import write_schema as write_schema
    from cioform.services.workspace import Workspace as Workspace
    from cioform.services.workspace import open_workspace as open_workspace

_EXPORTS: Final = {
    "config.project": ("find_project", "workspace_names"),
    "kinds": ("find_kinds",),
    "services.validation": ("format_files", "init", "schema", "validate", "write_schema"),
    "services.session": ("ImportResult", "Session"),
    "services.sandbox_admin": (
        "ServedSandbox",
        "edit",
        "sandbox_reset",
        "sandbox_seed",
        "sandbox_serve",
    ),
    "services.workspace": ("Workspace", "open_workspace"),
}
_EXPORT_MODULES: Final = {
    name: f"cioform.{home}" for home, names in _EXPORTS.items() for name in names
}


def __getattr__(name: str) -> Any:
    """Give one of the names above from where it is at home."""
    if name not in _EXPORT_MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_EXPORT_MODULES[name]), name)
