"""Which action each wanted step already has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from cioform.kinds.campaign.codec.actions import SPLIT, action_type, wire_name
from cioform.kinds.campaign.steps import Action
from cioform.language.workflow import FINAL, Graph, Node, variants_of, word_of


def kept_actions(
    actions: Sequence[Action], parts: Mapping[str, str], graph: Graph
) -> dict[str, str]:
    """Give the action id of each wanted node that has one. Exits say nothing, so any may serve,
    and the one that the remote made itself always stays."""
    types = {str(action["id"]): str(action["type"]) for action in actions}
    kept = {
        node.id: own_id
        for node in graph.nodes
        if (own_id := parts.get(node.id)) and _serves(types.get(own_id), node)
    }
    kept |= _recognised(actions, graph, kept)
    exits = sorted((i for i, kind in types.items() if kind == "exit_action"), key=_number_first)
    wanted = [node.id for node in graph.nodes if node.word == "exit"]
    if exits and wanted and exits[0] not in kept.values():
        kept[FINAL if FINAL in wanted else wanted[-1]] = exits[0]
    free = [own_id for own_id in exits if own_id not in kept.values()]
    unplaced = [name for name in wanted if name not in kept]
    return {**kept, **dict(zip(unplaced, free, strict=False))}


def _serves(kind: str | None, node: Node) -> bool:
    """Tell whether an action of a type can be what a node wants. A message becomes an A/B test
    and keeps its id (journeys facts, section 4, Endpoints)."""
    return kind in (action_type(node), action_type(first_form(node)))


def _recognised(actions: Sequence[Action], graph: Graph, kept: Mapping[str, str]) -> dict[str, str]:
    """Give the actions of wanted nodes that no binding knows, by a type and name that only one
    node and one action have: a campaign adopted, or made by a run that was cut."""
    nodes = [n for n in graph.nodes if n.id not in kept and n.word != "exit"]
    free = [a for a in actions if str(a["id"]) not in kept.values()]
    wanted = Counter((action_type(node), wire_name(node)) for node in nodes)
    there = Counter(mark(action) for action in free)
    by_mark = {mark(action): str(action["id"]) for action in free}
    return {
        node.id: by_mark[known]
        for node in nodes
        if wanted[known := (action_type(node), wire_name(node))] == there[known] == 1
    }


def mark(action: Action) -> tuple[str, str]:
    """Give what an action is recognised by."""
    return str(action["type"]), str(action.get("name") or "")


def first_form(node: Node) -> Node:
    """Give the node that is made first: an A/B test is made of one of its messages."""
    if action_type(node) != SPLIT or "action" in node.fields:
        return node
    [(_, variant), *_] = variants_of(node.fields)
    word = word_of(variant)
    name = {"name": node.fields["name"]} if "name" in node.fields else {}
    return Node(node.id, word, {**name, word: {}})


def _number_first(text: str) -> tuple[int, str]:
    return (int(text) if text.isdecimal() else 0, text)
