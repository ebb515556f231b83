"""Single actions of a workflow on the Journeys API (journeys facts, section 4, Actions)."""

from cioform.emulator.domain import audit
from cioform.emulator.domain.campaigns import workflow
from cioform.emulator.domain.campaigns.action_formats import format_action
from cioform.emulator.domain.campaigns.live_data_gate import check_campaign_not_live
from cioform.emulator.protocol.request import Request, Response
from cioform.emulator.protocol.route import STRING, closed_object, journeys_route
from cioform.emulator.store.record_types import ACTION, CAMPAIGN, TEMPLATE, Record
from cioform.emulator.validation import action_rules
from cioform.emulator.wire.errors import not_found, unprocessable


def read(request: Request) -> Response:
    """Return one action."""
    return Response({"action": serialize_action(request, request.get(ACTION))})


def update(request: Request) -> Response:
    """Replace an action: members that are not sent are reset; type and sub_type cannot change."""
    record = request.get(ACTION)
    campaign = request.workspace_data.get(CAMPAIGN, record["campaign_id"])
    check_campaign_not_live(request, campaign)
    fields = action_rules.checked_replacement(request, record, request.body_object("action"))
    kept = {key: record[key] for key in (*action_rules.IMMUTABLE_FIELDS, "people") if key in record}
    reset = {key: None for key in record if key not in fields and key not in kept}
    updated = audit.update_record(request, ACTION, record, {**reset, **fields, **kept})
    return Response({"action": serialize_action(request, updated)})


def make_test(request: Request) -> Response:
    """Turn a message into an A/B test, and return all actions of its campaign."""
    record = request.get(ACTION)
    campaign = request.workspace_data.get(CAMPAIGN, record["campaign_id"])
    check_campaign_not_live(request, campaign)
    if record["type"] not in action_rules.MESSAGE_CHANNELS:
        raise unprocessable("only a message can be tested", "/type")
    if request.body.get("campaign_id") != str(record["campaign_id"]):
        raise unprocessable("campaign_id does not match", "/campaign_id")
    if request.body.get("type") != "randomized":
        raise unprocessable("type is not included in the list", "/type")
    workflow.create_ab_test(request, record)
    assert campaign is not None
    actions = workflow.actions_of(request, campaign)
    return Response({"actions": [serialize_action(request, each) for each in actions]})


def serialize_action(request: Request, action: Record) -> Record:
    """Return an action as it reads back, with what it derives from its template."""
    formatted = format_action(request.behavior, action)
    if not formatted.get("template_id"):
        return formatted
    template = request.workspace_data.get(TEMPLATE, formatted["template_id"])
    if template is None:
        raise not_found("template")
    content = template["body"] or template["body_json"] or template["url"]
    return {
        **formatted,
        "subject": template["subject"],
        "has_content": bool(content),
        "has_subject": bool(template["subject"]),
    }


ROUTES = (
    journeys_route("GET", "/actions/<int:id>", read),
    journeys_route("PUT", "/actions/<int:id>", update, closed_object(action=action_rules.SHAPE)),
    journeys_route(
        "POST", "/actions/<int:id>/test", make_test, closed_object(campaign_id=STRING, type=STRING)
    ),
)
