"""Replacing files so that a crash leaves either the old content or the new content."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


def replace_file(
    path: Path,
    content: bytes,
    *,
    durable: bool = True,
    backup: Path | None = None,
    private: bool = False,
) -> None:
    """Replace the content of `path`; the arguments are those of `open_replacement`."""
    with open_replacement(path, durable=durable, backup=backup, private=private) as file:
        file.write(content)


def open_private(path: str, flags: int) -> int:
    """Open a file as `open` does, so that only its owner can read it if it is created.

    It is the `opener` of files that hold content of messages or data of people.
    """
    return os.open(path, flags, 0o600)


@contextmanager
def open_replacement(
    path: Path, *, durable: bool = True, backup: Path | None = None, private: bool = False
) -> Iterator[BinaryIO]:
    """Open a temporary file that replaces `path` when the block ends without an error.

    With `durable` the new content is on the disk before this returns, so that it survives a power
    failure; that costs milliseconds. `backup` is where the old content is kept. A `private` file
    can be read by its owner only; another one that exists keeps its permissions. Raises OSError.
    """
    temporary = temporary_path(path)
    try:
        # pathlib's `open` has no opener.
        with open(temporary, "wb", opener=open_private if private else None) as file:
            yield file
            if durable:
                file.flush()
                os.fsync(file.fileno())
        if path.exists() and not private:
            shutil.copymode(path, temporary)
        if backup is not None and path.exists():
            _keep_backup(path, backup)
        temporary.replace(path)
    except OSError as error:
        if error.filename == str(temporary):
            error.filename = str(path)  # the name that the user knows
        raise
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
    if durable:
        fsync_folder(path.parent)


def temporary_path(path: Path) -> Path:
    """Return the file beside `path` that gets its new content in this process."""
    return path.with_name(f".{path.name}.{os.getpid()}.new")


def fsync_folder(folder: Path) -> None:
    """Make a new file or a rename in `folder` durable, on systems that need and support it."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _keep_backup(path: Path, backup: Path) -> None:
    # A hard link and not a rename: at no moment is `path` without a file.
    temporary = path.with_name(f".{path.name}.{os.getpid()}.old")
    temporary.unlink(missing_ok=True)
    try:
        os.link(path, temporary)
    except OSError:  # The file system has no hard links.
        with open(temporary, "wb", opener=open_private) as file:
            file.write(path.read_bytes())
            file.flush()
            os.fsync(file.fileno())
    temporary.replace(backup)
