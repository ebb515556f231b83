"""Campaigns on the Journeys API (journeys facts, section 4)."""

from collections.abc import Callable, Mapping
from typing import Any

from cioform.emulator.apis.journeys.actions import serialize_action
from cioform.emulator.apis.journeys.tags import TAG
from cioform.emulator.domain import audit
from cioform.emulator.domain.campaigns import workflow
from cioform.emulator.domain.campaigns.live_data_gate import check_campaign_not_live, forbidden
from cioform.emulator.domain.campaigns.translations import templates_of
from cioform.emulator.protocol.auth import AuthMethod
from cioform.emulator.protocol.list_rows import as_rows, id_and_name
from cioform.emulator.protocol.request import NO_CONTENT, Request, Response
from cioform.emulator.protocol.route import (
    ANY,
    BOOLEAN,
    STRING,
    array_of,
    closed_object,
    journeys_route,
)
from cioform.emulator.store.record_types import CAMPAIGN, TOPIC, Record
from cioform.emulator.validation import action_rules, recipients
from cioform.emulator.validation.body_validation import present_fields
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

STATES = ("draft", "running", "stopping", "sunsetting", "stopped", "archived")
"""The states that a person can choose (journeys facts 4, States). What happens to the people in a
campaign that is stopping is not emulated."""


def list_all(request: Request) -> Response:
    """Return one page of campaigns, without their actions.

    A page number below the first returns the first page.
    """
    types = request.query.getlist("type[]") + request.query.getlist("type")
    state, search = request.query.get("state"), request.query.get("search", "").lower()
    campaigns = [
        _serialize_campaign(request, each)
        for each in request.workspace_data.all(CAMPAIGN)
        if (not types or each["type"] in types)
        and state in (None, each["state"])
        and search in each["name"].lower()
    ]
    first_page = request.behavior.page_base
    size = max(1, request.query_int("size", request.behavior.page_size))
    page = max(first_page, request.query_int("page", first_page))
    start = (page - first_page) * size
    pagination = {"page": page, "size": size, "total": len(campaigns)}
    rows = as_rows(request, campaigns[start : start + size])
    return Response({"campaigns": rows, "meta": {"pagination": pagination}})


def create(request: Request) -> Response:
    """Create a draft. A trigger is accepted but not stored (journeys facts, 4)."""
    body = request.body_object("campaign")
    campaign_type = recipients.checked_campaign_type(request, body.get("type") or "none")
    if request.behavior.create_type_none_only and campaign_type != "none":
        raise unprocessable("type must be none", "/campaign/type")
    fields = {
        "name": body.get("name") or "Untitled Automation",
        "description": body.get("description") or "",
        "type": campaign_type,
    }
    record = audit.create_record(request, CAMPAIGN, fields)
    return _campaign_response(request, workflow.create_initial_actions(request, record))


def read(request: Request) -> Response:
    """Return one campaign, with its actions and tags beside it."""
    return _campaign_response(request, request.get(CAMPAIGN))


def update(request: Request) -> Response:
    """Update a campaign by `update_type`, in the body or the query; ignore an unknown one."""
    record = request.get(CAMPAIGN)
    body = request.body_object("campaign")
    check_campaign_not_live(request, record)
    update_type = body.get("update_type") or request.query.get("update_type", "")
    handler = UPDATE_HANDLERS.get(update_type)
    if handler is None:
        return _campaign_response(request, record)
    if record["state"] == "stopping" and update_type != "state":
        raise unprocessable("campaign is stopping")
    return _campaign_response(request, handler(request, record, body))


def delete(request: Request) -> Response:
    """Delete a campaign with its actions."""
    record = request.get(CAMPAIGN)
    check_campaign_not_live(request, record)
    workflow.delete_all_actions(request, record)
    audit.delete_record(request, CAMPAIGN, record)
    return NO_CONTENT


def attach_tags(request: Request) -> Response:
    """Add tags to a campaign.

    The body must hold whole tags; for a list of IDs alone, the response is 400 (journeys facts, 7).
    """
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
    updated = audit.update_record(request, CAMPAIGN, record, {"tag_ids": ids})
    return _campaign_response(request, updated)


def detach_tag(request: Request) -> Response:
    """Remove a tag from a campaign."""
    record = request.get(CAMPAIGN)
    remaining = [each for each in record["tag_ids"] if each != request.path_params["tag"]]
    audit.update_record(request, CAMPAIGN, record, {"tag_ids": remaining})
    return NO_CONTENT


