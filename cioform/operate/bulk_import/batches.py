"""A file as batches: as many lines together as one request takes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from cioform.operate.bulk_import.journal import Standing
from cioform.operate.bulk_import.lines import Line
from cioform.operate.bulk_import.records import What, to_item, to_wire, ulid
from cioform.operate.bulk_import.rejected import Rejected
from cioform.operate.bulk_import.source import Source
from cioform.operate.track_payloads import BATCH_LIMIT, EMPTY_BATCH

_LINES: Final = 5_000
"""The most lines of a batch, so that a file of nothing but bad ones goes on too."""


@dataclass(slots=True)
class Batch:
    """Lines that go together, with what of them is sent."""

    start: int
    end: int
    line: int
    """The number of the line after it."""
    size: int = EMPTY_BATCH
    """Bytes of its request."""
    items: list[bytes] = field(default_factory=list)
    """As they go over the wire."""
    lines: list[Line] = field(default_factory=list)
    """Those of the items, in the same order."""
    rejected: list[Rejected] = field(default_factory=list)

    def has_room(self, size: int) -> bool:
        """Tell whether one more item of `size` bytes goes in."""
        fits = self.size + size + 1 <= BATCH_LIMIT or not self.items
        return fits and len(self.lines) + len(self.rejected) < _LINES

    def pass_by(self, line: Line) -> None:
        """Take a line as part of it."""
        self.end, self.line = line.end, line.number + line.count


def read_batches(source: Source, what: What, standing: Standing) -> Iterator[Batch]:
    """Give the lines from where an import stands, in batches."""
    batch = Batch(standing.offset, standing.offset, standing.line)
    for line in source.after(standing.offset, standing.line):
        item, why = _item(source, what, line, standing)
        if not batch.has_room(len(item)):
            yield batch
            batch = Batch(line.start, line.start, line.number)
        if item:
            batch.items.append(item)
            batch.lines.append(line)
            batch.size += len(item) + 1
        elif why:
            batch.rejected.append(Rejected.of(line, why))
        batch.pass_by(line)
    if batch.end > batch.start:
        yield batch


def _item(source: Source, what: What, line: Line, standing: Standing) -> tuple[bytes, str]:
    """Give what a line stands for, or why it stands for nothing. An empty line is neither."""
    if not line.why and not line.text.strip():
        return b"", ""
    # What stands there belongs to it: another line in the same place is another event.
    event_id = ulid(standing.began_at, f"{standing.id}/{line.start}/{line.text}")
    try:
        item = to_item(what, source.record(line), event_id, table=source.table is not None)
        return to_wire(item), ""
    except ValueError as error:
        return b"", str(error)
