"""Imports people and events from files of any size; goes on where a cut import stopped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO, Final

from cioform.core.errors import Untrusted, UsageWrong
from cioform.operate.bulk_import.batch_send import BatchSender
from cioform.operate.bulk_import.batches import read_batches
from cioform.operate.bulk_import.import_run import Sending
from cioform.operate.bulk_import.journal import (
    PrefixDigest,
    Standing,
    alone,
    journal_path,
    load_standing,
    open_journal,
)
from cioform.operate.bulk_import.options import Checked, Imported, ImportListener, ImportOptions
from cioform.operate.bulk_import.records import What
from cioform.operate.bulk_import.rejected import Rejected, RejectedFile
from cioform.operate.bulk_import.source import Source
from cioform.remote.provider import Provider

_SHOWN: Final = 20
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
        self, path: Path, what: What, options: ImportOptions, listener: ImportListener
    ) -> Imported:
        """Send a file to the end it has now, and give what became of it. What an earlier run sent
        is not sent again. A bad line is put aside with its reason and stops nothing."""
        journal = journal_path(self._folder, what, path)
        with _opened(path) as file, alone(journal):
            size = file.seek(0, 2)
            source = Source(file, size, path, options)
            with path.open("rb") as second:
                prefix = PrefixDigest(second)
                known = _known(journal, options)
                standing = self._standing(known, prefix, size, path, what, options)
                sending = Sending(self._sender, what, source, prefix, size, listener)
                anew = known is None or standing.id != known.id
                # The journal last: whatever refuses before it has changed nothing.
                with (
                    self._rejected(standing, path, options) as rejected,
                    open_journal(journal, standing, anew=anew) as opened,
                ):
                    done = sending.through(path, opened, rejected)
                    cut = not anew and known is not None and not known.complete
                    return replace(done, after_a_cut=cut)

    def check(self, path: Path, what: What, options: ImportOptions) -> Checked:
        """Read a file from its first line as an import would, and send nothing."""
        accepted, rejected = 0, 0
        reasons: list[Rejected] = []
        with _opened(path) as file:
            source = Source(file, file.seek(0, 2), path, options)
            for batch in read_batches(source, what, Standing("", 0)):
                accepted += len(batch.items)
                rejected += len(batch.rejected)
                reasons += batch.rejected[: _SHOWN - len(reasons)]
        return Checked(path, accepted, rejected, tuple(reasons), source.lines.unfinished)

    def _standing(
        self,
        known: Standing | None,
        prefix: PrefixDigest,
        size: int,
        path: Path,
        what: What,
        options: ImportOptions,
    ) -> Standing:
        """Give where to go on: after what the journal says was sent, if it is this file's."""
        fresh = Standing(self._new_id(), int(self._clock()), again=options.again)
        if known is None or (options.again and (known.complete or not known.again)):
            return fresh
        if known.offset == 0:
            return replace(known, complete=False)
        if known.offset <= size and prefix.up_to(known.offset) == known.digest:
            return replace(known, complete=False)
        if options.again or (known.complete and what is What.PEOPLE):
            prefix.restart()
            return fresh  # people told twice are who they were
        if known.complete:
            raise UsageWrong.of(
                "File was imported and has changed",
                f"{path} was imported to its end, and what stood in it is not what stands there "
                "now. Sent as a whole, its events would count twice. Put the lines that are new or "
                "mended into a file of their own and import that. If it is another file of the "
                "same name, or if all shall be sent once more, say so with `--again`.",
            )
        raise UsageWrong.of(
            "File is not the one whose import was cut",
            f"An import of {path} was cut in line {known.line}, and what stood before that line "
            "is not what stands there now. Bring back the file as it was and run the same command "
            "to go on, or send this one from its first line with `--again`.",
        )

    def _rejected(self, standing: Standing, path: Path, options: ImportOptions) -> RejectedFile:
        before = Path(standing.rejected_file) if standing.rejected_file else None
        own = self._folder / f"{path.stem[:40]}-{standing.id[:8]}.rejected.ndjson"
        wanted = Path(options.rejected or before or own)
        if before is not None and wanted.resolve() == before:
            return RejectedFile(wanted, standing.rejected_size)
        if before is not None and standing.rejected_size:
            raise UsageWrong.of(
                "Rejected lines are elsewhere",
                f"The lines of {path} that were rejected so far are in {before}. Go on with "
                "`--rejected` as it was, or without it.",
            )
        if wanted.is_file() and wanted.stat().st_size:
            raise UsageWrong.of(
                "File would be overwritten",
                f"{wanted} is there already and holds something else than the rejected lines of "
                "this import. Name another file, or move it away.",
            )
        return RejectedFile(wanted, 0)


def _known(journal: Path, options: ImportOptions) -> Standing | None:
    """Give what the journal says; to begin anew nothing has to be known."""
    try:
        return load_standing(journal)
    except Untrusted:
        if options.again:
            return None
        raise


def _opened(path: Path) -> BinaryIO:
    try:
        file = path.open("rb")
        if file.seekable():
            return file
        file.close()
        raise UsageWrong.of(
            "File cannot be imported",
            f"{path} is a pipe. An import that is cut goes on in its file, so write it to one.",
        )
    except OSError as error:
        raise UsageWrong.unreadable(path, error) from None
