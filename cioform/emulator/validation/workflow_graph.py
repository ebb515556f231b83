"""Legal workflows: one root, the right edges out of each step, arms that meet again."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

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


def checked_edges(
    actions: list[Record], given: Any, untimed_wait_branches: str = "either"
) -> list[Record]:
    """`given` as kept: ends as strings, `index` on branch edges; 422 or 409 for what is illegal.

    Rules: journeys facts, section 4, Edges and graph rules.
    """
    if not isinstance(given, list):
        raise unprocessable("edges cannot be nil", "/campaign/edges")
    nodes = {str(each["id"]): each for each in actions}
    edges = [_checked_edge(each, nodes) for each in given]
    variants = {str(v) for each in actions for v in each.get("action_ids") or []}
    nodes = {key: each for key, each in nodes.items() if key not in variants}
    outgoing: dict[str, list[Record]] = {key: [] for key in nodes}
    incoming = dict.fromkeys(nodes, 0)
    for edge in edges:
        if edge["from"] not in nodes or edge["to"] not in nodes:
            raise unprocessable("edges cannot touch the variants of a split", "/campaign/edges")
        outgoing[edge["from"]].append(edge)
        incoming[edge["to"]] += 1
    for key, action in nodes.items():
        _check_edge_count(action, outgoing[key], untimed_wait_branches)
    roots = [key for key in nodes if not incoming[key]]
    if len(roots) != 1:
        many = "more than one" if roots else "no"
        raise unprocessable(f"graph has {many} root", "/campaign/edges")
    _check_gate(nodes, roots[0])
    _ConvergenceCheck(
        {key: [e["to"] for e in each] for key, each in outgoing.items()}, incoming
    ).run(roots[0])
    return edges


def _checked_edge(given: Any, nodes: Mapping[str, Record]) -> Record:
    if not isinstance(given, dict):
        raise ApiError(400, "json: cannot unmarshal edges")
    ends = {key: str(given.get(key, "")) for key in ("from", "to")}
    for end in ends.values():
        if end not in nodes:
            raise unprocessable(f"edge refers to unknown action {end!r}", "/campaign/edges")
    kind = given.get("type") or "continue"
    if kind not in ("continue", "branch"):
        raise unprocessable(f"edge type {kind!r} is not included in the list", "/campaign/edges")
    edge: Record = {**ends, "type": kind}
    if kind == "branch":
        if not isinstance(given.get("index"), int):
            raise unprocessable("a branch edge must have an index", "/campaign/edges")
        edge["index"] = given["index"]
    return edge


def _check_edge_count(action: Record, edges: list[Record], untimed_wait_branches: str) -> None:
    kind = action["type"]
    name = f"action {action['id']} ({kind})"
    if kind == EXIT_TYPE:
        if edges:
            raise unprocessable(f"{name} must not have outgoing edges", "/campaign/edges")
    elif kind in BRANCH_TYPES:
        indexes = sorted(edge.get("index", -1) for edge in edges)
        arms = _allowed_branch_counts(action, len(edges), untimed_wait_branches)
        if indexes != list(range(len(edges))) or len(edges) not in arms:
            raise unprocessable(f"{name} has the wrong number of branches", "/campaign/edges")
    elif len(edges) != 1 or edges[0]["type"] != "continue":
        raise unprocessable(f"{name} must have exactly one outgoing edge", "/campaign/edges")


def _allowed_branch_counts(
    action: Record, given: int, untimed_wait_branches: str
) -> tuple[int, ...]:
    """How many arms a branch may have."""
    kind = action["type"]
    if kind == "multi_split_branch_action":
        return (len(action.get("multi_conditions") or []) + 1,)
    if kind == "random_cohort_branch_action":
        return (len(action.get("cohorts") or []),)
    if kind == "multi_lang_branch_action":
        return (given,) if given else ()
    if kind == "conditional_wait_action" and action.get("exit_type") == "never":
        # Open fact: whether a wait without a timeout has an edge for it.
        return {"one": (1,), "two": (2,)}.get(untimed_wait_branches, (1, 2))
    return (2,)


def _check_gate(nodes: Mapping[str, Record], root: str) -> None:
    gates = [key for key, action in nodes.items() if action["type"] == ENTRY_GATE_TYPE]
    if gates and gates != [root]:
        raise unprocessable("the entry gate must be the root", "/campaign/edges")


@dataclass(frozen=True)
class _MergePoint:
    """An arm came to a step that other arms lead to as well; `edges` of them are accounted for."""

    action_id: str
    edges: int


class _ConvergenceCheck:
    """Follows all arms from the root; 409 where they do not meet again."""

    def __init__(self, following: Mapping[str, list[str]], incoming: Mapping[str, int]) -> None:
        self._successors = following
        self._incoming_counts = incoming
        self._visited: set[str] = set()

    def run(self, root: str) -> None:
        if self._follow(root) is not None:
            raise ApiError(409, "graph branches do not converge")
        if len(self._visited) != len(self._successors):
            raise unprocessable("graph has actions that cannot be reached", "/campaign/edges")

    def _follow(self, place: str) -> _MergePoint | None:
        """Where the flow that starts at `place` waits for other arms; None when it has ended."""
        while True:
            self._visited.add(place)
            following = self._successors[place]
            if len(following) == 1:
                arrival: _MergePoint | None = _MergePoint(following[0], 1)
            else:
                arrival = _merge_branches([self._follow_branch(each) for each in following])
            if arrival is None or arrival.edges < self._incoming_counts[arrival.action_id]:
                return arrival
            place = arrival.action_id

    def _follow_branch(self, place: str) -> _MergePoint | None:
        return _MergePoint(place, 1) if self._incoming_counts[place] > 1 else self._follow(place)


def _merge_branches(arms: list[_MergePoint | None]) -> _MergePoint | None:
    """Where the arms that have not ended meet: it must be one step."""
    live = [each for each in arms if each is not None]
    if len({each.action_id for each in live}) > 1:
        raise ApiError(409, "graph branches do not converge")
    return _MergePoint(live[0].action_id, sum(each.edges for each in live)) if live else None
