"""From the tree of steps to the graph."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cioform.language.workflow.graph import Edge, Graph, Node
from cioform.language.workflow.steps import (
    FINAL,
    WORDS,
    Shape,
    Step,
    bare,
    empty_lists,
    lists_of,
    rebuilt,
    walk,
    word_of,
)


def compile_steps(steps: Sequence[Step]) -> Graph:
    """Give the graph of a tree whose steps all have ids (see `with_ids`). Where the trunk goes on
    to its end the exit `exit` is added; an `exit` in a branch is a node of its own."""
    nodes: list[Node] = []
    edges: list[Edge] = []
    todo = _followed(steps, FINAL)
    while todo:
        step, following = todo.pop()
        fields = bare(step)
        del fields["id"]
        word = word_of(step)
        nodes.append(Node(step["id"], word, fields))
        below = [inner for _, inner in lists_of(step)]
        if WORDS[word] is Shape.ONE:
            edges.append(Edge(step["id"], following))
        for branch, inner in enumerate(below):
            edges.append(Edge(step["id"], inner[0]["id"] if inner else following, branch))
        for inner in reversed(below):
            todo.extend(_followed(inner, following))
    if not steps or any(edge.target == FINAL for edge in edges):
        nodes.append(Node(FINAL, "exit", {"exit": {}}))
    return Graph(tuple(nodes), tuple(edges))


def _followed(steps: Sequence[Step], after: str) -> list[tuple[Step, str]]:
    """Pair each step with the id of what comes next, the last first."""
    following = [*(step["id"] for step in steps[1:]), after]
    return list(zip(steps, following[: len(steps)], strict=True))[::-1]


def without(steps: Sequence[Step], ids: Iterable[str]) -> list[Step]:
    """Give the tree without some steps. What stood below a removed step stays in its place, one
    branch after the other, the ones that end in an exit last."""
    gone = frozenset(ids)
    if not any(step["id"] in gone for _, step in walk(steps)):
        return rebuilt(steps, lambda _, step: step)
    tree: list[Step] = []
    todo: list[tuple[Sequence[Step], list[Step]]] = [(steps, tree)]
    while todo:
        source, target = todo.pop()
        queue = list(source)[::-1]
        while queue:
            step = queue.pop()
            below = [inner for _, inner in lists_of(step)]
            if step["id"] in gone:
                below.sort(key=_ends)
                queue.extend(s for inner in reversed(below) for s in reversed(inner))
                continue
            kept = bare(step)
            target.append(kept)
            todo.extend(zip(below, empty_lists(kept), strict=True))
    return tree


def _ends(steps: Sequence[Step]) -> bool:
    return bool(steps) and WORDS[word_of(steps[-1])] is Shape.END
