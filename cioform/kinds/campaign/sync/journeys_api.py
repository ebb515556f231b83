"""Making and changing a campaign over the Journeys API."""

from __future__ import annotations

from collections.abc import Sequence

from cioform.core.errors import PlanError
from cioform.core.json_value import Attributes, JsonValue
from cioform.kinds.campaign.canonical import to_canonical
from cioform.kinds.campaign.codec.actions import expand_variants
from cioform.kinds.campaign.codec.graph_codec import to_graph
from cioform.kinds.campaign.exit_and_goal import encode_exit, encode_goal
from cioform.kinds.campaign.model import Campaign
from cioform.kinds.campaign.steps import CodecContext
from cioform.kinds.campaign.sync.ab_tests import sync_ab_tests
from cioform.kinds.campaign.sync.content import sync_actions, sync_templates
from cioform.kinds.campaign.sync.requests import campaign_request, journeys_request, update_request
from cioform.kinds.campaign.sync.tags import sync_tags
from cioform.kinds.campaign.sync.workflow_update import CurrentCampaign, StepActions, sync_structure
from cioform.kinds.campaign.trigger import encode_recipients, wire_trigger_types
from cioform.language.messages.message import NONE
from cioform.language.workflow import Node
from cioform.model.conversation import Conversation, ask
from cioform.model.live_object import LiveObject
from cioform.model.names import Names
from cioform.model.operations import WriteContext, WriteResult
from cioform.model.resource import FieldPath

_DRY_RUN_ID = "(id of this campaign)"


def create_campaign(wanted: Campaign, context: WriteContext) -> Conversation[WriteResult]:
    """Make a draft: without a trigger, then the trigger, the steps, their content, the rest."""
    attributes, names = to_canonical(wanted), context.names
    made = yield from ask(
        journeys_request(
            "POST",
            "~/campaigns",
            {
                "campaign": {
                    "name": wanted.name,
                    "type": "none",
                    "description": wanted.description,
                }
            },
            {"campaign": {"id": _DRY_RUN_ID}},
        )
    )
    campaign_id = str(made["campaign"]["id"])
    if wire_trigger_types(attributes) != ("none",):
        yield from ask(
            update_request(campaign_id, "recipients", encode_recipients(attributes, names, {}))
        )
    # What a write answers may be stale (journeys facts, section 9, 4).
    expected = {
        "campaign": {"edges": []},
        "actions": [{"id": "(id of exit)", "type": "exit_action"}],
    }
    there = yield from ask(campaign_request(campaign_id, expected))
    edges = there["campaign"].get("edges") or []
    base = CurrentCampaign(campaign_id, wanted.name, there["actions"], edges, {})
    placed = yield from sync_structure(base, attributes["workflow"], attributes["messages"], names)
    nodes = to_graph(attributes["workflow"]).nodes
    placed = yield from sync_ab_tests(campaign_id, nodes, placed, {})
    every = list(expand_variants(nodes))
    yield from _sync_content(every, every, attributes, placed, {}, names)
    if attributes["exit"] != {"on_trigger_unmatched": False}:
        leaving = encode_exit(attributes["exit"], names)
        yield from ask(update_request(campaign_id, "exit_conditions", leaving))
    if attributes.get("goal", NONE) != NONE:
        yield from ask(
            update_request(campaign_id, "exit_and_conversion", encode_goal(attributes["goal"]))
        )
    yield from ask(
        update_request(campaign_id, "global_settings", _settings_fields(attributes, names))
    )
    yield from sync_tags(campaign_id, attributes.get("tags", []), [])
    return WriteResult(campaign_id, placed.parts)


