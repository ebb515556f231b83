"""The conditions of steps of which it is not recorded that the API takes them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from cioform.core.data.json_value import UNKNOWN, JsonValue
from cioform.kinds.campaign.canonical import walk_workflow
from cioform.kinds.campaign.steps import ONLY_IF, STEP_MODELS, check_condition, open_condition
from cioform.kinds.campaign.wire.wire_types import WireAction
from cioform.language.workflow import ACTION, STEP_TYPES, Node, keyword_of
from cioform.model.remote_access.conversation import Request
from cioform.model.routing.operations import WriteContext


def open_conditions(workflow: JsonValue) -> Iterator[tuple[str, Request]]:
    """Yield the open fields of a workflow, each with a request that has it."""
    for _, step in walk_workflow([] if workflow is UNKNOWN else workflow):
        if ONLY_IF in step and ACTION not in step:
            yield open_condition(STEP_TYPES[keyword_of(step)].action_type)


def reject_open_conditions(
    nodes: Iterable[Node],
    actions: Iterable[WireAction],
    action_ids: Mapping[str, str],
    context: WriteContext,
) -> None:
    """Raise PlanError for a step whose condition the API may not take.

    `actions` are those of the campaign as read, `action_ids` the IDs of its steps; both are empty
    for a new campaign.
    """
    by_id = {str(action["id"]): action for action in actions}
    for node in nodes:
        if ONLY_IF in node.fields and ACTION not in node.fields:
            current = by_id.get(action_ids.get(node.id, ""), {})
            check_condition(STEP_MODELS[node.keyword], node.id, {**current}, context)
