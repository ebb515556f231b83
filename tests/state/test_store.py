"""The state file is saved completely, or the previous one is kept."""

from __future__ import annotations

import errno
import json
import os
import re
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cioform.core.address import Address
from cioform.core.data.json_value import UNKNOWN, Attributes
from cioform.core.errors import StateError
from cioform.model.fields.upgrading import rename_field
from cioform.model.objects.snapshot import AppliedState, Binding, LastSeen, RolledBack
from cioform.state.local.local_store import LocalStateStore
from cioform.state.runs import RunInfo, RunSummary
from cioform.state.state import StateOwner

ACME = StateOwner("acme", 7)
ADDRESS = Address.parse("segment.trial_users")
BINDING = Binding(
    ADDRESS, "12", "Trial users", {"name": "Trial users", "size": UNKNOWN}, {"a": "1"}, protect=True
)
FIRST = AppliedState("lineage-1", 1, {ADDRESS: BINDING})
SECOND = AppliedState("lineage-1", 2, {})
SUMMARY = RunSummary(
    run=RunInfo(id="r1", command="apply"), complete=True, counts={},
    began_at="2026-03-01T00:00:00Z", ended_at="2026-03-01T00:00:00Z",
)  # fmt: skip


def store(folder: Path, owner: StateOwner = ACME) -> LocalStateStore:
    return LocalStateStore(
        folder,
        owner,
        new_lineage=lambda: "fresh",
        clock=datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC).timestamp,
    )


def summary_of(caught: pytest.ExceptionInfo[StateError]) -> str:
    return caught.value.diagnostics[0].summary


def test_a_new_folder_has_a_new_lineage(tmp_path):
    assert store(tmp_path / "new").load() == AppliedState("fresh", 0, {})
    assert not (tmp_path / "new").exists()


def test_a_saved_state_is_loaded(tmp_path):
    store(tmp_path / "new").save(FIRST)
    assert store(tmp_path / "new").load() == FIRST


@pytest.mark.parametrize(
    "binding",
    [
        replace(BINDING, last_seen=LastSeen("running", 1, ("3",)), kept={"name": "a1"}),
        replace(BINDING, last_seen=LastSeen(same_name=("3",))),
        replace(BINDING, applied={"text": 'ä\u2028\x7f\x01"\\', "n": [1.5, 1e16, 10**30, {}]}),
        replace(BINDING, applied=None),
    ],
)
def test_everything_that_a_binding_has_is_loaded(tmp_path, binding):
    saved = AppliedState("lineage-1", 1, {ADDRESS: binding}, 5, {ADDRESS: RolledBack("r1", "a2")})
    store(tmp_path).save(saved)
    assert store(tmp_path).load() == saved


def test_the_previous_state_is_kept(tmp_path):
    state_store = store(tmp_path)
    state_store.save(FIRST)
    state_store.save(SECOND)
    (tmp_path / "state.json.backup").replace(tmp_path / "state.json")
    assert state_store.load() == FIRST
    assert sorted(path.name for path in tmp_path.iterdir()) == ["state.json"]


def test_one_change_changes_few_lines(tmp_path):
    store(tmp_path).save(FIRST)
    document = json.loads((tmp_path / "state.json").read_text())
    assert document["format"] == 2
    assert document["workspace"] == {"name": "acme", "workspace_id": 7}
    assert list(document["resources"]) == ["segment.trial_users"]


def test_an_older_state_is_read_as_the_current_format(tmp_path):
    store(tmp_path).save(FIRST)
    file = tmp_path / "state.json"
    old = file.read_text().replace("workspace_id", "environment_id")
    file.write_text(old.replace('"format": 2', '"format": 1').replace('"size"', '"extent"'))
    older = LocalStateStore(tmp_path, ACME, upgrade=rename_extent)
    assert older.load() == FIRST
    older.save(older.load())
    assert store(tmp_path).load() == FIRST


def rename_extent(_address: Address, attributes: Attributes) -> None:
    rename_field(attributes, "extent", "size")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[]",
        b'{"format": true}',
        b'{"format": 1}',
        b'{"format": 1, "lineage": "a", "serial": -1, "workspace": {}, "resources": {}}',
    ],
)
def test_a_corrupt_state_is_refused_with_the_backup(tmp_path, content):
    (tmp_path / "state.json").write_bytes(content)
    with pytest.raises(
        StateError, match=r"\n    cp .*state\.json\.backup .*state\.json\n"
    ) as caught:
        store(tmp_path).load()
    assert summary_of(caught) == "State corrupt"


def test_a_wrong_address_in_a_state_is_corruption(tmp_path):
    state_store = store(tmp_path)
    state_store.save(FIRST)
    path = tmp_path / "state.json"
    path.write_text(path.read_text().replace("segment.trial_users", "Segment"))
    with pytest.raises(StateError, match="not an address"):
        state_store.load()


@pytest.mark.parametrize("text", ["Trial users", "segment.trial_users"])
def test_half_a_character_in_a_state_is_corruption(tmp_path, text):
    state_store = store(tmp_path)
    state_store.save(FIRST)
    path = tmp_path / "state.json"
    assert text in path.read_text()
    path.write_text(path.read_text().replace(text, text + "\\ud800"))
    with pytest.raises(StateError, match=r"`resources.* has an incomplete Unicode character"):
        state_store.load()


