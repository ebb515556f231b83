"""Adding, removing and joining the steps of a campaign (journeys facts, section 4)."""

from itertools import pairwise
from typing import Any

from cioform.emulator.domain import audit
from cioform.emulator.protocol.request import Request
from cioform.emulator.store.record_types import ACTION, CAMPAIGN, TEMPLATE, Record
from cioform.emulator.validation import action_rules
from cioform.emulator.validation.action_rules import MESSAGE_CHANNELS
from cioform.emulator.validation.workflow_graph import ENTRY_GATE_TYPE, EXIT_TYPE, checked_edges
from cioform.emulator.wire.errors import ApiError, unprocessable
from cioform.emulator.wire.json_input import parse_integer

DEFAULT_RECIPIENTS = {"email": "{{customer.email}}", "twilio": "{{customer.phone}}"}
FAILED_ONCE_SETTING = "add_actions_500_done"


def actions_of(request: Request, campaign: Record) -> list[Record]:
    """The steps in the order of `workflow_action_ids`, then the variants of splits, which are not
    among those (journeys facts, 4, Actions)."""
    every = {
        each["id"]: each
        for each in request.workspace_data.find_by_owner(ACTION, "campaign_id", campaign["id"])
    }
    steps = [every[number] for number in campaign["workflow_action_ids"] if number in every]
    return steps + [every[number] for number in _variant_ids(steps) if number in every]


def _variant_ids(steps: list[Record]) -> list[int]:
    return [number for each in steps for number in each.get("action_ids") or ()]


def _workflow_action_ids(actions: list[Record]) -> list[int]:
    variants = set(_variant_ids(actions))
    return [each["id"] for each in actions if each["id"] not in variants]


def create_initial_actions(request: Request, campaign: Record) -> Record:
    """The steps the service makes itself: an exit, before it the gate of a behavioral campaign."""
    kinds = [EXIT_TYPE] if campaign["type"] != "behavioral" else [ENTRY_GATE_TYPE, EXIT_TYPE]
    ids = [_create_action(request, campaign, {"type": kind})["id"] for kind in kinds]
    edges = [
        {"from": str(before), "to": str(after), "type": "continue"}
        for before, after in pairwise(ids)
    ]
    started = {**campaign, "workflow_action_ids": ids, "edges": edges}
    request.workspace_data.save(CAMPAIGN, started)
    return started


def add_entry_gate(request: Request, campaign: Record) -> Record:
    """Put the gate in front of a campaign that became behavioral."""
    gate = _create_action(request, campaign, {"type": ENTRY_GATE_TYPE})
    targets = {edge["to"] for edge in campaign["edges"]}
    root = next(n for n in campaign["workflow_action_ids"] if str(n) not in targets)
    edge = {"from": str(gate["id"]), "to": str(root), "type": "continue"}
    gated = {
        **campaign,
        "workflow_action_ids": [gate["id"], *campaign["workflow_action_ids"]],
        "edges": [edge, *campaign["edges"]],
    }
    request.workspace_data.save(CAMPAIGN, gated)
    return gated


def add_actions(request: Request, campaign: Record, given: dict[str, Any]) -> Record:
    """New steps, and the whole new list of edges.

    Of N new steps the first is `-N` in the edges and the last `-1`, by place and not by any id
    they bring. May answer 500 although all is done (journeys facts, 9.1).
    """
    new = request.body.get("actions")
    if not isinstance(new, list) or not new or None in new:
        raise unprocessable("actions cannot be nil", "/actions")
    if any(each.get("type") in action_rules.SYSTEM_ACTION_TYPES for each in new):
        raise unprocessable("the entry gate cannot be added", "/actions")
    made = [_create_action(request, campaign, each) for each in new]
    real = {str(place - len(made)): str(each["id"]) for place, each in enumerate(made)}
    actions = [*actions_of(request, campaign), *made]
    edges = checked_edges(
        actions, _resolve_new_ids(given.get("edges"), real), request.behavior.untimed_wait_branches
    )
    fields = {"workflow_action_ids": _workflow_action_ids(actions), "edges": edges}
    after = audit.update_record(request, CAMPAIGN, campaign, fields)
    _maybe_fail_after_write(request)
    return after


def delete_actions(request: Request, campaign: Record, given: dict[str, Any]) -> Record:
    """Fewer steps, and the whole remaining list of edges; `name` must be sent too."""
    if not given.get("name"):
        raise unprocessable("name cannot be nil", "/campaign/name")
    numbers = (parse_integer(str(each)) for each in request.body.get("action_ids") or [])
    gone = {each for each in numbers if each is not None}
    actions = actions_of(request, campaign)
    if not gone or gone - {each["id"] for each in actions}:
        raise unprocessable("action_ids names an action that is not there", "/action_ids")
    # The variants of a split go with it.
    gone |= set(_variant_ids([each for each in actions if each["id"] in gone]))
    for each in actions:
        if each["id"] in gone:
            _delete_action(request, each)
    kept = [each for each in actions if each["id"] not in gone]
    edges = checked_edges(kept, given.get("edges"), request.behavior.untimed_wait_branches)
    fields = {"workflow_action_ids": _workflow_action_ids(kept), "edges": edges}
    return audit.update_record(request, CAMPAIGN, campaign, fields)


