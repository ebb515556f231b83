"""Find the steps that keep their ID but become another action in Customer.io."""

from __future__ import annotations

from collections.abc import Mapping

from cioform.language.workflow.graph import Node
from cioform.language.workflow.step_types import ACTION
from cioform.language.workflow.tree import keyword_of, variants_of


def initial_node(node: Node) -> Node:
    """Return the node to create first: an A/B test starts as one of its messages."""
    if node.keyword != "ab_test" or ACTION in node.fields:
        return node
    [(_, variant), *_] = variants_of(node.fields)
    keyword = keyword_of(variant)
    name = {"name": node.fields["name"]} if "name" in node.fields else {}
    return Node(node.id, keyword, {**name, keyword: {}})


def can_become(action_type: str | None, node: Node) -> bool:
    """Return whether an action of a type can become a node, so that it keeps its ID and its people.

    A message can become an A/B test (journeys facts, section 4, Endpoints).
    """
    return action_type in (node.action_type, initial_node(node).action_type)


def replaced_steps(before: Mapping[str, Node], after: Mapping[str, Node]) -> list[str]:
    """Return the IDs of the nodes that keep only their ID: their action is replaced."""
    return [
        name
        for name, node in after.items()
        if name in before and not can_become(before[name].action_type, node)
    ]
