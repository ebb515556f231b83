"""Files whose names users choose: what the disk refuses becomes a UsageError, in one place."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from cioform.core.errors import UsageError
from cioform.core.os_errors import os_hint, os_reason
from cioform.storage.atomic import open_replacement


def files_below(folder: Path, on_error: Callable[[OSError], None]) -> Iterator[Path]:
    """Yield the files below a folder, sorted in each folder. Links to folders are not followed.

    `on_error` gets the error of each folder that cannot be read, which has the name of the folder.
    """
    for place, folders, names in os.walk(folder, onerror=on_error):
        folders.sort()
        yield from (Path(place, name) for name in sorted(names))


@contextmanager
def report_write_errors(path: Path, hint: str = "") -> Iterator[None]:
    """Raise UsageError if something in the block cannot be written.

    `path` is named if the system does not say which file it was; `hint` ends the message.
    """
    try:
        yield
    except OSError as error:
        own_names = (None, str(path), str(path.resolve()))
        file = path if error.filename in own_names else Path(error.filename)
        raise unwritable_file_error(file, error, hint) from error


def unwritable_file_error(file: Path, error: OSError, hint: str = "", what: str = "") -> UsageError:
    """Return the error of a file that cannot be written: why, and what to do.

    `what` says what the file is for. Without a `hint`, the reason has its own.
    """
    reason, own_hint = os_reason(error), os_hint(error)
    if isinstance(error, FileNotFoundError):
        folder = file.parent
        reason, own_hint = (
            (f"no file can be created in the folder {folder}", "")
            if folder.exists()
            else (f"the folder {folder} does not exist", "Create it first.")
        )
    return UsageError.of(
        "File not writable",
        f"{what}{file} cannot be written: {reason}. {hint or own_hint or 'Choose another file.'}",
    )


def write_text(path: Path, text: str, hint: str = "") -> None:
    """Replace a text file as a whole. Raises UsageError, whose message ends with `hint`."""
    with atomic_writer(path, hint) as file:
        file.write(text)


def check_replaceable(
    file: Path | None, what: str, option: str, is_one: Callable[[str], bool]
) -> None:
    """Raise UsageError if a file holds something else than `what`, such as a document.

    Somebody who mistypes a name must not lose a file. `is_one` judges the text that is there.
    """
    if file is None:
        return
    try:
        content = file.read_bytes() if file.is_file() else b""
    except OSError as error:
        raise UsageError.unreadable_file(file, error) from None
    if content and not is_one(content.decode("utf-8", "replace")):
        raise UsageError.of(
            f"Not {what}",
            f"{file} exists and is not {what}, so it is not overwritten. Name another file after "
            f"{option}, or delete it first.",
        )


def append_text(path: Path, text: str) -> None:
    """Add text to the end of a file. Raises UsageError."""
    with report_write_errors(path), path.open("a", encoding="utf-8") as file:
        file.write(text)


@contextmanager
def atomic_writer(path: Path, hint: str = "") -> Iterator[TextIO]:
    """Open a text file that replaces `path` when the block ends without an error.

    A symbolic link stays one. What is not a regular file, such as /dev/stdout, is written to
    directly. Raises UsageError, whose message ends with `hint`.
    """
    with report_write_errors(path, hint):
        path = path.resolve()
        if path.exists() and not path.is_file():
            with path.open("w", encoding="utf-8", newline="") as device:
                yield device
            return
        with open_replacement(path, durable=False) as file:
            text = io.TextIOWrapper(file, encoding="utf-8", newline="")
            yield text
            text.detach()


def read_text(path: Path, newline: str | None = None) -> str:
    """Return the text of a file. Raises UsageError if it cannot be read or is not UTF-8.

    With an empty `newline` the line ends are as the file has them.
    """
    try:
        with path.open(encoding="utf-8", newline=newline) as file:
            return file.read()
    except OSError as error:
        raise UsageError.unreadable_file(path, error) from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise UsageError.of(
            "Invalid UTF-8",
            f"Line {line} of {path} has a byte that is not UTF-8. Save the file again as UTF-8.",
        ) from error
