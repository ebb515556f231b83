"""Append-only files of JSON lines, each with a checksum and on the disk before the next step."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO, Final, Generic, Self, TypeVar

from cioform.core.data.json_value import Json, digest
from cioform.core.dataclasses import dataclass
from cioform.storage.atomic import fsync_folder, open_private

_CHECKSUM_FIELD: Final = "sum"
_TAIL_BYTES: Final = 1024
"""How much of a journal's end `read_last_line` reads: more than the record that ends a run."""

T = TypeVar("T")

Record = dict[str, Json]
"""The content of a line without its checksum."""


class CorruptRecordError(ValueError):
    """A line that is not what was written. Its text is a clause: `it is incomplete`."""


class AppendOnlyFile:
    """A journal that is open for writing. Its methods raise OSError."""

    def __init__(self, path: Path, file: BinaryIO) -> None:
        self.path = path
        self._file = file
        self._failed = False

    @classmethod
    def create(cls, path: Path) -> Self:
        """Create the journal and its folder. Raises FileExistsError if there is one.

        Only the owner can read it: it holds backups of objects, or data of people.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        file = open(path, "xb", buffering=0, opener=open_private)  # noqa: SIM115
        fsync_folder(path.parent)
        return cls(path, file)

    @classmethod
    def reopen(cls, path: Path, valid_length: int) -> Self:
        """Open an existing journal and remove what follows its first `valid_length` bytes.

        A device, such as /dev/stdout, is only written to.
        """
        file = path.open("r+b" if path.is_file() else "wb", buffering=0)
        if path.is_file():
            length = min(valid_length, file.seek(0, os.SEEK_END))
            file.truncate(length)
            file.seek(length)
        return cls(path, file)

    def append(self, record: Mapping[str, Json]) -> None:
        """Append one record and return when it is on the disk."""
        self.append_lines(encode_line(record))

    def append_lines(self, lines: bytes) -> None:
        """Append whole lines as they are and return when they are on the disk."""
        if self._failed:  # A line after half a line would make what is still readable corrupt.
            raise OSError("an earlier record could not be written")
        self._failed = True
        if self._file.write(lines) != len(lines):
            raise OSError("only part of the record could be written")
        if self.path.is_file():
            os.fsync(self._file.fileno())
        self._failed = False

    def size(self) -> int:
        """Return how many bytes the file has; 0 for a device."""
        return self._file.tell() if self.path.is_file() else 0

    def close(self) -> None:
        """Close the file."""
        self._file.close()


@dataclass(frozen=True, slots=True)
class JournalContent(Generic[T]):
    """The records of a journal, as its reader decodes them."""

    records: Sequence[T]
    valid_length: int
    """How many bytes of the file are whole records."""
    is_truncated: bool
    """Whether a last line follows that is not a whole record, as a crash leaves one."""


class CorruptLineError(ValueError):
    """A line that is corrupt and is not the last one. `number` counts from 1."""

    def __init__(self, number: int, reason: str) -> None:
        super().__init__(reason)
        self.number = number


def decode_lines(content: bytes, decode: Callable[[int, bytes], T]) -> JournalContent[T]:
    """Return the records in `content`. Only the last line may be corrupt or incomplete.

    `decode` returns the record of a line, given its number from 1, or raises CorruptRecordError.
    Raises CorruptLineError for the first corrupt line that is not the last one.
    """
    records: list[T] = []
    valid_length = 0
    lines = content.splitlines(keepends=True)
    for number, line in enumerate(lines, start=1):
        try:
            records.append(decode(number, line))
        except CorruptRecordError as error:
            if number < len(lines):
                raise CorruptLineError(number, str(error)) from None
        else:
            valid_length += len(line)
    return JournalContent(records, valid_length, valid_length < len(content))


def encode_line(record: Mapping[str, Json]) -> bytes:
    """Return the line of a record: JSON with a checksum and a newline."""
    document = {**record, _CHECKSUM_FIELD: digest(dict(record))}
    return (json.dumps(document, ensure_ascii=False) + "\n").encode()


def decode_line(line: bytes, *, checksum_required: bool = True) -> Record:
    """Return the record of a line. Raises CorruptRecordError if it is not what was written."""
    if not line.endswith(b"\n"):
        raise CorruptRecordError("it is incomplete")
    try:
        document = json.loads(line)
        checksum = document.pop(_CHECKSUM_FIELD, None)
        matches = checksum == digest(document)
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise CorruptRecordError(f"it is not a record ({type(error).__name__})") from None
    if not matches and (checksum_required or checksum is not None):
        raise CorruptRecordError("its checksum does not match")
    record: Record = document
    return record


def read_last_line(path: Path) -> bytes:
    """Return the last line of a journal; empty if the file is. Raises OSError.

    Only the last kilobyte is read, so the beginning of a longer line is missing.
    """
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - _TAIL_BYTES))
        lines = file.read().splitlines(keepends=True)
    return lines[-1] if lines else b""
