"""How far an import is: an append-only file of offsets, so that a cut one goes on and counts
nothing twice."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO, Final

from filelock import FileLock, Timeout

from cioform.core.errors import StateError
from cioform.state.format import is_format_number

FORMAT: Final = 1
_MAX_STEM_LENGTH: Final = 40
"""Letters of a file's name that its journal is called by, since a name has an end."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What the journal of a file says."""

    id: str
    """Of the import; the ids of its events follow from it."""
    began_at: int
    """Unix seconds."""
    offset: int = 0
    """Everything before it was sent and answered."""
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
    """Whether it sends once more what an earlier import of the file had sent."""


class ImportJournal:
    """The journal of one file. Each record is on the disk when its method returns."""

    def __init__(self, path: Path, checkpoint: Checkpoint, file: BinaryIO) -> None:
        self.path = path
        self.checkpoint = checkpoint
        self._file = file
        self._broken = False

    def begin(self) -> None:
        """Record where the import begins or goes on."""
        self._write({"step": "import", "format": FORMAT, **_checkpoint_fields(self.checkpoint)})

    def begin_batch(self, start: int, end: int, items: int) -> None:
        """Record that the lines between two offsets are about to be sent."""
        self._write({"step": "begin", "start": start, "end": end, "items": items})

    def end_batch(self, checkpoint: Checkpoint) -> None:
        """Record that they were answered, and where that leaves the import."""
        self.checkpoint = checkpoint
        self._write({"step": "done", **_checkpoint_fields(checkpoint)})

    def end(self) -> None:
        """Record that the file was sent to its end."""
        self.checkpoint = replace(self.checkpoint, complete=True)
        self._write({"step": "end", **_checkpoint_fields(self.checkpoint)})

    def _write(self, record: Mapping[str, Any]) -> None:
        if self._broken:  # a line after half a line would spoil what is still readable
            raise _journal_error(self.path, OSError("an earlier record could not be written"))
        self._broken = True
        line = (json.dumps(record) + "\n").encode()
        try:
            if self._file.write(line) != len(line):
                raise OSError("only part of the record could be written")
            os.fsync(self._file.fileno())
        except OSError as error:
            raise _journal_error(self.path, error) from None
        self._broken = False


def journal_path(folder: Path, import_type: str, file: Path) -> Path:
    """Give where the journal of a file lies: one for each path and what is made of it."""
    real = file.resolve()
    key = hashlib.sha256(os.fsencode(f"{import_type}\0{real}")).hexdigest()[:12]
    return folder / f"{real.stem[:_MAX_STEM_LENGTH]}-{key}.ndjson"


def load_checkpoint(path: Path) -> Checkpoint | None:
    """Give how far the import of a journal is, None where there is none. A torn last record is
    what a cut leaves, and is passed over; its batch is sent again under the same ids."""
    try:
        lines = path.read_bytes().split(b"\n")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _journal_error(path, error) from None
    found: Checkpoint | None = None
    for number, line in enumerate(lines, 1):
        try:
            record = json.loads(line) if line else {}
            if record.get("step") == "import":
                _check_format(path, record.get("format"))
            if record.get("step") in ("import", "done", "end"):
                found = Checkpoint(**{n: record[n] for n in Checkpoint.__slots__ if n in record})
        except (ValueError, KeyError, TypeError, AttributeError):
            if number >= len(lines) - 1:
                break
            raise StateError.of(
                "Journal of an import not readable",
                f"{path} is broken in line {number}, so nobody knows how far the import is. If "
                "the file may be sent as a whole, begin it anew with `--again`.",
            ) from None
    return found


@contextmanager
def open_journal(path: Path, checkpoint: Checkpoint, *, reset: bool) -> Iterator[ImportJournal]:
    """Open the journal of a file, alone; `anew` forgets what it said."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("wb" if reset or not path.exists() else "r+b", buffering=0)
        # Half a record is what a cut leaves; one written behind it could not be read.
        whole = 0 if reset else path.read_bytes().rfind(b"\n") + 1
        file.truncate(whole)
        file.seek(whole)
    except OSError as error:
        raise _journal_error(path, error) from None
    with file:
        journal = ImportJournal(path, checkpoint, file)
        journal.begin()
        yield journal


@contextmanager
def exclusive_lock(path: Path) -> Iterator[None]:
    """Keep a second import of the same file out meanwhile."""
    lock = FileLock(path.with_suffix(".lock"), timeout=0)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout:
        raise StateError.of(
            "Import is running already",
            "Another process imports this file. Wait for it, or stop it; then run the same "
            "command again, and it goes on from there.",
        ) from None
    except OSError as error:
        raise _journal_error(path, error) from None
    try:
        yield
    finally:
        lock.release()


class PrefixDigest:
    """SHA-256 of a file up to an offset that only grows."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._hash = hashlib.sha256()
        self._offset = 0

    def up_to(self, offset: int) -> str:
        """Give the digest of what stands before `offset`."""
        self._file.seek(self._offset)
        while self._offset < offset:
            piece = self._file.read(min(2**18, offset - self._offset))
            if not piece:
                break
            self._hash.update(piece)
            self._offset += len(piece)
        return self._hash.hexdigest()

    def restart(self) -> None:
        """Begin at the first byte again."""
        self._hash = hashlib.sha256()
        self._offset = 0


def _check_format(path: Path, number: Any) -> None:
    if not is_format_number(number):
        raise ValueError("no format number")  # as any record that is not what was written
    if number > FORMAT:
        raise StateError.of(
            "Journal of a newer cioform",
            f"{path} has format {number}, and this cioform knows {FORMAT} and older. Finish the "
            "import with the cioform that began it, or install the newest with\n"
            "    pip install --upgrade cioform",
        )


def _checkpoint_fields(checkpoint: Checkpoint) -> dict[str, Any]:
    return {name: getattr(checkpoint, name) for name in Checkpoint.__slots__}


def _journal_error(path: Path, error: OSError) -> StateError:
    return StateError.of(
        "Journal of an import not usable",
        f"{path} cannot be read or written: {error.strerror or error}. Nothing is sent without a "
        "record of it. Make room or mend the permissions, then run the same command again.",
    )
