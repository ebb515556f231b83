"""From the remote's actions and edges to a workflow, with the names of its steps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import count

from cioform.core.address import to_name
from cioform.core.json_value import Plain
from cioform.kinds.campaign.codec.actions import (
    GATES,
    decode_action,
    is_message,
    variant_ids,
    with_variants,
)
from cioform.kinds.campaign.codec.graph_codec import form_of, graph_of, rename_nodes, with_trunk
from cioform.kinds.campaign.steps import Context
from cioform.language import conditions
from cioform.language.messages.template_message import template_content
from cioform.language.workflow import (
    FINAL,
    MAX_DEPTH,
    NEVER,
    Edge,
    Graph,
    Node,
    Step,
    depth,
    rebuilt,
    walk,
)
from cioform.model.names import Names


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
    trunk = with_trunk(live)
    if trunk is None or depth(trunk[0]) > MAX_DEPTH:
        # A graph has no depth.
        called = _called(list(with_variants(live.nodes)), bound, set())
        form = form_of(rename_nodes(live, called))
        form["graph"]["nodes"] = [_told(node, called) for node in form["graph"]["nodes"]]
        return form, {name: own_id for own_id, name in called.items()}
    steps, end = trunk
    nodes = live.by_id
    inside = tuple(nodes[step["id"]] for _, step in walk(steps))
    called = _called(list(with_variants(inside)), bound, {FINAL})
    tree = rebuilt(steps, lambda _, step: _told({**step, "id": called[step["id"]]}, called))
    return tree, {**{name: own_id for own_id, name in called.items()}, FINAL: end}


def read_graph(wire: Mapping[str, Plain], names: Names) -> Graph:
    """Give the graph of a campaign by action ids, without the gate."""
    gates = gates_of(wire)
    actions = {str(action["id"]): action for action in wire["actions"]}
    context = Context(names, actions=actions, templates=wire["templates"])
    aside = gates | variant_ids(actions)
    edges = tuple(
        Edge(
            str(edge["from"]),
            str(edge["to"]),
            edge.get("index", 0) if edge.get("type") == "branch" else None,
        )
        for edge in wire["campaign"].get("edges") or ()
        if str(edge["from"]) not in gates
    )
    ways = Counter(edge.source for edge in edges)
    nodes = (decode_action(a, context) for own_id, a in actions.items() if own_id not in aside)
    return Graph(tuple(_with_ways(node, ways[node.id]) for node in nodes), edges)


def _with_ways(node: Node, ways: int) -> Node:
    """Give a wait that time does not end with the second way out it has all the same."""
    if ways > 1 and node.fields.get("timeout") == NEVER:
        return Node(node.id, node.word, {**node.fields, "on_timeout": []})
    return node


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


def _told(step: Step, called: Mapping[str, str]) -> Step:
    """Give a step without what goes without saying, and with the names of the steps it asks for
    and of the messages it chooses from."""
    told = {k: v for k, v in step.items() if not (k == "name" and v == step["id"])}
    if "wait_until" in told:
        told["wait_until"] = conditions.with_steps(told["wait_until"], called)
    if "ab_test" in told:
        variants = [{**v, "id": called.get(v["id"], v["id"])} for v in told["ab_test"]]
        told["ab_test"] = [_told(variant, called) for variant in variants]
    return told


def decode_messages(
    workflow: Plain, parts: Mapping[str, str], wire: Mapping[str, Plain], names: Names
) -> dict[str, Plain]:
    """Give what each message says, by step."""
    actions = {str(action["id"]): action for action in wire["actions"]}
    messages: dict[str, Plain] = {}
    for node in with_variants(graph_of(workflow).nodes):
        if is_message(node):
            action = actions[parts[node.id]]
            template = wire["templates"].get(str(action.get("template_id")), {})
            content = template_content(node.word, template, names)
            # What is not said would be sent (journeys facts, section 4, Actions).
            messages[node.id] = content | {"sending": action.get("sending_state") or "automatic"}
    return messages
