"""A file as batches: one in flight while the next is read, each recorded before and after."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO, Final

from cioform.base.diagnostic import Diagnostic, Severity
from cioform.base.errors import CioformError
from cioform.base.value import Plain
from cioform.operate.batch_send import BatchSender
from cioform.operate.entity import BATCH_LIMIT, EMPTY_BATCH
from cioform.operate.import_journal import Fingerprint, ImportJournal, Standing
from cioform.operate.imports import Imported, ImportListener, ImportOptions, ImportProgress
from cioform.operate.lines import Line, Lines
from cioform.operate.records import What, parse_line, to_item, to_wire, ulid
from cioform.operate.rejected import Rejected, RejectedFile
from cioform.operate.tables import Table

_LINES: Final = 5_000
"""The most lines of a batch, so that a file of nothing but bad ones goes on too."""
_TABLES: Final = frozenset({".csv", ".tsv"})


@dataclass(slots=True)
class _Batch:
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


class Source:
    """A file as lines and items, whatever its format."""

    def __init__(self, file: BinaryIO, size: int, path: Path, options: ImportOptions) -> None:
        is_table = (options.format or "") == "csv" or (
            options.format is None and path.suffix.lower() in _TABLES
        )
        self.lines = Lines(file, size)
        self.table = Table(self.lines, path.name) if is_table and size else None

    def after(self, offset: int, number: int) -> Iterator[Line]:
        """Give its records from an offset on."""
        return (self.table or self.lines).after(offset, number)

    def record(self, line: Line) -> Mapping[str, Plain]:
        """Give what a line says, or raise ValueError."""
        if line.why:
            raise ValueError(line.why)
        return self.table.record(line) if self.table else parse_line(line.text)


class Run:
    """One pass over a file."""

    def __init__(
        self,
        sender: BatchSender,
        what: What,
        source: Source,
        prefix: Fingerprint,
        size: int,
        listener: ImportListener,
    ) -> None:
        self._sender = sender
        self._what = what
        self._source = source
        self._prefix = prefix
        self._size = size
        self._listener = listener

    def through(self, path: Path, journal: ImportJournal, rejected: RejectedFile) -> Imported:
        """Send what is left, and give the outcome."""
        begun = journal.standing
        try:
            self._all(journal, rejected)
        except CioformError as error:
            raise _cut(error, journal.standing, path) from error
        now = journal.standing
        journal.end()
        return Imported(
            file=path,
            accepted=now.accepted,
            rejected=now.rejected,
            resumed_at=begun.line if begun.offset else None,
            sent=now.accepted + now.rejected - begun.accepted - begun.rejected,
            rejected_file=rejected.path if now.rejected else None,
            unfinished=self._source.lines.unfinished,
        )

    def _all(self, journal: ImportJournal, rejected: RejectedFile) -> None:
        """Send batch after batch; while one is in flight the next is read."""
        pending: tuple[_Batch, Future[dict[int, str]]] | None = None
        with ThreadPoolExecutor(1, thread_name_prefix="import") as pool:
            try:
                for batch in self._batches(journal.standing):
                    taken, pending = pending, None
                    self._settle(taken, journal, rejected)
                    journal.begin_batch(batch.start, batch.end, len(batch.items))
                    pending = batch, pool.submit(self._sender.send, batch.items)
            except BaseException:
                with contextlib.suppress(CioformError):
                    self._settle(pending, journal, rejected)
                raise
            self._settle(pending, journal, rejected)

    def _settle(
        self,
        pending: tuple[_Batch, Future[dict[int, str]]] | None,
        journal: ImportJournal,
        rejected: RejectedFile,
    ) -> None:
        """Wait for the batch in flight and record how it went."""
        if pending is None:
            return
        batch, future = pending
        reasons = future.result()
        refused = [Rejected.of(batch.lines[at], why) for at, why in reasons.items()]
        aside = sorted([*batch.rejected, *refused], key=lambda each: each.line)
        rejected.add(aside)
        was = journal.standing
        standing = replace(
            was,
            offset=batch.end,
            line=batch.line,
            digest=self._prefix.up_to(batch.end),
            accepted=was.accepted + len(batch.items) - len(reasons),
            rejected=was.rejected + len(aside),
            rejected_file=str(rejected.path),
            rejected_size=rejected.size,
        )
        journal.end_batch(standing)
        self._listener(
            ImportProgress(
                batch.line - 1, standing.accepted, standing.rejected, batch.end, self._size
            )
        )

    def _batches(self, standing: Standing) -> Iterator[_Batch]:
        """Give the lines from where the import stands, as many together as a request takes."""
        batch = _Batch(standing.offset, standing.offset, standing.line)
        for line in self._source.after(standing.offset, standing.line):
            item, why = self._item(line, standing)
            if not batch.has_room(len(item)):
                yield batch
                batch = _Batch(line.start, line.start, line.number)
            if item:
                batch.items.append(item)
                batch.lines.append(line)
                batch.size += len(item) + 1
            elif why:
                batch.rejected.append(Rejected.of(line, why))
            batch.pass_by(line)
        if batch.end > batch.start:
            yield batch

    def _item(self, line: Line, standing: Standing) -> tuple[bytes, str]:
        """Give what a line stands for, or why it stands for nothing. An empty line is neither."""
        if not line.why and not line.text.strip():
            return b"", ""
        # What stands there belongs to it: another line in the same place is another event.
        event_id = ulid(standing.began_at, f"{standing.id}/{line.start}/{line.text}")
        table = self._source.table is not None
        try:
            item = to_item(self._what, self._source.record(line), event_id, table=table)
            return to_wire(item), ""
        except ValueError as error:
            return b"", str(error)


def _cut(error: CioformError, standing: Standing, path: Path) -> CioformError:
    """Give the error with how to go on."""
    how = Diagnostic(
        "Import cut",
        f"{path} was sent up to line {standing.line - 1}. Run the same command again: it goes on "
        "after that line. What may have arrived already is sent with the same ids as before, so "
        "that Customer.io counts it once.",
        severity=Severity.WARNING,
    )
    error.diagnostics = (*error.diagnostics, how)
    return error
