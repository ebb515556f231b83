"""One step of a workflow on the Journeys API (journeys facts, section 4, Actions)."""

from cioform.emulator.domain import audit, workflow
from cioform.emulator.domain.action_formats import spelled
from cioform.emulator.domain.live_data_gate import refuse_live_campaign
from cioform.emulator.protocol.request import Call, Reply
from cioform.emulator.protocol.route import TEXT, closed, journeys
from cioform.emulator.store.record_types import ACTION, CAMPAIGN, TEMPLATE, Record
from cioform.emulator.validation import action_rules
from cioform.emulator.wire.errors import invalid, not_found


def read(call: Call) -> Reply:
    """One step."""
    return Reply({"action": with_content(call, call.get(ACTION))})


def update(call: Call) -> Reply:
    """Full replace: what is not sent is reset, type and sub_type stay."""
    record = call.get(ACTION)
    refuse_live_campaign(call, call.space.get(CAMPAIGN, record["campaign_id"]))
    fields = action_rules.checked_replacement(call, record, call.inner("action"))
    kept = {key: record[key] for key in action_rules.FIXED if key in record}
    gone = {key: None for key in record if key not in fields and key not in kept}
    after = audit.update(call, ACTION, record, {**gone, **fields, **kept})
    return Reply({"action": with_content(call, after)})


def make_test(call: Call) -> Reply:
    """Make an A/B test of a message; its campaign's steps are answered."""
    record = call.get(ACTION)
    campaign = call.space.get(CAMPAIGN, record["campaign_id"])
    refuse_live_campaign(call, campaign)
    if record["type"] not in action_rules.MESSAGES:
        raise invalid("only a message can be tested", "/type")
    if call.body.get("campaign_id") != str(record["campaign_id"]):
        raise invalid("campaign_id does not match", "/campaign_id")
    if call.body.get("type") != "randomized":
        raise invalid("type is not included in the list", "/type")
    workflow.split(call, record)
    assert campaign is not None
    return Reply({"actions": [with_content(call, e) for e in workflow.actions_of(call, campaign)]})


def with_content(call: Call, action: Record) -> Record:
    """The step as it reads back, with what it copies from its template."""
    action = spelled(call.rules, action)
    if not action.get("template_id"):
        return action
    template = call.space.get(TEMPLATE, action["template_id"])
    if template is None:
        raise not_found("template")
    content = template["body"] or template["body_json"] or template["url"]
    return {
        **action,
        "subject": template["subject"],
        "has_content": bool(content),
        "has_subject": bool(template["subject"]),
    }


ROUTES = (
    journeys("GET", "/actions/<int:id>", read),
    journeys("PUT", "/actions/<int:id>", update, closed(action=action_rules.SHAPE)),
    journeys("POST", "/actions/<int:id>/test", make_test, closed(campaign_id=TEXT, type=TEXT)),
)
