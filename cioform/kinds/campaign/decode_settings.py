"""Everything that a campaign says but its steps, and its state, from a response."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from cioform.core.address import NONE
from cioform.core.data.json_value import UNKNOWN, JsonValue, KindFields
from cioform.kinds.campaign.settings.exit_and_goal import decode_exit, decode_goal
from cioform.kinds.campaign.settings.reentry import decode_reentry
from cioform.kinds.campaign.trigger.encoding import decode_trigger, supports_reentry
from cioform.kinds.campaign.wire.wire_types import WireCampaign, WireReply
from cioform.model.reach import Reach, ReachState
from cioform.model.references.names import Names

_REACH_STATES: Final[Mapping[str, ReachState]] = {
    "draft": ReachState.DRAFT,
    "running": ReachState.RUNNING,
    # The people who are in it still receive what changes.
    "stopping": ReachState.RUNNING,
    "sunsetting": ReachState.RUNNING,
    "stopped": ReachState.STOPPED,
    "paused": ReachState.STOPPED,
    "archived": ReachState.ARCHIVED,
}


def decode_reach(campaign: WireCampaign) -> Reach:
    """Return how far a change of a campaign reaches, by its state."""
    return Reach.of_state(_REACH_STATES, campaign.get("state"))


def decode_settings(wire: WireReply, names: Names) -> KindFields:
    """Return every field but the steps and what their messages say."""
    campaign = wire["campaign"]
    trigger = decode_trigger(campaign, names)
    # Where re-entry cannot be chosen, Customer.io may return anything.
    reentry = {"reentry": decode_reentry(campaign)} if supports_reentry(trigger) else {}
    return {
        "name": campaign["name"],
        "description": campaign.get("description") or "",
        "trigger": trigger,
        **reentry,
        "topic": _decode_topic(campaign, names),
        "goal": decode_goal(campaign),
        "exit": decode_exit(campaign, names),
        "message_limits": bool(campaign.get("use_message_limits")),
        "send_to_unsubscribed": bool(campaign.get("send_to_unsubscribed")),
        "tags": _decode_tags(wire, names),
    }


def tag_ids(wire: WireReply) -> Mapping[tuple[str, str], str]:
    """Return the IDs of the tags by kind and name; the lists that a plan reads may lack them."""
    return {("tag", str(tag["name"])): str(tag["id"]) for tag in wire.get("tags") or ()}


def _decode_tags(wire: WireReply, names: Names) -> JsonValue:
    """Return the names of the tags, those that the files give them first."""
    tags = wire.get("tags", UNKNOWN)
    if tags is UNKNOWN:
        return UNKNOWN
    return sorted(names.known_name("tag", tag["id"], str(tag["name"])) for tag in tags or ())


def _decode_topic(campaign: WireCampaign, names: Names) -> str:
    topic_id = campaign.get("subscription_topic_id")
    return names.name_of("topic", topic_id) if topic_id else NONE
