"""Group the lines of a file into batches, as many as one request accepts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

from cioform.core.dataclasses import dataclass, field
from cioform.operate.bulk_import.journal import Checkpoint
from cioform.operate.bulk_import.lines import FileLine
from cioform.operate.bulk_import.records import (
    BatchItem,
    ImportType,
    deterministic_ulid,
    encode_item,
    to_item,
)
from cioform.operate.bulk_import.rejected import RejectedLine
from cioform.operate.bulk_import.source import RecordSource
from cioform.operate.track_payloads import EMPTY_BATCH_BYTES, MAX_BATCH_BYTES

_MAX_LINES: Final = 5_000
"""The most lines of a batch, so that an import of only invalid lines makes progress too."""


@dataclass(slots=True)
class Batch:
    """Lines that are handled together, and the items to send for them."""

    start: int
    end: int
    line: int
    """The number of the line after it."""
    size: int = EMPTY_BATCH_BYTES
    """The size of its request in bytes."""
    items: list[bytes] = field(default_factory=list)
    """The encoded items."""
    lines: list[FileLine] = field(default_factory=list)
    """The lines of the items, in the same order."""
    rejected: list[RejectedLine] = field(default_factory=list)

    def has_room(self, size: int) -> bool:
        """Return whether one more item of `size` bytes fits."""
        fits = self.size + size + 1 <= MAX_BATCH_BYTES or not self.items
        return fits and len(self.lines) + len(self.rejected) < _MAX_LINES

    def decoded(self) -> Iterator[tuple[int, BatchItem]]:
        """Yield the items, each with the number of its line."""
        for line, item in zip(self.lines, self.items, strict=True):
            yield line.number, json.loads(item)

    def advance_past(self, line: FileLine) -> None:
        """Extend the batch by a line."""
        self.end, self.line = line.end, line.number + line.count


def read_batches(
    source: RecordSource, import_type: ImportType, checkpoint: Checkpoint
) -> Iterator[Batch]:
    """Yield the lines after a checkpoint in batches."""
    batch = Batch(checkpoint.offset, checkpoint.offset, checkpoint.line)
    for line in source.iter_from(checkpoint.offset, checkpoint.line):
        item, why = _encode_line(source, import_type, line, checkpoint)
        if not batch.has_room(len(item)):
            yield batch
            batch = Batch(line.start, line.start, line.number)
        if item:
            batch.items.append(item)
            batch.lines.append(line)
            batch.size += len(item) + 1
        elif why:
            batch.rejected.append(RejectedLine.of(line, why))
        batch.advance_past(line)
    if batch.end > batch.start:
        yield batch


def _encode_line(
    source: RecordSource, import_type: ImportType, line: FileLine, checkpoint: Checkpoint
) -> tuple[bytes, str]:
    """Return the item of a line, or why the line is rejected. Both are empty for an empty line."""
    if not line.error and not line.text.strip():
        return b"", ""
    # The text is part of the seed: another line at the same place is another event.
    event_id = deterministic_ulid(checkpoint.began_at, f"{checkpoint.id}/{line.start}/{line.text}")
    try:
        item = to_item(import_type, source.record(line), event_id, table=source.table is not None)
        return encode_item(item), ""
    except ValueError as error:
        return b"", str(error)
