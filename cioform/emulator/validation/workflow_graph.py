"""Check the graph of a workflow: one root, the right edges, branches that converge."""

from collections.abc import Mapping
from typing import Any

from cioform.core.dataclasses import dataclass
from cioform.emulator.store.record_types import Record
from cioform.emulator.wire.errors import ApiError, unprocessable

BRANCH_TYPES = (
    "conditional_branch_action",
    "multi_split_branch_action",
    "random_cohort_branch_action",
    "multi_lang_branch_action",
    "conditional_wait_action",
)
EXIT_TYPE = "exit_action"
ENTRY_GATE_TYPE = "filter_match_delay_action"
EDGES_POINTER = "/campaign/edges"


def checked_edges(
    actions: list[Record], edges: Any, untimed_wait_branches: str = "either"
) -> list[Record]:
    """Return `edges` as they are stored: ends as strings, `index` on branch edges only.

    Raises 422 or 409 if the graph is invalid (journeys facts, section 4, Edges and graph rules).
    """
    if not isinstance(edges, list):
        raise unprocessable("edges cannot be nil", EDGES_POINTER)
    nodes = {str(each["id"]): each for each in actions}
    checked = [_checked_edge(each, nodes) for each in edges]
    variants = {str(v) for each in actions for v in each.get("action_ids") or []}
    nodes = {key: each for key, each in nodes.items() if key not in variants}
    outgoing: dict[str, list[Record]] = {key: [] for key in nodes}
    incoming = dict.fromkeys(nodes, 0)
    for edge in checked:
        if edge["from"] not in nodes or edge["to"] not in nodes:
            raise unprocessable("edges cannot touch the variants of a split", EDGES_POINTER)
        outgoing[edge["from"]].append(edge)
        incoming[edge["to"]] += 1
    for key, action in nodes.items():
        _check_edge_count(action, outgoing[key], untimed_wait_branches)
    root = _checked_root(nodes, incoming)
    successors = {key: [edge["to"] for edge in each] for key, each in outgoing.items()}
    _ConvergenceCheck(successors, incoming).run(root)
    return checked


def _checked_edge(edge: Any, nodes: Mapping[str, Record]) -> Record:
    if not isinstance(edge, dict):
        raise ApiError(400, "json: cannot unmarshal edges")
    ends = {key: str(edge.get(key, "")) for key in ("from", "to")}
    for end in ends.values():
        if end not in nodes:
            raise unprocessable(f"edge refers to unknown action {end!r}", EDGES_POINTER)
    edge_type = edge.get("type") or "continue"
    if edge_type not in ("continue", "branch"):
        raise unprocessable(f"edge type {edge_type!r} is not included in the list", EDGES_POINTER)
    checked: Record = {**ends, "type": edge_type}
    if edge_type == "branch":
        if not isinstance(edge.get("index"), int):
            raise unprocessable("a branch edge must have an index", EDGES_POINTER)
        checked["index"] = edge["index"]
    return checked


def _check_edge_count(action: Record, edges: list[Record], untimed_wait_branches: str) -> None:
    action_type = action["type"]
    name = f"action {action['id']} ({action_type})"
    if action_type == EXIT_TYPE:
        if edges:
            raise unprocessable(f"{name} must not have outgoing edges", EDGES_POINTER)
    elif action_type in BRANCH_TYPES:
        indexes = sorted(edge.get("index", -1) for edge in edges)
        counts = _allowed_branch_counts(action, len(edges), untimed_wait_branches)
        if indexes != list(range(len(edges))) or len(edges) not in counts:
            raise unprocessable(f"{name} has the wrong number of branches", EDGES_POINTER)
    elif len(edges) != 1 or edges[0]["type"] != "continue":
        raise unprocessable(f"{name} must have exactly one outgoing edge", EDGES_POINTER)


def _allowed_branch_counts(
    action: Record, edge_count: int, untimed_wait_branches: str
) -> tuple[int, ...]:
    """Return the numbers of branches that an action may have; `edge_count` is what it has."""
    action_type = action["type"]
    if action_type == "multi_split_branch_action":
        return (len(action.get("multi_conditions") or []) + 1,)
    if action_type == "random_cohort_branch_action":
        return (len(action.get("cohorts") or []),)
    if action_type == "multi_lang_branch_action":
        return (edge_count,) if edge_count else ()
    if action_type == "conditional_wait_action" and action.get("exit_type") == "never":
        # Open fact: whether a wait without a timeout has an edge for it.
        return {"one": (1,), "two": (2,)}.get(untimed_wait_branches, (1, 2))
    return (2,)


def _checked_root(nodes: Mapping[str, Record], incoming: Mapping[str, int]) -> str:
    """Return the only root; an entry gate, if there is one, must be it."""
    roots = [key for key in nodes if not incoming[key]]
    if len(roots) != 1:
        number = "more than one" if roots else "no"
        raise unprocessable(f"graph has {number} root", EDGES_POINTER)
    gates = [key for key, action in nodes.items() if action["type"] == ENTRY_GATE_TYPE]
    if gates and gates != roots:
        raise unprocessable("the entry gate must be the root", EDGES_POINTER)
    return roots[0]


@dataclass(frozen=True)
class _MergePoint:
    """An action where branches merge, and how many of its incoming edges were followed."""

    action_id: str
    edge_count: int


class _ConvergenceCheck:
    """Follow all branches from the root. Raises 409 where they do not converge."""

    def __init__(
        self, successors: Mapping[str, list[str]], incoming_counts: Mapping[str, int]
    ) -> None:
        self._successors = successors
        self._incoming_counts = incoming_counts
        self._visited: set[str] = set()

    def run(self, root: str) -> None:
        """Raise ApiError if branches do not converge, or if an action is unreachable."""
        if self._follow(root) is not None:
            raise ApiError(409, "graph branches do not converge")
        if len(self._visited) != len(self._successors):
            raise unprocessable("graph has actions that cannot be reached", EDGES_POINTER)

    def _follow(self, action_id: str) -> _MergePoint | None:
        """Return where the flow from an action waits for other branches; None if it ends."""
        while True:
            self._visited.add(action_id)
            successors = self._successors[action_id]
            if len(successors) == 1:
                merge_point: _MergePoint | None = _MergePoint(successors[0], 1)
            else:
                merge_point = _merge_branches([self._follow_branch(each) for each in successors])
            if (
                merge_point is None
                or merge_point.edge_count < self._incoming_counts[merge_point.action_id]
            ):
                return merge_point
            action_id = merge_point.action_id

    def _follow_branch(self, action_id: str) -> _MergePoint | None:
        is_shared = self._incoming_counts[action_id] > 1
        return _MergePoint(action_id, 1) if is_shared else self._follow(action_id)


def _merge_branches(branches: list[_MergePoint | None]) -> _MergePoint | None:
    """Return the one action where the branches that do not end merge. Raises 409 for several."""
    open_branches = [each for each in branches if each is not None]
    if len({each.action_id for each in open_branches}) > 1:
        raise ApiError(409, "graph branches do not converge")
    if not open_branches:
        return None
    total = sum(each.edge_count for each in open_branches)
    return _MergePoint(open_branches[0].action_id, total)
