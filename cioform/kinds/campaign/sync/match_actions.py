"""Which action each wanted step already has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from cioform.kinds.campaign.codec.actions import AB_TEST_ACTION_TYPE, action_name, action_type
from cioform.kinds.campaign.wire_types import WireAction
from cioform.language.workflow import MAIN_EXIT_ID, Graph, Node, keyword_of, variants_of


def match_actions(
    actions: Sequence[WireAction], parts: Mapping[str, str], graph: Graph
) -> dict[str, str]:
    """Give the action id of each wanted node that has one. Exits say nothing, so any may serve,
    and the one that the remote made itself always stays."""
    types = {str(action["id"]): str(action["type"]) for action in actions}
    kept = {
        node.id: own_id
        for node in graph.nodes
        if (own_id := parts.get(node.id)) and _is_compatible(types.get(own_id), node)
    }
    kept |= _match_by_name(actions, graph, kept)
    exits = sorted((i for i, kind in types.items() if kind == "exit_action"), key=_numeric_sort_key)
    wanted = [node.id for node in graph.nodes if node.keyword == "exit"]
    if exits and wanted and exits[0] not in kept.values():
        kept[MAIN_EXIT_ID if MAIN_EXIT_ID in wanted else wanted[-1]] = exits[0]
    free = [own_id for own_id in exits if own_id not in kept.values()]
    unplaced = [name for name in wanted if name not in kept]
    return {**kept, **dict(zip(unplaced, free, strict=False))}


def _is_compatible(wire_type: str | None, node: Node) -> bool:
    """Tell whether an action of a type can be what a node wants. A message becomes an A/B test
    and keeps its id (journeys facts, section 4, Endpoints)."""
    return wire_type in (action_type(node), action_type(initial_node(node)))


def _match_by_name(
    actions: Sequence[WireAction], graph: Graph, matched: Mapping[str, str]
) -> dict[str, str]:
    """Give the actions of wanted nodes that no binding knows, by a type and name that only one
    node and one action have: a campaign adopted, or made by a run that was cut."""
    nodes = [n for n in graph.nodes if n.id not in matched and n.keyword != "exit"]
    free = [a for a in actions if str(a["id"]) not in matched.values()]
    wanted = Counter((action_type(node), action_name(node)) for node in nodes)
    there = Counter(action_key(action) for action in free)
    by_mark = {action_key(action): str(action["id"]) for action in free}
    return {
        node.id: by_mark[known]
        for node in nodes
        if wanted[known := (action_type(node), action_name(node))] == there[known] == 1
    }


def action_key(action: WireAction) -> tuple[str, str]:
    """Give what an action is recognised by."""
    return str(action["type"]), str(action.get("name") or "")


def initial_node(node: Node) -> Node:
    """Give the node that is made first: an A/B test is made of one of its messages."""
    if action_type(node) != AB_TEST_ACTION_TYPE or "action" in node.fields:
        return node
    [(_, variant), *_] = variants_of(node.fields)
    word = keyword_of(variant)
    name = {"name": node.fields["name"]} if "name" in node.fields else {}
    return Node(node.id, word, {**name, word: {}})


def _numeric_sort_key(text: str) -> tuple[int, str]:
    return (int(text) if text.isdecimal() else 0, text)
