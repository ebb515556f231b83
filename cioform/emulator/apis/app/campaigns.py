"""Campaigns on the App API: read-only except for message content (app facts, 4.1)."""

import re
from collections.abc import Mapping
from typing import Any

from cioform.emulator.apis.journeys.tags import TAG
from cioform.emulator.domain.campaigns import workflow
from cioform.emulator.domain.campaigns.action_formats import APP_ACTION_TYPES
from cioform.emulator.protocol.list_rows import as_rows
from cioform.emulator.protocol.request import Request, Response
from cioform.emulator.protocol.route import app_route
from cioform.emulator.store.record_types import BROADCAST_CAMPAIGN_TYPES, CAMPAIGN, Record
from cioform.emulator.store.segment_references import find_segment_ids
from cioform.emulator.wire.errors import not_found
from cioform.emulator.wire.filter_encoding import decode_filter

SEGMENT_TYPES = ("seg_attr", "behavioral")
EVENT_TYPES = ("transactional", "form")
PERSON_ZONE = "customer_time_zone"
TIME_OF_DAY = re.compile(r"([0-9]{2}):([0-9]{2})")
TYPE_NAMES: Mapping[str, str] = {
    **dict.fromkeys(SEGMENT_TYPES, "segment"),
    "transactional": "event",
    **dict.fromkeys(BROADCAST_CAMPAIGN_TYPES, "triggered_broadcast"),
}
"""The type in this API of each type of the Journeys API that has another name there
(corrections 2026-11, row 1)."""


def list_all(request: Request) -> Response:
    """Return all campaigns."""
    records = [
        each
        for each in request.workspace_data.all(CAMPAIGN)
        if not _is_separate_broadcast(request, each)
    ]
    rows = as_rows(request, [serialize_campaign(request, each) for each in records])
    return Response({"campaigns": rows})


def read(request: Request) -> Response:
    """Return one campaign."""
    return Response({"campaign": serialize_campaign(request, get_campaign(request))})


def get_campaign(request: Request) -> Record:
    """Return the campaign in the path. Raises 404 for a broadcast if broadcasts are separate."""
    record = request.get(CAMPAIGN)
    if _is_separate_broadcast(request, record):
        raise not_found("campaign")
    return record


def serialize_campaign(request: Request, record: Record) -> Record:
    """Return a campaign as this API shows it."""
    tags = [request.workspace_data.get(TAG, number) for number in record["tag_ids"]]
    actions = workflow.actions_of(request, record)
    return {
        "id": record["id"],
        "deduplicate_id": f"{record['id']}:{record['updated']}",
        "name": record["name"],
        "description": record["description"],
        "type": _type_name(request, record["type"]),
        "active": record["state"] == "running",
        "state": record["state"],
        # The IDs are numbers here, and text in the list of actions (corrections 2026-11, row 3).
        "actions": [
            {"id": each["id"], "type": APP_ACTION_TYPES[each["type"]]}
            for each in actions
            if each["type"] in APP_ACTION_TYPES
        ],
        # 0 for a draft, never null (corrections 2026-11, row 2).
        "first_started": record["first_started"] or 0,
        "tags": [each["name"] for each in tags if each],
        "created": record["created"],
        "updated": record["updated"],
        "filter_segment_ids": _segment_ids(record, ("filters",)),
        **_trigger_members(record),
    }


def _type_name(request: Request, journeys_type: str) -> str:
    if journeys_type == "none":
        return request.behavior.app_type_without_trigger
    return TYPE_NAMES.get(journeys_type, journeys_type)


def _trigger_members(record: Record) -> Record:
    """Return what this API shows of the trigger (app facts, 4.1)."""
    if record["type"] in SEGMENT_TYPES:
        return {"trigger_segment_ids": _segment_ids(record, ("anchors", "trigger"))}
    if record["type"] in EVENT_TYPES:
        return {"event_name": record["event"]}
    if record["type"] == "date":
        return _date_members(record)
    return {}


def _date_members(record: Record) -> Record:
    """Return the members of a date trigger, whose names in the Journeys API are an open fact."""
    zone = _date_field(record, "zone")
    uses_own_zone = zone == PERSON_ZONE
    time = TIME_OF_DAY.match(str(_date_field(record, "start_time")))
    return {
        "date_attribute": _date_field(record, "attribute"),
        "frequency": _date_field(record, "frequency"),
        "timezone": _date_field(record, "fallback_zone") if uses_own_zone else zone,
        "use_customer_timezone": uses_own_zone,
        **({"start_hour": int(time[1]), "start_minutes": int(time[2])} if time else {}),
    }


def _date_field(record: Record, name: str) -> Any:
    return record.get(f"date_triggered_{name}") or record.get(name) or ""


def _is_separate_broadcast(request: Request, record: Record) -> bool:
    return request.behavior.broadcasts_apart and record["type"] in BROADCAST_CAMPAIGN_TYPES


def _segment_ids(record: Record, keys: tuple[str, ...]) -> list[int]:
    values: list[Any] = [record[key] for key in keys]
    conditions = [
        decode_filter(each) if isinstance(each, str) and each else each for each in values
    ]
    return sorted(set(find_segment_ids(conditions)))


ROUTES = (
    app_route("GET", "/campaigns", list_all),
    app_route("GET", "/campaigns/<int:id>", read),
)
