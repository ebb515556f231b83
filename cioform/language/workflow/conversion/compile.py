"""From the tree of steps to the graph."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from cioform.language.workflow.graph import Edge, Graph, Node
from cioform.language.workflow.step_ids import MAIN_EXIT_ID
from cioform.language.workflow.tree import (
    Step,
    branches_of,
    continues,
    keyword_of,
    without_branches,
)

PLAIN_EXIT: Final[Step] = {"exit": True}
"""The fields of an exit without other members."""


def compile_steps(steps: Sequence[Step]) -> Graph:
    """Return the graph of a tree whose steps all have IDs (see `assign_ids`).

    The exit `exit` is added where the main sequence of steps reaches its end without an exit. An
    `exit` in a branch is a node of its own.
    """
    nodes: list[Node] = []
    edges: list[Edge] = []
    todo = _pair_with_next(steps, MAIN_EXIT_ID)
    while todo:
        step, next_id = todo.pop()
        fields = without_branches(step)
        del fields["id"]
        nodes.append(Node(step["id"], keyword_of(step), fields))
        branches = [below for _, below in branches_of(step)]
        if continues(step):
            edges.append(Edge(step["id"], next_id))
        for number, below in enumerate(branches):
            edges.append(Edge(step["id"], below[0]["id"] if below else next_id, number))
        for below in reversed(branches):
            todo.extend(_pair_with_next(below, next_id))
    is_written = any(node.id == MAIN_EXIT_ID for node in nodes)
    if not is_written and (not steps or any(edge.target == MAIN_EXIT_ID for edge in edges)):
        nodes.append(Node(MAIN_EXIT_ID, "exit", {**PLAIN_EXIT}))
    return Graph(tuple(nodes), tuple(edges))


def _pair_with_next(steps: Sequence[Step], next_id: str) -> list[tuple[Step, str]]:
    """Return each step with the ID of the one that follows, the last step first."""
    next_ids = [*(step["id"] for step in steps[1:]), next_id]
    return list(zip(steps, next_ids[: len(steps)], strict=True))[::-1]
