"""Add, remove and connect the actions of a campaign (journeys facts, section 4)."""

from itertools import pairwise
from typing import Any

from cioform.emulator.domain import audit
from cioform.emulator.domain.campaigns.translations import templates_of
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
    """Return the actions in the order of `workflow_action_ids`, then the variants of splits.

    Variants are not in `workflow_action_ids` (journeys facts, 4, Actions).
    """
    by_id = {
        each["id"]: each
        for each in request.workspace_data.find_by_owner(ACTION, "campaign_id", campaign["id"])
    }
    actions = [by_id[number] for number in campaign["workflow_action_ids"] if number in by_id]
    return actions + [by_id[number] for number in _variant_ids(actions) if number in by_id]


def parent_ids(actions: list[Record]) -> dict[int, int]:
    """Return the ID of the A/B test of each variant among the actions, by the variant's ID."""
    return {number: each["id"] for each in actions for number in each.get("action_ids") or ()}


def create_initial_actions(request: Request, campaign: Record) -> Record:
    """Create the actions of a new campaign: an exit, and a gate before it in a behavioral one.

    Return the campaign with them.
    """
    types = [ENTRY_GATE_TYPE, EXIT_TYPE] if campaign["type"] == "behavioral" else [EXIT_TYPE]
    ids = [_create_action(request, campaign, {"type": each})["id"] for each in types]
    edges = [_continue_edge(before, after) for before, after in pairwise(ids)]
    updated = {**campaign, "workflow_action_ids": ids, "edges": edges}
    request.workspace_data.save(CAMPAIGN, updated)
    return updated


def add_entry_gate(request: Request, campaign: Record) -> Record:
    """Put the gate in front of a campaign that became behavioral, and return the campaign."""
    gate = _create_action(request, campaign, {"type": ENTRY_GATE_TYPE})
    targets = {edge["to"] for edge in campaign["edges"]}
    root = next(n for n in campaign["workflow_action_ids"] if str(n) not in targets)
    updated = {
        **campaign,
        "workflow_action_ids": [gate["id"], *campaign["workflow_action_ids"]],
        "edges": [_continue_edge(gate["id"], root), *campaign["edges"]],
    }
    request.workspace_data.save(CAMPAIGN, updated)
    return updated


def add_actions(request: Request, campaign: Record, fields: dict[str, Any]) -> Record:
    """Add actions, replace the whole list of edges, and return the campaign.

    Of N new actions the first is `-N` in the edges and the last `-1`, by position and not by any
    ID they carry. The response may be 500 although everything is done (journeys facts, 9.1).
    """
    new = request.body.get("actions")
    if not isinstance(new, list) or not new or None in new:
        raise unprocessable("actions cannot be nil", "/actions")
    if any(each.get("type") in action_rules.SYSTEM_ACTION_TYPES for each in new):
        raise unprocessable("the entry gate cannot be added", "/actions")
    created = [_create_action(request, campaign, each) for each in new]
    real_ids = {str(index - len(created)): str(each["id"]) for index, each in enumerate(created)}
    actions = [*actions_of(request, campaign), *created]
    edges = _resolve_new_ids(fields.get("edges"), real_ids)
    updated = _save_graph(request, campaign, actions, edges)
    _maybe_fail_after_write(request)
    return updated


def delete_actions(request: Request, campaign: Record, fields: dict[str, Any]) -> Record:
    """Delete actions, replace the whole list of edges, and return the campaign.

    The service requires `name` as well.
    """
    if not fields.get("name"):
        raise unprocessable("name cannot be nil", "/campaign/name")
    numbers = (parse_integer(str(each)) for each in request.body.get("action_ids") or [])
    deleted_ids = {each for each in numbers if each is not None}
    actions = actions_of(request, campaign)
    if not deleted_ids or deleted_ids - {each["id"] for each in actions}:
        raise unprocessable("action_ids names an action that is not there", "/action_ids")
    # The variants of a split are deleted with it.
    deleted_ids |= set(_variant_ids([each for each in actions if each["id"] in deleted_ids]))
    for each in actions:
        if each["id"] in deleted_ids:
            _delete_action(request, each)
    remaining = [each for each in actions if each["id"] not in deleted_ids]
    return _save_graph(request, campaign, remaining, fields.get("edges"))


def replace_edges(request: Request, campaign: Record, fields: dict[str, Any]) -> Record:
    """Replace the whole list of edges, and return the campaign."""
    actions = actions_of(request, campaign)
    edges = checked_edges(actions, fields.get("edges"), request.behavior.untimed_wait_branches)
    return audit.update_record(request, CAMPAIGN, campaign, {"edges": edges})


