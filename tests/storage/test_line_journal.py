"""Journals, locks and replaced files on disk."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cioform.storage.atomic import open_replacement, replace_file
from cioform.storage.journal import (
    AppendOnlyFile,
    CorruptLineError,
    CorruptRecordError,
    decode_line,
    decode_lines,
    encode_line,
    read_last_line,
)
from cioform.storage.lock import LockHeldError, ProcessLock
from cioform.storage.user_files import write_text


def test_what_was_appended_is_read_and_appended_to(tmp_path: Path) -> None:
    path = tmp_path / "new" / "a.ndjson"
    file = AppendOnlyFile.create(path)
    file.append({"n": 1})
    file.close()
    path.write_bytes(path.read_bytes() + b'{"half": ')
    content = decode_lines(path.read_bytes(), lambda _, line: decode_line(line))
    assert (list(content.records), content.is_truncated) == ([{"n": 1}], True)
    assert path.stat().st_mode & 0o777 == 0o600
    file = AppendOnlyFile.reopen(path, content.valid_length)
    file.append({"n": 2})
    file.close()
    assert decode_line(read_last_line(path)) == {"n": 2}


def test_lines_after_a_recorded_size_are_removed(tmp_path: Path) -> None:
    path = tmp_path / "rejected.ndjson"
    file = AppendOnlyFile.create(path)
    file.append_lines(b"one\n")
    recorded = file.size()
    path.write_bytes(b"one\ntwo, by a run that was interru")
    again = AppendOnlyFile.reopen(path, recorded)
    again.append_lines(b"two\n")
    assert path.read_bytes() == b"one\ntwo\n"
    path.write_bytes(b"")  # by the user
    AppendOnlyFile.reopen(path, again.size()).append_lines(b"three\n")
    assert path.read_bytes() == b"three\n"


def test_a_device_is_only_written_to() -> None:
    file = AppendOnlyFile.reopen(Path(os.devnull), 0)
    file.append_lines(b"one\n")
    assert file.size() == 0


def test_a_corrupt_line_before_the_last_one_has_its_number() -> None:
    content = b"".join([encode_line({"n": 1}), b"junk\n", encode_line({"n": 3})])
    with pytest.raises(CorruptLineError) as caught:
        decode_lines(content, lambda _, line: decode_line(line))
    assert caught.value.number == 2


def test_a_missing_checksum_is_accepted_only_on_request() -> None:
    assert decode_line(b'{"n": 1}\n', checksum_required=False) == {"n": 1}
    with pytest.raises(CorruptRecordError):
        decode_line(b'{"n": 1}\n')
    with pytest.raises(CorruptRecordError):
        decode_line(b'{"n": 1, "sum": "0"}\n', checksum_required=False)


def test_a_second_lock_says_who_holds_the_first(tmp_path: Path) -> None:
    lock = ProcessLock(tmp_path / "a.lock", lambda: 0.0)
    lock.acquire()
    with pytest.raises(LockHeldError, match="since 1970-01-01T00:00:00"):
        ProcessLock(tmp_path / "a.lock").acquire()
    lock.release()
    assert not (tmp_path / "a.lock.json").exists()


def test_an_error_leaves_the_old_file_and_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    replace_file(path, b"old", backup=tmp_path / "a.backup")
    replace_file(path, b"new", backup=tmp_path / "a.backup")
    with pytest.raises(TypeError), open_replacement(path) as file:
        file.writelines([b"half", "not bytes"])  # type: ignore[list-item]
    assert path.read_bytes() == b"new"
    assert {each.name: each.read_bytes() for each in tmp_path.iterdir()} == {
        "a.json": b"new", "a.backup": b"old"
    }  # fmt: skip


def test_a_crash_while_text_is_written_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "campaign.yaml"
    path.write_text("old")
    path.chmod(0o600)
    mode = path.stat().st_mode

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", crash)
        with pytest.raises(KeyboardInterrupt):
            write_text(path, "new")
    assert [each.read_text() for each in tmp_path.iterdir()] == ["old"]
    write_text(path, "new")
    assert path.read_text() == "new"
    assert path.stat().st_mode == mode


def test_text_is_written_to_the_target_of_a_link(tmp_path: Path) -> None:
    link, target = tmp_path / "link", tmp_path / "target"
    link.symlink_to(target)
    write_text(link, "text")
    assert link.is_symlink()
    assert target.read_text() == "text"
