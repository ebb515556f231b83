"""Making and changing a campaign over the Journeys API."""

from __future__ import annotations

from collections.abc import Sequence

from cioform.core.errors import PlanRefused
from cioform.core.json_value import Attributes, Plain
from cioform.kinds.campaign.canonical import attributes_of
from cioform.kinds.campaign.codec.actions import with_variants
from cioform.kinds.campaign.codec.graph_codec import graph_of
from cioform.kinds.campaign.exit_and_goal import exit_fields, goal_fields
from cioform.kinds.campaign.model import Campaign
from cioform.kinds.campaign.steps import Context
from cioform.kinds.campaign.sync.ab_tests import settle_tests
from cioform.kinds.campaign.sync.content import settle_actions, settle_templates
from cioform.kinds.campaign.sync.requests import get_campaign, journeys, update
from cioform.kinds.campaign.sync.tags import settle_tags
from cioform.kinds.campaign.sync.workflow_update import Base, Placed, restructure
from cioform.kinds.campaign.trigger import recipients, trigger_types
from cioform.language.messages.message import NONE
from cioform.language.workflow import Node
from cioform.model.conversation import Conversation, ask
from cioform.model.kind import Bound, Live
from cioform.model.names import Names
from cioform.model.resource import Path

_NEW_ID = "(id of this campaign)"


def create_campaign(wanted: Campaign, names: Names) -> Conversation[Bound]:
    """Make a draft: without a trigger, then the trigger, the steps, their content, the rest."""
    attributes = attributes_of(wanted)
    made = yield from ask(
        journeys(
            "POST",
            "~/campaigns",
            {
                "campaign": {
                    "name": wanted.name,
                    "type": "none",
                    "description": wanted.description,
                }
            },
            {"campaign": {"id": _NEW_ID}},
        )
    )
    campaign_id = str(made["campaign"]["id"])
    if trigger_types(attributes) != ("none",):
        yield from ask(update(campaign_id, "recipients", recipients(attributes, names, {})))
    # What a write answers may be stale (journeys facts, section 9, 4).
    expected = {
        "campaign": {"edges": []},
        "actions": [{"id": "(id of exit)", "type": "exit_action"}],
    }
    there = yield from ask(get_campaign(campaign_id, expected))
    edges = there["campaign"].get("edges") or []
    base = Base(campaign_id, wanted.name, there["actions"], edges, {})
    placed = yield from restructure(base, attributes["workflow"], attributes["messages"], names)
    nodes = graph_of(attributes["workflow"]).nodes
    placed = yield from settle_tests(campaign_id, nodes, placed, {})
    every = list(with_variants(nodes))
    yield from _settle(every, every, attributes, placed, {}, names)
    if attributes["exit"] != {"on_trigger_unmatched": False}:
        leaving = exit_fields(attributes["exit"], names)
        yield from ask(update(campaign_id, "exit_conditions", leaving))
    if attributes.get("goal", NONE) != NONE:
        yield from ask(update(campaign_id, "exit_and_conversion", goal_fields(attributes["goal"])))
    yield from ask(update(campaign_id, "global_settings", _settings(attributes, names)))
    yield from settle_tags(campaign_id, attributes.get("tags", []), [])
    return Bound(campaign_id, placed.parts)


