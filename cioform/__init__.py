"""cioform: infrastructure as code for Customer.io messaging workspaces.

The public names are imported when they are first used, so that `cioform --version` does not wait
for them.
"""

from importlib import import_module

from cioform.core.version import __version__

TYPE_CHECKING = False
"""True for a type checker, as `typing.TYPE_CHECKING` is; that module takes a third of the start."""

if TYPE_CHECKING:
    from cioform.config.file_format import FormatError, OldFormatError
    from cioform.contract.data_row import DataRow
    from cioform.core.address import Address
    from cioform.core.errors import (
        AuthError,
        CioformError,
        ClosedWindowError,
        ConfigError,
        IncompleteError,
        LiveEditsRefusedError,
        NotFoundError,
        OtherWorkspaceError,
        OutcomeUnknownError,
        PlanError,
        RemoteError,
        StateError,
        StateLockedError,
        StateUnreachableError,
        UnavailableError,
        UsageError,
    )
    from cioform.model.remote_access.conversation import Api, Request
    from cioform.model.settings.limits import Guards
    from cioform.operate.broadcasts.audience import Audience
    from cioform.operate.bulk_import.options import ImportOptions
    from cioform.operate.messages.sends import Channel, SendRequest
    from cioform.plan.change import Action, Change, Drift, FieldChange
    from cioform.plan.plan import OnDrift, Plan, PlanHeader, PreferredSide
    from cioform.plan.review.decisions import Decisions
    from cioform.plan.selecting.scope import Scope
    from cioform.run.applying.staleness import StaleObjectError
    from cioform.run.events import ChangeResult, ChangeStatus, Outcome
    from cioform.services.revisions.files import NoWorkspacesError
    from cioform.services.workspace import Workspace
    from cioform.state.git.command import GitError
    from cioform.state.store import StateNotWritableError
else:
    _MODULES = {
        "config.file_format": ("FormatError", "OldFormatError"),
        "contract.data_row": ("DataRow",),
        "core.address": ("Address",),
        "core.errors": (
            "AuthError",
            "CioformError",
            "ClosedWindowError",
            "ConfigError",
            "IncompleteError",
            "LiveEditsRefusedError",
            "NotFoundError",
            "OtherWorkspaceError",
            "OutcomeUnknownError",
            "PlanError",
            "RemoteError",
            "StateError",
            "StateLockedError",
            "StateUnreachableError",
            "UnavailableError",
            "UsageError",
        ),
        "model.remote_access.conversation": ("Api", "Request"),
        "model.settings.limits": ("Guards",),
        "operate.broadcasts.audience": ("Audience",),
        "operate.bulk_import.options": ("ImportOptions",),
        "operate.messages.sends": ("Channel", "SendRequest"),
        "plan.change": ("Action", "Change", "Drift", "FieldChange"),
        "plan.plan": ("OnDrift", "Plan", "PlanHeader", "PreferredSide"),
        "plan.review.decisions": ("Decisions",),
        "plan.selecting.scope": ("Scope",),
        "run.applying.staleness": ("StaleObjectError",),
        "run.events": ("ChangeResult", "ChangeStatus", "Outcome"),
        "services.revisions.files": ("NoWorkspacesError",),
        "services.workspace": ("Workspace",),
        "state.git.command": ("GitError",),
        "state.store": ("StateNotWritableError",),
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
    "Api",
    "Audience",
    "AuthError",
    "Change",
    "ChangeResult",
    "ChangeStatus",
    "Channel",
    "CioformError",
    "ClosedWindowError",
    "ConfigError",
    "DataRow",
    "Decisions",
    "Drift",
    "FieldChange",
    "FormatError",
    "GitError",
    "Guards",
    "ImportOptions",
    "IncompleteError",
    "LiveEditsRefusedError",
    "NoWorkspacesError",
    "NotFoundError",
    "OldFormatError",
    "OnDrift",
    "OtherWorkspaceError",
    "Outcome",
    "OutcomeUnknownError",
    "Plan",
    "PlanError",
    "PlanHeader",
    "PreferredSide",
    "RemoteError",
    "Request",
    "Scope",
    "SendRequest",
    "StaleObjectError",
    "StateError",
    "StateLockedError",
    "StateNotWritableError",
    "StateUnreachableError",
    "UnavailableError",
    "UsageError",
    "Workspace",
    "__version__",
]
