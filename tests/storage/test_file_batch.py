"""Replacing several files, or none of them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cioform.storage.atomic import temporary_path
from cioform.storage.file_batch import replace_files


@pytest.fixture
def files(tmp_path: Path) -> dict[Path, bytes]:
    """Return the new contents of a file that exists and of two that do not."""
    (tmp_path / "a").write_bytes(b"old")
    return {tmp_path / "a": b"1", tmp_path / "new" / "b": b"2", tmp_path / "c": b"3"}


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else b""
        for path in folder.rglob("*")
    }


def test_all_files_are_replaced(files: dict[Path, bytes], tmp_path: Path) -> None:
    replace_files(files)
    assert contents(tmp_path) == {"a": b"1", "new": b"", "new/b": b"2", "c": b"3"}


@pytest.mark.parametrize("error", [OSError, KeyboardInterrupt, SystemExit])
@pytest.mark.parametrize("method", ["write_bytes", "replace"])
@pytest.mark.parametrize("number", [1, 2, 3])
def test_an_error_at_any_file_leaves_all_as_they_were(
    files: dict[Path, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    error: type[BaseException], method: str, number: int,
) -> None:  # fmt: skip
    calls = iter(range(1, 100))
    real = getattr(Path, method)

    def fail(path: Path, argument: object) -> object:
        if next(calls) == number:
            raise error
        return real(path, argument)

    with monkeypatch.context() as patch:
        patch.setattr(Path, method, fail)
        with pytest.raises(error):
            replace_files(files)
    assert contents(tmp_path) == {"a": b"old"}


def test_the_temporary_files_of_a_killed_process_are_removed(tmp_path: Path) -> None:
    own = temporary_path(tmp_path / "own")
    (tmp_path / f".a.{os.getpid() + 1}.new").write_bytes(b"half")
    (tmp_path / ".note.new").write_bytes(b"mine")
    own.write_bytes(b"of this process")
    replace_files({tmp_path / "a": b"1"})
    assert {path.name for path in tmp_path.iterdir()} == {"a", ".note.new", own.name}
