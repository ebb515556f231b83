"""The JSON of a campaign's workflow in the Journeys API, as far as its shape is known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NotRequired, TypeAlias, TypedDict

from cioform.core.json_value import JsonValue
from cioform.language.messages.template_message import WireTemplate

__all__ = ["WireAction", "WireCampaign", "WireEdge", "WireFields", "WireTemplate"]

WireFields: TypeAlias = dict[str, JsonValue]
"""Some members of an action or a campaign, for writing."""

WireCampaign: TypeAlias = Mapping[str, JsonValue]
"""A campaign as read."""


class WireAction(TypedDict, total=False):
    """An action as read (journeys facts, section 4, Actions). It may have other members.

    Members whose spelling no source records are untyped: they are checked where they are read.
    """

    id: int | str
    type: str
    name: str | None
    template_id: int | str | None
    sending_state: str | None

    delay: int | None
    min_delay: int | None
    max_delay: int | None
    exit_type: str | None
    start_time: JsonValue
    end_time: JsonValue
    days: JsonValue
    zone: JsonValue
    fallback_zone: JsonValue

    conditions: str | None
    multi_conditions: JsonValue
    cohorts: list[int] | None
    cohort_names: list[str] | None
    action_ids: list[int | str] | None
    allocations: list[int] | None
    split_state: JsonValue

    attribute_name: JsonValue
    attribute_value: JsonValue
    event_name: JsonValue
    segment_id: JsonValue
    operation: JsonValue
    remove: JsonValue


WireEdge = TypedDict(
    "WireEdge",
    {"from": int | str, "to": int | str, "type": str, "index": NotRequired[int]},
)
"""The way from one action to another: `continue`, or `branch` with its number in `index`."""
