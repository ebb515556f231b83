"""One record of a run's journal, and its form on disk."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from cioform.core.data.json_value import Json
from cioform.core.dataclasses import dataclass, field
from cioform.core.time.timestamps import parse_timestamp
from cioform.state.serialize import decode_value, encode_value
from cioform.storage.journal import CorruptRecordError, Record, decode_line


class JournalEvent(StrEnum):
    """What a record says has happened."""

    RUN_BEGIN = "run-begin"
    CHANGE_BEGIN = "change-begin"
    REQUEST_BEGIN = "request-begin"
    REQUEST_DONE = "request-done"
    BOUND = "bound"
    CHANGE_DONE = "change-done"
    CHANGE_FAILED = "change-failed"
    RUN_END = "run-end"


@dataclass(frozen=True, slots=True)
class JournalRecord:
    """An event, its number in the run from 1, its time (ISO 8601, UTC), and its details."""

    seq: int
    at: str
    event: JournalEvent
    data: Mapping[str, Json] = field(default_factory=dict)


def encode_record(record: JournalRecord) -> Record:
    """Return a record as the JSON object that is its line in the journal."""
    return {
        **{name: encode_value(value) for name, value in record.data.items()},
        "seq": record.seq,
        "at": record.at,
        "kind": record.event.value,
    }


def decode_record(line: bytes) -> JournalRecord:
    """Return the record of a line. Raises CorruptRecordError if it is not what was written."""
    document = decode_line(line)
    try:
        event = JournalEvent(str(document.pop("kind")))
        seq, at = int(str(document.pop("seq"))), str(document.pop("at"))
        parse_timestamp(at)
    except (ValueError, KeyError, TypeError, OverflowError):
        raise CorruptRecordError(
            "it is not a record: its number, its time or its kind is invalid"
        ) from None
    data = {name: decode_value(value) for name, value in document.items()}
    return JournalRecord(seq, at, event, data)
