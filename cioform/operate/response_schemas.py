"""The schemas of responses about people, messages and metrics: what cioform relies on."""

from __future__ import annotations

from typing import Annotated, Final, Required

from pydantic import PlainValidator
from pydantic_core import PydanticCustomError
from typing_extensions import TypedDict

from cioform.core.data.json_value import Json
from cioform.model.remote_access.response_schema import FORM_ERROR, Count, ResponseSchema, WireId


class _Membership(TypedDict, total=False):
    id: Required[WireId]
    name: str | None


class _Activity(TypedDict, total=False):
    id: str | None
    type: str | None
    name: str | None
    timestamp: int | None


class _Member(TypedDict, total=False):
    # A person without an ID has a blank one (corrections 2026-11, row 11).
    id: str | int | None
    email: str | None
    cio_id: str | None


class _Delivery(TypedDict, total=False):
    id: Required[WireId]
    type: str | None
    recipient: str | None
    subject: str | None
    failure_message: str | None
    created: int | None
    metrics: dict[str, int | None] | None
    campaign_id: WireId | None
    broadcast_id: WireId | None
    newsletter_id: WireId | None
    transactional_message_id: WireId | None


class _MessageStep(TypedDict, total=False):
    id: Required[WireId]
    type: str | None


class _Campaign(TypedDict, total=False):
    id: Required[WireId]
    name: str | None
    state: str | None
    type: str | None
    actions: list[_MessageStep] | None
    tags: list[str] | None
    first_started: int | None
    updated: int | None


class _Broadcast(TypedDict, total=False):
    # Its tags have no fixed type: the documented example has a text (app facts, section 4.3).
    id: Required[WireId]
    name: str | None
    state: str | None
    actions: list[_MessageStep] | None
    updated: int | None


class _Trigger(TypedDict, total=False):
    id: Required[WireId]
    broadcast_id: WireId | None
    created_at: int | None
    processed_at: int | None


class _Customer(TypedDict, total=False):
    id: str | int | None
    attributes: Required[dict[str, Json]]
    timestamps: dict[str, int | None] | None
    identifiers: dict[str, str | int | None] | None
    devices: list[dict[str, Json]] | None


def _check_counts(value: Json) -> Json:
    if isinstance(value, list) and not all(type(number) in (int, float) for number in value):
        raise PydanticCustomError(FORM_ERROR, "a list of numbers")
    return value


class _Metric(TypedDict, total=False):
    series: dict[str, Annotated[Json, PlainValidator(_check_counts)]]


class _Link(TypedDict, total=False):
    href: str | None


class _LinkMetric(TypedDict, total=False):
    link: _Link | None
    href: str | None
    metric: _Metric | None


class _BatchError(TypedDict):
    batch_index: Count


class _SegmentType(TypedDict):
    type: str


PROFILE: Final[ResponseSchema] = {"customer": _Customer}
MEMBERSHIPS: Final[ResponseSchema] = {"segments": list[_Membership] | None}
ACTIVITIES: Final[ResponseSchema] = {"activities": list[_Activity] | None}
MEMBERS: Final[ResponseSchema] = {"identifiers": list[_Member] | None}
SEGMENT_TYPE: Final[ResponseSchema] = {"segment": _SegmentType}
COUNT: Final[ResponseSchema] = {"count": Count}

BATCH_ERRORS: Final[ResponseSchema] = {"errors?": list[_BatchError] | None}
"""The schema if a batch was accepted in part; the body is empty if all of it was accepted."""

DELIVERIES: Final[ResponseSchema] = {"messages": list[_Delivery] | None}
DELIVERY: Final[ResponseSchema] = {"message": _Delivery}
SENT: Final[ResponseSchema] = {"delivery_id?": str | None, "queued_at?": int | None}

BROADCASTS: Final[ResponseSchema] = {"broadcasts": list[_Broadcast] | None}
BROADCAST: Final[ResponseSchema] = {"broadcast": _Broadcast}
TRIGGERS: Final[ResponseSchema] = {"triggers": list[_Trigger] | None}
TRIGGER: Final[ResponseSchema] = {
    "id": WireId,
    "broadcast_id?": WireId | None,
    "created_at?": int | None,
    "processed_at?": int | None,
}
TRIGGERED: Final[ResponseSchema] = {"id": WireId}
TRIGGER_ERRORS: Final[ResponseSchema] = {"errors": list[Json] | None}

CAMPAIGNS: Final[ResponseSchema] = {"campaigns": list[_Campaign] | None}
CAMPAIGN: Final[ResponseSchema] = {"campaign": _Campaign}
METRIC: Final[ResponseSchema] = {"metric": _Metric}
JOURNEY_METRIC: Final[ResponseSchema] = {"journey_metric": _Metric}
LINKS: Final[ResponseSchema] = {"links": list[_LinkMetric] | None}
