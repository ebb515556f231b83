"""Campaigns on the Journeys API (journeys facts, section 4)."""

from collections.abc import Callable, Mapping
from typing import Any

from cioform.emulator.apis.journeys.actions import with_template_fields
from cioform.emulator.domain import audit, workflow
from cioform.emulator.domain.live_data_gate import check_campaign_not_live, forbidden
from cioform.emulator.protocol.auth import AuthMethod
from cioform.emulator.protocol.request import NO_CONTENT, Request, Response
from cioform.emulator.protocol.route import (
    ANY,
    BOOLEAN,
    STRING,
    array_of,
    closed_object,
    journeys_route,
)
from cioform.emulator.store.record_types import CAMPAIGN, TAG, TOPIC, Record
from cioform.emulator.validation import action_rules, recipients
from cioform.emulator.validation.campaign_filters import exit_conditions_or_none
from cioform.emulator.validation.workflow_graph import ENTRY_GATE_TYPE
from cioform.emulator.wire.errors import ApiError, unprocessable

CREATE_SHAPE = closed_object(
    campaign=closed_object(name=STRING, type=STRING, description=STRING, trigger=ANY)
)
EDGE_SHAPE = closed_object(**{"from": ANY, "to": ANY, "type": STRING, "index": {"type": "integer"}})
CONVERSION_FIELDS = ("conversion", "conversion_type", "conversion_action", "conversion_window")
UPDATE_SHAPE = closed_object(
    campaign=closed_object(
        update_type=STRING,
        name=STRING,
        description=STRING,
        type=STRING,
        state=STRING,
        edges=array_of(EDGE_SHAPE),
        global_exit_conditions=ANY,
        exit_on_trigger_or_filter_not_matched=BOOLEAN,
        use_message_limits=BOOLEAN,
        send_to_unsubscribed=BOOLEAN,
        subscription_topic_id={"type": ["integer", "null"]},
        **dict.fromkeys(CONVERSION_FIELDS, ANY),
        **recipients.FIELD_SHAPES,
    ),
    actions=array_of(action_rules.SHAPE),
    action_ids=array_of(ANY),
)
TAGS_SHAPE = closed_object(
    tags=array_of(closed_object(id={"type": "integer"}, name=STRING)), tag_ids=ANY
)


def list_all(request: Request) -> Response:
    """A page of campaigns, without their steps. A page below the first answers as the first."""
    kinds = request.query.getlist("type[]") + request.query.getlist("type")
    state, search = request.query.get("state"), request.query.get("search", "").lower()
    found = [
        _serialize_campaign(request, each)
        for each in request.workspace_data.all(CAMPAIGN)
        if (not kinds or each["type"] in kinds)
        and state in (None, each["state"])
        and search in each["name"].lower()
    ]
    base = request.behavior.page_base
    size = max(1, request.query_int("size", request.behavior.page_size))
    page = max(base, request.query_int("page", base))
    start = (page - base) * size
    pagination = {"page": page, "size": size, "total": len(found)}
    return Response({"campaigns": found[start : start + size], "meta": {"pagination": pagination}})


def create(request: Request) -> Response:
    """A draft. A trigger sent along is taken and not kept (journeys facts, 4)."""
    given = request.body_object("campaign")
    kind = recipients.checked_campaign_type(request, given.get("type") or "none")
    if request.behavior.create_type_none_only and kind != "none":
        raise unprocessable("type must be none", "/campaign/type")
    fields = {
        "name": given.get("name") or "Untitled Automation",
        "description": given.get("description") or "",
        "type": kind,
    }
    return _campaign_response(
        request,
        workflow.create_initial_actions(request, audit.create_record(request, CAMPAIGN, fields)),
    )


def read(request: Request) -> Response:
    """One campaign, with its steps and tags beside it."""
    return _campaign_response(request, request.get(CAMPAIGN))


def update(request: Request) -> Response:
    """By `update_type`, in the body or the query; an unknown one is passed over with a 200."""
    record = request.get(CAMPAIGN)
    given = request.body_object("campaign")
    check_campaign_not_live(request, record)
    kind = given.get("update_type") or request.query.get("update_type", "")
    writer = UPDATE_HANDLERS.get(kind)
    if writer is None:
        return _campaign_response(request, record)
    if record["state"] == "stopping" and kind != "state":
        raise unprocessable("campaign is stopping")
    return _campaign_response(request, writer(request, record, given))


def delete(request: Request) -> Response:
    """204, with its steps."""
    record = request.get(CAMPAIGN)
    check_campaign_not_live(request, record)
    workflow.delete_all_actions(request, record)
    audit.delete_record(request, CAMPAIGN, record)
    return NO_CONTENT


def attach_tags(request: Request) -> Response:
    """Put tags on; they are named whole, a list of ids alone is 400 (journeys facts, 7)."""
    record = request.get(CAMPAIGN)
    tags = request.body.get("tags")
    if not isinstance(tags, list):
        raise ApiError(400, "tags cannot be nil")
    ids = list(record["tag_ids"])
    for tag in tags:
        if request.workspace_data.get(TAG, tag.get("id") or 0) is None:
            raise unprocessable("tag does not exist", "/tags")
        if tag["id"] not in ids:
            ids.append(tag["id"])
    return _campaign_response(
        request, audit.update_record(request, CAMPAIGN, record, {"tag_ids": ids})
    )


def detach_tag(request: Request) -> Response:
    """Take a tag off."""
    record = request.get(CAMPAIGN)
    kept = [each for each in record["tag_ids"] if each != request.path_params["tag"]]
    audit.update_record(request, CAMPAIGN, record, {"tag_ids": kept})
    return NO_CONTENT