def update_campaign(
    live: LiveObject, wanted: Campaign, context: WriteContext
) -> Conversation[WriteResult]:
    """Make only the calls that the changed paths need."""
    attributes, names, paths = to_canonical(wanted), context.names, context.paths
    campaign = live.found.wire["campaign"]
    heads = {path[0] for path in paths}
    _reject_trigger_type_change(campaign, attributes)
    if heads & {"name", "description"}:
        named = {"name": wanted.name, "description": wanted.description}
        yield from ask(update_request(live.remote_id, "name_and_description", named))
    if heads & {"trigger", "raw_trigger", "reentry"}:
        fields = encode_recipients(attributes, names, campaign)
        yield from ask(update_request(live.remote_id, "recipients", fields))
    parts = live.decoded.parts
    if heads & {"workflow", "messages"}:
        parts = yield from _update_steps(live, wanted.name, attributes, names, paths)
    if "exit" in heads:
        leaving = encode_exit(attributes["exit"], names)
        yield from ask(update_request(live.remote_id, "exit_conditions", leaving))
    if "goal" in heads:
        fields = encode_goal(attributes["goal"])
        yield from ask(update_request(live.remote_id, "exit_and_conversion", fields))
    if heads & {"message_limits", "send_to_unsubscribed", "topic"}:
        yield from ask(
            update_request(live.remote_id, "global_settings", _settings_fields(attributes, names))
        )
    if "tags" in heads:
        yield from sync_tags(live.remote_id, attributes["tags"], live.found.wire["tags"])
    return WriteResult(live.remote_id, parts)


def _update_steps(
    live: LiveObject, name: str, attributes: Attributes, names: Names, paths: Sequence[FieldPath]
) -> Conversation[dict[str, str]]:
    wire, before = live.found.wire, live.decoded.parts
    nodes = to_graph(attributes["workflow"]).nodes
    every = list(expand_variants(nodes))
    if any(path[0] == "workflow" for path in paths):
        edges = wire["campaign"].get("edges") or []
        base = CurrentCampaign(live.remote_id, name, wire["actions"], edges, before)
        placed = yield from sync_structure(
            base, attributes["workflow"], attributes["messages"], names
        )
        placed = yield from sync_ab_tests(live.remote_id, nodes, placed, before)
        changed = every
    else:
        actions = {str(action["id"]): action for action in wire["actions"]}
        held = {step: actions[own_id] for step, own_id in before.items()}
        placed = StepActions(before, held, actions)
        steps = {str(path[1]) for path in paths if path[0] == "messages" and len(path) > 1}
        changed = [node for node in every if node.id in steps or not steps]
    anew = _steps_with_changed_content(paths, every)
    talking = [
        node
        for node in every
        if node.id in anew or placed.parts.get(node.id) != before.get(node.id)
    ]
    yield from _sync_content(changed, talking, attributes, placed, wire["templates"], names)
    return dict(placed.parts)


def _steps_with_changed_content(paths: Sequence[FieldPath], nodes: Sequence[Node]) -> set[str]:
    """Give the steps whose content changed: raw nodes hold theirs in the workflow."""
    steps = {str(path[1]) for path in paths if path[0] == "messages" and len(path) > 1}
    if any(path == ("messages",) for path in paths):
        steps = {node.id for node in nodes}
    if any(path[0] == "workflow" for path in paths):
        steps |= {node.id for node in nodes if "template" in node.fields}
    return steps


def _sync_content(
    nodes: Sequence[Node],
    content_nodes: Sequence[Node],
    attributes: Attributes,
    step_actions: StepActions,
    templates: JsonValue,
    names: Names,
) -> Conversation[None]:
    messages = attributes["messages"]
    context = CodecContext(names, step_actions.parts)
    yield from sync_actions(nodes, messages, step_actions.actions, context)
    yield from sync_templates(content_nodes, messages, step_actions.actions, templates, names)


def _settings_fields(attributes: Attributes, names: Names) -> dict[str, JsonValue]:
    settings: dict[str, JsonValue] = {
        "use_message_limits": attributes["message_limits"],
        "send_to_unsubscribed": attributes["send_to_unsubscribed"],
    }
    if "topic" in attributes:
        topic = attributes["topic"]
        settings["subscription_topic_id"] = None if topic == NONE else names.id_of("topic", topic)
    return settings


def _reject_trigger_type_change(campaign: JsonValue, attributes: Attributes) -> None:
    there, wanted = campaign["type"], wire_trigger_types(attributes)
    if there in ("none", *wanted):
        return
    raise PlanError.of(
        "Trigger cannot change its type",
        f"The campaign {attributes['name']!r} has a trigger of type `{there}`, the file wants one "
        f"of type `{wanted[0]}`, and Customer.io never changes the type of a trigger that is set. "
        "Give the trigger its former type again, or move the file to another name and give the "
        "campaign another `name`, so that a new campaign is made beside the old one.",
    )
