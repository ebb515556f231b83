"""Requests to version 2 of the Track API: what happens, to whom, in one body.

Identifiers stand in the body with their type, so that an e-mail address is never taken for an id,
and nothing has to be encoded (app facts, section 7).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Final

from cioform.core.errors import UsageError
from cioform.core.json_value import JsonValue
from cioform.model.conversation import Api, Request

MAX_ITEM_BYTES: Final = 32 * 1024
"""Bytes of one item (app facts, section 2, Sizes and limits)."""
MAX_BATCH_BYTES: Final = 500_000
"""Bytes of a batch; the facts say 500 KB, and the smaller reading is always let in."""
MAX_EVENT_NAME_BYTES: Final = 100
"""Bytes of an event's name."""
_ENCODER: Final = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), allow_nan=False, check_circular=False
)
"""As httpx writes bodies; made once, since `json.dumps` would make one for every item."""
_BATCH_TEMPLATE: Final = b'{"batch":[%b]}'
EMPTY_BATCH_BYTES: Final = len(_BATCH_TEMPLATE % b"")
"""Bytes of a batch without items; each adds its own and a comma."""


def entity_request(identifiers: Mapping[str, str], action: str, **more: JsonValue) -> Request:
    """Give the request of one item. Raises UsageWrong when it is larger than Customer.io takes."""
    item = person_item(identifiers, action, **more)
    check_size(item)
    return Request(Api.TRACK, "POST", "/api/v2/entity", item)


def check_size(body: JsonValue) -> None:
    """Raise UsageWrong for what is larger than one request takes, or cannot be sent at all."""
    size = check_sendable(body)
    if size > MAX_ITEM_BYTES:
        raise UsageError.of(
            "Too large for Customer.io",
            f"This is {size:,} bytes of JSON, and one request takes {MAX_ITEM_BYTES:,}. Nothing was "
            "sent. Leave something out, or keep it elsewhere and send where it is.",
        )


def check_sendable(body: JsonValue) -> int:
    """Give the bytes of a body, or raise UsageWrong for one that no JSON can hold."""
    try:
        return len(encode_json(body))
    except (ValueError, TypeError, RecursionError):
        raise UsageError.not_serializable() from None


def person_item(
    identifiers: Mapping[str, str], action: str, **more: JsonValue
) -> dict[str, JsonValue]:
    """Give what happens to a person as version 2 writes it; None is left out."""
    said = {name: value for name, value in more.items() if value is not None}
    return {"type": "person", "identifiers": dict(identifiers), "action": action, **said}


def batch_request(items: Sequence[bytes]) -> Request:
    """Give the request of many items, each as `wire` gives it."""
    return Request(Api.TRACK, "POST", "/api/v2/batch", raw_body=_BATCH_TEMPLATE % b",".join(items))


def encode_json(item: JsonValue) -> bytes:
    """Give an item as it goes over the wire, byte for byte. Raises ValueError for what no JSON
    can hold: half a character, NaN."""
    return _ENCODER.encode(item).encode("utf-8")
