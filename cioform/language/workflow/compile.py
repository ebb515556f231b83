"""From the tree of steps to the graph."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cioform.language.workflow.graph import Edge, Graph, Node
from cioform.language.workflow.steps import (
    MAIN_EXIT_ID,
    STEP_KEYWORDS,
    Branching,
    Step,
    add_empty_branches,
    branches_of,
    keyword_of,
    map_steps,
    walk,
    without_branches,
)


def compile_steps(steps: Sequence[Step]) -> Graph:
    """Give the graph of a tree whose steps all have ids (see `with_ids`). Where the trunk goes on
    to its end the exit `exit` is added; an `exit` in a branch is a node of its own."""
    nodes: list[Node] = []
    edges: list[Edge] = []
    todo = _pair_with_next(steps, MAIN_EXIT_ID)
    while todo:
        step, following = todo.pop()
        fields = without_branches(step)
        del fields["id"]
        word = keyword_of(step)
        nodes.append(Node(step["id"], word, fields))
        below = [inner for _, inner in branches_of(step)]
        if STEP_KEYWORDS[word] is Branching.NEXT:
            edges.append(Edge(step["id"], following))
        for branch, inner in enumerate(below):
            edges.append(Edge(step["id"], inner[0]["id"] if inner else following, branch))
        for inner in reversed(below):
            todo.extend(_pair_with_next(inner, following))
    if not steps or any(edge.target == MAIN_EXIT_ID for edge in edges):
        nodes.append(Node(MAIN_EXIT_ID, "exit", {"exit": {}}))
    return Graph(tuple(nodes), tuple(edges))


def _pair_with_next(steps: Sequence[Step], next_id: str) -> list[tuple[Step, str]]:
    """Pair each step with the id of what comes next, the last first."""
    following = [*(step["id"] for step in steps[1:]), next_id]
    return list(zip(steps, following[: len(steps)], strict=True))[::-1]


def remove_steps(steps: Sequence[Step], ids: Iterable[str]) -> list[Step]:
    """Give the tree without some steps. What stood below a removed step stays in its place, one
    branch after the other, the ones that end in an exit last."""
    gone = frozenset(ids)
    if not any(step["id"] in gone for _, step in walk(steps)):
        return map_steps(steps, lambda _, step: step)
    tree: list[Step] = []
    todo: list[tuple[Sequence[Step], list[Step]]] = [(steps, tree)]
    while todo:
        source, target = todo.pop()
        queue = list(source)[::-1]
        while queue:
            step = queue.pop()
            below = [inner for _, inner in branches_of(step)]
            if step["id"] in gone:
                below.sort(key=_ends_in_exit)
                queue.extend(s for inner in reversed(below) for s in reversed(inner))
                continue
            kept = without_branches(step)
            target.append(kept)
            todo.extend(zip(below, add_empty_branches(kept), strict=True))
    return tree


def _ends_in_exit(steps: Sequence[Step]) -> bool:
    return bool(steps) and STEP_KEYWORDS[keyword_of(steps[-1])] is Branching.END
