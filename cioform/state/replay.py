"""Reads journals back: which runs did not end, and which of their changes are open."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from cioform.core.address import Address
from cioform.core.errors import Untrusted
from cioform.core.json_value import Attributes, Plain
from cioform.state.format import is_format
from cioform.state.journal import FORMAT, append, journal_path, stamp
from cioform.state.record import BrokenRecord, Record, Step, from_line

_LAST: Final = 1024
"""Bytes at the end of a journal that hold the record of its end whole."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A write that was begun. `status` is None when it was never confirmed."""

    api: str
    method: str
    path: str
    body: Plain = None
    status: int | None = None


@dataclass(frozen=True, slots=True)
class OpenChange:
    """A change that was begun, and as far as the journal knows neither made nor given up."""

    address: Address
    action: str
    remote_id: str | None = None
    parts: Mapping[str, str] = field(default_factory=dict)
    backup: Plain = None
    wanted: Attributes | None = None
    last: Sent | None = None
    """The last write begun for it; None when none was, so that nothing happened."""


@dataclass(frozen=True, slots=True)
class Story:
    """All that one journal tells."""

    run_id: str
    path: Path
    began: str = ""
    records: tuple[Record, ...] = ()
    open_changes: tuple[OpenChange, ...] = ()
    ended: bool = False
    torn: bool = False
    """The last line is not whole: what it said is in doubt, so every open change is to be looked
    up, even one with no write begun."""
    length: int = 0
    """How many bytes of the file are whole records."""


def unfinished(folder: Path) -> list[Story]:
    """Give the runs without an end, and those that ended with a change in doubt, the oldest
    first. Raises Untrusted when one of them is corrupt other than at its very end."""
    paths = sorted((folder / "journal").glob("*.ndjson"))
    found = [read_journal(path) for path in paths if not _is_settled(path)]
    left = [run for run in found if not run.ended or run.open_changes]
    return sorted(left, key=lambda run: (run.began, run.run_id))


def _is_settled(path: Path) -> bool:
    """Tell whether the last line says that the run ended and left nothing open. Journals are kept
    for good, so a command looks at no more of them than that."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - _LAST))
            lines = file.read().splitlines(keepends=True)
    except OSError as error:
        raise _unreadable(path, error) from None
    if not lines or not lines[-1].endswith(b"\n"):
        return False
    try:
        last = from_line(lines[-1])
    except BrokenRecord:
        return False
    return last.step is Step.RUN_END and (last.says.get("open") == 0 or "settled" in last.says)


def close_run(folder: Path, run_id: str, at: float, **says: Plain) -> None:
    """Record that everything open in a run was looked up and settled. `at` is Unix seconds."""
    path = journal_path(folder, run_id)
    run = read_journal(path)
    seq = run.records[-1].seq if run.records else 0
    try:
        with path.open("r+b", buffering=0) as file:
            file.truncate(run.length)
            file.seek(0, 2)
            record = Record(seq + 1, stamp(at), Step.RUN_END, {**says, "settled": True})
            append(path, file, record)
    except OSError as error:
        raise _unreadable(path, error) from None


def read_journal(path: Path) -> Story:
    """Give what a journal tells; Untrusted when it is corrupt other than at its very end."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise _unreadable(path, error) from None
    records: list[Record] = []
    length = 0
    lines = content.splitlines(keepends=True)
    for number, line in enumerate(lines, start=1):
        try:
            records.append(_record(number, line))
        except BrokenRecord as error:
            if number < len(lines):
                raise _corrupt(path, number, str(error)) from None
        else:
            length += len(line)
    torn = length < len(content)
    return _tell(Story(path.stem, path, records=tuple(records), torn=torn, length=length))


def _record(number: int, line: bytes) -> Record:
    """Give the record of line `number`, or raise BrokenRecord: not whole, or out of order."""
    if not line.endswith(b"\n"):
        raise BrokenRecord("it is cut off")
    record = from_line(line)
    if record.seq != number:
        raise BrokenRecord(f"it is step {record.seq}, so others are missing")
    return record


def _tell(run: Story) -> Story:
    """Play the records: what remains open at the end."""
    changes: dict[str, OpenChange] = {}
    ended = False
    last = ""
    for record in run.records:
        says = record.says
        if record.step is Step.RUN_BEGIN:
            _check_format(run.path, says)
        elif record.step is Step.RUN_END:
            ended = True
            if says.get("settled"):
                changes.clear()
        else:
            last = str(says.get("address") or last)
            _play(changes, last, record)
    return replace(
        run,
        began=run.records[0].at if run.records else "",
        open_changes=tuple(changes.values()),
        ended=ended,
    )


def _play(changes: dict[str, OpenChange], name: str, record: Record) -> None:
    """Move one change on by one record."""
    says = record.says
    if record.step is Step.CHANGE_BEGIN:
        changes[name] = OpenChange(
            address=Address.parse(name),
            action=str(says["action"]),
            remote_id=says.get("remote_id"),
            backup=says.get("backup"),
            wanted=says.get("wanted"),
        )
        return
    change = changes.get(name)
    if change is None:
        return
    if record.step is Step.REQUEST_BEGIN:
        sent = Sent(says["api"], says["method"], says["path"], says.get("body"))
        changes[name] = replace(change, last=sent)
    elif record.step is Step.REQUEST_DONE and change.last is not None:
        changes[name] = replace(change, last=replace(change.last, status=says["status"]))
    elif record.step is Step.BOUND:
        changes[name] = replace(change, remote_id=says["remote_id"], parts=says["parts"])
    elif record.step is Step.CHANGE_DONE or (
        record.step is Step.CHANGE_FAILED and not says["in_doubt"]
    ):
        del changes[name]


def _check_format(path: Path, says: Mapping[str, Plain]) -> None:
    number = says.get("format")
    if not is_format(number):
        raise _corrupt(path, 1, "it has no `format` number")
    if number > FORMAT:
        raise Untrusted.of(
            "Journal of a newer cioform",
            f"{path} has format {number}, and this cioform knows {FORMAT} and older. Finish "
            "that run with the cioform that began it, or install the newest with\n"
            "    pip install --upgrade cioform",
        )


def _corrupt(path: Path, number: int, why: str) -> Untrusted:
    return Untrusted.of(
        "Journal corrupt",
        f"Line {number} of {path} is not what was written: {why}. What that run did is not known, "
        "so nothing is built on it, and nothing was changed. Look in Customer.io at what the "
        "run touched; when you are sure of it, move the file away with\n"
        f"    mv {path} {path}.corrupt\n"
        "and plan again.",
    )


def _unreadable(path: Path, error: OSError) -> Untrusted:
    return Untrusted.of(
        "Journal not readable",
        f"{path} cannot be read or closed: {error.strerror or error}. Check its permissions.",
    )
