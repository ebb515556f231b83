"""cioform: infrastructure as code for Customer.io messaging workspaces."""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

__all__ = ["Workspace", "__version__"]


def __getattr__(name: str) -> Any:
    """Give `Workspace` when it is first asked for: the version should not have to wait for it."""
    if name == "Workspace":
        return import_module("cioform.services.workspace").Workspace
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
