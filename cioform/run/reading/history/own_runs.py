"""The entries of the audit log that may be about what cioform itself did."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Final, TypeAlias

from cioform.core.dataclasses import dataclass
from cioform.core.errors import StateError
from cioform.core.time.timestamps import parse_timestamp
from cioform.state.runs import RunSummary

CLOCK_SKEW: Final = 60
"""Seconds by which the clocks of this machine and of Customer.io may differ."""

ReadRuns: TypeAlias = Callable[[], Sequence[RunSummary]]


@dataclass(frozen=True)
class OwnRuns:
    """The runs of cioform, which are read when they are asked for."""

    read: ReadRuns

    def may_have_made(self, at: int | None) -> bool:
        """Return whether a change of a program at this time may be one of a run."""
        return at is not None and any(begin <= at <= end for begin, end in self._spans)

    @cached_property
    def _spans(self) -> Sequence[tuple[float, float]]:
        """The time in which the log may have the changes of each run."""
        try:
            runs = self.read()
        except StateError:
            return ()  # Who made a drift is worth no error.
        return [span_of(run) for run in runs]


def span_of(run: RunSummary) -> tuple[float, float]:
    """Return when the audit log may have changes of a run, in Unix seconds."""
    began, ended = parse_timestamp(run.began_at), parse_timestamp(run.ended_at)
    return began - CLOCK_SKEW, ended + CLOCK_SKEW
