"""Sends a file: one batch in flight while the next is read, each recorded before and after."""

from __future__ import annotations

import contextlib
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from cioform.core.diagnostic import Diagnostic, Severity
from cioform.core.errors import CioformError, InDoubt
from cioform.operate.bulk_import.batch_send import BatchSender
from cioform.operate.bulk_import.batches import Batch, read_batches
from cioform.operate.bulk_import.journal import ImportJournal, PrefixDigest, Standing
from cioform.operate.bulk_import.options import Imported, ImportListener, ImportProgress
from cioform.operate.bulk_import.records import What
from cioform.operate.bulk_import.rejected import Rejected, RejectedFile
from cioform.operate.bulk_import.source import Source


class Sending:
    """One pass over a file."""

    def __init__(
        self,
        sender: BatchSender,
        what: What,
        source: Source,
        prefix: PrefixDigest,
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
            accepted_now=now.accepted - begun.accepted,
            rejected_now=now.rejected - begun.rejected,
            rejected_file=rejected.path if now.rejected else None,
            unfinished=self._source.lines.unfinished,
        )

    def _all(self, journal: ImportJournal, rejected: RejectedFile) -> None:
        """Send batch after batch; while one is in flight the next is read."""
        pending: tuple[Batch, Future[dict[int, str]]] | None = None
        with ThreadPoolExecutor(1, thread_name_prefix="import") as pool:
            try:
                for batch in read_batches(self._source, self._what, journal.standing):
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
        pending: tuple[Batch, Future[dict[int, str]]] | None,
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
            rejected_file=str(rejected.path.resolve()),
            rejected_size=rejected.size,
        )
        journal.end_batch(standing)
        self._listener(
            ImportProgress(
                batch.line - 1, standing.accepted, standing.rejected, batch.end, self._size
            )
        )


def _cut(error: CioformError, standing: Standing, path: Path) -> CioformError:
    """Give the error with how to go on. That of a doubt speaks of what must not be done twice,
    and a batch may be."""
    upto = f"sent up to line {standing.line - 1}" if standing.offset else "not sent yet"
    again = " (with `--again`, as before)" if standing.again else ""
    how = Diagnostic(
        "Import cut",
        f"{path} is {upto}. Run the same command again{again}: it goes on there. What may have "
        "arrived already is sent with the same ids as before, so that Customer.io counts it once.",
        severity=Severity.WARNING,
    )
    if isinstance(error, InDoubt):
        return InDoubt.of(
            how.summary, f"A batch was sent several times and never surely answered. {how.detail}"
        )
    error.diagnostics = (*error.diagnostics, how)
    return error
