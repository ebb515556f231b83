"""Errors meant for the user, by the exit code they end a command with.

CioformError
  x ConfigError          3  the files are invalid
  x PlanError            4  a guard, a conflict or a stale plan
    + ClosedWindowError 75  plans may not be applied at this time
  x RemoteError          5  Customer.io refused, or its response cannot be understood
    + OutcomeUnknownError 8 a write that may or may not have happened
    + UnavailableError  75  nothing was done, and the same command may succeed later
  x AuthError            6  no credential, or not the right one
    + NotFoundError         what is asked for does not exist, or the credential cannot see it
    + LiveEditsRefusedError a service account may not change what is running
  x StateError           7  the state or a journal cannot be used
    + StateLockedError  75  another command holds the state
  x IncompleteError      8  something was sent, and its outcome is not known
  x UsageError          64  the command line

Some outcomes that are not errors have an exit code too, such as an apply that did only a part:
`report.plan.exit_code`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Self

from cioform.core.address import Address
from cioform.core.dataclasses import replace
from cioform.core.diagnostic import Diagnostic, Location
from cioform.core.os_errors import os_reason


class CioformError(Exception):
    """One or more problems, printed without a traceback."""

    exit_code: ClassVar[int] = 1

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics: tuple[Diagnostic, ...] = tuple(diagnostics)
        super().__init__("; ".join(f"{d.summary}: {d.detail}" for d in self.diagnostics))

    @classmethod
    def of(
        cls,
        summary: str,
        detail: str,
        *,
        address: Address | None = None,
        location: Location | None = None,
    ) -> Self:
        """Return an error with a single problem."""
        return cls([Diagnostic(summary, detail, address, location)])

    def add_detail(self, text: str) -> None:
        """Add a line to the detail of the first problem."""
        first, *rest = self.diagnostics
        # Subclasses may take other arguments.
        CioformError.__init__(self, [replace(first, detail=f"{first.detail}\n{text}"), *rest])


class ConfigError(CioformError):
    """The files are not a valid workspace."""

    exit_code = 3


class PlanError(CioformError):
    """The plan must not be applied as it is."""

    exit_code = 4


class ClosedWindowError(PlanError):
    """The settings do not allow applying plans at this time. The plan may be applied later."""

    exit_code = 75


class RemoteError(CioformError):
    """Customer.io refused a request, or its response cannot be understood.

    `status` is the HTTP status, or None if there was no response.
    """

    exit_code = 5

    def __init__(self, diagnostics: Iterable[Diagnostic], status: int | None = None) -> None:
        super().__init__(diagnostics)
        self.status = status


class OutcomeUnknownError(RemoteError):
    """A write was sent and its outcome is unknown: it must be looked up, never repeated."""

    exit_code = 8


class UnavailableError(RemoteError):
    """Customer.io is too busy, or did not respond in time: nothing was done, so try again later."""

    exit_code = 75


class AuthError(CioformError):
    """A credential is missing, wrong, or not allowed to do this."""

    exit_code = 6


class OtherWorkspaceError(AuthError):
    """A credential gives access to other workspaces only."""


class NotFoundError(AuthError):
    """What is asked for does not exist, or the credential cannot see it."""


class LiveEditsRefusedError(AuthError):
    """Service accounts may not change what is running: a setting of the workspace forbids it."""


class StateError(CioformError):
    """The state or a journal is corrupt, of a newer version, or cannot be read or written."""

    exit_code = 7


class StateUnreachableError(StateError):
    """The storage does not respond. A write that was in progress may or may not have been done."""


class StateLockedError(StateError):
    """Another command holds the state. Nothing was done, so try again when it has ended."""

    exit_code = 75


class IncompleteError(CioformError):
    """Something was sent, and its outcome is not fully known."""

    exit_code = 8


class UsageError(CioformError):
    """What a command or a call asks for does not exist, or is not possible."""

    exit_code = 64

    @classmethod
    def unreadable_file(cls, name: object, error: OSError) -> Self:
        """Return the error of a file that the user named and that cannot be read."""
        return cls.of("File not readable", f"{name} cannot be read: {os_reason(error)}.")

    @classmethod
    def not_serializable(cls) -> Self:
        """Return the error of a value that cannot be sent in a request."""
        return cls.of(
            "Value cannot be sent",
            "The value contains something that JSON cannot hold: NaN, an incomplete Unicode "
            "character, or a value that is not text, a number, a list or an object. Nothing was "
            "sent.",
        )