def update_campaign(
    live: Live, wanted: Campaign, names: Names, paths: Sequence[Path]
) -> Conversation[Bound]:
    """Make only the calls that the changed paths need."""
    attributes = attributes_of(wanted)
    campaign = live.found.wire["campaign"]
    heads = {path[0] for path in paths}
    _refuse_other_type(campaign, attributes)
    if heads & {"name", "description"}:
        named = {"name": wanted.name, "description": wanted.description}
        yield from ask(update(live.remote_id, "name_and_description", named))
    if heads & {"trigger", "raw_trigger", "reentry"}:
        fields = recipients(attributes, names, campaign)
        yield from ask(update(live.remote_id, "recipients", fields))
    parts = live.decoded.parts
    if heads & {"workflow", "messages"}:
        parts = yield from _update_steps(live, wanted.name, attributes, names, paths)
    if "exit" in heads:
        leaving = exit_fields(attributes["exit"], names)
        yield from ask(update(live.remote_id, "exit_conditions", leaving))
    if "goal" in heads:
        fields = goal_fields(attributes["goal"])
        yield from ask(update(live.remote_id, "exit_and_conversion", fields))
    if heads & {"message_limits", "send_to_unsubscribed", "topic"}:
        yield from ask(update(live.remote_id, "global_settings", _settings(attributes, names)))
    if "tags" in heads:
        yield from settle_tags(live.remote_id, attributes["tags"], live.found.wire["tags"])
    return Bound(live.remote_id, parts)


def _update_steps(
    live: Live, name: str, attributes: Attributes, names: Names, paths: Sequence[Path]
) -> Conversation[dict[str, str]]:
    wire, before = live.found.wire, live.decoded.parts
    nodes = graph_of(attributes["workflow"]).nodes
    every = list(with_variants(nodes))
    if any(path[0] == "workflow" for path in paths):
        edges = wire["campaign"].get("edges") or []
        base = Base(live.remote_id, name, wire["actions"], edges, before)
        placed = yield from restructure(base, attributes["workflow"], attributes["messages"], names)
        placed = yield from settle_tests(live.remote_id, nodes, placed, before)
        changed = every
    else:
        actions = {str(action["id"]): action for action in wire["actions"]}
        held = {step: actions[own_id] for step, own_id in before.items()}
        placed = Placed(before, held, actions)
        steps = {str(path[1]) for path in paths if path[0] == "messages" and len(path) > 1}
        changed = [node for node in every if node.id in steps or not steps]
    anew = _said_anew(paths, every)
    talking = [
        node
        for node in every
        if node.id in anew or placed.parts.get(node.id) != before.get(node.id)
    ]
    yield from _settle(changed, talking, attributes, placed, wire["templates"], names)
    return dict(placed.parts)


def _said_anew(paths: Sequence[Path], nodes: Sequence[Node]) -> set[str]:
    """Give the steps whose content changed: raw nodes hold theirs in the workflow."""
    steps = {str(path[1]) for path in paths if path[0] == "messages" and len(path) > 1}
    if any(path == ("messages",) for path in paths):
        steps = {node.id for node in nodes}
    if any(path[0] == "workflow" for path in paths):
        steps |= {node.id for node in nodes if "template" in node.fields}
    return steps


def _settle(
    nodes: Sequence[Node],
    talking: Sequence[Node],
    attributes: Attributes,
    placed: Placed,
    templates: Plain,
    names: Names,
) -> Conversation[None]:
    messages = attributes["messages"]
    context = Context(names, placed.parts)
    yield from settle_actions(nodes, messages, placed.actions, context)
    yield from settle_templates(talking, messages, placed.actions, templates, names)


def _settings(attributes: Attributes, names: Names) -> dict[str, Plain]:
    settings: dict[str, Plain] = {
        "use_message_limits": attributes["message_limits"],
        "send_to_unsubscribed": attributes["send_to_unsubscribed"],
    }
    if "topic" in attributes:
        topic = attributes["topic"]
        settings["subscription_topic_id"] = None if topic == NONE else names.id_of("topic", topic)
    return settings


def _refuse_other_type(campaign: Plain, attributes: Attributes) -> None:
    there, wanted = campaign["type"], trigger_types(attributes)
    if there in ("none", *wanted):
        return
    raise PlanRefused.of(
        "Trigger cannot change its type",
        f"The campaign {attributes['name']!r} has a trigger of type `{there}`, the file wants one "
        f"of type `{wanted[0]}`, and Customer.io never changes the type of a trigger that is set. "
        "Give the trigger its former type again, or move the file to another name and give the "
        "campaign another `name`, so that a new campaign is made beside the old one.",
    )
