"""Reads journals back: which runs did not end, and which of their changes are open."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from cioform.core.address import Address
from cioform.core.errors import StateError
from cioform.core.json_value import Attributes, JsonValue
from cioform.state.format import is_format_number
from cioform.state.journal import FORMAT, append_record, format_timestamp, journal_path
from cioform.state.record import CorruptRecordError, JournalEvent, JournalRecord, decode_record

_TAIL_BYTES: Final = 1024
"""Bytes at the end of a journal that hold the record of its end whole."""


@dataclass(frozen=True, slots=True)
class JournaledRequest:
    """A write that was begun. `status` is None when it was never confirmed."""

    api: str
    method: str
    path: str
    body: JsonValue = None
    status: int | None = None


@dataclass(frozen=True, slots=True)
class OpenChange:
    """A change that was begun, and as far as the journal knows neither made nor given up."""

    address: Address
    action: str
    remote_id: str | None = None
    parts: Mapping[str, str] = field(default_factory=dict)
    backup: JsonValue = None
    wanted: Attributes | None = None
    last_request: JournaledRequest | None = None
    """The last write begun for it; None when none was, so that nothing happened."""


@dataclass(frozen=True, slots=True)
class JournalReplay:
    """All that one journal tells."""

    run_id: str
    path: Path
    started_at: str = ""
    records: tuple[JournalRecord, ...] = ()
    open_changes: tuple[OpenChange, ...] = ()
    has_ended: bool = False
    is_truncated: bool = False
    """The last line is not whole: what it said is in doubt, so every open change is to be looked
    up, even one with no write begun."""
    valid_length: int = 0
    """How many bytes of the file are whole records."""


def find_unfinished_runs(folder: Path) -> list[JournalReplay]:
    """Give the runs without an end, and those that ended with a change in doubt, the oldest
    first. Raises Untrusted when one of them is corrupt other than at its very end."""
    paths = sorted((folder / "journal").glob("*.ndjson"))
    found = [read_journal(path) for path in paths if not _is_finished(path)]
    left = [run for run in found if not run.has_ended or run.open_changes]
    return sorted(left, key=lambda run: (run.started_at, run.run_id))


def _is_finished(path: Path) -> bool:
    """Tell whether the last line says that the run ended and left nothing open. Journals are kept
    for good, so a command looks at no more of them than that."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - _TAIL_BYTES))
            lines = file.read().splitlines(keepends=True)
    except OSError as error:
        raise _read_error(path, error) from None
    if not lines or not lines[-1].endswith(b"\n"):
        return False
    try:
        last = decode_record(lines[-1])
    except CorruptRecordError:
        return False
    return last.event is JournalEvent.RUN_END and (
        last.data.get("open") == 0 or "settled" in last.data
    )


def close_run(folder: Path, run_id: str, at: float, **data: JsonValue) -> None:
    """Record that everything open in a run was looked up and settled. `at` is Unix seconds."""
    path = journal_path(folder, run_id)
    run = read_journal(path)
    seq = run.records[-1].seq if run.records else 0
    try:
        with path.open("r+b", buffering=0) as file:
            file.truncate(run.valid_length)
            file.seek(0, 2)
            record = JournalRecord(
                seq + 1, format_timestamp(at), JournalEvent.RUN_END, {**data, "settled": True}
            )
            append_record(path, file, record)
    except OSError as error:
        raise _read_error(path, error) from None


def read_journal(path: Path) -> JournalReplay:
    """Give what a journal tells; Untrusted when it is corrupt other than at its very end."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise _read_error(path, error) from None
    records: list[JournalRecord] = []
    length = 0
    lines = content.splitlines(keepends=True)
    for number, line in enumerate(lines, start=1):
        try:
            records.append(_parse_record(number, line))
        except CorruptRecordError as error:
            if number < len(lines):
                raise _corrupt_error(path, number, str(error)) from None
        else:
            length += len(line)
    torn = length < len(content)
    return _replay_records(
        JournalReplay(
            path.stem, path, records=tuple(records), is_truncated=torn, valid_length=length
        )
    )


def _parse_record(line_number: int, line: bytes) -> JournalRecord:
    """Give the record of line `number`, or raise BrokenRecord: not whole, or out of order."""
    if not line.endswith(b"\n"):
        raise CorruptRecordError("it is cut off")
    record = decode_record(line)
    if record.seq != line_number:
        raise CorruptRecordError(f"it is step {record.seq}, so others are missing")
    return record


def _replay_records(run: JournalReplay) -> JournalReplay:
    """Play the records: what remains open at the end."""
    changes: dict[str, OpenChange] = {}
    ended = False
    last = ""
    for record in run.records:
        says = record.data
        if record.event is JournalEvent.RUN_BEGIN:
            _check_format(run.path, says)
        elif record.event is JournalEvent.RUN_END:
            ended = True
            if says.get("settled"):
                changes.clear()
        else:
            last = str(says.get("address") or last)
            _apply_record(changes, last, record)
    return replace(
        run,
        started_at=run.records[0].at if run.records else "",
        open_changes=tuple(changes.values()),
        has_ended=ended,
    )


def _apply_record(changes: dict[str, OpenChange], address: str, record: JournalRecord) -> None:
    """Move one change on by one record."""
    says = record.data
    if record.event is JournalEvent.CHANGE_BEGIN:
        changes[address] = OpenChange(
            address=Address.parse(address),
            action=str(says["action"]),
            remote_id=says.get("remote_id"),
            backup=says.get("backup"),
            wanted=says.get("wanted"),
        )
        return
    change = changes.get(address)
    if change is None:
        return
    if record.event is JournalEvent.REQUEST_BEGIN:
        sent = JournaledRequest(says["api"], says["method"], says["path"], says.get("body"))
        changes[address] = replace(change, last_request=sent)
    elif record.event is JournalEvent.REQUEST_DONE and change.last_request is not None:
        changes[address] = replace(
            change, last_request=replace(change.last_request, status=says["status"])
        )
    elif record.event is JournalEvent.BOUND:
        changes[address] = replace(change, remote_id=says["remote_id"], parts=says["parts"])
    elif record.event is JournalEvent.CHANGE_DONE or (
        record.event is JournalEvent.CHANGE_FAILED and not says["in_doubt"]
    ):
        del changes[address]


def _check_format(path: Path, data: Mapping[str, JsonValue]) -> None:
    number = data.get("format")
    if not is_format_number(number):
        raise _corrupt_error(path, 1, "it has no `format` number")
    if number > FORMAT:
        raise StateError.of(
            "Journal of a newer cioform",
            f"{path} has format {number}, and this cioform knows {FORMAT} and older. Finish "
            "that run with the cioform that began it, or install the newest with\n"
            "    pip install --upgrade cioform",
        )


def _corrupt_error(path: Path, line_number: int, reason: str) -> StateError:
    return StateError.of(
        "Journal corrupt",
        f"Line {line_number} of {path} is not what was written: {reason}. What that run did is not known, "
        "so nothing is built on it, and nothing was changed. Look in Customer.io at what the "
        "run touched; when you are sure of it, move the file away with\n"
        f"    mv {path} {path}.corrupt\n"
        "and plan again.",
    )


def _read_error(path: Path, error: OSError) -> StateError:
    return StateError.of(
        "Journal not readable",
        f"{path} cannot be read or closed: {error.strerror or error}. Check its permissions.",
    )
