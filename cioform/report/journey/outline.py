"""A journey as nested lists: each step with its branches below it, in the order of reading."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from cioform.core.data.json_value import Json
from cioform.core.dataclasses import dataclass, field
from cioform.core.graph import reachable
from cioform.language.workflow import Edge, Graph, branches_of, topological_order, walk
from cioform.report.journey.graph import START, Flow
from cioform.report.journey.labels import Family, branch_label
from cioform.report.journey.model import ChangeMark, Journey


@dataclass(frozen=True, slots=True)
class Entry:
    """A step with what is below it."""

    id: str
    branches: list[Branch] = field(default_factory=list)
    is_reference: bool = False
    """Whether it only points to a step that is shown elsewhere."""


@dataclass(frozen=True, slots=True)
class Branch:
    """The steps of the people who leave a step in one way."""

    label: str
    entries: list[Entry] = field(default_factory=list)


def outline(journey: Journey) -> list[Entry]:
    """Return the journey from its first step on.

    Steps that a plan removes are listed where they were. Where branches cross, the second path to a
    step only points to it.
    """
    entries = _entries(journey.flow)
    if journey.overlay is not None:
        _insert_removed_steps(entries, _entries(journey.overlay.flow))
    return entries


def _entries(flow: Flow) -> list[Entry]:
    return _from_graph(flow.graph) if flow.steps is None else _from_steps(flow, flow.steps)


def continues_below(branch: Branch, journey: Journey) -> bool:
    """Return whether people at the end of a branch continue with the step below it."""
    todo = [branch]
    while todo:
        entries = [
            entry
            for entry in todo.pop().entries
            if journey.nodes[entry.id].mark is not ChangeMark.REMOVED
        ]
        if not entries:
            return True
        last = entries[-1]
        if journey.nodes[last.id].family is Family.EXIT:
            continue
        if not last.branches:
            return True
        todo.extend(last.branches)
    return False


def _from_steps(flow: Flow, workflow: Sequence[dict[str, Json]]) -> list[Entry]:
    trunk: list[Entry] = []
    nodes = flow.graph.by_id
    todo: list[tuple[Sequence[dict[str, Json]], list[Entry]]] = [(workflow, trunk)]
    while todo:
        steps, entries = todo.pop()
        for step in steps:
            name = str(step["id"])
            entry = Entry(name)
            entries.append(entry)
            for number, (_, below) in enumerate(branches_of(step)):
                branch = Branch(branch_label(nodes[name], number))
                entry.branches.append(branch)
                todo.append((below, branch.entries))
    written = {step["id"] for _, step in walk(workflow)}
    # A file leaves out the exit at the end of the trunk.
    exits = (node for node in flow.graph.nodes if node.keyword == "exit" and node.id not in written)
    trunk.extend(Entry(node.id) for node in exits)
    return trunk


def _from_graph(graph: Graph) -> list[Entry]:
    nodes, outgoing = graph.by_id, graph.outgoing_edges()
    trunk: list[Entry] = []
    seen: set[str] = set()
    # Each item is a node, the node before which its list ends, and that list.
    todo: list[tuple[str | None, str | None, list[Entry]]] = [
        (edge.target, None, trunk) for edge in reversed(outgoing[START])
    ]
    while todo:
        current, end, entries = todo.pop()
        while current is not None and current != end:
            if current in seen:
                entries.append(Entry(current, is_reference=True))
                break
            seen.add(current)
            entry = Entry(current)
            entries.append(entry)
            edges = outgoing[current]
            if len(edges) < 2:
                current = edges[0].target if edges else None
                continue
            join = _join_node(outgoing, edges)
            entry.branches.extend(
                Branch(branch_label(nodes[current], edge.branch)) for edge in edges
            )
            # The join is walked last, so that it is shown below the ends of all branches.
            todo.append((join, end, entries))
            todo.extend(
                (edge.target, join or end, branch.entries)
                for edge, branch in reversed(list(zip(edges, entry.branches, strict=True)))
            )
            break
    return trunk


def _join_node(outgoing: Mapping[str, Sequence[Edge]], edges: Sequence[Edge]) -> str | None:
    """Return where branches join: the first node on all paths but those that end on their own.

    If only one branch continues, this is its first step, so that it is shown after the step and
    not below it. Return None if no branch continues, or if the graph has a cycle.
    """
    targets = [edge.target for edge in edges]
    reached = Counter(
        node for target in targets for node in topological_order(outgoing, [target]) or ()
    )
    shared = [node for node in topological_order(outgoing, targets) or () if reached[node] > 1]
    if not shared:
        continuing = [target for target in targets if outgoing[target]]
        return continuing[0] if len(continuing) == 1 else None
    ends = {node for node in shared if not outgoing[node]}
    return next(node for node in shared if ends.isdisjoint(_reachable(outgoing, targets, node)))


def _reachable(
    outgoing: Mapping[str, Sequence[Edge]], start: Sequence[str], without: str
) -> set[str]:
    def targets(node: str) -> list[str]:
        return [] if node == without else [edge.target for edge in outgoing[node]]

    return reachable(start, targets) - {without}


def _insert_removed_steps(trunk: list[Entry], old_trunk: list[Entry]) -> None:
    """Insert each step that a plan removes after the one it followed, or where its branch began."""
    positions = _entry_positions(trunk)
    todo: list[tuple[list[Entry], str | None, int]] = [(old_trunk, None, 0)]
    while todo:
        old_entries, parent, number = todo.pop()
        previous: str | None = None
        for old in old_entries:
            if not old.is_reference and old.id not in positions:
                branches = [Branch(branch.label) for branch in old.branches]
                entries, index = _insert_position(previous, parent, number, positions, trunk)
                entry = Entry(old.id, branches)
                entries.insert(index, entry)
                positions[old.id] = entries, entry
            previous = old.id
            todo.extend((branch.entries, old.id, n) for n, branch in enumerate(old.branches))


def _entry_positions(trunk: list[Entry]) -> dict[str, tuple[list[Entry], Entry]]:
    """Return for each step the list that it is in, and its entry."""
    positions: dict[str, tuple[list[Entry], Entry]] = {}
    todo = [trunk]
    while todo:
        entries = todo.pop()
        for entry in entries:
            if not entry.is_reference:
                positions[entry.id] = entries, entry
            todo.extend(branch.entries for branch in entry.branches)
    return positions


def _insert_position(
    previous: str | None,
    parent: str | None,
    number: int,
    positions: Mapping[str, tuple[list[Entry], Entry]],
    trunk: list[Entry],
) -> tuple[list[Entry], int]:
    """Return the list and the index for a removed step that was on branch `number` of `parent`."""
    if previous is not None:
        entries, entry = positions[previous]
        return entries, next(i for i, item in enumerate(entries) if item is entry) + 1
    if parent is None:
        return trunk, 0
    entries, parent_entry = positions[parent]
    branches = parent_entry.branches
    return (branches[number].entries, 0) if number < len(branches) else (entries, 0)