def delete_all_actions(request: Request, campaign: Record) -> None:
    """Delete the actions of a campaign that is deleted; they get no audit log entries."""
    for action in request.workspace_data.find_by_owner(ACTION, "campaign_id", campaign["id"]):
        _delete_templates(request, action)
        request.workspace_data.remove(ACTION, action["id"])


def create_ab_test(request: Request, action: Record) -> None:
    """Turn a message into an A/B test with two variants (journeys facts, 4, Endpoints).

    The message keeps its ID, and its content moves to two new actions that it chooses from.
    """
    data = request.workspace_data
    own_fields = {"id", "template_id", "campaign_id", "created", "updated"}
    template, *languages = templates_of(request, "action_id", action["id"])
    campaign = data.get(CAMPAIGN, action["campaign_id"])
    assert campaign is not None
    content = {k: v for k, v in template.items() if k not in {*own_fields, "action_id"}}
    variant_ids = []
    for letter in ("A", "B"):
        fields = {key: value for key, value in action.items() if key not in own_fields}
        fields["name"] = f"{action['name']} {letter}"
        variant = _create_action(request, campaign, fields)
        [variant_template] = data.find_by_owner(TEMPLATE, "action_id", variant["id"])
        data.save(TEMPLATE, {**variant_template, **content})
        for language in languages:
            fields = {**language, "action_id": variant["id"]}
            del fields["id"]
            audit.create_record(request, TEMPLATE, fields)
        variant_ids.append(variant["id"])
    _delete_templates(request, action)
    message_fields = ("template_id", "sending_state")
    test_fields = {
        "type": "split_randomized_action",
        "action_ids": variant_ids,
        "allocations": [50, 50],
        "split_state": "draft",
    }
    test = {key: value for key, value in action.items() if key not in message_fields} | test_fields
    data.save(ACTION, test)
    audit.log_change(request, "updated", ACTION, test, sorted(test_fields))


def _variant_ids(actions: list[Record]) -> list[int]:
    return [number for each in actions for number in each.get("action_ids") or ()]


def _save_graph(request: Request, campaign: Record, actions: list[Record], edges: Any) -> Record:
    variants = set(_variant_ids(actions))
    fields = {
        "workflow_action_ids": [each["id"] for each in actions if each["id"] not in variants],
        "edges": checked_edges(actions, edges, request.behavior.untimed_wait_branches),
    }
    return audit.update_record(request, CAMPAIGN, campaign, fields)


def _continue_edge(source: int, target: int) -> Record:
    return {"from": str(source), "to": str(target), "type": "continue"}


def _create_action(request: Request, campaign: Record, fields: dict[str, Any]) -> Record:
    """Create and return an action; a message gets an empty template (journeys facts, 4)."""
    action_fields = action_rules.action_fields(request, fields)
    action_fields.pop("id", None)
    action = audit.create_record(request, ACTION, {**action_fields, "campaign_id": campaign["id"]})
    channel = MESSAGE_CHANNELS.get(action["type"])
    if channel is None:
        return action
    template = audit.create_record(
        request,
        TEMPLATE,
        {
            "name": action["name"],
            "template_type": channel,
            "recipient": DEFAULT_RECIPIENTS.get(channel, ""),
            "action_id": action["id"],
            "campaign_id": campaign["id"],
        },
    )
    linked = {**action, "template_id": template["id"]}
    request.workspace_data.save(ACTION, linked)
    return linked


def _delete_action(request: Request, action: Record) -> None:
    if action["type"] in action_rules.SYSTEM_ACTION_TYPES:
        raise unprocessable("the entry gate cannot be deleted", "/action_ids")
    _delete_templates(request, action)
    audit.delete_record(request, ACTION, action)


def _delete_templates(request: Request, action: Record) -> None:
    for template in request.workspace_data.find_by_owner(TEMPLATE, "action_id", action["id"]):
        request.workspace_data.remove(TEMPLATE, template["id"])


def _resolve_new_ids(edges: Any, real_ids: dict[str, str]) -> Any:
    """Return the edges with `-1`, `-2` and so on replaced by the IDs of the new actions."""
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
    mode = request.behavior.add_actions_500
    if mode == "never":
        return
    if mode == "once" and request.workspace_data.settings().get(FAILED_ONCE_SETTING):
        return
    request.workspace_data.set_setting(FAILED_ONCE_SETTING, True)
    raise ApiError(500, "internal error", keep_changes=True)
