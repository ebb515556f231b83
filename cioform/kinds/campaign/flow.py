"""From the remote's actions and edges to a workflow, with the names of its steps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import count
from typing import Final

from cioform.base.address import to_name
from cioform.base.value import Plain
from cioform.kinds.campaign.actions import GATES, decode_action, is_message
from cioform.kinds.campaign.graph_form import form_of, graph_of, rename_nodes, with_trunk
from cioform.language.message import template_content
from cioform.language.workflow import (
    FINAL,
    Edge,
    Graph,
    Node,
    Step,
    depth,
    main_exit,
    rebuilt,
    renamed,
    walk,
)
from cioform.model.names import Names

_DEEPEST: Final = 60
"""Nested deeper than this a workflow is told as a graph, which has no depth."""


def gates_of(wire: Mapping[str, Plain]) -> frozenset[str]:
    """Give the ids of the actions that the remote puts before the first step."""
    return frozenset(str(a["id"]) for a in wire["actions"] if a["type"] in GATES)


def decode_workflow(
    wire: Mapping[str, Plain], bound: Mapping[str, str], names: Names
) -> tuple[Plain, dict[str, str]]:
    """Give the canonical workflow and the action id of each step. `bound` is what the steps were
    called before; the others are called after their names, or by their words and numbers."""
    live = read_graph(wire, names)
    if not live.nodes:
        return [], {}
    steps = with_trunk(live)
    if steps is None or depth(steps) > _DEEPEST:
        called = _called(live.nodes, bound, set())
        form = form_of(rename_nodes(live, called))
        form["graph"]["nodes"] = [_without_own_name(node) for node in form["graph"]["nodes"]]
        return form, {name: own_id for own_id, name in called.items()}
    inside = [live.by_id[step["id"]] for _, step in walk(steps)]
    called = _called(inside, bound, {FINAL})
    tree = rebuilt(renamed(steps, called), lambda _, step: _without_own_name(step))
    return tree, {**{name: own_id for own_id, name in called.items()}, FINAL: main_exit(live)}


def read_graph(wire: Mapping[str, Plain], names: Names) -> Graph:
    """Give the graph of a campaign by action ids, without the gate."""
    gates = gates_of(wire)
    nodes = [
        decode_action(action, wire["templates"], names)
        for action in wire["actions"]
        if str(action["id"]) not in gates
    ]
    edges = [
        Edge(
            str(edge["from"]),
            str(edge["to"]),
            edge.get("index", 0) if edge.get("type") == "branch" else None,
        )
        for edge in wire["campaign"].get("edges") or ()
        if str(edge["from"]) not in gates
    ]
    return Graph(tuple(nodes), tuple(edges))


def _called(nodes: Sequence[Node], bound: Mapping[str, str], taken: set[str]) -> dict[str, str]:
    """Give our name for each action id: the bound one, else the name it has if no other has it,
    else its word and a number."""
    names: dict[str, str] = {}
    there = {node.id for node in nodes}
    for name, own_id in bound.items():
        if own_id in there and name not in taken:
            names[own_id] = name
            taken.add(name)
    slugs = {node.id: to_name(str(node.fields["name"])) for node in nodes if "name" in node.fields}
    shared = Counter(slugs.values())
    for node in nodes:
        slug = slugs.get(node.id)
        if node.id not in names and slug and shared[slug] == 1 and slug not in {FINAL, *taken}:
            names[node.id] = slug
            taken.add(slug)
    for node in nodes:
        if node.id not in names:
            names[node.id] = _numbered(_word(node), taken)
    return names


def _word(node: Node) -> str:
    return node.word.removesuffix("_action")


def _numbered(word: str, taken: set[str]) -> str:
    name = next(name for i in count(1) if (name := f"{word}_{i}") not in taken)
    taken.add(name)
    return name


def _without_own_name(step: Step) -> Step:
    return {k: v for k, v in step.items() if not (k == "name" and v == step["id"])}


def decode_messages(
    workflow: Plain, parts: Mapping[str, str], wire: Mapping[str, Plain], names: Names
) -> dict[str, Plain]:
    """Give what each message says, by step."""
    actions = {str(action["id"]): action for action in wire["actions"]}
    messages: dict[str, Plain] = {}
    for node in graph_of(workflow).nodes:
        if is_message(node):
            action = actions[parts[node.id]]
            template = wire["templates"].get(str(action.get("template_id")), {})
            content = template_content(node.word, template, names)
            # What is not said would be sent (journeys facts, section 4, Actions).
            messages[node.id] = content | {"sending": action.get("sending_state") or "automatic"}
    return messages