def action_status(request: Request) -> Response:
    """How many people are at each step. The shape is ours (Behavior.action_status)."""
    steps = workflow.actions_of(request, request.get(CAMPAIGN))
    counts = {str(each["id"]): each.get("people", 0) for each in steps}
    if request.behavior.action_status == "map":
        return Response({"action_status": {own: {"waiting": n} for own, n in counts.items()}})
    listed = [{"action_id": int(own), "count": n} for own, n in counts.items()]
    return Response({"action_status": listed})


def _update_recipients(request: Request, record: Record, given: dict[str, Any]) -> Record:
    after = audit.update_record(
        request, CAMPAIGN, record, recipients.fields_after_update(request, record, given)
    )
    steps = workflow.actions_of(request, after)
    if after["type"] == "behavioral" and not any(each["type"] == ENTRY_GATE_TYPE for each in steps):
        return workflow.add_entry_gate(request, after)
    return after


def _update_name(request: Request, record: Record, given: dict[str, Any]) -> Record:
    if not given.get("name"):
        raise unprocessable("name cannot be nil", "/campaign/name")
    return _update_fields(request, record, given, ("name", "description"))


def _update_exit_conditions(request: Request, record: Record, given: dict[str, Any]) -> Record:
    fields = _sent_fields(given, ("exit_on_trigger_or_filter_not_matched",))
    if "global_exit_conditions" in given:
        fields["global_exit_conditions"] = exit_conditions_or_none(given["global_exit_conditions"])
    return audit.update_record(request, CAMPAIGN, record, fields)


def _update_conversion(request: Request, record: Record, given: dict[str, Any]) -> Record:
    """Exit conditions sent here are taken and lost (journeys facts, 9.3)."""
    return audit.update_record(
        request, CAMPAIGN, record, {k: given[k] for k in CONVERSION_FIELDS if k in given}
    )


def _update_global_settings(request: Request, record: Record, given: dict[str, Any]) -> Record:
    # Which update takes the topic is an open fact (journeys facts, 10.2); this is the likely one.
    topic = given.get("subscription_topic_id")
    if topic is not None and request.workspace_data.get(TOPIC, topic) is None:
        raise unprocessable("subscription topic does not exist", "/campaign/subscription_topic_id")
    fields = _sent_fields(given, ("use_message_limits", "send_to_unsubscribed"))
    if "subscription_topic_id" in given:
        fields["subscription_topic_id"] = topic
    return audit.update_record(request, CAMPAIGN, record, fields)


def _update_state(request: Request, record: Record, given: dict[str, Any]) -> Record:
    """Only a person starts and stops: how the API would is not recorded (journeys facts, 10.1)."""
    if request.caller.auth_method is not AuthMethod.PERSON:
        raise forbidden(request, "change the state of a campaign")
    if given.get("state") not in ("draft", "running", "stopped"):
        raise unprocessable("state is not included in the list", "/campaign/state")
    if given["state"] == "running" and record["type"] == "none":
        raise unprocessable("campaign has no trigger", "/campaign/state")
    fields: Record = {"state": given["state"]}
    if given["state"] == "running" and not record["first_started"]:
        fields["first_started"] = request.now
    return audit.update_record(request, CAMPAIGN, record, fields)


UpdateHandler = Callable[[Request, Record, dict[str, Any]], Record]
UPDATE_HANDLERS: Mapping[str, UpdateHandler] = {
    "recipients": _update_recipients,
    "add_actions": workflow.add_actions,
    "delete_actions": workflow.delete_actions,
    "edges": workflow.replace_edges,
    "exit_conditions": _update_exit_conditions,
    "exit_and_conversion": _update_conversion,
    "global_settings": _update_global_settings,
    "name_and_description": _update_name,
    "state": _update_state,
}


def _update_fields(
    request: Request, record: Record, given: dict[str, Any], keys: tuple[str, ...]
) -> Record:
    return audit.update_record(request, CAMPAIGN, record, _sent_fields(given, keys))


def _sent_fields(given: dict[str, Any], keys: tuple[str, ...]) -> Record:
    return {key: given[key] for key in keys if given.get(key) is not None}


def _campaign_response(request: Request, record: Record) -> Response:
    tags = [request.workspace_data.get(TAG, number) for number in record["tag_ids"]]
    steps = [with_template_fields(request, each) for each in workflow.actions_of(request, record)]
    return Response(
        {
            "campaign": _serialize_campaign(request, record),
            "actions": steps,
            "tags": [{"id": each["id"], "name": each["name"]} for each in tags if each],
        }
    )


def _serialize_campaign(request: Request, record: Record) -> Record:
    edges = [
        {**each, "index": each.get("index", 0)} if request.behavior.edges_index_always else each
        for each in record["edges"]
    ]
    shown = {key: value for key, value in record.items() if key != "tag_ids"}
    return {**shown, "edges": edges, "actions": []}


ROUTES = (
    journeys_route(
        "GET",
        "/campaigns",
        list_all,
        query=("page", "sort", "asc", "type[]", "state", "search", "size"),
    ),
    journeys_route("POST", "/campaigns", create, CREATE_SHAPE),
    journeys_route("GET", "/campaigns/<int:id>", read),
    journeys_route("PUT", "/campaigns/<int:id>", update, UPDATE_SHAPE, query=("update_type",)),
    journeys_route("DELETE", "/campaigns/<int:id>", delete),
    journeys_route("GET", "/campaigns/<int:id>/action_status", action_status),
    journeys_route("POST", "/campaigns/<int:id>/tags", attach_tags, TAGS_SHAPE),
    journeys_route("DELETE", "/campaigns/<int:id>/tags/<int:tag>", detach_tag),
)
