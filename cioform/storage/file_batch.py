"""Replace several files so that an error or an interrupt leaves all of them as they were."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from cioform.core.text.lazy_pattern import lazy_pattern
from cioform.storage.atomic import replace_file, temporary_path

_LEFTOVER: Final = lazy_pattern(r"\..+\.(\d+)\.new")


def replace_files(contents: Mapping[Path, bytes]) -> None:
    """Replace the content of files, in their order; missing folders are created.

    If one of them cannot be written or the user interrupts, none is changed. Only a process that
    is killed may leave the first ones replaced, and temporary files that the next call removes.
    It does not wait for the disk: there may be thousands of documents, and Git has the previous
    versions. Raises OSError, with the name of the file.
    """
    with ExitStack() as undo:
        for folder in dict.fromkeys(path.parent for path in contents):
            _create_folder(folder, undo)
            remove_leftovers(folder)
        # A full disk is noticed here, before any file is replaced.
        for path, content in contents.items():
            _write_beside(path, content, undo)
        for path in contents:
            undo.callback(_restore, path, path.read_bytes() if path.exists() else None)
            temporary_path(path).replace(path)
        undo.pop_all()


def _create_folder(folder: Path, undo: ExitStack) -> None:
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    for each in reversed(missing):
        undo.callback(_remove_if_empty, each)
        each.mkdir(exist_ok=True)


def remove_leftovers(folder: Path) -> None:
    """Remove the temporary files of processes that were killed."""
    for name in os.listdir(folder):  # noqa: PTH208 (there may be thousands)
        found = _LEFTOVER.fullmatch(name)
        if found and int(found[1]) != os.getpid():
            with contextlib.suppress(OSError):
                (folder / name).unlink()


def _write_beside(path: Path, content: bytes, undo: ExitStack) -> None:
    temporary = temporary_path(path)
    undo.callback(temporary.unlink, missing_ok=True)
    try:
        temporary.write_bytes(content)
    except OSError as error:
        error.filename = str(path)  # the name that the user knows
        raise
    if path.exists():
        shutil.copymode(path, temporary)


def _restore(path: Path, content: bytes | None) -> None:
    if content is None:
        path.unlink(missing_ok=True)
    elif path.read_bytes() != content:
        replace_file(path, content, durable=False)


def _remove_if_empty(folder: Path) -> None:
    with contextlib.suppress(OSError):
        folder.rmdir()
