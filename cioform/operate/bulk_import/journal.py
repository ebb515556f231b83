"""Record the progress of an import, so that it can continue and count nothing twice.

The journal is an append-only file of offsets.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from cioform.core.data.json_value import Json, JsonValue
from cioform.core.dataclasses import dataclass, replace
from cioform.core.errors import StateError
from cioform.core.os_errors import os_reason
from cioform.state.format import is_format_number
from cioform.storage.journal import (
    AppendOnlyFile,
    CorruptLineError,
    CorruptRecordError,
    JournalContent,
    Record,
    decode_line,
    decode_lines,
)
from cioform.storage.lock import LockHeldError, ProcessLock

FORMAT: Final = 1
_MAX_STEM_LENGTH: Final = 40
"""How much of a file's name the name of its journal has."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The progress of an import, as its journal records it."""

    id: str
    """The ID of the import. The IDs of its events are derived from it."""
    began_at: int
    """Unix seconds."""
    offset: int = 0
    """Everything before it was sent, with a response."""
    line: int = 1
    """The number of the line that begins there."""
    digest: str = ""
    """SHA-256 of the file up to `offset`."""
    accepted: int = 0
    rejected: int = 0
    rejected_file: str = ""
    rejected_size: int = 0
    complete: bool = False
    again: bool = False
    """Whether it sends everything again that an earlier import of the file had sent."""


class ImportJournal:
    """The journal of one file. Each record is on disk when its method returns."""

    can_continue = True
    """Whether an interrupted import continues where it stopped."""

    def __init__(self, checkpoint: Checkpoint, file: AppendOnlyFile) -> None:
        self.checkpoint = checkpoint
        self._file = file

    def begin(self) -> None:
        """Record where the import begins or continues."""
        self._write({"step": "import", "format": FORMAT, **_checkpoint_fields(self.checkpoint)})

    def begin_batch(self, start: int, end: int, items: int) -> None:
        """Record that the lines between two offsets are about to be sent."""
        self._write({"step": "begin", "start": start, "end": end, "items": items})

    def end_batch(self, checkpoint: Checkpoint) -> None:
        """Record that they got a response, with the new checkpoint."""
        self.checkpoint = checkpoint
        self._write({"step": "done", **_checkpoint_fields(checkpoint)})

    def end(self) -> None:
        """Record that the file was sent to its end."""
        self.checkpoint = replace(self.checkpoint, complete=True)
        self._write({"step": "end", **_checkpoint_fields(self.checkpoint)})

    def _write(self, record: Record) -> None:
        try:
            self._file.append(record)
        except OSError as error:
            raise _journal_error(self._file.path, error) from None


class UnrecordedJournal(ImportJournal):
    """The progress of an import from a pipe, of which nothing is on disk."""

    can_continue = False

    def __init__(self, checkpoint: Checkpoint) -> None:
        self.checkpoint = checkpoint

    def _write(self, record: Record) -> None:
        pass


def journal_path(folder: Path, import_type: str, file: Path) -> Path:
    """Return the path of the journal: one for each path of a file and type of import."""
    real = file.resolve()
    key = hashlib.sha256(os.fsencode(f"{import_type}\0{real}")).hexdigest()[:12]
    return folder / f"{real.stem[:_MAX_STEM_LENGTH]}-{key}.ndjson"


def load_checkpoint(path: Path) -> Checkpoint | None:
    """Return the last checkpoint of a journal, or None if there is no journal.

    An incomplete last record is what a crash leaves: it is skipped, and its batch is sent again
    with the same IDs.
    """
    found = [checkpoint for checkpoint in _read(path).records if checkpoint is not None]
    return found[-1] if found else None


@contextmanager
def open_journal(path: Path, checkpoint: Checkpoint, *, reset: bool) -> Iterator[ImportJournal]:
    """Open the journal of a file for writing; with `reset` its earlier records are removed."""
    valid_length = 0 if reset else _read(path).valid_length
    try:
        exists = path.exists()
        file = AppendOnlyFile.reopen(path, valid_length) if exists else AppendOnlyFile.create(path)
    except OSError as error:
        raise _journal_error(path, error) from None
    try:
        journal = ImportJournal(checkpoint, file)
        journal.begin()
        yield journal
    finally:
        file.close()


@contextmanager
def exclusive_lock(path: Path) -> Iterator[None]:
    """Keep a second import of the same file from starting."""
    lock = ProcessLock(path.with_suffix(".lock"))
    try:
        lock.acquire()
    except LockHeldError as error:
        raise StateError.of(
            "Import already running",
            f"This file is being imported by {error.holder}. Wait for it, or stop it; then run the "
            "same command again, and it continues from there.",
        ) from None
    except OSError as error:
        raise _journal_error(path, error) from None
    try:
        yield
    finally:
        lock.release()


def _read(path: Path) -> JournalContent[Checkpoint | None]:
    try:
        return decode_lines(path.read_bytes(), lambda _, line: _decode_record(path, line))
    except FileNotFoundError:
        return JournalContent([], 0, is_truncated=False)
    except OSError as error:
        raise _journal_error(path, error) from None
    except CorruptLineError as error:
        raise StateError.of(
            "Import journal corrupt",
            f"Line {error.number} of {path} is corrupt, so the progress of the import is unknown. "
            "If the whole file may be sent again, run the command with `--again`.",
        ) from None


def _decode_record(path: Path, line: bytes) -> Checkpoint | None:
    # The first release wrote these records without a checksum.
    record = decode_line(line, checksum_required=False)
    if record.get("step") == "import":
        _check_format(path, record.get("format"))
    if record.get("step") not in ("import", "done", "end"):
        return None
    try:
        members: dict[str, JsonValue] = {n: record[n] for n in Checkpoint.__slots__ if n in record}
        return Checkpoint(**members)
    except TypeError:
        raise CorruptRecordError("it is not a record of an import") from None


class PrefixDigest:
    """SHA-256 of a file up to an offset that only grows."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._hash = hashlib.sha256()
        self._offset = 0

    def up_to(self, offset: int) -> str:
        """Return the digest of everything before `offset`."""
        self._file.seek(self._offset)
        while self._offset < offset:
            piece = self._file.read(min(2**18, offset - self._offset))
            if not piece:
                break
            self._hash.update(piece)
            self._offset += len(piece)
        return self._hash.hexdigest()

    def restart(self) -> None:
        """Start again at the first byte."""
        self._hash = hashlib.sha256()
        self._offset = 0


def _check_format(path: Path, number: Json) -> None:
    if not is_format_number(number):
        raise CorruptRecordError("it has no format number")
    if number > FORMAT:
        raise StateError.of(
            "Journal written by a newer cioform",
            f"{path} has format {number}; this version of cioform supports up to {FORMAT}. Finish "
            "the import with the version that began it, or install the newest with\n"
            "    pip install --upgrade cioform",
        )


def _checkpoint_fields(checkpoint: Checkpoint) -> dict[str, Json]:
    return {name: getattr(checkpoint, name) for name in Checkpoint.__slots__}


def _journal_error(path: Path, error: OSError) -> StateError:
    return StateError.of(
        "Import journal not accessible",
        f"{path} cannot be read or written: {os_reason(error)}. Nothing is sent without a "
        "record. Free space or correct the permissions, then run the same command again.",
    )