def action_status(request: Request) -> Response:
    """Return the number of people at each action.

    No source shows the response; its members are our choice (`Behavior.action_status`).
    """
    actions = workflow.actions_of(request, request.get(CAMPAIGN))
    counts = {each["id"]: each.get("people", 0) for each in actions}
    if request.behavior.action_status == "map":
        by_id = {str(number): {"waiting": count} for number, count in counts.items()}
        return Response({"action_status": by_id})
    listed = [{"action_id": number, "count": count} for number, count in counts.items()]
    return Response({"action_status": listed})


def _update_recipients(request: Request, record: Record, body: dict[str, Any]) -> Record:
    fields = recipients.fields_after_update(request, record, body)
    updated = audit.update_record(request, CAMPAIGN, record, fields)
    actions = workflow.actions_of(request, updated)
    has_gate = any(each["type"] == ENTRY_GATE_TYPE for each in actions)
    if updated["type"] == "behavioral" and not has_gate:
        return workflow.add_entry_gate(request, updated)
    return updated


def _update_name(request: Request, record: Record, body: dict[str, Any]) -> Record:
    if not body.get("name"):
        raise unprocessable("name cannot be nil", "/campaign/name")
    fields = present_fields(body, ("name", "description"))
    return audit.update_record(request, CAMPAIGN, record, fields)


def _update_exit_conditions(request: Request, record: Record, body: dict[str, Any]) -> Record:
    fields = present_fields(body, ("exit_on_trigger_or_filter_not_matched",))
    if "global_exit_conditions" in body:
        fields["global_exit_conditions"] = exit_conditions_or_none(body["global_exit_conditions"])
    return audit.update_record(request, CAMPAIGN, record, fields)


def _update_conversion(request: Request, record: Record, body: dict[str, Any]) -> Record:
    """Update the goal. Exit conditions are accepted but not stored (journeys facts, 9.3)."""
    fields = {key: body[key] for key in CONVERSION_FIELDS if key in body}
    return audit.update_record(request, CAMPAIGN, record, fields)


def _update_global_settings(request: Request, record: Record, body: dict[str, Any]) -> Record:
    # Which update sets the topic is an open fact (journeys facts, 10.2); this is the likely one.
    topic = body.get("subscription_topic_id")
    if topic is not None and request.workspace_data.get(TOPIC, topic) is None:
        raise unprocessable("subscription topic does not exist", "/campaign/subscription_topic_id")
    fields = present_fields(body, ("use_message_limits", "send_to_unsubscribed"))
    if "subscription_topic_id" in body:
        fields["subscription_topic_id"] = topic
    return audit.update_record(request, CAMPAIGN, record, fields)


def _update_state(request: Request, record: Record, body: dict[str, Any]) -> Record:
    """Start, stop or archive a campaign; only a person may do it.

    How the API would do it is not recorded (journeys facts, 10.1).
    """
    if request.caller.auth_method is not AuthMethod.PERSON:
        raise forbidden(request, "change the state of a campaign")
    if body.get("state") not in STATES:
        raise unprocessable("state is not included in the list", "/campaign/state")
    if body["state"] == "running" and record["type"] == "none":
        raise unprocessable("campaign has no trigger", "/campaign/state")
    fields: Record = {"state": body["state"]}
    if body["state"] == "running" and not record["first_started"]:
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


def _campaign_response(request: Request, record: Record) -> Response:
    tags = [request.workspace_data.get(TAG, number) for number in record["tag_ids"]]
    actions = workflow.actions_of(request, record)
    body: dict[str, Any] = {
        "campaign": _serialize_campaign(request, record),
        "actions": [serialize_action(request, each) for each in actions],
        "tags": [id_and_name(each) for each in tags if each],
    }
    if request.behavior.campaign_languages == "beside":
        body["templates"] = [
            template
            for action in actions
            for template in templates_of(request, "action_id", action["id"])
            if template["language"]
        ]
    return Response(body)


def _serialize_campaign(request: Request, record: Record) -> Record:
    edges = [
        {**each, "index": each.get("index", 0)} if request.behavior.edges_index_always else each
        for each in record["edges"]
    ]
    members = {key: value for key, value in record.items() if key != "tag_ids"}
    return {**members, "edges": edges, "actions": []}


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
