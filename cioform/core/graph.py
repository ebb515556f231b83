"""Algorithms on directed graphs. A graph is a function from a node to its successors."""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping
from graphlib import TopologicalSorter
from typing import Generic, Protocol, Self, TypeAlias, TypeVar

from cioform.core.dataclasses import dataclass


class _Orderable(Hashable, Protocol):
    def __lt__(self, other: Self, /) -> bool: ...


N = TypeVar("N", bound=Hashable)
OrderedNode = TypeVar("OrderedNode", bound=_Orderable)
Successors: TypeAlias = Callable[[N], Iterable[N]]


def sort_by_dependency(
    dependencies: Mapping[OrderedNode, Collection[OrderedNode]],
) -> list[OrderedNode]:
    """Return every node after those that it depends on, the smallest first where any could be.

    Raises graphlib.CycleError, a ValueError, if there is a cycle.
    """
    sorter = TopologicalSorter(dependencies)
    sorter.prepare()
    order: list[OrderedNode] = []
    ready: list[OrderedNode] = []
    while sorter.is_active():
        for node in sorter.get_ready():
            heapq.heappush(ready, node)
        node = heapq.heappop(ready)
        order.append(node)
        sorter.done(node)
    return order


def reachable(starts: Iterable[N], successors: Successors[N]) -> set[N]:
    """Return `starts` and every node that can be reached from them."""
    found: set[N] = set()
    todo = list(starts)
    while todo:
        node = todo.pop()
        if node not in found:
            found.add(node)
            todo.extend(successors(node))
    return found


def shortest_paths(start: N, successors: Successors[N]) -> dict[N, tuple[N, ...]]:
    """Return every node that can be reached from `start`, with the nodes between the two.

    `start` itself is not among them. The order is that of a breadth-first search.
    """
    between: dict[N, tuple[N, ...]] = {}
    todo: deque[tuple[N, tuple[N, ...]]] = deque([(start, ())])
    while todo:
        node, path = todo.popleft()
        for successor in successors(node):
            if successor != start and successor not in between:
                between[successor] = path
                todo.append((successor, (*path, successor)))
    return between


def topological_order(starts: Iterable[N], successors: Successors[N]) -> list[N] | None:
    """Return what can be reached from `starts`, each node before its successors.

    Returns None if there is a cycle.
    """
    order, has_cycle = _reverse_postorder(starts, successors)
    return None if has_cycle else order


def order_with_cycles(starts: Iterable[N], successors: Successors[N]) -> list[N]:
    """Return what can be reached from `starts`, each node before its successors.

    An edge that closes a cycle leads backwards in that order.
    """
    return _reverse_postorder(starts, successors)[0]


def find_cycles(starts: Iterable[N], successors: Successors[N]) -> Iterator[list[N]]:
    """Yield the nodes of every cycle that a depth-first search finds, each before its successor."""
    done: set[N] = set()
    for start in starts:
        if start in done:
            continue
        # Depth first, with the path in a list: a chain of nodes may be longer than the stack.
        path = [start]
        on_path = {start}
        pending = [iter(successors(start))]
        while path:
            node = next(pending[-1], None)
            if node is None:
                pending.pop()
                on_path.discard(path[-1])
                done.add(path.pop())
            elif node in on_path:
                yield path[path.index(node) :]
            elif node not in done:
                path.append(node)
                on_path.add(node)
                pending.append(iter(successors(node)))


@dataclass(frozen=True, slots=True)
class Dominators(Generic[N]):
    """For each node the last one that all paths to it pass, its *dominator*."""

    parents: Mapping[N, N]
    """The dominator of each node that has one."""
    depths: Mapping[N, int]
    """How many nodes all paths to a node pass, for each node that can be reached."""

    def nearest_common(self, nodes: Iterable[N]) -> N | None:
        """Return the last node that all paths to all of `nodes` pass, which may be one of them."""
        common: N | None = None
        for number, node in enumerate(nodes):
            common = self._common(common, node) if number else node
        return common

    def upward(self, node: N) -> Iterator[N]:
        """Yield `node`, then all that every path to it passes, the last one first."""
        yield node
        while node in self.parents:
            node = self.parents[node]
            yield node

    def _common(self, one: N | None, other: N | None) -> N | None:
        while one != other:
            if one is None or other is None:
                return None
            if self.depths[one] >= self.depths[other]:
                one = self.parents.get(one)
            else:
                other = self.parents.get(other)
        return one


def find_dominators(
    starts: Iterable[N], order: Iterable[N], predecessors: Callable[[N], Iterable[N]]
) -> Dominators[N]:
    """Return the dominators of what can be reached from `starts`.

    `order` must have each node after its predecessors. With the successors instead, and an order
    from last to first, the dominators are those of the paths from each node to an end.
    """
    parents: dict[N, N] = {}
    depths = dict.fromkeys(starts, 0)
    found = Dominators(parents, depths)
    for node in order:
        known = [each for each in predecessors(node) if each in depths]
        if node in depths or not known:
            continue
        parent = known[0] if len(known) == 1 else found.nearest_common(known)
        depths[node] = 0
        if parent is not None:
            parents[node] = parent
            depths[node] = depths[parent] + 1
    return found


def _reverse_postorder(starts: Iterable[N], successors: Successors[N]) -> tuple[list[N], bool]:
    order: list[N] = []
    open_nodes: set[N] = set()
    closed: set[N] = set()
    has_cycle = False
    todo = [(node, False) for node in starts]
    while todo:
        node, is_done = todo.pop()
        if is_done:
            open_nodes.discard(node)
            closed.add(node)
            order.append(node)
        elif node in open_nodes:
            has_cycle = True
        elif node not in closed:
            open_nodes.add(node)
            todo.append((node, True))
            todo.extend((successor, False) for successor in successors(node))
    return order[::-1], has_cycle
