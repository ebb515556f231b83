"""Adding, removing and joining the steps of a campaign (journeys facts, section 4)."""

from itertools import pairwise
from typing import Any

from cioform.emulator.domain import audit
from cioform.emulator.protocol.request import Call
from cioform.emulator.store.record_types import ACTION, CAMPAIGN, TEMPLATE, Record
from cioform.emulator.validation import action_rules
from cioform.emulator.validation.action_rules import MESSAGES
from cioform.emulator.validation.workflow_graph import EXIT, GATE, checked_edges
from cioform.emulator.wire.errors import Refusal, invalid
from cioform.emulator.wire.json_input import whole

RECIPIENTS = {"email": "{{customer.email}}", "twilio": "{{customer.phone}}"}
TO_KEEP = "add_actions_500_done"


def actions_of(call: Call, campaign: Record) -> list[Record]:
    """The steps in the order of `workflow_action_ids`, then the variants of splits, which are not
    among those (journeys facts, 4, Actions)."""
    every = {each["id"]: each for each in call.space.owned(ACTION, "campaign_id", campaign["id"])}
    steps = [every[number] for number in campaign["workflow_action_ids"] if number in every]
    return steps + [every[number] for number in _variants(steps) if number in every]


def _variants(steps: list[Record]) -> list[int]:
    return [number for each in steps for number in each.get("action_ids") or ()]


def _ids(actions: list[Record]) -> list[int]:
    variants = set(_variants(actions))
    return [each["id"] for each in actions if each["id"] not in variants]


def start(call: Call, campaign: Record) -> Record:
    """The steps the service makes itself: an exit, before it the gate of a behavioral campaign."""
    kinds = [EXIT] if campaign["type"] != "behavioral" else [GATE, EXIT]
    ids = [_make(call, campaign, {"type": kind})["id"] for kind in kinds]
    edges = [
        {"from": str(before), "to": str(after), "type": "continue"}
        for before, after in pairwise(ids)
    ]
    started = {**campaign, "workflow_action_ids": ids, "edges": edges}
    call.space.save(CAMPAIGN, started)
    return started


def add_gate(call: Call, campaign: Record) -> Record:
    """Put the gate in front of a campaign that became behavioral."""
    gate = _make(call, campaign, {"type": GATE})
    targets = {edge["to"] for edge in campaign["edges"]}
    root = next(n for n in campaign["workflow_action_ids"] if str(n) not in targets)
    edge = {"from": str(gate["id"]), "to": str(root), "type": "continue"}
    gated = {
        **campaign,
        "workflow_action_ids": [gate["id"], *campaign["workflow_action_ids"]],
        "edges": [edge, *campaign["edges"]],
    }
    call.space.save(CAMPAIGN, gated)
    return gated


def add_actions(call: Call, campaign: Record, given: dict[str, Any]) -> Record:
    """New steps, and the whole new list of edges.

    Of N new steps the first is `-N` in the edges and the last `-1`, by place and not by any id
    they bring. May answer 500 although all is done (journeys facts, 9.1).
    """
    new = call.body.get("actions")
    if not isinstance(new, list) or not new or None in new:
        raise invalid("actions cannot be nil", "/actions")
    if any(each.get("type") in action_rules.SYSTEM for each in new):
        raise invalid("the entry gate cannot be added", "/actions")
    made = [_make(call, campaign, each) for each in new]
    real = {str(place - len(made)): str(each["id"]) for place, each in enumerate(made)}
    actions = [*actions_of(call, campaign), *made]
    edges = checked_edges(actions, _mapped(given.get("edges"), real), call.rules.never_wait_ways)
    fields = {"workflow_action_ids": _ids(actions), "edges": edges}
    after = audit.update(call, CAMPAIGN, campaign, fields)
    _fail_though_done(call)
    return after


