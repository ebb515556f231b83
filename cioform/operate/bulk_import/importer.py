"""Import people and events from files of any size, and continue interrupted imports."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, Final

from cioform.core.errors import StateError, UsageError
from cioform.operate.bulk_import.batch_send import BatchSender
from cioform.operate.bulk_import.batches import read_batches
from cioform.operate.bulk_import.import_run import ImportRun
from cioform.operate.bulk_import.journal import (
    Checkpoint,
    PrefixDigest,
    UnrecordedJournal,
    exclusive_lock,
    journal_path,
    load_checkpoint,
    open_journal,
)
from cioform.operate.bulk_import.lines import LineReader
from cioform.operate.bulk_import.options import (
    ImportCheck,
    ImportListener,
    ImportOptions,
    ImportResult,
    ItemCheck,
)
from cioform.operate.bulk_import.pipe import STDIN, is_pipe, open_pipe
from cioform.operate.bulk_import.records import BatchItem, ImportType
from cioform.operate.bulk_import.rejected import RejectedFile, RejectedLine
from cioform.operate.bulk_import.source import RecordSource
from cioform.remote.provider import Provider

_MAX_SHOWN_REASONS: Final = 20
"""The most reasons that a check reports."""


class Importer:
    """Imports files into one workspace. Its journals are in `folder`."""

    def __init__(
        self,
        provider: Provider,
        folder: Path,
        clock: Callable[[], float],
        sleep: Callable[[float], None],
        new_id: Callable[[], str],
    ) -> None:
        self._sender = BatchSender(provider, sleep)
        self._folder = folder
        self._clock = clock
        self._new_id = new_id

    def run(
        self,
        path: Path,
        import_type: ImportType,
        options: ImportOptions,
        listener: ImportListener,
        check: ItemCheck | None = None,
    ) -> ImportResult:
        """Send a file up to its current end and return the result.

        Lines that an earlier run sent are not sent again. An invalid line is saved with its reason
        and stops nothing. `check` gets all items before the first is sent; those of a pipe, which
        can be read only once, batch by batch.
        """
        if is_pipe(path):
            return self._run_pipe(path, import_type, options, listener, check)
        if check is not None:
            check(self._items(path, import_type, options), is_batch=False)
        journal = journal_path(self._folder, import_type, path)
        with _open_file(path) as file, exclusive_lock(journal):
            size = file.seek(0, 2)
            source = RecordSource(LineReader(file, size), path, options)
            with path.open("rb") as second:
                prefix = PrefixDigest(second)
                known = _load_known_checkpoint(journal, options)
                start = self._resume_checkpoint(known, prefix, size, path, import_type, options)
                import_run = ImportRun(self._sender, import_type, source, prefix, size, listener)
                is_new = known is None or start.id != known.id
                # The journal is opened last, so that an error before it has changed nothing.
                with (
                    self._open_rejected_file(start, path, options) as rejected,
                    open_journal(journal, start, reset=is_new) as opened,
                ):
                    result = import_run.run(path, opened, rejected)
                    interrupted = not is_new and known is not None and not known.complete
                    return replace(result, after_a_cut=interrupted)

    def _run_pipe(
        self,
        path: Path,
        import_type: ImportType,
        options: ImportOptions,
        listener: ImportListener,
        check: ItemCheck | None,
    ) -> ImportResult:
        """Send what a pipe has, batch by batch. Nothing of it can be sent again."""
        start = self._new_checkpoint(options)
        with (
            open_pipe(path) as lines,
            self._open_rejected_file(start, path, options) as rejected,
        ):
            source = RecordSource(lines, path, options)
            prefix = PrefixDigest(BytesIO())
            import_run = ImportRun(self._sender, import_type, source, prefix, 0, listener, check)
            return import_run.run(path, UnrecordedJournal(start), rejected)

    def check(
        self,
        path: Path,
        import_type: ImportType,
        options: ImportOptions,
        check: ItemCheck | None = None,
    ) -> ImportCheck:
        """Return what `run` would send now: after the lines that it has imported. Nothing is sent.

        Raises as `run` does for a file that has changed since, and what `check` raises.
        """
        accepted, rejected = 0, 0
        reasons: list[RejectedLine] = []
        if check is not None and not is_pipe(path):
            check(self._items(path, import_type, options), is_batch=False)
        with self._pending(path, import_type, options) as (source, start):
            for batch in read_batches(source, import_type, start):
                if check is not None and is_pipe(path):
                    check(batch.decoded(), is_batch=False)
                accepted += len(batch.items)
                rejected += len(batch.rejected)
                reasons += batch.rejected[: _MAX_SHOWN_REASONS - len(reasons)]
        return ImportCheck(path, accepted, rejected, tuple(reasons), source.lines.unfinished)

    def _items(
        self, path: Path, import_type: ImportType, options: ImportOptions
    ) -> Iterator[tuple[int, BatchItem]]:
        """Yield the items that `run` would send now, each with the number of its line.

        Raises as `run` does for a file that has changed since.
        """
        with self._pending(path, import_type, options) as (source, start):
            for batch in read_batches(source, import_type, start):
                yield from batch.decoded()

    @contextmanager
    def _pending(
        self, path: Path, import_type: ImportType, options: ImportOptions
    ) -> Iterator[tuple[RecordSource, Checkpoint]]:
        """Open a file or a pipe to read what `run` would send now, from a checkpoint on."""
        if is_pipe(path):
            with open_pipe(path) as lines:
                yield RecordSource(lines, path, options), self._new_checkpoint(options)
            return
        known = _load_known_checkpoint(journal_path(self._folder, import_type, path), options)
        with _open_file(path) as file, path.open("rb") as second:
            size, prefix = file.seek(0, 2), PrefixDigest(second)
            source = RecordSource(LineReader(file, size), path, options)
            yield source, self._resume_checkpoint(known, prefix, size, path, import_type, options)

    def _resume_checkpoint(
        self,
        known: Checkpoint | None,
        prefix: PrefixDigest,
        size: int,
        path: Path,
        import_type: ImportType,
        options: ImportOptions,
    ) -> Checkpoint:
        """Return where to continue: after the lines that the journal of this file records."""
        fresh = self._new_checkpoint(options)
        if known is None or (options.again and (known.complete or not known.again)):
            return fresh
        if known.offset == 0:
            return replace(known, complete=False)
        if known.offset <= size and prefix.up_to(known.offset) == known.digest:
            return replace(known, complete=False)
        if options.again or (known.complete and import_type is ImportType.PEOPLE):
            prefix.restart()
            return fresh  # identifying people twice changes nothing
        if known.complete:
            raise UsageError.of(
                "File was imported and has changed",
                f"{path} was imported completely, and its content has changed since. If all of it "
                "were sent, its events would count twice. Put the new or corrected lines in a "
                "separate file and import that. If it is a different file of the same name, or if "
                "everything should be sent again, pass `--again`.",
            )
        raise UsageError.of(
            "File changed since its import was interrupted",
            f"An import of {path} was interrupted at line {known.line}, and the text before that "
            "line has changed. Restore the file and run the same command to continue, or send this "
            "file from its first line with `--again`.",
        )

    def _new_checkpoint(self, options: ImportOptions) -> Checkpoint:
        return Checkpoint(self._new_id(), int(self._clock()), again=options.again)

    def _open_rejected_file(
        self, checkpoint: Checkpoint, path: Path, options: ImportOptions
    ) -> RejectedFile:
        previous = Path(checkpoint.rejected_file) if checkpoint.rejected_file else None
        stem = "stdin" if path == STDIN else path.stem[:40]
        default = self._folder / f"{stem}-{checkpoint.id[:8]}.rejected.ndjson"
        chosen = Path(options.rejected or previous or default)
        if previous is not None and chosen.resolve() == previous:
            return RejectedFile(chosen, checkpoint.rejected_size)
        if previous is not None and checkpoint.rejected_size:
            raise UsageError.of(
                "Rejected lines are in another file",
                f"The rejected lines of {path} so far are in {previous}. Continue with the same "
                "`--rejected` as before, or without it.",
            )
        if chosen.is_file() and chosen.stat().st_size:
            raise UsageError.of(
                "File would be overwritten",
                f"{chosen} exists and does not contain the rejected lines of this import. Name "
                "another file, or move it away.",
            )
        return RejectedFile(chosen, 0)


def _load_known_checkpoint(journal: Path, options: ImportOptions) -> Checkpoint | None:
    """Return the checkpoint of a journal. With `--again`, an unreadable journal is ignored."""
    try:
        return load_checkpoint(journal)
    except StateError:
        if options.again:
            return None
        raise


def _open_file(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise UsageError.unreadable_file(path, error) from None
