"""One problem as the user sees it: what, where, why, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from cioform.core.address import Address


class Severity(StrEnum):
    """An error stops the command; a warning is shown and does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, order=True, slots=True)
class Location:
    """A place in a file: path as the user would type it, line and column from 1."""

    file: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        return self.file if self.line is None else f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """A problem.

    `summary` is fixed text without names, so that it can be searched for; `detail` says in full
    sentences what is wrong, why it matters and what to do.
    """

    summary: str
    detail: str
    address: Address | None = None
    location: Location | None = None
    severity: Severity = Severity.ERROR
