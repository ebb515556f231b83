"""cioform: infrastructure as code for Customer.io messaging workspaces.

The public names are imported when they are first used, so that `cioform --version` does not wait
for them.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from cioform.core.version import __version__

if TYPE_CHECKING:
    from cioform.core.address import Address
    from cioform.core.errors import (
        AuthError,
        CioformError,
        ClosedWindowError,
        ConfigError,
        IncompleteError,
        LiveEditsRefusedError,
        NotFoundError,
        OutcomeUnknownError,
        PlanError,
        RemoteError,
        StateError,
        StateLockedError,
        UnavailableError,
        UsageError,
    )
    from cioform.model.settings.limits import Guards
    from cioform.plan.change import Action, Change, Drift, FieldChange
    from cioform.plan.plan import Plan, PlanHeader, PreferredSide
    from cioform.plan.selecting.scope import Scope
    from cioform.run.events import ChangeResult, ChangeStatus, Outcome
    from cioform.services.workspace import Workspace
else:
    _MODULES = {
        "core.address": ("Address",),
        "core.errors": (
            "AuthError",
            "CioformError",
            "ClosedWindowError",
            "ConfigError",
            "IncompleteError",
            "LiveEditsRefusedError",
            "NotFoundError",
            "OutcomeUnknownError",
            "PlanError",
            "RemoteError",
            "StateError",
            "StateLockedError",
            "UnavailableError",
            "UsageError",
        ),
        "plan.change": ("Action", "Change", "Drift", "FieldChange"),
        "model.settings.limits": ("Guards",),
        "plan.plan": ("Plan", "PlanHeader", "PreferredSide"),
        "plan.selecting.scope": ("Scope",),
        "run.events": ("ChangeResult", "ChangeStatus", "Outcome"),
        "services.workspace": ("Workspace",),
    }
    _MODULE_BY_NAME = {name: module for module, names in _MODULES.items() for name in names}

    def __getattr__(name: str) -> object:
        """Import a public name on its first use."""
        if name not in _MODULE_BY_NAME:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(f"cioform.{_MODULE_BY_NAME[name]}"), name)


__all__ = [
    "Action",
    "Address",
    "AuthError",
    "Change",
    "ChangeResult",
    "ChangeStatus",
    "CioformError",
    "ClosedWindowError",
    "ConfigError",
    "Drift",
    "FieldChange",
    "Guards",
    "IncompleteError",
    "LiveEditsRefusedError",
    "NotFoundError",
    "Outcome",
    "OutcomeUnknownError",
    "Plan",
    "PlanError",
    "PlanHeader",
    "PreferredSide",
    "RemoteError",
    "Scope",
    "StateError",
    "StateLockedError",
    "UnavailableError",
    "UsageError",
    "Workspace",
    "__version__",
]
