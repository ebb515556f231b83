"""Old and new steps in one workflow: random trees, checked by the rules of the emulator."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings

from cioform.emulator.validation.workflow_graph import checked_edges
from cioform.emulator.wire.errors import ApiError
from cioform.kinds.campaign import KIND
from cioform.kinds.campaign.codec.graph_codec import to_graph
from cioform.kinds.campaign.model import Campaign
from cioform.kinds.campaign.sync.edges import encode_edges
from cioform.kinds.campaign.sync.match_actions import match_actions
from cioform.kinds.campaign.sync.series import graph_in_series, old_node_id
from cioform.language.workflow import Graph
from tests.kinds.test_campaign_properties import make_valid, trees
from tests.support.examples import EXAMPLES


def graph_of(tree: list[Any]) -> Graph:
    fields = {"name": "T", "trigger": {"event": "e"}, "workflow": make_valid(tree)}
    return to_graph(KIND.attributes(Campaign.model_validate(fields))["workflow"])


def workflow(*steps: dict[str, Any]) -> Graph:
    fields = {"name": "T", "trigger": {"event": "e"}, "workflow": list(steps)}
    return to_graph(KIND.attributes(Campaign.model_validate(fields))["workflow"])


def actions_of(graph: Graph, ids: dict[str, str]) -> list[Any]:
    """Return the nodes as actions, as far as the rules for edges look at them."""
    return [
        {
            "id": ids[node.id],
            "name": str(node.fields.get("name", node.id)),
            "type": node.action_type,
            "multi_conditions": node.fields.get("branches", []),
            "cohorts": node.fields.get("random_branches", []),
            "exit_type": "never" if node.fields.get("timeout") == "never" else "continue",
        }
        for node in graph.nodes
    ]


@settings(max_examples=EXAMPLES, derandomize=True, deadline=None)
@given(trees, trees)
def test_any_two_workflows_have_one_with_the_steps_of_both(one: Any, other: Any) -> None:
    old, new = graph_of(one), graph_of(other)
    old_ids = {node.id: str(1001 + i) for i, node in enumerate(old.nodes)}
    live, live_edges = actions_of(old, old_ids), encode_edges(old, old_ids, None)
    matched = match_actions(live, old_ids, new)
    removed = [action for action in live if action["id"] not in matched.values()]
    added = {node.id: str(2001 + i) for i, node in enumerate(new.nodes) if node.id not in matched}
    series = graph_in_series(new, matched, removed, live_edges)
    if series is None:
        # Only an exit of its own may have no place in the other workflow.
        assert any(action["type"] == "exit_action" for action in removed)
        return
    ids = {**{old_node_id(action["id"]): action["id"] for action in removed}, **matched, **added}
    every = [*actions_of(new, {**matched, **added}), *removed]
    try:
        checked_edges(every, encode_edges(series, ids, None))
    except ApiError as error:
        raise AssertionError((error, series)) from None
    assert {node.id for node in new.nodes} < {node.id for node in series.nodes} or not removed


def test_a_removed_branch_that_ends_in_its_own_exit_has_no_place() -> None:
    """Nothing that followed its first step is in the new workflow."""
    third = {"percent": 40, "then": [{"id": "x1", "wait": "1d"}, {"id": "x2", "exit": True}]}
    hello = {"id": "hello", "push": {"title": "T", "body": "B"}}
    old = workflow({"id": "r", "random_branches": [{"percent": 30}, {"percent": 30}, third]}, hello)
    message = {"id": "added", "push": {"title": "T", "body": "B"}}
    new = workflow(
        {"id": "r", "random_branches": [{"percent": 50}, {"percent": 50, "then": [message]}]}
    )
    ids = {node.id: str(1001 + i) for i, node in enumerate(old.nodes)}
    live = actions_of(old, ids)
    matched = match_actions(live, ids, new)
    removed = [action for action in live if action["id"] not in matched.values()]
    assert graph_in_series(new, matched, removed, encode_edges(old, ids, None)) is None
