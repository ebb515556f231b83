"""A file that cannot be written: the message says why in plain words, and what to do."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from cioform.core.errors import UsageError
from cioform.storage.user_files import report_write_errors


@pytest.mark.parametrize(
    ("number", "name", "text"),
    [
        (errno.EACCES, "x", "this user has no permission to do so. Correct the permissions,"),
        (errno.EPERM, "x", "the system does not allow it. Choose another file."),
        (errno.EISDIR, "x", "it is a folder. Name a file in it."),
        (errno.ENOTDIR, "x", "a part of its path is a file, not a folder. Choose another file."),
        (errno.EROFS, "x", "the disk is read-only. Choose another file."),
        (errno.ENOSPC, "x", "the disk is full. Free some disk space, or choose another file."),
        (errno.ENOENT, "no/x", "the folder {no} does not exist. Create it first."),
        # As in /proc.
        (errno.ENOENT, "x", "no file can be created in the folder {folder}. Choose another file."),
        (errno.EIO, "x", "the disk reports an error. Choose another file."),
        (errno.E2BIG, "x", f"{os.strerror(errno.E2BIG)}. Choose another file."),
    ],
)
def test_the_reason_is_in_plain_words(tmp_path: Path, number: int, name: str, text: str) -> None:
    with pytest.raises(UsageError) as caught, report_write_errors(tmp_path / name):
        raise OSError(number, os.strerror(number), str(tmp_path / name))
    text = text.format(no=tmp_path / "no", folder=tmp_path)
    assert f"{tmp_path / name} cannot be written: {text}" in str(caught.value)


def test_a_hint_takes_the_place_of_the_own_hint(tmp_path: Path) -> None:
    hint = "Name another file after --out."
    with pytest.raises(UsageError) as caught, report_write_errors(tmp_path / "x", hint):
        raise OSError(errno.EISDIR, "Is a directory")
    assert f"it is a folder. {hint}" in str(caught.value)