def delete_actions(call: Call, campaign: Record, given: dict[str, Any]) -> Record:
    """Fewer steps, and the whole remaining list of edges; `name` must be sent too."""
    if not given.get("name"):
        raise invalid("name cannot be nil", "/campaign/name")
    numbers = (whole(str(each)) for each in call.body.get("action_ids") or [])
    gone = {each for each in numbers if each is not None}
    actions = actions_of(call, campaign)
    if not gone or gone - {each["id"] for each in actions}:
        raise invalid("action_ids names an action that is not there", "/action_ids")
    # The variants of a split go with it.
    gone |= set(_variants([each for each in actions if each["id"] in gone]))
    for each in actions:
        if each["id"] in gone:
            _delete(call, each)
    kept = [each for each in actions if each["id"] not in gone]
    edges = checked_edges(kept, given.get("edges"), call.rules.never_wait_ways)
    fields = {"workflow_action_ids": _ids(kept), "edges": edges}
    return audit.update(call, CAMPAIGN, campaign, fields)


def replace_edges(call: Call, campaign: Record, given: dict[str, Any]) -> Record:
    """Join the steps anew."""
    actions = actions_of(call, campaign)
    edges = checked_edges(actions, given.get("edges"), call.rules.never_wait_ways)
    return audit.update(call, CAMPAIGN, campaign, {"edges": edges})


def delete_all(call: Call, campaign: Record) -> None:
    """Drop the steps of a campaign that goes; they leave no entry of their own."""
    for action in call.space.owned(ACTION, "campaign_id", campaign["id"]):
        for template in call.space.owned(TEMPLATE, "action_id", action["id"]):
            call.space.remove(TEMPLATE, template["id"])
        call.space.remove(ACTION, action["id"])


def split(call: Call, action: Record) -> Record:
    """Make an A/B test of a message: it keeps its id, and two new ones with its content are what
    it chooses from (journeys facts, 4, Endpoints)."""
    own = {"id", "template_id", "campaign_id", "created", "updated"}
    [template] = call.space.owned(TEMPLATE, "action_id", action["id"])
    campaign = call.space.get(CAMPAIGN, action["campaign_id"])
    assert campaign is not None
    said = {k: v for k, v in template.items() if k not in {*own, "action_id", "created", "updated"}}
    made = []
    for letter in ("A", "B"):
        fields = {k: v for k, v in action.items() if k not in own}
        variant = _make(call, campaign, {**fields, "name": f"{action['name']} {letter}"})
        [copy] = call.space.owned(TEMPLATE, "action_id", variant["id"])
        call.space.save(TEMPLATE, {**copy, **said})
        made.append(variant["id"])
    call.space.remove(TEMPLATE, template["id"])
    kept = {k: v for k, v in action.items() if k not in ("template_id", "sending_state")}
    test = {"type": "split_randomized_action", "action_ids": made, "allocations": [50, 50]}
    after = {**kept, **test, "split_state": "draft"}
    call.space.save(ACTION, after)
    audit.note(call, "updated", ACTION, after, sorted([*test, "split_state"]))
    return after


def _make(call: Call, campaign: Record, given: dict[str, Any]) -> Record:
    """A step; a message gets its own empty template (journeys facts, 4)."""
    fields = action_rules.fields(call, given)
    fields.pop("id", None)
    made = audit.create(call, ACTION, {**fields, "campaign_id": campaign["id"]})
    channel = MESSAGES.get(made["type"])
    if channel is None:
        return made
    template = audit.create(
        call,
        TEMPLATE,
        {
            "name": made["name"],
            "template_type": channel,
            "recipient": RECIPIENTS.get(channel, ""),
            "action_id": made["id"],
            "campaign_id": campaign["id"],
        },
    )
    linked = {**made, "template_id": template["id"]}
    call.space.save(ACTION, linked)
    return linked


def _delete(call: Call, action: Record) -> None:
    if action["type"] in action_rules.SYSTEM:
        raise invalid("the entry gate cannot be deleted", "/action_ids")
    for template in call.space.owned(TEMPLATE, "action_id", action["id"]):
        call.space.remove(TEMPLATE, template["id"])
    audit.delete(call, ACTION, action)


def _mapped(edges: Any, real: dict[str, str]) -> Any:
    if not isinstance(edges, list):
        return edges
    ends = ("from", "to")
    return [
        {**each, **{end: real.get(str(each.get(end)), each.get(end)) for end in ends}}
        if isinstance(each, dict)
        else each
        for each in edges
    ]


def _fail_though_done(call: Call) -> None:
    rule = call.rules.add_actions_500
    if rule == "never" or (rule == "once" and call.space.settings().get(TO_KEEP)):
        return
    call.space.set_setting(TO_KEEP, True)
    raise Refusal(500, "internal error", keep=True)
