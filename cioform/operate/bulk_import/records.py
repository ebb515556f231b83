"""Convert the records of a file to items of a batch."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from typing import Final, NoReturn

from cioform.core.data.json_errors import describe_json_error
from cioform.core.data.json_value import Json
from cioform.core.text.lazy_pattern import lazy_pattern
from cioform.model.values.value_errors import echo
from cioform.operate.identity import IdType
from cioform.operate.timestamps import to_seconds
from cioform.operate.track_payloads import (
    MAX_EVENT_NAME_BYTES,
    MAX_ITEM_BYTES,
    encode_json,
    person_item,
)

BatchItem = dict[str, Json]

_IDENTIFIER_KEYS: Final = (IdType.CIO_ID.value, IdType.ID.value, IdType.EMAIL.value)
"""The identifiers of a person. If a record has several, the first of these is used."""
_EVENT_KEYS: Final = frozenset(
    {*_IDENTIFIER_KEYS, "anonymous_id", "name", "timestamp", "event_id", "data"}
)
_EVENT_ACTIONS: Final = ("event", "page", "screen")
_ULID: Final = lazy_pattern(r"[0-7][0-9A-HJKMNP-TV-Z]{25}", re.IGNORECASE)
_CROCKFORD_ALPHABET: Final = bytes.maketrans(
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", b"0123456789ABCDEFGHJKMNPQRSTVWXYZ"
)
"""From the alphabet of base 32 to that of a ULID, which sorts by value."""
_CONSTANT: Final = lazy_pattern(r'"(?:[^"\\]|\\.)*"|(?P<constant>NaN|-?Infinity)')
"""A number that JSON lacks, or a text, which may contain such a word."""


class ImportType(StrEnum):
    """What a file contains."""

    EVENTS = "events"
    PEOPLE = "people"


def parse_line(text: str) -> Mapping[str, Json]:
    """Return the object in a line of NDJSON. Raises ValueError if it is invalid."""
    try:
        record = _DECODER.decode(text.rstrip())
    except _ConstantError as error:
        at = next(found.start() for found in _CONSTANT.finditer(text) if found["constant"])
        invalid = json.JSONDecodeError(str(error), text, at)
        raise ValueError(f"Invalid JSON: {describe_json_error(invalid)}.") from None
    except (ValueError, RecursionError) as error:
        raise ValueError(f"Invalid JSON: {describe_json_error(error)}.") from None
    if not isinstance(record, Mapping):
        raise ValueError("The line is JSON but not an object.")
    return record


def to_item(
    import_type: ImportType, record: Mapping[str, Json], event_id: str, *, table: bool
) -> BatchItem:
    """Return the batch item for a record. Raises ValueError if the record is invalid.

    A record that already is an item of `/api/v2/batch` is used unchanged, unless it comes from a
    `table`. Other columns of a table become the event's data.
    """
    if not table and ("action" in record or "identifiers" in record):
        return _check_ready_item(import_type, record, event_id)
    if import_type is ImportType.EVENTS:
        return _event_item(record, event_id, table=table)
    return _identify_item(record)


def encode_item(item: BatchItem) -> bytes:
    """Return the encoded item. Raises ValueError if it is too large or not valid JSON."""
    try:
        written = encode_json(item)
    except (ValueError, RecursionError):
        raise ValueError("A value cannot be JSON: a lone surrogate, NaN or infinity.") from None
    if len(written) > MAX_ITEM_BYTES:
        raise ValueError(f"The item has {len(written):,} bytes; the limit is {MAX_ITEM_BYTES:,}.")
    return written


def deterministic_ulid(seconds: int, seed: str) -> str:
    """Return a ULID that follows from a time and a seed (operations: format ULID).

    An event that may have arrived can be sent again with the same ID and is counted once.
    """
    return _ulid_timestamp(seconds) + _ulid_randomness(seed)


def _ulid_randomness(seed: str) -> str:
    """Return the last sixteen letters, which have no meaning."""
    return _base32(hashlib.sha256(seed.encode("utf-8", "replace")).digest()[:10])


@lru_cache(4096)
def _ulid_timestamp(seconds: int) -> str:
    """Return the first ten letters: 48 bits of milliseconds."""
    return _base32((seconds * 1000 % 2**48).to_bytes(10, "big"))[-10:]


def _base32(ten_bytes: bytes) -> str:
    return base64.b32encode(ten_bytes).translate(_CROCKFORD_ALPHABET).decode()


def _check_ready_item(
    import_type: ImportType, record: Mapping[str, Json], event_id: str
) -> BatchItem:
    allowed = _EVENT_ACTIONS if import_type is ImportType.EVENTS else ("identify",)
    action = record.get("action")
    if record.get("type", "person") != "person" or action not in allowed:
        raise ValueError(
            f"`action` is {echo(action)}; this import accepts {' or '.join(allowed)} of a person."
        )
    item = {"type": "person", **record}
    if import_type is not ImportType.EVENTS:
        return item
    return {**item, "id": _stable_event_id(record.get("id"), record.get("timestamp"), event_id)}


def _event_item(record: Mapping[str, Json], event_id: str, *, table: bool) -> BatchItem:
    data = record.get("data", {})
    if not isinstance(data, Mapping):
        raise ValueError("`data` is not an object.")
    others = {name: value for name, value in record.items() if name not in _EVENT_KEYS}
    if others and not table:
        raise ValueError(f"Unknown field `{next(iter(others))}`. Put it in `data`.")
    name = record.get("name")
    if not isinstance(name, str) or not name.strip():
        raise ValueError("`name` is missing: the name of the event.")
    if len(name.encode("utf-8", "replace")) > MAX_EVENT_NAME_BYTES:
        raise ValueError(f"`name` is longer than {MAX_EVENT_NAME_BYTES} bytes.")
    stamp = record.get("timestamp")
    at = None if stamp is None else _parse_timestamp(stamp)
    return person_item(
        _identifiers(record),
        "event",
        id=_stable_event_id(record.get("event_id"), at, event_id),
        name=name,
        timestamp=at,
        attributes={**others, **data},
    )


def _stable_event_id(given: Json, at: Json, event_id: str) -> str:
    """Return the ID by which Customer.io deduplicates an event.

    It must be a ULID (operations: format ULID). From any other ID in a line, a ULID is derived that
    is the same whenever the line is sent again. If the event has a time (`at`), it is the same in
    every import.
    """
    if given is None or given == "":
        return event_id
    if not isinstance(given, str | int) or isinstance(given, bool):
        raise ValueError("`event_id` is neither text nor a whole number.")
    text = str(given)
    if _ULID.fullmatch(text):
        return text
    moment = _ulid_timestamp(at) if isinstance(at, int) and at >= 0 else event_id[:10]
    return moment + _ulid_randomness(text)


def _parse_timestamp(at: Json) -> int:
    try:
        return to_seconds(at)
    except ValueError as error:
        raise ValueError(f"`timestamp`: {error}") from None


def _identify_item(record: Mapping[str, Json]) -> BatchItem:
    who = _identifiers(record)
    rest = {name: value for name, value in record.items() if name not in who}
    inner = rest.pop("attributes", {})
    if not isinstance(inner, Mapping):
        raise ValueError("`attributes` is not an object.")
    attributes = {**rest, **inner}
    _check_email("email", who.get("email"))
    _check_email("email", attributes.get("email"))
    return person_item(who, "identify", attributes=attributes)


def _check_email(name: str, value: Json) -> None:
    """Raise ValueError for what Customer.io would reject, so that a dry run counts as the run."""
    if value not in (None, "") and not (isinstance(value, str) and "@" in value):
        raise ValueError(f"`{name}` is not an e-mail address.")


def _identifiers(record: Mapping[str, Json]) -> dict[str, str]:
    if record.get("anonymous_id") and not any(record.get(by) for by in _IDENTIFIER_KEYS):
        raise ValueError("The event is anonymous; a batch accepts only events of known people.")
    for by in _IDENTIFIER_KEYS:
        value = record.get(by)
        if value is not None and value != "":
            if isinstance(value, bool) or not isinstance(value, str | int):
                raise ValueError(f"`{by}` is neither text nor a whole number.")
            return {by: str(value)}
    raise ValueError("The person is missing: add `id`, `email` or `cio_id`.")


class _ConstantError(ValueError):
    """A number that JSON lacks. The parser does not tell where it is."""


def _reject_constant(text: str) -> NoReturn:
    raise _ConstantError(f"{text} is not JSON")


_DECODER: Final = json.JSONDecoder(parse_constant=_reject_constant)
"""One decoder for all lines: `json.loads` would create one for each."""
