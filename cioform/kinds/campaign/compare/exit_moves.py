"""The exits of a workflow by their places: a file may leave their IDs out, or change them."""

from __future__ import annotations

from collections.abc import Set
from typing import Final, TypeAlias

from cioform.core.data.json_value import UNKNOWN, JsonValue
from cioform.kinds.campaign.canonical import walk_workflow
from cioform.kinds.campaign.codec.graph_codec import decompile_with_main_exit, to_graph
from cioform.kinds.campaign.file_form.document import GENERATED_EXIT_ID
from cioform.language.workflow import (
    MAIN_EXIT_ID,
    PLAIN_EXIT,
    Arrangement,
    Graph,
    Node,
    Step,
    branches_of,
    needs_id,
    numbered_id,
    walk,
)

_Place: TypeAlias = tuple[str, int]
"""The step that has a branch, and the number of that branch."""
_LAST: Final = ("", 0)
"""The place behind the last step of the workflow."""


def exit_moves(present: JsonValue, wanted: JsonValue, named: Set[str]) -> dict[str, str]:
    """Return the exits that have other IDs in `wanted`, each with the ID that it has there.

    Nobody has to say so, because an exit is where it is. `named` has the IDs of all steps of the
    workflow `present`. An exit that `wanted` does not list gets a generated ID; one that has
    members there keeps its ID.
    """
    if UNKNOWN in (present, wanted):
        return {}
    listed = _exits_of(wanted)
    if (not listed and MAIN_EXIT_ID in named) or (present == wanted and listed <= named):
        return {}  # The common cases.
    like = Arrangement(wanted) if isinstance(wanted, list) else None
    before, after = _exits_by_place(present, like), _exits_by_place(wanted, like)
    spare = [name for name in named - set(before.values()) if _is_generated(name)]
    places = {
        old if old in named or len(spare) != 1 else spare[0]: place for place, old in before.items()
    }
    taken = {*named, *listed}
    kept = _exits_of(wanted, only_with_members=True)
    moves = {
        old: _new_id(old, after.get(place, MAIN_EXIT_ID), listed, taken)
        for old, place in places.items()
        if old in named and old not in kept
        if place in after or (_is_generated(old) and old in listed)
    }
    return _without_taken({old: new for old, new in moves.items() if old != new}, named)


def _exits_of(workflow: JsonValue, *, only_with_members: bool = False) -> set[str]:
    """Return the exits that a workflow lists: all of them, or only those with members."""
    return {
        step["id"]
        for _, step in walk_workflow(workflow)
        if "exit" in step and (needs_id(step) or not only_with_members)
    }


def _is_generated(name: str) -> bool:
    return name == MAIN_EXIT_ID or GENERATED_EXIT_ID.fullmatch(name) is not None


def _exits_by_place(workflow: JsonValue, like: Arrangement | None) -> dict[_Place, str]:
    """Return the IDs of exits by place; empty for a graph that is no tree."""
    graph = to_graph(workflow)
    # With members, the main exit would be the last step of a list.
    nodes = (Node(n.id, "exit", PLAIN_EXIT) if n.keyword == "exit" else n for n in graph.nodes)
    tree = decompile_with_main_exit(Graph(tuple(nodes), graph.edges), like)
    if tree is None:
        return {}
    steps, main_exit = tree
    ends: list[tuple[_Place, list[Step]]] = [
        ((step["id"], way), below)
        for _, step in walk(steps)
        for way, (_, below) in enumerate(branches_of(step))
    ]
    exits = {place: below[-1]["id"] for place, below in ends if below and "exit" in below[-1]}
    return {_LAST: main_exit, **exits}


def _new_id(old: str, new: str, listed: Set[str], taken: set[str]) -> str:
    """Return the ID of an exit in a file, or a generated one if the file does not list it."""
    if new != MAIN_EXIT_ID:
        return new
    is_free = _is_generated(old) and old not in listed
    return old if is_free else numbered_id("exit", taken)


def _without_taken(moves: dict[str, str], named: Set[str]) -> dict[str, str]:
    """Return the moves without those to an ID that another step keeps."""
    while taken := {old for old, new in moves.items() if new in named and new not in moves}:
        moves = {old: new for old, new in moves.items() if old not in taken}
    return moves
