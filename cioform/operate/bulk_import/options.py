"""Options, progress and results of imports."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Protocol, TypeAlias

from cioform.core.dataclasses import dataclass
from cioform.operate.bulk_import.records import BatchItem
from cioform.operate.bulk_import.rejected import RejectedLine


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """How a file is imported."""

    format: str | None = None
    """`ndjson` or `csv`. None derives it from the suffix of the file."""
    again: bool = False
    """Whether lines that were sent already are sent again."""
    rejected: Path | None = None
    """The file for rejected lines. None puts it beside the journal."""


@dataclass(frozen=True, slots=True)
class ImportProgress:
    """The progress of an import."""

    line: int
    accepted: int
    rejected: int
    offset: int
    size: int
    """The bytes of the file; 0 for a pipe."""


@dataclass(frozen=True, slots=True)
class ImportResult:
    """The result of an import. Counts include earlier runs of the same file."""

    file: Path
    accepted: int
    rejected: int
    resumed_at: int | None
    """The line at which it continued, or None if it began at the first."""
    accepted_now: int
    """The lines that this run sent."""
    rejected_now: int
    rejected_file: Path | None
    unfinished: bool
    """Whether the last line was skipped because it is incomplete."""
    after_a_cut: bool = False
    """Whether it continued an interrupted run, whose result nobody has seen yet."""

    @property
    def sent(self) -> int:
        """The number of lines that this run handled."""
        return self.accepted_now + self.rejected_now


@dataclass(frozen=True, slots=True)
class ImportCheck:
    """What an import of a whole file would send."""

    file: Path
    accepted: int
    """The lines that can be sent. The workspace may still reject some of them."""
    rejected: int
    reasons: tuple[RejectedLine, ...]
    """The first rejected lines with their reasons."""
    unfinished: bool


class ItemCheck(Protocol):
    """Checks items before any of them is sent, and raises ConfigError if one must not be sent."""

    def __call__(self, items: Iterable[tuple[int, BatchItem]], *, is_batch: bool) -> None:
        """Check items, each with the number of its line: of a whole file or of one batch."""


ImportListener: TypeAlias = Callable[[ImportProgress], None]


def ignore_progress(_progress: ImportProgress) -> None:
    """Do nothing with the progress."""
