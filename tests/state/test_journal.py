"""The journal: its open changes are known wherever it is truncated."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from cioform.core.address import Address
from cioform.core.data.json_value import UNKNOWN, Attributes
from cioform.core.errors import StateError
from cioform.model.fields.upgrading import rename_field
from cioform.model.remote_access.conversation import Api, Request
from cioform.plan.change import Action
from cioform.report.history import change_rows
from cioform.state.actions import ACTIONS
from cioform.state.journal.journal import Journal
from cioform.state.journal.open_change import JournaledRequest, OpenChange
from cioform.state.journal.record import JournalEvent, JournalRecord, decode_record, encode_record
from cioform.state.journal.replay import JournalReplay, replay_journal
from cioform.state.journal.resolution import Resolution, ResolvedChange, RunResolution
from cioform.state.journal.run_changes import changes_of
from cioform.state.killed_runs import summary_of_killed_run, summary_of_unfinished_run
from cioform.state.local.local_store import LocalStateStore
from cioform.state.runs import RunInfo, decode_summary, encode_file
from cioform.state.state import StateOwner
from cioform.storage.journal import CorruptRecordError, encode_line

TRIAL = Address.parse("segment.trial_users")
FOOTER = Address.parse("snippet.footer")
WRITE = Request(Api.APP, "PUT", "/v1/snippets", {"name": "footer"})


def store(folder: Path) -> LocalStateStore:
    return LocalStateStore(folder, StateOwner("acme"))


def begin(folder: Path, run_id: str = "run-1", at: float = 0.0) -> Journal:
    journal = store(folder).open_journal(run_id, lambda: at)
    journal.begin_run(lineage="l", serial=3)
    return journal


def file_of(journal: Journal) -> Path:
    return Path(journal.location)


def replay(path: Path) -> JournalReplay:
    return replay_journal(path.stem, str(path), path.read_bytes(), lambda _, __: None)


def open_of(folder: Path) -> tuple[OpenChange, ...]:
    (run,) = store(folder).unfinished_runs()
    return run.open_changes


def change_footer(journal: Journal) -> None:
    journal.begin_change(FOOTER, "create", None, {"size": UNKNOWN}, {"name": "footer"})
    journal.begin_request(WRITE, FOOTER)
    journal.end_request(200)
    journal.record_binding(FOOTER, "footer", {"a": "1"})
    journal.end_change(FOOTER, "footer")


def test_a_corrupt_journal_of_a_shared_state_says_how_to_restore_it() -> None:
    with pytest.raises(StateError, match=r"Line 1 of The journal .* Fetch it\.") as caught:
        replay_journal(
            "r", "The journal of run r", b"x\ny\n", lambda *_: None, restore_hint="Fetch it."
        )
    assert "mv " not in str(caught.value)


def test_without_a_journal_nothing_is_unfinished(tmp_path):
    assert store(tmp_path).unfinished_runs() == []


def test_a_run_with_an_end_record_is_finished(tmp_path):
    journal = begin(tmp_path)
    change_footer(journal)
    journal.end_run(done=1)
    assert store(tmp_path).unfinished_runs() == []


def test_only_the_last_line_of_a_finished_run_is_read(tmp_path):
    """Journals are never deleted, so that later commands must not read finished ones in full."""
    for number in range(500):
        journal = begin(tmp_path, f"run-{number}")
        change_footer(journal)
        journal.begin_change(TRIAL, "update", "1", {"body": "x" * 4096})
        journal.fail_change(TRIAL, "said no", outcome_unknown=False)
        journal.end_run(complete=False)
        content = file_of(journal).read_bytes()
        file_of(journal).write_bytes(b"junk\n" + content)
    assert store(tmp_path).unfinished_runs() == []


def test_the_id_and_the_start_of_a_run_are_read(tmp_path):
    begin(tmp_path, at=60.5)
    (run,) = store(tmp_path).unfinished_runs()
    assert (run.run_id, run.started_at) == ("run-1", "1970-01-01T00:01:00.500+00:00")
    assert run.records[0].data == {"lineage": "l", "serial": 3, "format": 2}


def test_each_step_of_a_change_is_read(tmp_path):
    journal = begin(tmp_path)
    wanted: Attributes = {"name": "footer"}
    backup: Attributes = {"size": UNKNOWN}
    sent = JournaledRequest("app", "PUT", "/v1/snippets", {"name": "footer"})
    base = OpenChange(FOOTER, "create", None, {}, backup, wanted)
    done = JournaledRequest("app", "PUT", "/v1/snippets", {"name": "footer"}, 200)
    steps: list[tuple[Callable[[], None], tuple[OpenChange, ...]]] = [
        (lambda: journal.begin_change(FOOTER, "create", None, backup, wanted), (base,)),
        (
            lambda: journal.begin_request(WRITE, FOOTER),
            (OpenChange(FOOTER, "create", None, {}, backup, wanted, (sent,)),),
        ),
        (
            lambda: journal.end_request(200),
            (OpenChange(FOOTER, "create", None, {}, backup, wanted, (done,)),),
        ),
        (
            lambda: journal.record_binding(FOOTER, "9", {"a": "1"}),
            (OpenChange(FOOTER, "create", "9", {"a": "1"}, backup, wanted, (done,)),),
        ),
        (lambda: journal.end_change(FOOTER, "9"), ()),
    ]
    for step, expected in steps:
        step()
        assert open_of(tmp_path) == expected


def test_a_run_that_only_announced_its_changes_names_their_objects(tmp_path):
    announced = {"address": str(FOOTER), "action": "update", "identity": "footer", "remote_id": "7"}
    journal = store(tmp_path).open_journal("run-1", lambda: 0.0)
    journal.begin_run(lineage="l", serial=3, changes=[announced])
    [change] = changes_of(replay(file_of(journal)))
    assert (change.address, change.identity, change.former_id) == (str(FOOTER), "footer", "7")
    assert (change.result, change.action) == ("in doubt", "update")


def test_what_was_in_doubt_is_shown_as_it_was_resolved(tmp_path):
    never = Address.parse("snippet.never_begun")
    journal = store(tmp_path).open_journal("run-1", lambda: 0.0)
    announced = [
        {"address": str(each), "action": "update", "identity": each.name, "remote_id": "7"}
        for each in (FOOTER, TRIAL, never)
    ]
    journal.begin_run(lineage="l", serial=3, changes=announced)
    change_footer(journal)
    journal.begin_change(TRIAL, "create", None)
    journal.begin_request(WRITE, TRIAL)
    journal.close()
    found = {TRIAL: ResolvedChange(Resolution.DONE, "9")}
    store(tmp_path).close_run(RunResolution("run-1", found, "ada", "run-2"), 60.0)
    shown = changes_of(replay(file_of(journal)))
    assert [(c.address, c.result, c.remote_id, c.settled_by, c.settling_run) for c in shown] == [
        (str(FOOTER), "done", "footer", "", ""),
        (str(TRIAL), "done", "9", "ada", "run-2"),
        (str(never), "not done", "7", "ada", "run-2"),
    ]
    assert {each.reason for each in shown} == {""}
    [summary] = store(tmp_path).history()
    assert summary.title == "1 created, 1 settled as done"
    notes = [row[4] for row in change_rows(shown)[1:]]
    assert notes == ["", *["was in doubt, resolved by ada on 1970-01-01 00:01 UTC"] * 2]
    summary = summary.model_copy(update={"run": RunInfo(id="run-2", command="apply")})
    assert change_rows(shown, [summary])[2][4] == "was in doubt, resolved by run run-2"


def test_a_run_that_cannot_be_resolved_is_not_said_to_be_made(tmp_path):
    journal = store(tmp_path).open_journal("run-1", lambda: 0.0)
    journal.begin_run(lineage="l", serial=3, changes=[])
    journal.close()
    (tmp_path / "runs").write_text("")
    with pytest.raises(StateError, match="State not writable") as caught:
        store(tmp_path).close_run(RunResolution("run-1"), 60.0)
    detail = caught.value.diagnostics[0].detail
    assert "How the changes of that run ended is not recorded; the next command looks" in detail
    assert [run.run_id for run in store(tmp_path).unfinished_runs()] == ["run-1"]


def test_responses_are_matched_by_address(tmp_path):
    journal = begin(tmp_path)
    for address in (TRIAL, FOOTER):
        journal.begin_change(address, "update", "1")
        journal.begin_request(WRITE, address)
    journal.end_request(200, TRIAL)
    confirmed = {
        str(change.address): change.last_request is not None
        and change.last_request.status is not None
        for change in open_of(tmp_path)
    }
    assert confirmed == {"segment.trial_users": True, "snippet.footer": False}


@pytest.mark.parametrize(("is_unknown", "left"), [(False, []), (True, [FOOTER])])
def test_a_failed_change_stays_open_only_if_its_outcome_is_unknown(tmp_path, is_unknown, left):
    journal = begin(tmp_path)
    journal.begin_change(FOOTER, "update", "1")
    journal.fail_change(FOOTER, "said no", outcome_unknown=is_unknown)
    journal.end_run()
    open_now = [
        change.address for run in store(tmp_path).unfinished_runs() for change in run.open_changes
    ]
    assert open_now == left


def test_a_journal_truncated_at_any_byte_is_readable(tmp_path):
    journal = begin(tmp_path)
    change_footer(journal)
    content = file_of(journal).read_bytes()
    counts = []
    for end in range(len(content) + 1):
        file_of(journal).write_bytes(content[:end])
        run = replay(file_of(journal))
        assert run.is_truncated == (end > 0 and content[end - 1 : end] != b"\n")
        counts.append(len(run.records))
    assert counts == sorted(counts)
    assert counts[-1] == 6


def test_a_changed_byte_is_corruption(tmp_path):
    journal = begin(tmp_path)
    change_footer(journal)
    content = file_of(journal).read_bytes()
    file_of(journal).write_bytes(content.replace(b"snippet.footer", b"snippet.header", 1))
    with pytest.raises(StateError, match=r"Line 2 of .* checksum does not match"):
        store(tmp_path).unfinished_runs()


def test_a_missing_line_is_corruption(tmp_path):
    journal = begin(tmp_path)
    change_footer(journal)
    lines = file_of(journal).read_bytes().splitlines(keepends=True)
    assert len(lines) == 6
    file_of(journal).write_bytes(b"".join(lines[:2] + lines[3:]))
    with pytest.raises(StateError, match="others are missing"):
        store(tmp_path).unfinished_runs()


@pytest.mark.parametrize("junk", [b"\n", b"[]\n", b"{}\n", b"\xff\n", b'{"sum": 1, "seq": "x"}\n'])
def test_junk_is_corruption(tmp_path, junk):
    journal = begin(tmp_path)
    content = file_of(journal).read_bytes()
    file_of(journal).write_bytes(junk + content)
    with pytest.raises(StateError, match="Line 1"):
        store(tmp_path).unfinished_runs()


def test_a_recovered_run_is_finished_even_if_its_end_was_truncated(tmp_path):
    journal = begin(tmp_path)
    journal.begin_change(FOOTER, "update", "1")
    journal.close()
    with file_of(journal).open("ab") as file:
        file.write(b'{"half": ')
    (run,) = store(tmp_path).unfinished_runs()
    assert run.is_truncated
    store(tmp_path).close_run(RunResolution("run-1"), 9.0)
    assert store(tmp_path).unfinished_runs() == []
    assert replay(file_of(journal)).records[-1].data["settled"] is True


def test_the_oldest_run_comes_first(tmp_path):
    begin(tmp_path, "b", at=1)
    begin(tmp_path, "a", at=2)
    assert [run.run_id for run in store(tmp_path).unfinished_runs()] == ["b", "a"]


def test_a_journal_is_never_overwritten(tmp_path):
    begin(tmp_path)
    with pytest.raises(StateError, match="not overwritten"):
        begin(tmp_path)


def test_a_newer_journal_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("cioform.state.journal.journal.FORMAT", 3)
    begin(tmp_path)
    with pytest.raises(StateError, match="has format 3"):
        store(tmp_path).unfinished_runs()


@pytest.mark.parametrize("number", [0, None, True, "1"])
def test_a_journal_without_a_format_is_corrupt_and_not_newer(tmp_path, monkeypatch, number):
    monkeypatch.setattr("cioform.state.journal.journal.FORMAT", number)
    begin(tmp_path)
    with pytest.raises(StateError, match=r"Journal corrupt: .*no `format` number"):
        store(tmp_path).unfinished_runs()


def test_an_older_journal_is_read_as_the_current_format(tmp_path, monkeypatch):
    monkeypatch.setattr("cioform.state.journal.journal.FORMAT", 1)
    journal = begin(tmp_path)
    journal.begin_change(FOOTER, "create", None, {"title": "x"}, {"title": "x"})
    older = LocalStateStore(tmp_path, StateOwner("acme"), upgrade=rename_title)
    [run] = older.unfinished_runs()
    [change] = run.open_changes
    assert (change.wanted, change.backup) == ({"name": "x"}, {"title": "x"})


def test_a_journal_of_today_is_not_upgraded(tmp_path):
    journal = begin(tmp_path)
    journal.begin_change(FOOTER, "create", None, None, {"title": "x"})
    later = LocalStateStore(tmp_path, StateOwner("acme"), upgrade=rename_title)
    [run] = later.unfinished_runs()
    assert [change.wanted for change in run.open_changes] == [{"title": "x"}]


def rename_title(_address: Address, attributes: Attributes) -> None:
    rename_field(attributes, "title", "name")


def test_a_full_disk_stops_the_run(tmp_path, monkeypatch):
    journal = begin(tmp_path)

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(StateError, match="No step is taken without a record"):
            journal.begin_change(FOOTER, "update", "1")
    with pytest.raises(StateError, match="an earlier record"):
        journal.begin_change(TRIAL, "update", "1")
    assert [change.address for change in open_of(tmp_path)] == [FOOTER]


def test_a_corrupt_last_line_makes_only_its_change_unknown(tmp_path):
    journal = begin(tmp_path)
    change_footer(journal)
    content = file_of(journal).read_bytes()
    file_of(journal).write_bytes(content[:-9] + b"\x00" * 8 + b"\n")
    (run,) = store(tmp_path).unfinished_runs()
    assert run.is_truncated
    assert [change.remote_id for change in run.open_changes] == ["footer"]
    store(tmp_path).close_run(RunResolution("run-1"), 9.0)
    assert store(tmp_path).unfinished_runs() == []


def test_the_lock_says_whose_a_killed_run_was_and_otherwise_its_journal_does(tmp_path):
    journal = store(tmp_path).open_journal("run-1", lambda: 0.0)
    journal.begin_run(lineage="l", serial=3, who="ada", command="rollback", commit="c1")
    journal.begin_change(FOOTER, "update", "1")
    journal.close()
    killed = replay(file_of(journal))
    known = RunInfo(id="run-1", command="rollback", who="ada", commit="c1")
    locked = RunInfo(id="run-1", command="apply", who="grace", url="https://ci.example/1")
    for run, expected in ((None, known), (locked, locked)):
        summary = summary_of_killed_run(killed, 60.0, run)
        assert summary.run == expected
        assert (summary.complete, summary.counts) == (False, {"in doubt": 1})
        assert summary.began_at.startswith("1970-01-01T00:00:00")
        assert summary.ended_at.startswith("1970-01-01T00:01:00")


def test_an_unfinished_run_says_what_it_has_done_and_failed(tmp_path):
    journal = begin(tmp_path)
    change_footer(journal)
    journal.begin_change(TRIAL, "update", "8")
    journal.close()
    summary = summary_of_unfinished_run(replay(file_of(journal)))
    assert (summary.title, summary.complete) == ("1 created, 1 in doubt", False)
    assert summary.ended_at == "1970-01-01T00:00:00+00:00"


def test_a_killed_run_whose_journal_does_not_say_whose_it_was_has_only_its_id(tmp_path):
    journal = begin(tmp_path)
    journal.close()
    unknown = RunInfo(id="run-1", command="apply")
    assert summary_of_killed_run(replay(file_of(journal)), 60.0).run == unknown
    assert summary_of_killed_run(JournalReplay("run-1", "here"), 60.0).run == unknown


@pytest.mark.parametrize(
    ("run_id", "began_at"),
    [
        ("20260304T050607Z-a1b2c3", "2026-03-04T05:06:07+00:00"),
        ("run-1", "1970-01-01T00:01:00+00:00"),
    ],
)
def test_a_killed_run_without_any_record_began_when_its_id_says(run_id, began_at):
    """A power loss may take the first record, and every later command reads when the run began."""
    summary = summary_of_killed_run(JournalReplay(run_id, "here"), 60.0)
    assert summary.began_at == began_at
    assert decode_summary(encode_file(summary), "here") == summary


@pytest.mark.parametrize("time", ["", "yesterday", "9999999-01-01"])
def test_the_times_of_a_summary_and_of_a_record_are_times(time):
    summary = json.loads(encode_file(summary_of_killed_run(JournalReplay("run-1", "here"), 60.0)))
    with pytest.raises(StateError, match="Run summary corrupt"):
        decode_summary(json.dumps({**summary, "began_at": time}).encode(), "here")
    line = encode_line(encode_record(JournalRecord(1, time, JournalEvent.RUN_BEGIN)))
    with pytest.raises(CorruptRecordError, match="is not a record"):
        decode_record(line)


def test_a_change_that_no_run_makes_is_corrupt(tmp_path):
    assert {*Action} == ACTIONS
    journal = begin(tmp_path)
    journal.begin_change(FOOTER, "explode", "1")
    with pytest.raises(StateError, match='its record of "change-begin" has other fields'):
        store(tmp_path).unfinished_runs()


def test_a_record_without_its_members_is_no_riddle(tmp_path):
    journal = begin(tmp_path)
    change_footer(journal)
    lines = [json.loads(line) for line in file_of(journal).read_bytes().splitlines()]
    for line in lines:
        line.pop("sum")
    lines[0]["kind"] = "odd"
    file_of(journal).write_bytes(b"".join(map(encode_line, lines)))
    with pytest.raises(StateError, match="it is not a record: its number, its time"):
        store(tmp_path).unfinished_runs()


def test_a_file_in_place_of_the_folder_of_journals_is_no_earlier_run(tmp_path):
    (tmp_path / "journal").write_text("x")
    with pytest.raises(StateError, match="a file is where it needs a folder"):
        begin(tmp_path)
