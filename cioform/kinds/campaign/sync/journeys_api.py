"""Create and change campaigns over the Journeys API."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from cioform.core.address import NONE
from cioform.core.data.json_value import JsonValue, KindFields
from cioform.core.data.paths import FieldPath
from cioform.kinds.campaign.canonical import to_canonical
from cioform.kinds.campaign.codec.actions import expand_variants
from cioform.kinds.campaign.codec.graph_codec import to_graph
from cioform.kinds.campaign.model import Campaign
from cioform.kinds.campaign.settings.exit_and_goal import encode_goal
from cioform.kinds.campaign.steps import REQUIRED_DEFAULTS, CodecContext
from cioform.kinds.campaign.sync.content import Messages, sync_actions, sync_templates
from cioform.kinds.campaign.sync.exit_checks import checked_exit
from cioform.kinds.campaign.sync.requests import campaign_request, journeys_request, update_request
from cioform.kinds.campaign.sync.steps.ab_test_ids import reject_passed_ab_test_ids
from cioform.kinds.campaign.sync.steps.ab_tests import sync_ab_tests
from cioform.kinds.campaign.sync.steps.crossing import reject_crossing_branches
from cioform.kinds.campaign.sync.steps.step_actions import CurrentCampaign, StepActions
from cioform.kinds.campaign.sync.steps.step_conditions import reject_open_conditions
from cioform.kinds.campaign.sync.steps.unknown_steps import (
    reject_changed_unknown_steps,
    reject_unknown_steps,
)
from cioform.kinds.campaign.sync.steps.workflow_update import add_new_steps, remove_old_steps
from cioform.kinds.campaign.sync.stopping import reject_while_stopping
from cioform.kinds.campaign.sync.tags import sync_tags
from cioform.kinds.campaign.sync.translations import language_requests as language_requests
from cioform.kinds.campaign.sync.translations import (
    reject_unwritable_new_messages,
    sync_translations,
)
from cioform.kinds.campaign.sync.translations import without_languages as without_languages
from cioform.kinds.campaign.sync.trigger_checks import (
    checked_recipients,
    reject_impossible_trigger,
    reject_trigger_type_change,
)
from cioform.kinds.campaign.wire import response_schemas as schemas
from cioform.kinds.campaign.wire.wire_types import WireDetail, WireReply
from cioform.language.workflow import Node
from cioform.model.objects.live_object import LiveObject
from cioform.model.reach import ReachState
from cioform.model.references.names import Names
from cioform.model.remote_access.conversation import Conversation, ask, ask_as
from cioform.model.routing.operations import WriteContext, WriteResult

_DRY_RUN_ID: Final = "(id of this campaign)"


def create_campaign(wanted: Campaign, context: WriteContext) -> Conversation[WriteResult]:
    """Create a draft without a trigger, then write everything else."""
    attributes, names = to_canonical(wanted), context.names
    nodes = list(expand_variants(to_graph(attributes["workflow"]).nodes))
    reject_crossing_branches(attributes["workflow"])
    reject_unknown_steps(nodes)
    reject_impossible_trigger(attributes)
    reject_open_conditions(nodes, (), {}, context)
    reject_unwritable_new_messages(nodes, attributes["messages"])
    recipients = checked_recipients(attributes, names, {})
    campaign_id = yield from _create_draft(wanted)
    if recipients["type"] != "none":
        yield from ask(update_request(campaign_id, "recipients", recipients))
    # The response to a write may be stale (journeys facts, section 9, 4).
    expected = {
        "campaign": {"edges": []},
        "actions": [{"id": "(id of exit)", "type": "exit_action", **REQUIRED_DEFAULTS}],
    }
    body = yield from ask_as(campaign_request(campaign_id, expected), WireDetail)
    edges = body["campaign"].get("edges") or []
    base = CurrentCampaign(campaign_id, wanted.name, body["actions"], edges, {})
    step_actions = yield from _add_new_steps(base, attributes, names)
    messages = attributes["messages"]
    yield from sync_templates(nodes, messages, step_actions.actions, {}, context)
    yield from remove_old_steps(base, attributes["workflow"], step_actions)
    yield from _sync_actions(nodes, messages, step_actions, names)
    # Always, because Customer.io's own default depends on the trigger and is not recorded.
    exit_fields = checked_exit(attributes, names, {})
    yield from ask(update_request(campaign_id, "exit_conditions", exit_fields))
    if attributes.get("goal", NONE) != NONE:
        goal_fields = encode_goal(attributes["goal"], {})
        yield from ask(update_request(campaign_id, "exit_and_conversion", goal_fields))
    settings = _settings_fields(attributes, names)
    yield from ask(update_request(campaign_id, "global_settings", settings))
    existing = context.existing.get("tag", {})
    yield from sync_tags(campaign_id, attributes.get("tags", []), [], existing, names)
    return WriteResult(campaign_id, step_actions.parts)


def _create_draft(wanted: Campaign) -> Conversation[str]:
    draft = {"name": wanted.name, "type": "none", "description": wanted.description}
    expected = {"campaign": {"id": _DRY_RUN_ID}}
    body = yield from ask_as(
        journeys_request(
            "POST", "~/campaigns", {"campaign": draft}, expected, schemas.CREATED_CAMPAIGN
        ),
        WireReply,
    )
    return str(body["campaign"]["id"])


def update_campaign(
    live: LiveObject, wanted: Campaign, context: WriteContext
) -> Conversation[WriteResult]:
    """Send only the requests that the changed paths need."""
    attributes, names = to_canonical(wanted), context.names
    wire = live.found.wire_as(WireReply)
    campaign = wire["campaign"]
    changed_fields = {path[0] for path in context.paths}
    base = _current_campaign(live, wanted.name, names)
    reject_while_stopping(campaign.get("state"), changed_fields, base, attributes["workflow"])
    if "trigger" in changed_fields:
        reject_trigger_type_change(campaign, attributes)
    if changed_fields & {"name", "description"}:
        named = {"name": wanted.name, "description": wanted.description}
        yield from ask(update_request(live.remote_id, "name_and_description", named))
    if changed_fields & {"trigger", "reentry"}:
        recipients = checked_recipients(attributes, names, campaign)
        yield from ask(update_request(live.remote_id, "recipients", recipients))
    parts = live.decoded.parts
    if changed_fields & {"workflow", "messages"}:
        parts = yield from _update_steps(live, base, attributes, context)
    if "exit" in changed_fields:
        exit_fields = checked_exit(attributes, names, campaign)
        yield from ask(update_request(live.remote_id, "exit_conditions", exit_fields))
    if "goal" in changed_fields:
        goal_fields = encode_goal(attributes["goal"], campaign)
        yield from ask(update_request(live.remote_id, "exit_and_conversion", goal_fields))
    if changed_fields & {"message_limits", "send_to_unsubscribed", "topic"}:
        settings = _settings_fields(attributes, names)
        yield from ask(update_request(live.remote_id, "global_settings", settings))
    if "tags" in changed_fields:
        existing = context.existing.get("tag", {})
        yield from sync_tags(live.remote_id, attributes["tags"], wire["tags"], existing, names)
    return WriteResult(live.remote_id, parts)


def _update_steps(
    live: LiveObject, base: CurrentCampaign, attributes: KindFields, context: WriteContext
) -> Conversation[dict[str, str]]:
    """Write steps and content, and return the action ID of each step.

    Content is written before old steps are removed and before anything is sent. So people in a
    running campaign never reach a step whose message is missing or not yet written.
    """
    wire = live.found.wire_as(WireReply)
    before, paths, names = live.decoded.parts, context.paths, context.names
    messages = attributes["messages"]
    nodes = list(expand_variants(to_graph(attributes["workflow"]).nodes))
    has_new_workflow = any(path[0] == "workflow" for path in paths)
    if has_new_workflow:
        reject_crossing_branches(attributes["workflow"], base)
        graph = to_graph(attributes["workflow"])
        reject_changed_unknown_steps(graph, base, wire["templates"])
        reject_passed_ab_test_ids(graph, base, wire["templates"])
        reject_open_conditions(nodes, wire["actions"], before, context)
        step_actions = yield from _add_new_steps(base, attributes, names)
        changed = nodes
    else:
        step_actions = StepActions.of(before, wire["actions"])
        steps = {str(path[1]) for path in paths if path[0] == "messages" and len(path) > 1}
        changed = [node for node in nodes if node.id in steps or not steps]
    new = [node for node in nodes if step_actions.parts.get(node.id) != before.get(node.id)]
    reject_unwritable_new_messages(new, messages)
    rewritten = _steps_with_changed_content(paths, nodes)
    content_nodes = [node for node in nodes if node.id in rewritten or node in new]
    yield from sync_templates(
        content_nodes, messages, step_actions.actions, wire["templates"], context
    )
    translated = _steps_with_changed_translations(paths, nodes)
    yield from sync_translations(
        [node for node in nodes if node.id in translated and node not in new],
        messages,
        step_actions.parts,
        wire.get("languages"),
        names,
    )
    if has_new_workflow:
        yield from remove_old_steps(base, attributes["workflow"], step_actions)
    yield from _sync_actions(changed, messages, step_actions, names)
    return dict(step_actions.parts)


def _current_campaign(live: LiveObject, name: str, names: Names) -> CurrentCampaign:
    wire = live.found.wire_as(WireReply)
    edges = wire["campaign"].get("edges") or []
    # Anybody may be in a campaign whose state is not known.
    has_people = live.decoded.reach.state is not ReachState.DRAFT
    bound = frozenset(names.parts_of(live.kind, live.remote_id).values())
    return CurrentCampaign(
        live.remote_id, name, wire["actions"], edges, live.decoded.parts, has_people, bound
    )


def _add_new_steps(
    base: CurrentCampaign, attributes: KindFields, names: Names
) -> Conversation[StepActions]:
    """Add the steps that do not exist, and turn messages into A/B tests."""
    workflow = attributes["workflow"]
    step_actions = yield from add_new_steps(base, workflow, attributes["messages"], names)
    nodes = to_graph(workflow).nodes
    return (yield from sync_ab_tests(base.campaign_id, nodes, step_actions, base.parts))


def _sync_actions(
    nodes: Sequence[Node], messages: Messages, step_actions: StepActions, names: Names
) -> Conversation[None]:
    context = CodecContext(names, step_actions.parts)
    yield from sync_actions(nodes, messages, step_actions.actions, context)


def _steps_with_changed_content(paths: Sequence[FieldPath], nodes: Sequence[Node]) -> set[str]:
    """Return the messages whose content changed."""
    steps = {str(path[1]) for path in paths if path[0] == "messages" and len(path) > 1}
    if any(path == ("messages",) for path in paths):
        steps = {node.id for node in nodes}
    return steps


def _steps_with_changed_translations(paths: Sequence[FieldPath], nodes: Sequence[Node]) -> set[str]:
    if any(path == ("messages",) for path in paths):
        return {node.id for node in nodes}
    return {
        str(path[1])
        for path in paths
        if path[0] == "messages" and len(path) > 1 and path[2:3] in ((), ("translations",))
    }


def _settings_fields(attributes: KindFields, names: Names) -> dict[str, JsonValue]:
    settings: dict[str, JsonValue] = {
        "use_message_limits": attributes["message_limits"],
        "send_to_unsubscribed": attributes["send_to_unsubscribed"],
    }
    if "topic" in attributes:
        topic = attributes["topic"]
        settings["subscription_topic_id"] = None if topic == NONE else names.id_of("topic", topic)
    return settings
