"""Sending and tracking of a message in its action (journeys facts, section 4, Actions)."""

from __future__ import annotations

from collections.abc import Mapping

from cioform.core.data.json_value import UNKNOWN, JsonValue
from cioform.core.errors import PlanError
from cioform.kinds.campaign.wire.wire_types import WireAction, WireFields
from cioform.language.messages.delivery import decode_sending, encode_sending


def encode_delivery(content: Mapping[str, JsonValue]) -> WireFields:
    """Return the members of a new action that the content of its message decides."""
    return {"sending_state": encode_sending(content["sending"])} if "sending" in content else {}


def encode_delivery_update(
    name: str, content: Mapping[str, JsonValue], action: WireAction
) -> WireFields:
    """Return the members of an existing action that depend on the content of its message.

    `name` is the ID of the step. Raises PlanError for tracking that no API can set.
    """
    return encode_delivery(content) | _encode_track(name, content.get("track") or {}, action)


def decode_delivery(action: WireAction) -> dict[str, JsonValue]:
    """Return `sending` and `track` of a message.

    Customer.io sends where nothing is set. It has one setting for opens and links, `tracked`; the
    tracking of an action without it is unknown.
    """
    tracked = action.get("tracked")
    return {
        "sending": decode_sending(action.get("sending_state") or "automatic"),
        "track": {"opens": tracked, "links": tracked} if isinstance(tracked, bool) else UNKNOWN,
    }


def _encode_track(name: str, track: Mapping[str, JsonValue], action: WireAction) -> WireFields:
    tracked = action.get("tracked")
    if all(value == tracked for value in track.values()):
        return {}
    if not isinstance(tracked, bool):
        raise PlanError.of(
            "Tracking cannot be set",
            f"Customer.io does not show whether the message `{name}` is tracked, and cioform does "
            "not know how else the API writes it. Set it in Customer.io, and remove `track` from "
            "the file.",
        )
    if len(track) < 2 or track["opens"] != track["links"]:
        wanted = str(not tracked).lower()
        raise PlanError.of(
            "Opens and links are tracked together",
            f"The message `{name}` of a campaign has one setting for opens and links. Give both "
            f"the same value:\n\n    track: {{opens: {wanted}, links: {wanted}}}",
        )
    return {"tracked": track["opens"]}
