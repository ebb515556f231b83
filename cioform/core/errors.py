"""Errors meant for the user, by the exit code they end a command with.

CioformError
  x FilesWrong         3  the files say something impossible
  x PlanRefused        4  a guard, a conflict or a stale plan
  x RemoteRefused      5  Customer.io said no, or could not be understood
    + InDoubt             a write that may or may not have happened
  x CredentialRefused  6  no credential, or not the right one
  x Untrusted          7  state or journal not to be trusted
  x Incomplete         8  sent, and what became of it is not known
  x UsageWrong        64  the command line

8 is an outcome too, which is no error: `run.events.Outcome` of an apply that did only part.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Self

from cioform.core.address import Address
from cioform.core.diagnostic import Diagnostic, Location


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
        """Give an error of a single problem."""
        return cls([Diagnostic(summary, detail, address, location)])


class ConfigError(CioformError):
    """The files cannot be read as a workspace."""

    exit_code = 3


class PlanError(CioformError):
    """The plan may not be carried out as it stands."""

    exit_code = 4


class RemoteError(CioformError):
    """The remote answered no, or nothing that can be understood. `status` is the HTTP status,
    None where there was no answer to speak of."""

    exit_code = 5

    def __init__(self, diagnostics: Iterable[Diagnostic], status: int | None = None) -> None:
        super().__init__(diagnostics)
        self.status = status


class OutcomeUnknownError(RemoteError):
    """A write was sent and its outcome is not known: it must be looked up, never repeated."""


class AuthError(CioformError):
    """A credential is missing, wrong, or may not do this."""

    exit_code = 6


class StateError(CioformError):
    """State or journal is corrupt, newer than we are, or held by somebody else."""

    exit_code = 7


class IncompleteError(CioformError):
    """Something was sent, and what became of it could not be seen to its end."""

    exit_code = 8


class UsageError(CioformError):
    """The command line asks for something that does not exist."""

    exit_code = 64

    @classmethod
    def unreadable_file(cls, name: object, error: OSError) -> Self:
        """Give the error of a file that somebody named and the system does not give."""
        why = error.strerror or error
        return cls.of("File cannot be read", f"{name} cannot be read: {why}.")

    @classmethod
    def not_serializable(cls) -> Self:
        """Give the error of a value that no request can carry."""
        return cls.of(
            "Value cannot be sent",
            "It holds what no JSON can: NaN, half a character, or something that is neither text, "
            "number, list nor object. Nothing was sent.",
        )
