"""A journey as a list of lists: each stop with its branches below it, in the order of reading."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cioform.language.workflow import Edge, Graph, Step, branches_of, topological_order, walk
from cioform.report.journey.graph import START, Flow
from cioform.report.journey.labels import Family, branch_label
from cioform.report.journey.model import ChangeMark, Journey


@dataclass(frozen=True, slots=True)
class Entry:
    """A stop with what is below it."""

    id: str
    branches: list[Branch] = field(default_factory=list)
    is_reference: bool = False
    """Whether it only points to a stop that is drawn elsewhere."""


@dataclass(frozen=True, slots=True)
class Branch:
    """What people do who take one of the ways out of a stop."""

    label: str
    entries: list[Entry] = field(default_factory=list)


def outline(journey: Journey) -> list[Entry]:
    """Give the journey from its first step on. Steps that a plan removes stand where they stood;
    where branches cross, the second way to a stop only points to it."""
    entries = _entries(journey.flow)
    if journey.overlay is not None:
        _insert_removed_steps(entries, _entries(journey.overlay.flow))
    return entries


def _entries(flow: Flow) -> list[Entry]:
    return _from_graph(flow.graph) if flow.steps is None else _from_steps(flow)


def continues_below(branch: Branch, journey: Journey) -> bool:
    """Tell whether people at the end of a branch go on with what follows below it."""
    todo = [branch]
    while todo:
        entries = [
            e for e in todo.pop().entries if journey.nodes[e.id].mark is not ChangeMark.REMOVED
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


def _from_steps(flow: Flow) -> list[Entry]:
    trunk: list[Entry] = []
    nodes = flow.graph.by_id
    todo: list[tuple[Sequence[Step], list[Entry]]] = [(flow.steps or [], trunk)]
    while todo:
        steps, entries = todo.pop()
        for step in steps:
            entry = Entry(step["id"])
            entries.append(entry)
            for number, (_, below) in enumerate(branches_of(step)):
                branch = Branch(branch_label(nodes[step["id"]], number))
                entry.branches.append(branch)
                todo.append((below, branch.entries))
    drawn = {step["id"] for _, step in walk(flow.steps or [])}
    # The exit at the end of the trunk goes without saying in a file.
    ends = (node for node in flow.graph.nodes if node.keyword == "exit" and node.id not in drawn)
    trunk.extend(Entry(node.id) for node in ends)
    return trunk


def _from_graph(graph: Graph) -> list[Entry]:
    nodes, leaving = graph.by_id, graph.outgoing_edges()
    trunk: list[Entry] = []
    seen: set[str] = set()
    todo: list[tuple[str | None, str | None, list[Entry]]] = [
        (edge.target, None, trunk) for edge in reversed(leaving[START])
    ]
    while todo:
        at, stop, entries = todo.pop()
        while at is not None and at != stop:
            if at in seen:
                entries.append(Entry(at, is_reference=True))
                break
            seen.add(at)
            entry = Entry(at)
            entries.append(entry)
            edges = leaving[at]
            if len(edges) < 2:
                at = edges[0].target if edges else None
                continue
            after = _merge_node(leaving, edges)
            for edge in edges:
                branch = Branch(branch_label(nodes[at], edge.branch))
                entry.branches.append(branch)
            # What follows is walked last, so that it is drawn where all branches have led.
            todo.append((after, stop, entries))
            todo.extend(
                (edge.target, after or stop, branch.entries)
                for edge, branch in reversed(list(zip(edges, entry.branches, strict=True)))
            )
            break
    return trunk


def _merge_node(leaving: Mapping[str, Sequence[Edge]], edges: Sequence[Edge]) -> str | None:
    """Give where branches meet again: the first node that all ways pass but those that end by
    themselves. Where only one branch goes on, what follows comes after the step, as people would
    write it; None where nothing does or the way goes in a circle."""
    targets = [edge.target for edge in edges]
    reached = Counter(
        node for target in targets for node in topological_order(leaving, [target]) or ()
    )
    shared = [n for n in topological_order(leaving, targets) or () if reached[n] > 1]
    if not shared:
        on = [target for target in targets if leaving[target]]
        return on[0] if len(on) == 1 else None
    ends = {node for node in shared if not leaving[node]}
    return next(node for node in shared if ends.isdisjoint(_reachable(leaving, targets, node)))


def _reachable(
    leaving: Mapping[str, Sequence[Edge]], start: Sequence[str], without: str
) -> set[str]:
    seen = {without}
    todo = list(start)
    while todo:
        node = todo.pop()
        if node not in seen:
            seen.add(node)
            todo.extend(edge.target for edge in leaving[node])
    return seen - {without}


def _insert_removed_steps(trunk: list[Entry], was: list[Entry]) -> None:
    """Put what a plan removes after what it came after, or where its branch begins."""
    places = _entry_positions(trunk)
    todo: list[tuple[list[Entry], str | None, int]] = [(was, None, 0)]
    while todo:
        entries, above, number = todo.pop()
        before: str | None = None
        for old in entries:
            if not old.is_reference and old.id not in places:
                branches = [Branch(branch.label) for branch in old.branches]
                beside, at = _insert_position(before, above, number, places, trunk)
                entry = Entry(old.id, branches)
                beside.insert(at, entry)
                places[old.id] = beside, entry
            before = old.id
            todo.extend((branch.entries, old.id, n) for n, branch in enumerate(old.branches))


def _entry_positions(trunk: list[Entry]) -> dict[str, tuple[list[Entry], Entry]]:
    places: dict[str, tuple[list[Entry], Entry]] = {}
    todo = [trunk]
    while todo:
        entries = todo.pop()
        for entry in entries:
            if not entry.is_reference:
                places[entry.id] = entries, entry
            todo.extend(branch.entries for branch in entry.branches)
    return places


def _insert_position(
    before: str | None,
    above: str | None,
    number: int,
    places: Mapping[str, tuple[list[Entry], Entry]],
    trunk: list[Entry],
) -> tuple[list[Entry], int]:
    if before is not None:
        entries, entry = places[before]
        return entries, next(i for i, item in enumerate(entries) if item is entry) + 1
    if above is None:
        return trunk, 0
    branches = places[above][1].branches
    return (branches[number].entries, 0) if number < len(branches) else (places[above][0], 0)
