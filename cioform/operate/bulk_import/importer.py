"""Imports people and events from files of any size; goes on where a cut import stopped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO, Final

from cioform.core.errors import StateError, UsageError
from cioform.operate.bulk_import.batch_send import BatchSender
from cioform.operate.bulk_import.batches import read_batches
from cioform.operate.bulk_import.import_run import ImportRun
from cioform.operate.bulk_import.journal import (
    Checkpoint,
    PrefixDigest,
    exclusive_lock,
    journal_path,
    load_checkpoint,
    open_journal,
)
from cioform.operate.bulk_import.options import (
    ImportCheck,
    ImportListener,
    ImportOptions,
    ImportResult,
)
from cioform.operate.bulk_import.records import ImportType
from cioform.operate.bulk_import.rejected import RejectedFile, RejectedLine
from cioform.operate.bulk_import.source import RecordSource
from cioform.remote.provider import Provider

_MAX_SHOWN_REASONS: Final = 20
"""Reasons that a check tells."""


class Importer:
    """Imports files into one workspace. Its journals lie in `folder`."""

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
        self, path: Path, import_type: ImportType, options: ImportOptions, listener: ImportListener
    ) -> ImportResult:
        """Send a file to the end it has now, and give what became of it. What an earlier run sent
        is not sent again. A bad line is put aside with its reason and stops nothing."""
        journal = journal_path(self._folder, import_type, path)
        with _open_seekable(path) as file, exclusive_lock(journal):
            size = file.seek(0, 2)
            source = RecordSource(file, size, path, options)
            with path.open("rb") as second:
                prefix = PrefixDigest(second)
                known = _load_known_checkpoint(journal, options)
                standing = self._resume_checkpoint(known, prefix, size, path, import_type, options)
                sending = ImportRun(self._sender, import_type, source, prefix, size, listener)
                anew = known is None or standing.id != known.id
                # The journal last: whatever refuses before it has changed nothing.
                with (
                    self._open_rejected_file(standing, path, options) as rejected,
                    open_journal(journal, standing, reset=anew) as opened,
                ):
                    done = sending.run(path, opened, rejected)
                    cut = not anew and known is not None and not known.complete
                    return replace(done, after_a_cut=cut)

    def check(self, path: Path, import_type: ImportType, options: ImportOptions) -> ImportCheck:
        """Read a file from its first line as an import would, and send nothing."""
        accepted, rejected = 0, 0
        reasons: list[RejectedLine] = []
        with _open_seekable(path) as file:
            source = RecordSource(file, file.seek(0, 2), path, options)
            for batch in read_batches(source, import_type, Checkpoint("", 0)):
                accepted += len(batch.items)
                rejected += len(batch.rejected)
                reasons += batch.rejected[: _MAX_SHOWN_REASONS - len(reasons)]
        return ImportCheck(path, accepted, rejected, tuple(reasons), source.lines.unfinished)

    def _resume_checkpoint(
        self,
        known: Checkpoint | None,
        prefix: PrefixDigest,
        size: int,
        path: Path,
        import_type: ImportType,
        options: ImportOptions,
    ) -> Checkpoint:
        """Give where to go on: after what the journal says was sent, if it is this file's."""
        fresh = Checkpoint(self._new_id(), int(self._clock()), again=options.again)
        if known is None or (options.again and (known.complete or not known.again)):
            return fresh
        if known.offset == 0:
            return replace(known, complete=False)
        if known.offset <= size and prefix.up_to(known.offset) == known.digest:
            return replace(known, complete=False)
        if options.again or (known.complete and import_type is ImportType.PEOPLE):
            prefix.restart()
            return fresh  # people told twice are who they were
        if known.complete:
            raise UsageError.of(
                "File was imported and has changed",
                f"{path} was imported to its end, and what stood in it is not what stands there "
                "now. Sent as a whole, its events would count twice. Put the lines that are new or "
                "mended into a file of their own and import that. If it is another file of the "
                "same name, or if all shall be sent once more, say so with `--again`.",
            )
        raise UsageError.of(
            "File is not the one whose import was cut",
            f"An import of {path} was cut in line {known.line}, and what stood before that line "
            "is not what stands there now. Bring back the file as it was and run the same command "
            "to go on, or send this one from its first line with `--again`.",
        )

    def _open_rejected_file(
        self, checkpoint: Checkpoint, path: Path, options: ImportOptions
    ) -> RejectedFile:
        before = Path(checkpoint.rejected_file) if checkpoint.rejected_file else None
        own = self._folder / f"{path.stem[:40]}-{checkpoint.id[:8]}.rejected.ndjson"
        wanted = Path(options.rejected or before or own)
        if before is not None and wanted.resolve() == before:
            return RejectedFile(wanted, checkpoint.rejected_size)
        if before is not None and checkpoint.rejected_size:
            raise UsageError.of(
                "Rejected lines are elsewhere",
                f"The lines of {path} that were rejected so far are in {before}. Go on with "
                "`--rejected` as it was, or without it.",
            )
        if wanted.is_file() and wanted.stat().st_size:
            raise UsageError.of(
                "File would be overwritten",
                f"{wanted} is there already and holds something else than the rejected lines of "
                "this import. Name another file, or move it away.",
            )
        return RejectedFile(wanted, 0)


def _load_known_checkpoint(journal: Path, options: ImportOptions) -> Checkpoint | None:
    """Give what the journal says; to begin anew nothing has to be known."""
    try:
        return load_checkpoint(journal)
    except StateError:
        if options.again:
            return None
        raise


def _open_seekable(path: Path) -> BinaryIO:
    try:
        file = path.open("rb")
        if file.seekable():
            return file
        file.close()
        raise UsageError.of(
            "File cannot be imported",
            f"{path} is a pipe. An import that is cut goes on in its file, so write it to one.",
        )
    except OSError as error:
        raise UsageError.unreadable_file(path, error) from None
