"""Send a file: the next batch is read while one is sent; each is recorded before and after."""

from __future__ import annotations

import contextlib
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

from cioform.core.diagnostic import Diagnostic, Severity
from cioform.core.errors import CioformError, OutcomeUnknownError
from cioform.core.interruptible_pool import interruptible_pool
from cioform.operate.bulk_import.batch_send import BatchSender
from cioform.operate.bulk_import.batches import Batch, read_batches
from cioform.operate.bulk_import.journal import Checkpoint, ImportJournal, PrefixDigest
from cioform.operate.bulk_import.options import (
    ImportListener,
    ImportProgress,
    ImportResult,
    ItemCheck,
)
from cioform.operate.bulk_import.records import ImportType
from cioform.operate.bulk_import.rejected import RejectedFile, RejectedLine
from cioform.operate.bulk_import.source import RecordSource


class ImportRun:
    """One pass through a file."""

    def __init__(
        self,
        sender: BatchSender,
        import_type: ImportType,
        source: RecordSource,
        prefix: PrefixDigest,
        size: int,
        listener: ImportListener,
        check: ItemCheck | None = None,
    ) -> None:
        self._sender = sender
        self._import_type = import_type
        self._source = source
        self._prefix = prefix
        self._size = size
        self._listener = listener
        self._check = check

    def run(self, path: Path, journal: ImportJournal, rejected: RejectedFile) -> ImportResult:
        """Send the remaining lines and return the result."""
        begun = journal.checkpoint
        try:
            self._send_batches(journal, rejected)
        except CioformError as error:
            raise _interrupted_error(error, journal, path) from error
        now = journal.checkpoint
        journal.end()
        return ImportResult(
            file=path,
            accepted=now.accepted,
            rejected=now.rejected,
            resumed_at=begun.line if begun.offset else None,
            accepted_now=now.accepted - begun.accepted,
            rejected_now=now.rejected - begun.rejected,
            rejected_file=rejected.path if now.rejected else None,
            unfinished=self._source.lines.unfinished,
        )

    def _send_batches(self, journal: ImportJournal, rejected: RejectedFile) -> None:
        """Send batch after batch. While one is being sent, the next is read.

        An interrupt does not wait for that one: it counts as begun, and is sent again with the same
        IDs.
        """
        pending: tuple[Batch, Future[dict[int, str]]] | None = None
        with interruptible_pool(1, "import") as pool:
            try:
                for batch in read_batches(self._source, self._import_type, journal.checkpoint):
                    taken, pending = pending, None
                    self._record_batch(taken, journal, rejected)
                    if self._check is not None:
                        self._check(batch.decoded(), is_batch=True)
                    journal.begin_batch(batch.start, batch.end, len(batch.items))
                    pending = batch, pool.submit(self._sender.send, batch.items)
            except Exception:
                with contextlib.suppress(CioformError):
                    self._record_batch(pending, journal, rejected)
                raise
            self._record_batch(pending, journal, rejected)

    def _record_batch(
        self,
        pending: tuple[Batch, Future[dict[int, str]]] | None,
        journal: ImportJournal,
        rejected: RejectedFile,
    ) -> None:
        """Wait for the batch that is being sent and record its result."""
        if pending is None:
            return
        batch, future = pending
        reasons = future.result()
        refused = [RejectedLine.of(batch.lines[at], why) for at, why in reasons.items()]
        rejected_lines = sorted([*batch.rejected, *refused], key=lambda each: each.line)
        rejected.add(rejected_lines)
        previous = journal.checkpoint
        checkpoint = replace(
            previous,
            offset=batch.end,
            line=batch.line,
            digest=self._prefix.up_to(batch.end),
            accepted=previous.accepted + len(batch.items) - len(reasons),
            rejected=previous.rejected + len(rejected_lines),
            rejected_file=str(rejected.path.resolve()),
            rejected_size=rejected.size,
        )
        journal.end_batch(checkpoint)
        self._listener(
            ImportProgress(
                batch.line - 1, checkpoint.accepted, checkpoint.rejected, batch.end, self._size
            )
        )


def _interrupted_error(error: CioformError, journal: ImportJournal, path: Path) -> CioformError:
    """Return the error with instructions to continue.

    The text of an unknown outcome forbids repeating the command, which is safe for an import from
    a file.
    """
    checkpoint = journal.checkpoint
    if not journal.can_continue:
        return _stopped_error(error, checkpoint)
    progress = f"sent up to line {checkpoint.line - 1}" if checkpoint.offset else "not sent yet"
    again = " (with `--again`, as before)" if checkpoint.again else ""
    advice = Diagnostic(
        "Import interrupted",
        f"{path} is {progress}. Run the same command again{again} to continue there. Lines that "
        "may have arrived are sent with the same IDs as before, so Customer.io counts them once.",
        severity=Severity.WARNING,
    )
    if isinstance(error, OutcomeUnknownError):
        return OutcomeUnknownError.of(
            advice.summary, f"A batch was sent several times without a response. {advice.detail}"
        )
    error.diagnostics = (*error.diagnostics, advice)
    return error


def _stopped_error(error: CioformError, checkpoint: Checkpoint) -> CioformError:
    """Return the error of an import from a pipe with what was sent."""
    next_line = f"{checkpoint.line:,}"
    sent = "Nothing was sent."
    if checkpoint.offset:
        rejected = f", and {checkpoint.rejected:,} of them rejected" if checkpoint.rejected else ""
        sent = (
            f"The lines before {next_line} were sent{rejected}. An import from a pipe does not "
            f"continue where it stopped. Import what begins at line {next_line}, without the lines "
            "before it."
        )
    advice = Diagnostic("Import stopped", sent, severity=Severity.WARNING)
    if isinstance(error, OutcomeUnknownError):
        return OutcomeUnknownError.of(
            advice.summary,
            f"The batch that begins at line {next_line} was sent several times without a response, "
            "so it may have arrived. If it is sent again, its events count twice unless they have "
            f"an `event_id`. {advice.detail}",
        )
    error.diagnostics = (*error.diagnostics, advice)
    return error
