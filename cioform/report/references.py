"""The references of an object as a tree, in both directions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cioform.core.data.json_value import Json
from cioform.core.graph import shortest_paths
from cioform.plan.reach.reference_graph import NodeState, ReferenceGraph
from cioform.report.styling import PLAIN, Styler, Tone
from cioform.report.values import escape_unprintable

_NOTES: Mapping[NodeState, str] = {
    NodeState.MANAGED: "",
    NodeState.UNMANAGED: "unmanaged",
    NodeState.MISSING: "no file",
}


def render_references(
    graph: ReferenceGraph, label: str, *, users_only: bool, style: Styler = PLAIN
) -> str:
    """Return the trees of what an object uses and of what uses it."""
    lines = [style(escape_unprintable(label), Tone.BOLD)]
    sections = [("Used by", graph.users)]
    if not users_only:
        sections.insert(0, ("Uses", graph.uses))
    for title, edges in sections:
        tree = list(_Tree(graph, edges, style).lines(label, "  "))
        lines += [f"{title}:", *tree] if tree else [f"{title}: nothing"]
    if _unknown_users(graph, label):
        lines.append("Other unmanaged objects that may use it were not looked up.")
    return "\n".join(lines) + "\n"


def _unknown_users(graph: ReferenceGraph, label: str) -> bool:
    """Return whether an object, or one of its users, may have users that cannot be found out."""
    paths = shortest_paths(label, lambda near: sorted(graph.users.get(near, {})))
    return not graph.incomplete.isdisjoint({label, *paths})


class _Tree:
    """Draws what can be reached from an object. What was drawn once is not drawn again."""

    def __init__(
        self, graph: ReferenceGraph, edges: Mapping[str, Mapping[str, bool]], style: Styler
    ) -> None:
        self._graph = graph
        self._edges = edges
        self._style = style
        self._drawn: set[str] = set()

    def lines(self, label: str, margin: str) -> Iterator[str]:
        """Yield the lines below an object."""
        self._drawn.add(label)
        following = sorted(self._edges.get(label, {}).items())
        for number, (other, is_certain) in enumerate(following, 1):
            is_last = number == len(following)
            is_repeated = other in self._drawn and bool(self._edges.get(other))
            corner = "└─" if is_last else "├─"
            yield f"{margin}{corner} {self._text(other, is_certain, is_repeated)}"
            if not is_repeated:
                yield from self.lines(other, margin + ("   " if is_last else "│  "))

    def _text(self, label: str, is_certain: bool, is_repeated: bool) -> str:
        notes = (
            _NOTES[self._graph.state(label)],
            "" if is_certain else "use uncertain",
            "see above" if is_repeated else "",
        )
        note = ", ".join(filter(None, notes))
        return escape_unprintable(label) + (self._style(f"  ({note})", Tone.DIM) if note else "")


def references_data(graph: ReferenceGraph, label: str, *, users_only: bool) -> dict[str, Json]:
    """Return the references of an object, direct and indirect ones, for programs."""
    data: dict[str, Json] = {
        "users": _flat(graph, graph.users, label),
        "users_unknown": _unknown_users(graph, label),
    }
    return data if users_only else {"uses": _flat(graph, graph.uses, label), **data}


def _flat(graph: ReferenceGraph, edges: Mapping[str, Mapping[str, bool]], label: str) -> list[Json]:
    """Return every object that can be reached, each with the one next to it on the way."""
    paths = shortest_paths(label, lambda near: sorted(edges.get(near, {})))
    return [
        {
            "address": other,
            "through": between[-1] if between else None,
            "certain": edges[between[-1] if between else label][other],
            "state": graph.state(other).value,
        }
        for other, between in paths.items()
    ]
