"""Reads a journal: whether its run ended, and which of its changes are still open."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from typing import Final

from cioform.core.address import Address
from cioform.core.data.checked_json import (
    checked_list,
    checked_mapping_or_none,
    checked_number,
    checked_number_or_none,
    checked_text,
    checked_text_or_none,
    checked_texts,
)
from cioform.core.data.json_value import Json, as_mapping
from cioform.core.dataclasses import dataclass, replace
from cioform.core.errors import StateError
from cioform.core.os_errors import os_reason
from cioform.core.text.quoted import quoted
from cioform.state.actions import checked_action
from cioform.state.format import is_format_number
from cioform.state.ids import find_recorded_problem
from cioform.state.journal.journal import FORMAT, journal_time
from cioform.state.journal.open_change import JournaledRequest, OpenChange
from cioform.state.journal.record import JournalEvent, JournalRecord, decode_record, encode_record
from cioform.state.journal.resolution import RunResolution
from cioform.state.state import UpgradeAttributes
from cioform.storage.journal import CorruptLineError, CorruptRecordError, Record, decode_lines

_TEXTS: Final[Mapping[JournalEvent, tuple[str, ...]]] = {
    JournalEvent.CHANGE_BEGIN: ("address", "action"),
    JournalEvent.REQUEST_BEGIN: ("api", "method", "path"),
    JournalEvent.BOUND: ("remote_id",),
    JournalEvent.CHANGE_FAILED: ("why",),
}
"""The members of a record that are always a text."""


@dataclass(frozen=True, slots=True)
class JournalReplay:
    """What one journal says about its run."""

    run_id: str
    location: str
    """The journal as messages name it."""
    started_at: str = ""
    records: Sequence[JournalRecord] = ()
    open_changes: tuple[OpenChange, ...] = ()
    has_ended: bool = False
    is_truncated: bool = False
    """Whether records are missing at the end. They may have recorded a write, so every open change
    has to be looked up, even one for which no write was begun."""
    valid_length: int = 0
    """How many bytes of the journal are whole records."""
    restore_hint: str = ""
    """How to restore it where it is not a file on this machine."""
    workspace: str = ""
    """The name of the workspace when the run began."""
    lineage: str = ""
    """That of the state that the run began with."""

    @property
    def changes_to_check(self) -> list[OpenChange]:
        """The open changes that may have sent a write.

        In a truncated journal, these are all open changes, because a missing record may be a write.
        """
        return [each for each in self.open_changes if self.is_truncated or each.requests]


def replay_journal(
    run_id: str,
    location: str,
    content: bytes,
    upgrade: UpgradeAttributes,
    *,
    is_partial: bool = False,
    restore_hint: str = "",
) -> JournalReplay:
    """Return what the journal of a run says; only its last line may be corrupt or incomplete.

    A partial journal may lack records at its end, and its state was not saved: unless the run
    ended, every change that it meant to make is open, even one that was done.

    What a change of an older format wanted passes through `upgrade`. Its backup does not: that is
    an object as Customer.io holds it. Raises StateError if another line is corrupt; `restore_hint`
    says what to do about it where the journal is not a file on this machine.
    """
    try:
        run = _decode(run_id, location, content, is_partial=is_partial)
        run = replace(run, restore_hint=restore_hint)
        return _replay_records(run, upgrade, is_partial=is_partial and not run.has_ended)
    except _CorruptJournalError as error:
        raise _corrupt_error(location, error, restore_hint) from None


def _decode(run_id: str, location: str, content: bytes, *, is_partial: bool) -> JournalReplay:
    try:
        found = decode_lines(content, _parse_record)
    except CorruptLineError as error:
        raise _CorruptJournalError(error.number, str(error)) from None
    has_ended = any(record.event is JournalEvent.RUN_END for record in found.records)
    return JournalReplay(
        run_id,
        location,
        records=found.records,
        has_ended=has_ended,
        is_truncated=found.is_truncated or (is_partial and not has_ended),
        valid_length=found.valid_length,
    )


def ends_resolved(last_line: bytes) -> bool:
    """Return whether the last line says that the run ended and left no change open."""
    try:
        last = decode_record(last_line)
    except CorruptRecordError:
        return False
    is_end = last.event is JournalEvent.RUN_END
    return is_end and (last.data.get("open") == 0 or "settled" in last.data)


def without_end(content: bytes) -> bytes:
    """Return a journal without the record that the run ended, if that is its last line."""
    line_start = content.rfind(b"\n", 0, -1) + 1
    try:
        last = decode_record(content[line_start:])
    except CorruptRecordError:
        return content
    return content[:line_start] if last.event is JournalEvent.RUN_END else content


def closing_record(run: JournalReplay, resolution: RunResolution, at: float) -> Record:
    """Return the record that resolves all that a run left open. `at` is Unix seconds."""
    seq = run.records[-1].seq if run.records else 0
    data = resolution.as_record()
    return encode_record(JournalRecord(seq + 1, journal_time(at), JournalEvent.RUN_END, data))


def _parse_record(line_number: int, line: bytes) -> JournalRecord:
    record = decode_record(line)
    if record.seq != line_number:
        raise CorruptRecordError(f"it is record {record.seq}, so others are missing")
    return record


def _replay_records(
    run: JournalReplay, upgrade: UpgradeAttributes, *, is_partial: bool
) -> JournalReplay:
    changes: dict[str, OpenChange] = {}
    number = FORMAT
    last = ""
    for record in run.records:
        data = record.data
        if record.event is JournalEvent.RUN_BEGIN:
            number = _format_of(run.location, data)
            run = replace(
                run,
                workspace=str(data.get("workspace", "")),
                lineage=str(data.get("lineage", "")),
            )
            intended = _intended_changes(data) if is_partial or data.get("changes") else {}
            changes |= intended if is_partial else {}
        elif record.event is JournalEvent.RUN_END:
            if data.get("settled"):
                changes.clear()
        elif record.event is not JournalEvent.CHANGE_DONE or not is_partial:
            last = str(data.get("address") or last)
            try:
                _check_members(record)
                _apply_record(changes, last, record)
            except (AttributeError, KeyError, TypeError, ValueError):
                reason = f"its record of {quoted(record.event.value)} has other fields"
                raise _CorruptJournalError(record.seq, reason) from None
            if problem := find_recorded_problem(data):
                raise _CorruptJournalError(record.seq, f"of {last or 'its object'}, {problem}")
    for change in changes.values() if number < FORMAT else ():
        if change.wanted is not None:
            upgrade(change.address, change.wanted)
    return replace(
        run,
        started_at=run.records[0].at if run.records else "",
        open_changes=tuple(changes.values()),
    )


def _intended_changes(data: Mapping[str, Json]) -> dict[str, OpenChange]:
    """Return the changes that a run announced when it began, by address."""
    try:
        return {
            checked_text(change["address"]): OpenChange(
                Address.parse(checked_text(change["address"])),
                checked_action(change["action"]),
                checked_text_or_none(change["remote_id"]),
                identity=checked_text(change["identity"]),
            )
            for change in map(as_mapping, checked_list(data["changes"]))
        }
    except (AttributeError, KeyError, TypeError, ValueError):
        raise _CorruptJournalError(1, "it does not say what the run meant to do") from None


def _check_members(record: JournalRecord) -> None:
    """Raise KeyError, TypeError or AttributeError if members of a record are not what they say."""
    for name in _TEXTS.get(record.event, ()):
        checked_text(record.data[name])
    for name in ("address", "remote_id", "identity"):
        checked_text_or_none(record.data.get(name))
    checked_texts(record.data.get("parts"))
    checked_texts(record.data.get("kept"))


def _apply_record(changes: dict[str, OpenChange], address: str, record: JournalRecord) -> None:
    data = record.data
    if record.event is JournalEvent.CHANGE_BEGIN:
        changes[address] = OpenChange(
            address=Address.parse(address),
            action=checked_action(data["action"]),
            remote_id=checked_text_or_none(data.get("remote_id")),
            backup=data.get("backup"),
            wanted=checked_mapping_or_none(data.get("wanted")),
            backup_api=checked_text(data.get("api", "")),
            former_parts=checked_texts(data.get("parts")),
            kept=checked_texts(data.get("kept")),
            planned_requests=checked_number_or_none(data.get("requests")),
        )
        return
    change = changes.get(address)
    if change is None:
        return
    if record.event is JournalEvent.REQUEST_BEGIN:
        api, method, path = (checked_text(data[name]) for name in ("api", "method", "path"))
        sent = JournaledRequest(api, method, path, data.get("body"))
        changes[address] = replace(change, requests=(*change.requests, sent))
    elif record.event is JournalEvent.REQUEST_DONE and change.requests:
        *others, last = change.requests
        last = replace(last, status=checked_number(data["status"]))
        changes[address] = replace(change, requests=(*others, last))
    elif record.event is JournalEvent.BOUND:
        changes[address] = replace(
            change,
            remote_id=checked_text(data["remote_id"]),
            parts=checked_texts(data["parts"]),
        )
    elif record.event is JournalEvent.CHANGE_DONE or (
        record.event is JournalEvent.CHANGE_FAILED and not data["in_doubt"]
    ):
        del changes[address]


def _format_of(location: str, data: Mapping[str, Json]) -> int:
    number = data.get("format")
    if not is_format_number(number):
        raise _CorruptJournalError(1, "it has no `format` number")
    if number > FORMAT:
        raise StateError.of(
            "Journal written by a newer cioform",
            f"{location} has format {number}, and this cioform knows {FORMAT} and older. Finish "
            "that run with the cioform that began it, or install the newest with\n"
            "    pip install --upgrade cioform",
        )
    return number


class _CorruptJournalError(Exception):
    """A line that is not what was written, and why."""

    def __init__(self, line_number: int, reason: str) -> None:
        super().__init__(reason)
        self.line_number = line_number
        self.reason = reason


def _corrupt_error(location: str, error: _CorruptJournalError, restore_hint: str) -> StateError:
    path = shlex.quote(location)
    hint = restore_hint or f"Then move the file away and plan again:\n    mv {path} {path}.corrupt"
    return StateError.of(
        "Journal corrupt",
        f"Line {error.line_number} of {location} is not what was written: {error.reason}. It is "
        "not known what that run did, so nothing was changed. Check in Customer.io what the run "
        f"touched. {hint}",
    )


def journal_read_error(location: str, error: OSError) -> StateError:
    """Return the error of a journal that cannot be read."""
    return StateError.of(
        "Journal not readable",
        f"{location} cannot be read: {os_reason(error)}. Check its permissions.",
    )
