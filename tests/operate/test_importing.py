"""Imports: every line arrives once, whatever happens during the import."""

import json
import os
import signal
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from cioform.core.data.json_value import Json
from cioform.core.errors import OutcomeUnknownError, RemoteError, StateError, UsageError
from cioform.model.remote_access.conversation import Request, Response
from cioform.operate.bulk_import.batch_send import BatchSender
from cioform.operate.bulk_import.journal import exclusive_lock, journal_path, load_checkpoint
from cioform.operate.bulk_import.options import ImportOptions, ImportProgress
from cioform.operate.track_payloads import encode_json

BATCH = "/api/v2/batch"
AGAIN = ImportOptions(again=True)


def lines(numbers: Iterable[int], size: int = 20_000) -> str:
    """Return events of u1. With 20,000 bytes each, 24 make a batch."""
    filling = "x" * size
    rows = ({"id": "u1", "name": "viewed", "data": {"n": n, "x": filling}} for n in numbers)
    return "".join(json.dumps(row) + "\n" for row in rows)


def received_lessons(sandbox: Any) -> list[int]:
    return sorted(data["n"] for data in sandbox.events())


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return a file of 60 events, which are three batches."""
    path = tmp_path / "events.ndjson"
    path.write_text(lines(range(60)))
    return path


def reasons(path: Path | None) -> list[tuple[int, str]]:
    assert path is not None
    rows = map(json.loads, path.read_text().splitlines())
    return [(row["line"], row["reason"]) for row in rows]


def test_a_file_is_sent_in_batches(sandbox: Any, file: Path) -> None:
    progress_events: list[ImportProgress] = []
    done = sandbox.acme.events.import_(file, listener=progress_events.append)
    assert (done.accepted, done.rejected, done.sent, done.resumed_at) == (60, 0, 60, None)
    assert done.rejected_file is None
    assert received_lessons(sandbox) == list(range(60))
    bodies = [body for _, path, body in sandbox.sent if path == BATCH]
    assert len(bodies) == 3
    assert all(len(json.dumps(b, separators=(",", ":"))) <= 500_000 for b in bodies)
    assert [progress.line for progress in progress_events][-1] == 60
    assert progress_events[-1].offset == progress_events[-1].size == file.stat().st_size


def test_the_same_file_again_sends_nothing(sandbox: Any, file: Path) -> None:
    sandbox.acme.events.import_(file)
    before = len(sandbox.sent)
    done = sandbox.acme.events.import_(file)
    assert (done.accepted, done.sent) == (60, 0)
    assert len(sandbox.sent) == before


def test_the_again_option_sends_everything_under_new_ids(sandbox: Any, file: Path) -> None:
    sandbox.acme.events.import_(file)
    assert sandbox.acme.events.import_(file, AGAIN).sent == 60
    assert len(received_lessons(sandbox)) == 120


@pytest.mark.parametrize("effect", ["cut-before", "cut-after", "status:500-done", "status:503"])
def test_a_batch_of_unknown_outcome_is_retried_and_counted_once(
    sandbox: Any, file: Path, effect: str
) -> None:
    sandbox.order(effect, BATCH, nth=2, times=2)
    sandbox.acme.events.import_(file)
    assert received_lessons(sandbox) == list(range(60))


def test_the_rejected_file_cannot_be_the_input_file(sandbox: Any, file: Path) -> None:
    before = file.read_bytes()
    with pytest.raises(UsageError, match="would be overwritten"):
        sandbox.acme.events.import_(file, ImportOptions(rejected=file))
    assert file.read_bytes() == before


def test_a_new_file_after_an_immediate_interrupt_loses_nothing(sandbox: Any, file: Path) -> None:
    sandbox.order("cut-after", BATCH, nth=1, times=4)
    with pytest.raises(OutcomeUnknownError):
        sandbox.acme.events.import_(file)
    file.write_text(lines(range(1000, 1010)))
    sandbox.acme.events.import_(file)
    assert set(range(1000, 1010)) <= set(received_lessons(sandbox))


@pytest.mark.parametrize("effect", ["cut-before", "cut-after"])
def test_an_interrupted_import_resumes(sandbox: Any, file: Path, effect: str) -> None:
    sandbox.order(effect, BATCH, nth=2, times=4)
    with pytest.raises(OutcomeUnknownError) as caught:
        sandbox.acme.events.import_(file)
    assert "to continue there" in caught.value.diagnostics[-1].detail
    done = sandbox.acme.events.import_(file)
    assert done.accepted == 60
    assert done.resumed_at is not None
    assert done.resumed_at > 20
    assert received_lessons(sandbox) == list(range(60))


def test_an_interrupt_does_not_wait_for_a_batch(
    sandbox: Any, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    released, main = threading.Event(), threading.main_thread().ident
    assert main is not None

    def send(_self: BatchSender, _items: Sequence[bytes]) -> dict[int, str]:
        signal.pthread_kill(main, signal.SIGINT)
        released.wait(60)
        return {}

    try:
        with monkeypatch.context() as patch:
            patch.setattr(BatchSender, "send", send)
            with pytest.raises(KeyboardInterrupt):
                sandbox.acme.events.import_(file)
        assert not released.is_set()
    finally:
        released.set()
    assert sandbox.acme.events.import_(file).accepted == 60
    assert received_lessons(sandbox) == list(range(60))


def test_an_import_killed_between_any_two_records_resumes(sandbox: Any, file: Path) -> None:
    sandbox.acme.events.import_(file)
    journal = journal_path(sandbox.folder / ".cioform/acme/imports", "events", file)
    content = journal.read_bytes()
    records = content.splitlines(keepends=True)
    assert len(records) == 8
    for count in range(1, len(records)):
        for fragment in (b"", records[count][: len(records[count]) // 2]):
            journal.write_bytes(b"".join(records[:count]) + fragment)
            done = sandbox.acme.events.import_(file)
            assert (done.accepted, done.after_a_cut) == (60, True)
            assert not sandbox.acme.events.import_(file).after_a_cut
            assert received_lessons(sandbox) == list(range(60))


def test_a_corrupt_journal_is_refused(sandbox: Any, file: Path) -> None:
    sandbox.acme.events.import_(file)
    journal = journal_path(sandbox.folder / ".cioform/acme/imports", "events", file)
    records = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join([records[0], b"{spoilt\n", *records[2:]]))
    before = len(sandbox.sent)
    with pytest.raises(StateError, match=r"Line 2 of .* is corrupt"):
        sandbox.acme.events.import_(file)
    assert len(sandbox.sent) == before


def test_an_appended_file_is_imported_from_its_old_end(sandbox: Any, file: Path) -> None:
    sandbox.acme.events.import_(file)
    with file.open("a") as more:
        more.write(lines([60, 61]))
    done = sandbox.acme.events.import_(file)
    assert (done.resumed_at, done.sent, done.accepted) == (61, 2, 62)
    assert received_lessons(sandbox) == list(range(62))


def test_a_replaced_file_needs_an_option(sandbox: Any, file: Path) -> None:
    sandbox.acme.events.import_(file)
    file.write_text(lines([1000], size=1) + lines(range(1001, 1003)))
    with pytest.raises(UsageError, match="would count twice"):
        sandbox.acme.events.import_(file)
    done = sandbox.acme.events.import_(file, AGAIN)
    assert (done.sent, done.resumed_at) == (3, None)


def test_people_can_be_imported_again_from_a_changed_file(sandbox: Any, file: Path) -> None:
    file.write_text('{"id": "u1", "plan": "x"}\n')
    sandbox.acme.people.import_(file)
    file.write_text('{"id": "u2", "plan": "y"}\n{"id": "u1", "plan": "y"}\n')
    assert sandbox.acme.people.import_(file).accepted == 2
    assert sandbox.acme.people.show("u1")["plan"] == "y"


def test_an_interrupted_repetition_resumes(sandbox: Any, file: Path) -> None:
    sandbox.acme.events.import_(file)
    sandbox.order("cut-before", BATCH, nth=2, times=4)
    with pytest.raises(OutcomeUnknownError, match="with `--again`, as before"):
        sandbox.acme.events.import_(file, AGAIN)
    assert sandbox.acme.events.import_(file, AGAIN).resumed_at is not None
    assert received_lessons(sandbox) == sorted([*range(60), *range(60)])


def test_the_rejected_file_does_not_overwrite_another_file(
    sandbox: Any, file: Path, tmp_path: Path
) -> None:
    existing, new_file = tmp_path / "theirs.txt", tmp_path / "ours.ndjson"
    existing.write_text("precious")
    with pytest.raises(UsageError, match="would be overwritten"):
        sandbox.acme.events.import_(file, ImportOptions(rejected=existing))
    (tmp_path / "link").hardlink_to(file)
    with pytest.raises(UsageError, match="would be overwritten"):
        sandbox.acme.events.import_(file, ImportOptions(rejected=tmp_path / "link"))
    assert existing.read_text() == "precious"
    file.write_text("broken\n")
    options = ImportOptions(rejected=new_file)
    sandbox.acme.events.import_(file, options)
    new_file.unlink()
    with file.open("a") as more:
        more.write("broken too\n")
    sandbox.acme.events.import_(file, options)
    assert [line for line, _ in reasons(new_file)] == [2]
    with pytest.raises(UsageError, match="Rejected lines are in another file"):
        sandbox.acme.events.import_(file, ImportOptions(rejected=tmp_path / "third"))
    other = tmp_path / "other.ndjson"
    other.write_text("broken\n")
    sandbox.acme.events.import_(other, ImportOptions(rejected=Path("/dev/null")))


@pytest.mark.parametrize("name", ["events.ndjson", "events.csv"])
def test_a_pipe_is_sent_as_its_file_is(sandbox: Any, tmp_path: Path, name: str) -> None:
    text = lines(range(60)) + "broken\n" + "y" * 600_000 + "\n"
    if name.endswith("csv"):
        rows = "".join(f'u1,viewed,{n},"{"x" * 20_000},\n"\n' for n in range(60))
        text = f'id,name,n:number,x\n{rows}u1,viewed,"1" 2,x\nu1,viewed,"not closed\n'
    pipe = tmp_path / name
    os.mkfifo(pipe)
    with ThreadPoolExecutor(1) as pool:
        pool.submit(pipe.write_text, text, "utf-8")
        done = sandbox.acme.events.import_(pipe)
    assert (done.accepted, done.rejected, done.unfinished) == (60, 2, False)
    assert received_lessons(sandbox) == list(range(60))
    left = (sandbox.folder / ".cioform/acme/imports").glob("*.ndjson")
    assert [path.suffixes[0] for path in left] == [".rejected"]


def test_an_import_from_a_pipe_says_what_it_sent(sandbox: Any, tmp_path: Path) -> None:
    sandbox.order("cut-before", BATCH, nth=2, times=9)
    os.mkfifo(tmp_path / "pipe")
    with ThreadPoolExecutor(1) as pool:
        pool.submit((tmp_path / "pipe").write_text, lines(range(30)), "utf-8")
        with pytest.raises(OutcomeUnknownError) as caught:
            sandbox.acme.events.import_(tmp_path / "pipe")
    assert "The lines before 2" in str(caught.value)
    assert "it may have arrived" in str(caught.value)


def test_invalid_input_files(sandbox: Any, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="Unknown format"):
        sandbox.acme.events.import_(__file__, ImportOptions(format="xml"))
    long = tmp_path / f"{'x' * 240}.ndjson"
    long.write_text(lines([1]))
    assert sandbox.acme.events.import_(long).accepted == 1
    (sandbox.folder / ".cioform/acme/imports").rename(tmp_path / "elsewhere")
    (sandbox.folder / ".cioform/acme/imports").write_text("in the way")
    with pytest.raises(StateError, match="not accessible"):
        sandbox.acme.events.import_(long)


def test_an_incomplete_last_line_is_skipped(sandbox: Any, tmp_path: Path) -> None:
    path = tmp_path / "growing.ndjson"
    text = lines([0, 1], size=1)
    path.write_text(text[:-20])
    done = sandbox.acme.events.import_(path)
    assert (done.accepted, done.rejected, done.unfinished) == (1, 0, True)
    path.write_text(text)
    assert sandbox.acme.events.import_(path).accepted == 2
    assert received_lessons(sandbox) == [0, 1]


def test_the_columns_of_a_table_are_not_read_as_an_item(sandbox: Any, tmp_path: Path) -> None:
    path = tmp_path / "clicks.csv"
    path.write_text("id,name,action,identifiers\nu1,clicked,buy,x\n")
    assert sandbox.acme.events.import_(path).rejected == 0
    assert sandbox.events() == [{"action": "buy", "identifiers": "x"}]


def test_a_replaced_file_after_an_interrupt_is_refused(sandbox: Any, file: Path) -> None:
    sandbox.order("cut-before", BATCH, nth=2, times=4)
    with pytest.raises(OutcomeUnknownError):
        sandbox.acme.events.import_(file)
    file.write_text(lines(range(1, 61)))
    with pytest.raises(UsageError, match="changed since its import was interrupted"):
        sandbox.acme.events.import_(file)
    assert sandbox.acme.events.import_(file, AGAIN).sent == 60


def test_invalid_lines_are_skipped_and_reported(sandbox: Any, tmp_path: Path) -> None:
    path = tmp_path / "mixed.ndjson"
    bad = ['{"id": "u1"', "", '{"name": "x"}', '{"id": "u1", "name": "x", "price": 1}']
    path.write_text(lines([0]) + "".join(f"{line}\n" for line in bad) + lines([1]))
    done = sandbox.acme.events.import_(path)
    assert (done.accepted, done.rejected) == (2, 3)
    rejections = reasons(done.rejected_file)
    assert [line for line, _ in rejections] == [2, 4, 5]
    assert "Invalid JSON" in rejections[0][1]
    assert received_lessons(sandbox) == [0, 1]


def test_items_that_the_remote_rejects_are_reported(sandbox: Any, tmp_path: Path) -> None:
    path = tmp_path / "people.ndjson"
    rows = [{"id": "u1", "plan": "a"}, {"id": "i" * 151}, {"id": "u2", "plan": "b"}]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    done = sandbox.acme.people.import_(path)
    assert (done.accepted, done.rejected) == (2, 1)
    [(line, reason)] = reasons(done.rejected_file)
    assert line == 2
    assert "longer than 150 bytes" in reason
    assert sandbox.acme.people.show("u2")["plan"] == "b"


def test_rejected_lines_are_reported_once_after_an_interrupt(
    sandbox: Any, file: Path, tmp_path: Path
) -> None:
    rejected = tmp_path / "rejected.ndjson"
    file.write_text("{bad\n" + lines(range(30)) + "{worse\n" + lines(range(30, 60)))
    sandbox.order("cut-before", BATCH, nth=3, times=4)
    options = ImportOptions(rejected=rejected)
    with pytest.raises(OutcomeUnknownError):
        sandbox.acme.events.import_(file, options)
    rejected.write_text(rejected.read_text() + '{"line": 99, "reason": "written, not recorded"}\n')
    done = sandbox.acme.events.import_(file, options)
    assert (done.accepted, done.rejected, done.rejected_file) == (60, 2, rejected)
    size_before = rejected.stat().st_size
    assert [line for line, _ in reasons(rejected)][:2] == [1, 32]
    checkpoint = load_checkpoint(
        journal_path(sandbox.folder / ".cioform/acme/imports", "events", file)
    )
    assert checkpoint is not None
    assert checkpoint.rejected_size == size_before


def test_a_table_of_people(sandbox: Any, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(b'\xef\xbb\xbfid,email,age:number,note\r\nu1,a@b.co,42,"a\nb"\r\nu2,,x,\r\n')
    done = sandbox.acme.people.import_(path)
    assert (done.accepted, done.rejected) == (1, 1)
    profile = sandbox.acme.people.show("a@b.co")
    assert (profile["age"], profile["note"]) == (42, "a\nb")
    assert reasons(done.rejected_file) == [(4, '`age`: "x" is not a number.')]


def test_a_table_of_events_has_data_in_its_columns(sandbox: Any, tmp_path: Path) -> None:
    path = tmp_path / "events.csv"
    path.write_text("id,name,timestamp,price:number,data\nu1,bought,2026-09-20,9.5,\n")
    sandbox.acme.events.import_(path)
    [event] = sandbox.acme.people.activities("u1", kind="event")
    assert (event.data, event.at) == ({"price": 9.5}, 1_789_862_400)


def test_an_interrupted_table_resumes_with_its_header(sandbox: Any, tmp_path: Path) -> None:
    path = tmp_path / "events.csv"
    filling = "x" * 20_000
    rows = "".join(f'u1,viewed,{n},"{filling}\n"\n' for n in range(60))
    path.write_text("id,name,n:number,x\n" + rows)
    sandbox.order("cut-before", BATCH, nth=2, times=4)
    with pytest.raises(OutcomeUnknownError):
        sandbox.acme.events.import_(path)
    assert sandbox.acme.events.import_(path).accepted == 60
    assert received_lessons(sandbox) == list(range(60))


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.ndjson", b""), ("a.csv", b""), ("a.csv", b"id,name\n"), ("a.ndjson", b"\n\n")],
)
def test_empty_files(sandbox: Any, tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    done = sandbox.acme.events.import_(tmp_path / name)
    assert (done.accepted, done.rejected, done.rejected_file) == (0, 0, None)
    assert sandbox.sent == []


def test_a_line_that_is_still_being_written_is_read_by_the_next_import(
    sandbox: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "log.ndjson"
    path.write_text(lines([0], 1) + lines([1], 1)[:20])
    monkeypatch.setattr("cioform.operate.bulk_import.lines.LineReader._grew", lambda _: True)
    done = sandbox.acme.events.import_(path)
    assert (done.sent, done.rejected, done.unfinished) == (1, 0, True)
    path.write_text(lines([0, 1], 1))
    assert sandbox.acme.events.import_(path).sent == 1
    assert received_lessons(sandbox) == [0, 1]


def test_a_missing_file(sandbox: Any, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="File not readable"):
        sandbox.acme.events.import_(tmp_path / "none.ndjson")


def test_a_file_is_imported_once_at_a_time(sandbox: Any, file: Path) -> None:
    journal = journal_path(sandbox.folder / ".cioform/acme/imports", "events", file)
    with exclusive_lock(journal), pytest.raises(StateError, match="Import already running"):
        sandbox.acme.events.import_(file)


@pytest.mark.parametrize(
    ("number", "expected_message"),
    [(2, "by a newer cioform"), (0, "is corrupt"), (None, "is corrupt")],
)
def test_a_journal_of_another_format_is_refused(
    sandbox: Any, file: Path, monkeypatch: pytest.MonkeyPatch, number: Any, expected_message: str
) -> None:
    with monkeypatch.context() as newer:
        newer.setattr("cioform.operate.bulk_import.journal.FORMAT", number)
        sandbox.acme.events.import_(file)
    sandbox.sent.clear()
    with pytest.raises(StateError, match=expected_message):
        sandbox.acme.events.import_(file)
    assert sandbox.sent == []


def test_wrong_credentials_stop_the_import_before_any_line_counts_as_sent(
    sandbox: Any, file: Path
) -> None:
    sandbox.order("status:401", BATCH, nth=2)
    with pytest.raises(Exception, match="Credential rejected"):
        sandbox.acme.events.import_(file)
    sandbox.acme.events.import_(file)
    assert received_lessons(sandbox) == list(range(60))


def named(names: str) -> list[bytes]:
    return [encode_json({"n": name}) for name in names]


def names_in(request: Request) -> list[str]:
    return [item["n"] for item in json.loads(request.raw_body)["batch"]]


def refuse(status: int, bad: set[str]) -> Callable[[Request], Any]:
    """Return a responder that rejects a whole batch for one invalid item in it."""

    def answer(request: Request) -> Any:
        names = names_in(request)
        if bad & set(names):
            return RemoteError.of("Too large", f"refused: {names}")
        return {}

    def with_status(request: Request) -> Any:
        answered = answer(request)
        if isinstance(answered, RemoteError):
            answered.status = status
        return answered

    return with_status


@pytest.mark.parametrize("status", [400, 413, 422])
def test_a_rejected_batch_is_split_in_halves(scripted: Any, status: int) -> None:
    provider = scripted(refuse(status, {"c", "h"}))
    found = BatchSender(provider, lambda _: None).send(named("abcdefgh"))
    assert {at: "['c']" in why or "['h']" in why for at, why in found.items()} == {2: True, 7: True}
    taken = [
        name
        for request in provider.asked
        for name in names_in(request)
        if not {"c", "h"} & {*names_in(request)}
    ]
    assert taken == list("abdefg")  # the order is kept


def test_another_error_stops_the_import(scripted: Any) -> None:
    sender = BatchSender(scripted(refuse(429, {"a"})), lambda _: None)
    with pytest.raises(RemoteError):
        sender.send(named("ab"))


def test_the_item_errors_of_a_207(scripted: Any) -> None:
    errors: list[Json] = [
        {"batch_index": 1, "reason": "invalid", "field": "id", "message": "too long"},
        {"batch_index": 1, "reason": "invalid", "field": "name", "message": "missing"},
        {"batch_index": 9, "reason": "beyond", "message": "the end"},
    ]
    provider = scripted(lambda _: Response(207, {"errors": errors}))
    found = BatchSender(provider, lambda _: None).send(named("abc"))
    assert found == {1: "too long (at id); missing (at name)"}


def test_a_refused_import_changes_nothing(sandbox: Any, file: Path, tmp_path: Path) -> None:
    sandbox.acme.events.import_(file)
    taken = tmp_path / "taken"
    taken.write_text("x")
    with pytest.raises(UsageError, match="would be overwritten"):
        sandbox.acme.events.import_(file, ImportOptions(again=True, rejected=taken))
    assert sandbox.acme.events.import_(file).sent == 0


def test_a_repeated_import_can_always_restart(sandbox: Any, file: Path) -> None:
    sandbox.acme.events.import_(file)
    sandbox.order("cut-before", BATCH, nth=2, times=4)
    with pytest.raises(OutcomeUnknownError):
        sandbox.acme.events.import_(file, AGAIN)
    file.write_text(lines([7], size=1))
    assert sandbox.acme.events.import_(file, AGAIN).accepted == 1
    [journal] = (sandbox.folder / ".cioform/acme/imports").glob("events-*.ndjson")
    journal.write_text("broken\n" * 3)
    with pytest.raises(StateError, match="run the command with `--again`"):
        sandbox.acme.events.import_(file)
    assert sandbox.acme.events.import_(file, AGAIN).accepted == 1


def test_a_link_counts_as_its_file(sandbox: Any, file: Path, tmp_path: Path) -> None:
    link = tmp_path / "other.ndjson"
    link.symlink_to(file)
    sandbox.acme.events.import_(file)
    assert sandbox.acme.events.import_(link).sent == 0


@pytest.mark.parametrize(
    "line",
    [
        '{"id": "u1", "name": "x", "event_id": "9f1c-%d", "timestamp": 1789999000}',
        '{"id": "u1", "name": "x", "event_id": %d}',
        '{"identifiers": {"id": "u1"}, "action": "event", "name": "x", "id": "e%d"}',
    ],
)
def test_an_event_with_its_own_id_counts_once(sandbox: Any, tmp_path: Path, line: str) -> None:
    path = tmp_path / "own.ndjson"
    path.write_text("".join(line % number + "\n" for number in range(50)))
    sandbox.order("cut-after", BATCH, nth=1, times=2)
    assert sandbox.acme.events.import_(path).accepted == 50
    assert len(sandbox.events()) == 50


def test_an_event_with_an_id_and_a_time_counts_once_in_any_file(
    sandbox: Any, tmp_path: Path
) -> None:
    for name in ("one.ndjson", "two.ndjson"):
        path = tmp_path / name
        path.write_text('{"id": "u1", "name": "x", "event_id": "A-7", "timestamp": 1789999000}\n')
        sandbox.acme.events.import_(path)
    assert len(sandbox.events()) == 1


def test_a_dry_run_counts_what_the_run_then_does(sandbox: Any, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("id,email,plan\nu1,jane@acme.com,pro\nu2,,free\n,,none\nu3,nobody,x\n")
    check = sandbox.acme.people.check(file)
    result = sandbox.acme.people.import_(file)
    assert (check.accepted, check.rejected) == (result.accepted, result.rejected) == (2, 2)
    again = sandbox.acme.people.check(file)
    assert (again.accepted, again.rejected) == (0, 0)
