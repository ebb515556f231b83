"""Workflows whose branches cross: found by the rule of Customer.io, and blocked before a write."""

from __future__ import annotations

import copy
from contextlib import nullcontext
from random import Random
from typing import Any

import pytest

from cioform.core.errors import PlanError
from cioform.emulator.store.record_types import CAMPAIGN
from cioform.emulator.validation.workflow_graph import checked_edges
from cioform.emulator.wire.errors import ApiError
from cioform.kinds.campaign import KIND
from cioform.kinds.campaign.model import Campaign
from cioform.kinds.campaign.sync.steps.edges import encode_edges
from cioform.language.workflow import Edge, Graph, Node
from cioform.language.workflow.crossing import find_crossing
from tests.support.campaign_sandbox import CampaignSandbox
from tests.support.known import known

WAYS = {
    "delay_seconds_action": 0,
    "conditional_branch_action": 2,
    "multi_split_branch_action": 3,
}
"""The action types of random graphs, and how many branches each has."""


def random_graph(random: Random) -> tuple[Graph, list[dict[str, Any]]]:
    """Return a graph without cycles whose nodes can all be reached, and its actions."""
    types = [random.choice([*WAYS]) for _ in range(random.randint(2, 8))]
    types += ["exit_action"] * random.randint(1, 3)
    edges: list[Edge] = []
    reached = {"0"}
    for i, action_type in enumerate(types):
        if str(i) not in reached or action_type == "exit_action":
            continue
        for branch in range(WAYS[action_type]) if WAYS[action_type] else [None]:
            last = min(len(types) - 1, i + random.choice([2, 3, 9]))
            edges.append(Edge(str(i), str(random.randint(i + 1, last)), branch))
            reached.add(edges[-1].target)
    nodes = {str(i): each for i, each in enumerate(types) if str(i) in reached}
    actions = [{"id": i, "type": each, "multi_conditions": ["a", "b"]} for i, each in nodes.items()]
    return Graph(tuple(Node(i, each) for i, each in nodes.items()), tuple(edges)), actions


@pytest.mark.parametrize("seed", range(20))
def test_branches_cross_where_customer_io_says_that_they_do_not_converge(seed: int) -> None:
    random = Random(seed)
    for _ in range(100):
        graph, actions = random_graph(random)
        edges = encode_edges(graph, {node.id: node.id for node in graph.nodes}, None)
        refused = pytest.raises(ApiError, match="converge")
        with refused if find_crossing(graph) else nullcontext():
            checked_edges(actions, edges)


CROSSING: dict[str, Any] = {
    "name": "Two ways that cross",
    "trigger": {"event": "signed_up"},
    "graph": {
        "nodes": [
            {"id": "europe", "if": {"attribute": "region", "is": "eu"}},
            {"id": "opted_in", "if": {"attribute": "opted_in", "is": True}},
            {"id": "grown_up", "if": {"attribute": "age", "is": 18}},
            {"id": "offer", "wait": "1d"},
            {"id": "terms", "wait": "2d"},
            {"id": "exit", "exit": True},
        ],
        "edges": [
            {"from": "europe", "to": "opted_in", "branch": 0},
            {"from": "europe", "to": "grown_up", "branch": 1},
            {"from": "opted_in", "to": "offer", "branch": 0},
            {"from": "opted_in", "to": "exit", "branch": 1},
            {"from": "grown_up", "to": "terms", "branch": 0},
            {"from": "grown_up", "to": "exit", "branch": 1},
            {"from": "offer", "to": "exit"},
            {"from": "terms", "to": "exit"},
        ],
    },
}
"""A workflow whose branches cross once `crossed` has moved two edges."""


def crossed(document: dict[str, Any]) -> dict[str, Any]:
    """Return the document with branches that cross."""
    changed = copy.deepcopy(document)
    changed["graph"]["edges"][3]["to"] = "terms"
    changed["graph"]["edges"][5]["to"] = "offer"
    return changed


def attributes_of(document: dict[str, Any]) -> dict[str, Any]:
    return KIND.attributes(Campaign.model_validate(document))


def test_a_new_campaign_with_branches_that_cross_is_blocked() -> None:
    sandbox = CampaignSandbox()
    with pytest.raises(PlanError, match="meet other branches in different steps: in `offer` and"):
        sandbox.create(attributes_of(crossed(CROSSING)))
    assert sandbox.sent == []


def test_branches_that_cross_are_kept_and_not_reconnected() -> None:
    sandbox = CampaignSandbox()
    bound = sandbox.create(attributes_of(CROSSING))
    own_id, ids = bound.remote_id, bound.parts
    with pytest.raises(PlanError, match="cioform import"):
        sandbox.apply(own_id, attributes_of(crossed(CROSSING)))
    assert not [request for request in sandbox.sent if request.writes]

    # Where Customer.io has them all the same, its nodes can be changed.
    data = sandbox.store.workspace_data("acme")
    wire = known(sandbox.live(own_id).found.wire)["campaign"]
    moved = {(ids["opted_in"], 1): ids["terms"], (ids["grown_up"], 1): ids["offer"]}
    edges = [{**e, "to": moved.get((e["from"], e.get("index")), e["to"])} for e in wire["edges"]]
    data.save(CAMPAIGN, {**known(data.get(CAMPAIGN, int(own_id))), "edges": edges})
    document = crossed(CROSSING)
    assert sandbox.differences(own_id, attributes_of(document)) == []
    document["graph"]["nodes"][3]["wait"] = "3d"
    sandbox.apply(own_id, attributes_of(document))
    assert [request.method for request in sandbox.last_writes] == ["PUT"]

    document["graph"]["nodes"].append({"id": "more", "wait": "1d"})
    document["graph"]["edges"][-1:] = [
        {"from": "terms", "to": "more"},
        {"from": "more", "to": "exit"},
    ]
    with pytest.raises(PlanError, match="meet other branches in different steps"):
        sandbox.apply(own_id, attributes_of(document))
    assert not [request for request in sandbox.sent if request.writes]
