"""Files that people name: what the disk refuses is said in words, in one place."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from cioform.core.errors import UsageError


@contextmanager
def report_write_errors(path: Path, hint: str = "") -> Iterator[None]:
    """Raise UsageWrong where something cannot be written inside of the block. `path` is named
    where the system does not say which file it was; `way_out` ends the message."""
    try:
        yield
    except OSError as error:
        raise UsageError.of(
            "File cannot be written",
            f"{error.filename or path} cannot be written: {error.strerror or error}. "
            + (hint or "Make room, mend the permissions, or take another place."),
        ) from error


def write_text(path: Path, text: str, hint: str = "") -> None:
    """Write a text file, or raise UsageWrong; `way_out` is as in `writing`."""
    with report_write_errors(path, hint):
        path.write_text(text, encoding="utf-8")


@contextmanager
def atomic_writer(path: Path) -> Iterator[TextIO]:
    """Give what writes a file beside it, which takes its place when the block ends well: else what
    was there stays. A link stays one, and what is no file, as /dev/stdout, is written to."""
    path = path.resolve()
    beside = path.with_name(f".{path.name}.new")
    with report_write_errors(path):
        if path.exists() and not path.is_file():
            with path.open("w", encoding="utf-8", newline="") as there:
                yield there
            return
        try:
            with beside.open("w", encoding="utf-8", newline="") as file:
                yield file
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)


def read_text(path: Path) -> str:
    """Give the text of a file. Raises UsageWrong where it cannot be read or is not UTF-8."""
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise UsageError.unreadable_file(path, error) from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise UsageError.of(
            "File is not UTF-8",
            f"{path} has a byte in line {line} that is not UTF-8. Save it again with the encoding "
            "UTF-8.",
        ) from error
