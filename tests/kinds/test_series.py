"""Old and new steps in one workflow: random changes, checked by the rules of the emulator."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from random import Random
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from cioform.emulator.validation.workflow_graph import checked_edges
from cioform.emulator.wire.errors import ApiError
from cioform.kinds.campaign import KIND
from cioform.kinds.campaign.codec.graph_codec import rename_nodes, to_graph
from cioform.kinds.campaign.model import Campaign
from cioform.kinds.campaign.sync.steps.edges import encode_edges
from cioform.kinds.campaign.sync.steps.match_actions import match_actions
from cioform.kinds.campaign.sync.steps.series import graph_in_series, old_node_id
from cioform.language.workflow import Graph
from tests.kinds.test_campaign_properties import make_valid, trees
from tests.support.examples import EXAMPLES
from tests.torture.workflows import without_new_steps
from tests.torture.workflows import workflow as random_workflow

HELLO = "push: {title: T, body: B}"
IF = "if: {attribute: plan, is: trial}"
PLACES: dict[str, list[Any]] = yaml.safe_load(
    f"""\
new steps before the exit of a branch:
  - [{{id: who, {IF}, then: [exit]}}, {{id: end, wait: 1d}}]
  - [{{id: who, {IF}, then: [{{id: a, {HELLO}}}, {{id: b, wait: 1d}}]}}, {{id: end, wait: 1d}}]
  - [[who, a, b, (exit)], [who, end, exit]]
branches before the exit of a branch:
  - [{{id: who, {IF}, then: [exit]}}, {{id: end, wait: 1d}}]
  - - {{id: who, {IF}, then: [{{id: a, {HELLO}}}, {{id: two, {IF}, then: [{{id: b, wait: 1d}}]}}]}}
    - {{id: end, wait: 1d}}
  - [[who, a, two, b, (exit)], [who, a, two, end, exit], [who, end, exit]]
in place of the exit where branches meet:
  - [{{id: pause, wait: 2d}}, {{id: who, {IF}, then: [exit]}}]
  - [{{id: who, {IF}, then: [{{id: a, {HELLO}}}]}}]
  - [[(pause), who, a, exit], [(pause), who, (exit)]]
another exit that becomes free:
  - [{{id: who, {IF}, then: [exit], else: [{{id: end, wait: 1d}}, exit]}}]
  - [{{id: a, {HELLO}}}, {{id: end, wait: 1d}}]
  - [[(who), (exit)], [(who), a, end, exit]]
branches that go before an exit that comes:
  - [{{id: a, {HELLO}}}, {{id: who, {IF}, then: []}}]
  - [{{id: two, {IF}, then: [{{id: a, {HELLO}}}, exit], else: [{{id: b, wait: 1d}}]}}]
  - [[two, (who), a, exit_1], [two, (who), a, exit_1], [two, b, exit]]
a branch that goes with its exit:
  - - id: r
      random_branches:
        [{{percent: 30}}, {{percent: 30}}, {{percent: 40, then: [{{id: x, wait: 1d}}, exit]}}]
    - {{id: end, wait: 1d}}
  - [{{id: r, random_branches: [{{percent: 50}}, {{percent: 50, then: [{{id: a, {HELLO}}}]}}]}}]
  -
