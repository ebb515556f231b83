"""One problem as the user sees it: what, where, why, and what to do."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from cioform.core.address import Address
from cioform.core.dataclasses import dataclass, field


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
    is_exact: bool = field(default=False, compare=False)
    """Whether the column is that of the problem, and not only of the value that has it."""

    def __str__(self) -> str:
        if self.line is None:
            return self.file
        return f"{self.file}:{self.line}" + (f":{self.column}" if self.is_exact else "")


IN_USE: Final = "In use"
"""The summary of a deletion that is refused because something uses the object."""


STARTED_SINCE: Final = "Started since the plan"
"""The summary of a change that reaches people now, because somebody started an object."""


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
