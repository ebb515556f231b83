"""One line of a journal: its text with a checksum, and what can be wrong with it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from typing import Any

from cioform.core.json_value import JsonValue, canonical_json
from cioform.state.serialize import decode_value, encode_value


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
    """A step, its number in the run from 1, when (ISO 8601, UTC), and what it says."""

    seq: int
    at: str
    event: JournalEvent
    data: Mapping[str, JsonValue] = field(default_factory=dict)


class CorruptRecordError(ValueError):
    """A line that is not what was written."""


def encode_record(record: JournalRecord) -> bytes:
    """Give the line of a record, with its newline."""
    document = {
        **{name: encode_value(value) for name, value in record.data.items()},
        "seq": record.seq,
        "at": record.at,
        "kind": record.event.value,
    }
    document["sum"] = _checksum(document)
    return (json.dumps(document, ensure_ascii=False) + "\n").encode()


def decode_record(line: bytes) -> JournalRecord:
    """Give the record of a whole line, or raise BrokenRecord."""
    try:
        document = json.loads(line)
        given = document.pop("sum")
        if given != _checksum(document):
            raise CorruptRecordError("its checksum does not fit")
        step = JournalEvent(document.pop("kind"))
        seq, at = int(document.pop("seq")), str(document.pop("at"))
    except CorruptRecordError:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise CorruptRecordError(f"it is not a record ({type(error).__name__})") from None
    return JournalRecord(
        seq, at, step, {name: decode_value(value) for name, value in document.items()}
    )


def _checksum(document: Mapping[str, Any]) -> str:
    return sha256(canonical_json(dict(document)).encode()).hexdigest()[:16]
