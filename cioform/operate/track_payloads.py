"""Build requests to version 2 of the Track API.

The identifier is in the body together with its type, so an e-mail address is never taken for an
ID, and nothing has to be encoded (app facts, section 7).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Final

from cioform.core.data.json_value import Json
from cioform.core.errors import UsageError
from cioform.model.remote_access.conversation import Api, Request

MAX_ITEM_BYTES: Final = 32 * 1024
"""The limit of one item (app facts, section 2, Sizes and limits)."""
MAX_BATCH_BYTES: Final = 500_000
"""The limit of a batch. The facts say 500 KB; the smaller interpretation is always accepted."""
MAX_EVENT_NAME_BYTES: Final = 100
"""The limit of an event name."""
_ENCODER: Final = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), allow_nan=False, check_circular=False
)
"""Encodes as httpx does. `json.dumps` would create an encoder for every item."""
_BATCH_TEMPLATE: Final = b'{"batch":[%b]}'
EMPTY_BATCH_BYTES: Final = len(_BATCH_TEMPLATE % b"")
"""The size of a batch without items. Each item adds its own size and a comma."""


def entity_request(identifiers: Mapping[str, str], action: str, **more: Json) -> Request:
    """Return the request for one item.

    Raises UsageError if it is larger than Customer.io accepts.
    """
    item = person_item(identifiers, action, **more)
    check_size(item)
    return Request(Api.TRACK, "POST", "/api/v2/entity", item)


def check_size(body: Json) -> None:
    """Raise UsageError if a body is too large for one request or is not valid JSON."""
    size = check_sendable(body)
    if size > MAX_ITEM_BYTES:
        raise UsageError.of(
            "Too large for Customer.io",
            f"The data has {size:,} bytes of JSON; the limit is {MAX_ITEM_BYTES:,}. Nothing was "
            "sent. Remove something, or store it elsewhere and send its URL.",
        )


def check_sendable(body: Json) -> int:
    """Return the size of a body in bytes. Raises UsageError if it is not valid JSON."""
    try:
        return len(encode_json(body))
    except (ValueError, TypeError, RecursionError):
        raise UsageError.not_serializable() from None


def person_item(identifiers: Mapping[str, str], action: str, **more: Json) -> dict[str, Json]:
    """Return the item of one action on a person. Members that are None are left out."""
    members = {name: value for name, value in more.items() if value is not None}
    return {"type": "person", "identifiers": dict(identifiers), "action": action, **members}


def batch_request(items: Sequence[bytes]) -> Request:
    """Return the request for many items, each encoded by `encode_json`."""
    return Request(Api.TRACK, "POST", "/api/v2/batch", raw_body=_BATCH_TEMPLATE % b",".join(items))


def encode_json(item: Json) -> bytes:
    """Return the JSON of an item as it is sent.

    Raises ValueError for values that JSON cannot represent: lone surrogates, NaN.
    """
    return _ENCODER.encode(item).encode("utf-8")
