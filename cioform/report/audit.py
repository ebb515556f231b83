"""A timeline as people read it."""

from __future__ import annotations

from collections.abc import Sequence

from cioform.core.text.word_lists import join_first
from cioform.core.time.timestamps import format_minute
from cioform.report.values import escape_unprintable
from cioform.run.reading.history.timeline import TimelineEntry

_SHOWN: int = 3


def timeline_rows(entries: Sequence[TimelineEntry]) -> list[tuple[str, ...]]:
    """Return the rows of a table. What the log says of a run is part of the row of the run."""
    rows = [("WHEN", "WHO", "BY", "WHAT")]
    rows += [
        (
            "not known" if entry.at is None else format_minute(entry.at),
            escape_unprintable(entry.who),
            escape_unprintable(entry.source) or "-",
            _what(entry),
        )
        for entry in entries
        if entry.is_run or entry.run is None
    ]
    return [tuple(row) for row in rows]


def _what(entry: TimelineEntry) -> str:
    names = join_first([escape_unprintable(each) for each in entry.objects], _SHOWN)
    fields = f": {', '.join(map(escape_unprintable, entry.fields))}" if entry.fields else ""
    if entry.is_run:
        return f"{entry.action}{f' ({names})' if names else ''}, run {entry.run}"
    return f"{escape_unprintable(entry.action)} {names}{fields}"
