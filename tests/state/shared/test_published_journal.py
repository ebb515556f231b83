"""The journal of a run on a shared state: what is pushed when, and what is left to push."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from cioform.core.data.json_value import JsonValue
from cioform.state.journal.journal import journal_time
from cioform.state.journal.record import JournalEvent, JournalRecord, encode_record
from cioform.state.runs import RunInfo
from cioform.state.shared.backend import Snapshot, SwapNote
from cioform.state.shared.lock_info import LockInfo
from cioform.state.shared.published_journal import PublishedJournal
from cioform.state.shared.publisher import WRITES, Publisher
from cioform.state.shared.session import LockedSession
from cioform.storage.journal import AppendOnlyFile
from tests.support.memory_backend import MemoryBackend, MemoryRemote

RUN = RunInfo(id="r1", command="apply", who="ada")


class Requests(Publisher):
    """A publisher that pushes only when a test says so, and keeps what it was asked for."""

    def __init__(self, publish: Callable[[], None]) -> None:
        self.publish = publish
        self.urgent: list[bool] = []
        self.is_closed = False

    def check(self) -> None:
        """Nothing has failed."""

    def request(self, *, urgent: bool) -> None:
        self.urgent.append(urgent)

    def close(self) -> None:
        self.is_closed = True


class Run:
    """A run that holds the lock of a state in memory, and its journal."""

    def __init__(self, folder: Path) -> None:
        self.remote = MemoryRemote()
        self.remote.files = {}
        self.seq = 0
        self.publishers: list[Requests] = []
        session = LockedSession(
            MemoryBackend(self.remote), LockInfo(run=RUN, since="now"),
            Snapshot(self.remote.token, {}), "journal", lambda _: None,
        )  # fmt: skip
        file = AppendOnlyFile.create(folder / "r1.ndjson")
        self.journal = PublishedJournal("r1", file, session, self._start)

    def _start(self, publish: Callable[[], None]) -> Publisher:
        self.publishers.append(Requests(publish))
        return self.publishers[-1]

    def record(self, event: JournalEvent, **data: JsonValue) -> None:
        self.seq += 1
        self.journal.append(encode_record(JournalRecord(self.seq, journal_time(0), event, data)))

    @property
    def pushed(self) -> dict[str, int]:
        """How many records each pushed file has."""
        return records_in(self.remote.files or {})

    @property
    def notes(self) -> list[SwapNote]:
        return self.remote.notes


def records_in(files: Mapping[str, bytes | None]) -> dict[str, int]:
    return {path: len((content or b"").splitlines()) for path, content in files.items()}


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    new = Run(tmp_path)
    new.record(JournalEvent.RUN_BEGIN)
    yield new
    new.journal.close()
    assert all(each.is_closed for each in new.publishers)


FIRST, SECOND = "open/r1/0001.ndjson", "open/r1/0002.ndjson"


def test_what_a_run_will_change_is_pushed_at_once(run: Run) -> None:
    assert run.pushed == {FIRST: 1}
    assert run.notes[-1].subject == "Journal of apply r1: what it will change"
    assert run.journal.last_changes() == {}


def test_later_records_wait_until_they_are_published(run: Run) -> None:
    run.record(JournalEvent.CHANGE_BEGIN)
    run.record(JournalEvent.REQUEST_BEGIN)
    assert run.pushed == {FIRST: 1}
    assert records_in(run.journal.last_changes()) == {SECOND: 2}
    run.publishers[0].publish()
    assert run.pushed == {FIRST: 1, SECOND: 2}
    assert run.notes[-1].subject == "Journal of apply r1: 2 records"
    assert run.journal.last_changes() == {}
    run.publishers[0].publish()
    assert run.pushed == {FIRST: 1, SECOND: 2}


def test_a_new_object_and_many_writes_are_urgent(run: Run) -> None:
    requests = run.publishers[0].urgent
    run.record(JournalEvent.CHANGE_BEGIN)
    run.record(JournalEvent.BOUND)
    assert requests == [False, True]
    requests.clear()
    for _ in range(WRITES):
        run.record(JournalEvent.REQUEST_BEGIN)
        run.record(JournalEvent.REQUEST_DONE)
    assert requests == [False] * (2 * WRITES - 1) + [True]
    run.publishers[0].publish()
    requests.clear()
    run.record(JournalEvent.REQUEST_DONE)
    assert requests == [False]


def test_the_end_of_a_run_is_pushed_with_the_state(run: Run) -> None:
    run.record(JournalEvent.CHANGE_BEGIN)
    run.publishers[0].urgent.clear()
    run.record(JournalEvent.RUN_END, open=0)
    assert run.publishers[0].urgent == []
    changes = run.journal.last_changes()
    assert records_in(changes) == {
        FIRST: 0, SECOND: 0, "journals/r1/0001.ndjson": 1, "journals/r1/0002.ndjson": 2,
    }  # fmt: skip
    assert (changes[FIRST], changes[SECOND]) == (None, None)


def test_a_run_that_left_a_change_open_stays_open(run: Run) -> None:
    run.record(JournalEvent.RUN_END, open=1)
    [line] = (run.journal.last_changes()[SECOND] or b"").splitlines()
    assert json.loads(line)["open"] == 1


def test_records_that_could_not_be_pushed_are_pushed_the_next_time(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    run.record(JournalEvent.CHANGE_BEGIN)

    def fail(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(LockedSession, "push", fail)
        with pytest.raises(KeyboardInterrupt):
            run.publishers[0].publish()
    run.record(JournalEvent.REQUEST_BEGIN)
    run.publishers[0].publish()
    assert run.pushed == {FIRST: 1, SECOND: 2}
