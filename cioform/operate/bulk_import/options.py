"""What an import is told and what it tells."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from cioform.operate.bulk_import.rejected import RejectedLine


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """How a file is imported."""

    format: str | None = None
    """`ndjson` or `csv`; else the file's name says it."""
    again: bool = False
    """Whether what was sent already is sent once more."""
    rejected: Path | None = None
    """Where the rejected lines go; else beside the journal."""


@dataclass(frozen=True, slots=True)
class ImportProgress:
    """How far an import is."""

    line: int
    accepted: int
    rejected: int
    offset: int
    size: int


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import did. Counts are of the whole file, earlier runs included."""

    file: Path
    accepted: int
    rejected: int
    resumed_at: int | None
    """The line at which it went on, None where it began at the first."""
    accepted_now: int
    """Of them those of this run."""
    rejected_now: int
    rejected_file: Path | None
    unfinished: bool
    """Whether the last line was left, because somebody was still writing it."""
    after_a_cut: bool = False
    """Whether an earlier run of it was cut, so that nobody was told yet how it ended."""

    @property
    def sent(self) -> int:
        """How many lines were read now."""
        return self.accepted_now + self.rejected_now


@dataclass(frozen=True, slots=True)
class ImportCheck:
    """What an import of a whole file would send."""

    file: Path
    accepted: int
    """How many lines are items that can be sent; the workspace may refuse some all the same."""
    rejected: int
    reasons: tuple[RejectedLine, ...]
    """Why the first of them would be."""
    unfinished: bool


ImportListener: TypeAlias = Callable[[ImportProgress], None]


def ignore_progress(progress: ImportProgress) -> None:
    """Listen to nothing."""
    del progress
