"""Requests to version 2 of the Track API: what happens, to whom, in one body.

Identifiers stand in the body with their type, so that an e-mail address is never taken for an id,
and nothing has to be encoded (app facts, section 7).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Final

from cioform.core.errors import UsageWrong
from cioform.core.json_value import Plain
from cioform.model.conversation import Api, Request

ITEM_LIMIT: Final = 32 * 1024
"""Bytes of one item (app facts, section 2, Sizes and limits)."""
BATCH_LIMIT: Final = 500_000
"""Bytes of a batch; the facts say 500 KB, and the smaller reading is always let in."""
NAME_LIMIT: Final = 100
"""Bytes of an event's name."""
_ENCODER: Final = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), allow_nan=False, check_circular=False
)
"""As httpx writes bodies; made once, since `json.dumps` would make one for every item."""
_BATCH: Final = b'{"batch":[%b]}'
EMPTY_BATCH: Final = len(_BATCH % b"")
"""Bytes of a batch without items; each adds its own and a comma."""


def entity(identifiers: Mapping[str, str], action: str, **more: Plain) -> Request:
    """Give the request of one item. Raises UsageWrong when it is larger than Customer.io takes."""
    item = person_item(identifiers, action, **more)
    check_size(item)
    return Request(Api.TRACK, "POST", "/api/v2/entity", item)


def check_size(body: Plain) -> None:
    """Raise UsageWrong for what is larger than one request takes, or cannot be sent at all."""
    size = check_sendable(body)
    if size > ITEM_LIMIT:
        raise UsageWrong.of(
            "Too large for Customer.io",
            f"This is {size:,} bytes of JSON, and one request takes {ITEM_LIMIT:,}. Nothing was "
            "sent. Leave something out, or keep it elsewhere and send where it is.",
        )


def check_sendable(body: Plain) -> int:
    """Give the bytes of a body, or raise UsageWrong for one that no JSON can hold."""
    try:
        return len(wire(body))
    except (ValueError, TypeError, RecursionError):
        raise UsageWrong.unsendable() from None


def person_item(identifiers: Mapping[str, str], action: str, **more: Plain) -> dict[str, Plain]:
    """Give what happens to a person as version 2 writes it; None is left out."""
    said = {name: value for name, value in more.items() if value is not None}
    return {"type": "person", "identifiers": dict(identifiers), "action": action, **said}


def batch(items: Sequence[bytes]) -> Request:
    """Give the request of many items, each as `wire` gives it."""
    return Request(Api.TRACK, "POST", "/api/v2/batch", text=_BATCH % b",".join(items))


def wire(item: Plain) -> bytes:
    """Give an item as it goes over the wire, byte for byte. Raises ValueError for what no JSON
    can hold: half a character, NaN."""
    return _ENCODER.encode(item).encode("utf-8")