def test_a_newer_format_is_refused(tmp_path):
    (tmp_path / "state.json").write_text('{"format": 3, "anything": []}')
    with pytest.raises(StateError, match="has format 3") as caught:
        store(tmp_path).load()
    assert summary_of(caught) == "State written by a newer cioform"


def test_a_member_that_only_a_newer_version_writes_is_refused(tmp_path):
    """Its backup has the member too, so that to restore it would not help."""
    state_store = store(tmp_path)
    state_store.save(FIRST)
    path = tmp_path / "state.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "later": {}}))
    with pytest.raises(StateError, match="has the member `later`") as caught:
        state_store.load()
    assert summary_of(caught) == "State written by a newer cioform"


def test_a_lost_state_is_not_a_new_one(tmp_path):
    state_store = store(tmp_path)
    state_store.save(FIRST)
    state_store.save(SECOND)
    (tmp_path / "state.json").unlink()
    with pytest.raises(StateError, match="missing"):
        state_store.load()


@pytest.mark.parametrize(
    "owner", [StateOwner("acme", 8), StateOwner("other", None), StateOwner("other", 8)]
)
def test_the_state_of_another_workspace_is_refused(tmp_path, owner):
    store(tmp_path).save(FIRST)
    with pytest.raises(StateError) as caught:
        store(tmp_path, owner).load()
    assert summary_of(caught) == "State of another workspace"


def test_a_copied_state_can_be_replaced_by_a_new_one(tmp_path):
    folder = tmp_path / "a folder" / "copy"
    store(folder).save(FIRST)
    store(folder).save(SECOND)
    with store(folder).open_journal("unfinished", lambda: 0.0) as journal:
        journal.begin_run()
    copy = store(folder, StateOwner("copy", 8))
    with pytest.raises(StateError) as caught:
        copy.load()
    for command in re.findall(r"^    (.+)$", str(caught.value), re.MULTILINE):
        subprocess.run(command, shell=True, check=True, cwd=tmp_path)
    assert copy.load() == AppliedState("fresh", 0, {})
    assert copy.unfinished_runs() == []
    copy.save(FIRST)
    assert copy.load() == FIRST


@pytest.mark.parametrize("owner", [StateOwner("renamed", 7), StateOwner("acme", None)])
def test_a_renamed_folder_keeps_its_state(tmp_path, owner):
    store(tmp_path).save(FIRST)
    assert store(tmp_path, owner).load() == FIRST


@pytest.mark.parametrize("step", ["fsync", "replace", "link"])
def test_a_full_disk_loses_nothing(tmp_path, monkeypatch, step):
    state_store = store(tmp_path)
    state_store.save(FIRST)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path if step == "replace" else os, step, full)
        if step == "link":
            patch.setattr(os, "fsync", full)
        with pytest.raises(StateError, match="the disk is full") as caught:
            state_store.save(SECOND)
    assert summary_of(caught) == "State not writable"
    assert state_store.load() == FIRST
    assert not list(tmp_path.glob(".*.new"))


def test_a_file_system_without_links_keeps_its_backup(tmp_path, monkeypatch):
    state_store = store(tmp_path)
    state_store.save(FIRST)

    def unsupported(*_: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", unsupported)
    state_store.save(SECOND)
    (tmp_path / "state.json.backup").replace(tmp_path / "state.json")
    assert state_store.load() == FIRST


@pytest.mark.parametrize(
    ("write", "consequence"),
    [
        (lambda to: to.save(FIRST), "The state is as it was before. If a run had begun, "),
        (lambda to: to.append_run(SUMMARY), "only its entry in `cioform history` is missing"),
        (lambda to: to.add_history([SUMMARY]), "The state was not moved and is used where it was."),
        (lambda to: to.lock().__enter__(), "Nothing was changed."),
    ],
)
def test_a_folder_that_is_a_file_is_not_writable(tmp_path, write, consequence):
    (tmp_path / "file").write_text("")
    with pytest.raises(StateError, match="cannot be written: ") as caught:
        write(store(tmp_path / "file" / "below"))
    assert consequence in caught.value.diagnostics[0].detail


def test_a_second_lock_is_refused(tmp_path):
    with (
        store(tmp_path).lock(),
        pytest.raises(StateError, match=r"since 2026-03-04T05:06:07") as caught,
        store(tmp_path).lock(),
    ):
        pass
    assert f"process {os.getpid()}" in str(caught.value)
    with store(tmp_path).lock():
        pass


def test_a_lock_is_released_after_an_error(tmp_path):
    with pytest.raises(KeyError), store(tmp_path).lock():
        raise KeyError
    with store(tmp_path).lock():
        pass


def test_only_the_owner_can_read_the_state_and_its_backup(tmp_path):
    state_store = store(tmp_path)
    state_store.save(FIRST)
    state_store.save(SECOND)
    state_store.append_run(SUMMARY)
    modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.rglob("*.*")}
    assert modes == {"state.json": 0o600, "state.json.backup": 0o600, "r1.json": 0o600}