"""
)
"""The workflow before and after, and the ways through both; none if people would miss a step."""


def graph_of(steps: list[Any]) -> Graph:
    fields = {"name": "T", "trigger": {"event": "e"}, "workflow": steps}
    return to_graph(KIND.attributes(Campaign.model_validate(fields))["workflow"])


def actions_of(graph: Graph, ids: Mapping[str, str]) -> list[Any]:
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


class Change:
    """A change of the workflow of a campaign."""

    def __init__(self, old: list[Any], new: list[Any]) -> None:
        self.old, self.new = graph_of(old), graph_of(new)
        # Customer.io makes the exit at the end first.
        self.ids = {node.id: str(1001 + i) for i, node in enumerate(self.old.nodes)}
        self.ids |= {"exit": "1000"} if "exit" in self.ids else {}
        live = actions_of(self.old, self.ids)
        self.matched = match_actions(live, self.ids, self.new)
        self.removed = [a for a in live if a["id"] not in self.matched.values()]
        added = [node.id for node in self.new.nodes if node.id not in self.matched]
        self.added = {name: str(2001 + i) for i, name in enumerate(added)}
        live_edges = encode_edges(self.old, self.ids, None)
        self.series = (
            graph_in_series(self.new, self.matched, self.removed, live_edges)
            if self.removed and self.added
            else self.new
        )

    def old_names(self) -> dict[str, str]:
        """Return the name in the series of each old node."""
        names = {own_id: name for name, own_id in self.matched.items()}
        return {name: names.get(each, old_node_id(each)) for name, each in self.ids.items()}

    def check(self) -> None:
        """Assert that the workflow of both is legal, and that nobody misses old and new steps."""
        assert self.series is not None
        old = {old_node_id(action["id"]): action["id"] for action in self.removed}
        present = [*actions_of(self.new, {**self.matched, **self.added}), *self.removed]
        if self.added:
            ids = {**old, **self.matched, **self.added}
            try:
                checked_edges(present, encode_edges(self.series, ids, None))
            except ApiError as error:
                raise AssertionError((error, self.series)) from None
            check_nobody_misses_both(
                rename_nodes(self.old, self.old_names()), self.new, self.series
            )


def choices_of(*graphs: Graph) -> Iterator[dict[str, int]]:
    """Yield everything that a person can choose, a branch of each node, up to a number."""
    ways = {name: len(out) for graph in graphs for name, out in graph.outgoing_edges().items()}
    names = [name for name, count in ways.items() if count > 1]
    for number, choice in enumerate(product(*(range(ways[name]) for name in names))):
        if number == 200:
            return
        yield dict(zip(names, choice, strict=True))


def way_through(graph: Graph, choice: Mapping[str, int]) -> list[str]:
    outgoing = graph.outgoing_edges()
    way = [graph.roots()[0]]
    while edges := outgoing[way[-1]]:
        way.append(edges[choice.get(way[-1], 0) % len(edges)].target)
    return way


def check_nobody_misses_both(old: Graph, new: Graph, series: Graph) -> None:
    exits = {each.id for graph in (old, new) for each in graph.nodes if each.keyword == "exit"}
    counts = {name: len(out) for name, out in old.outgoing_edges().items()}
    changed = {
        name
        for name, out in series.outgoing_edges().items()
        if counts.get(name, len(out)) != len(out)
    }
    for choice in choices_of(old, series):
        passed = set(way_through(series, choice))
        if set(way_through(new, choice)) - exits <= passed:
            continue
        # Which old branch is the one that was taken is open where their number changes.
        others = [dict(zip(changed, each, strict=True))
                  for each in product(*(range(counts[name]) for name in changed))]  # fmt: skip
        assert any(
            set(way_through(old, {**choice, **other})) - exits <= passed for other in others
        ), (choice, passed)


@pytest.mark.parametrize("place", PLACES)
def test_old_steps_are_in_front_of_those_that_replace_them(place: str) -> None:
    old, new, expected = PLACES[place]
    change = Change(old, new)
    if expected is None:
        assert change.series is None
        return
    change.check()
    assert change.series is not None
    names = {each: f"({name})" for name, each in change.old_names().items() if "(" in each}
    names |= {each: "(exit)" for each, name in names.items() if "(exit" in name}
    shown = {
        tuple(names.get(each, each) for each in way_through(change.series, choice))
        for choice in choices_of(change.series)
    }
    assert shown == {tuple(way) for way in expected}


@settings(max_examples=EXAMPLES)
@given(trees, trees)
def test_any_workflow_leads_to_any_other(one: Any, other: Any) -> None:
    check_that_it_leads_there(make_valid(one), make_valid(other))


@settings(max_examples=2 * EXAMPLES)
@given(st.integers(0, 2**32))
def test_any_workflow_leads_to_any_other_with_the_same_steps(seed: int) -> None:
    rng = Random(seed)
    check_that_it_leads_there(*(random_workflow(rng, (), lambda: EMAIL) for _ in range(2)))


EMAIL = {"subject": "S", "body": "B", "from": "team@acme.com", "layout": "none"}


def check_that_it_leads_there(old: list[Any], new: list[Any]) -> None:
    """Assert that a change can be made, or can be made as the plan then advises."""
    change = Change(old, new)
    if change.series is not None:
        change.check()
        return
    first = without_new_steps(new, lambda step: step.get("id") in change.matched)
    for each in (Change(old, first), Change(first, new)):
        each.check()