def replace_edges(request: Request, campaign: Record, given: dict[str, Any]) -> Record:
    """Join the steps anew."""
    actions = actions_of(request, campaign)
    edges = checked_edges(actions, given.get("edges"), request.behavior.untimed_wait_branches)
    return audit.update_record(request, CAMPAIGN, campaign, {"edges": edges})


def delete_all_actions(request: Request, campaign: Record) -> None:
    """Drop the steps of a campaign that goes; they leave no entry of their own."""
    for action in request.workspace_data.find_by_owner(ACTION, "campaign_id", campaign["id"]):
        for template in request.workspace_data.find_by_owner(TEMPLATE, "action_id", action["id"]):
            request.workspace_data.remove(TEMPLATE, template["id"])
        request.workspace_data.remove(ACTION, action["id"])


def create_ab_test(request: Request, action: Record) -> Record:
    """Make an A/B test of a message: it keeps its id, and two new ones with its content are what
    it chooses from (journeys facts, 4, Endpoints)."""
    own = {"id", "template_id", "campaign_id", "created", "updated"}
    [template] = request.workspace_data.find_by_owner(TEMPLATE, "action_id", action["id"])
    campaign = request.workspace_data.get(CAMPAIGN, action["campaign_id"])
    assert campaign is not None
    said = {k: v for k, v in template.items() if k not in {*own, "action_id", "created", "updated"}}
    made = []
    for letter in ("A", "B"):
        fields = {k: v for k, v in action.items() if k not in own}
        variant = _create_action(
            request, campaign, {**fields, "name": f"{action['name']} {letter}"}
        )
        [copy] = request.workspace_data.find_by_owner(TEMPLATE, "action_id", variant["id"])
        request.workspace_data.save(TEMPLATE, {**copy, **said})
        made.append(variant["id"])
    request.workspace_data.remove(TEMPLATE, template["id"])
    kept = {k: v for k, v in action.items() if k not in ("template_id", "sending_state")}
    test = {"type": "split_randomized_action", "action_ids": made, "allocations": [50, 50]}
    after = {**kept, **test, "split_state": "draft"}
    request.workspace_data.save(ACTION, after)
    audit.log_change(request, "updated", ACTION, after, sorted([*test, "split_state"]))
    return after


def _create_action(request: Request, campaign: Record, given: dict[str, Any]) -> Record:
    """A step; a message gets its own empty template (journeys facts, 4)."""
    fields = action_rules.action_fields(request, given)
    fields.pop("id", None)
    made = audit.create_record(request, ACTION, {**fields, "campaign_id": campaign["id"]})
    channel = MESSAGE_CHANNELS.get(made["type"])
    if channel is None:
        return made
    template = audit.create_record(
        request,
        TEMPLATE,
        {
            "name": made["name"],
            "template_type": channel,
            "recipient": DEFAULT_RECIPIENTS.get(channel, ""),
            "action_id": made["id"],
            "campaign_id": campaign["id"],
        },
    )
    linked = {**made, "template_id": template["id"]}
    request.workspace_data.save(ACTION, linked)
    return linked


def _delete_action(request: Request, action: Record) -> None:
    if action["type"] in action_rules.SYSTEM_ACTION_TYPES:
        raise unprocessable("the entry gate cannot be deleted", "/action_ids")
    for template in request.workspace_data.find_by_owner(TEMPLATE, "action_id", action["id"]):
        request.workspace_data.remove(TEMPLATE, template["id"])
    audit.delete_record(request, ACTION, action)


def _resolve_new_ids(edges: Any, real_ids: dict[str, str]) -> Any:
    if not isinstance(edges, list):
        return edges
    ends = ("from", "to")
    return [
        {**each, **{end: real_ids.get(str(each.get(end)), each.get(end)) for end in ends}}
        if isinstance(each, dict)
        else each
        for each in edges
    ]


def _maybe_fail_after_write(request: Request) -> None:
    rule = request.behavior.add_actions_500
    if rule == "never" or (
        rule == "once" and request.workspace_data.settings().get(FAILED_ONCE_SETTING)
    ):
        return
    request.workspace_data.set_setting(FAILED_ONCE_SETTING, True)
    raise ApiError(500, "internal error", keep_changes=True)
