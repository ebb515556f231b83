"""One step of a workflow on the Journeys API (journeys facts, section 4, Actions)."""

from cioform.emulator import action_rules, audit
from cioform.emulator.call import Call, Reply
from cioform.emulator.gate import refuse_live_campaign
from cioform.emulator.refusal import not_found
from cioform.emulator.route import closed, journeys
from cioform.emulator.things import ACTION, CAMPAIGN, TEMPLATE, Record


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


def with_content(call: Call, action: Record) -> Record:
    """The step with what it copies from its template."""
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
)
