"""A journey as a picture shows it: stops, the ways between them, and what a plan does to them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from cioform.core.json_value import UNKNOWN, Attributes, JsonValue
from cioform.language.workflow import Edge, Graph, Node
from cioform.report.journey.graph import EMPTY_FLOW, START, Flow, build_flow
from cioform.report.journey.labels import (
    Family,
    branch_label,
    display_id,
    family_of,
    journey_notes,
    message_summary,
    single_line,
    step_label,
    step_summary,
    trigger_text,
)
from cioform.report.quantities import pluralize
from cioform.report.styling import Tone


class ChangeMark(StrEnum):
    """What a plan does to a stop or a way."""

    SAME = " "
    ADDED = "+"
    REMOVED = "-"
    CHANGED = "~"


MARK_TONES: Final[Mapping[ChangeMark, Tone]] = {
    ChangeMark.SAME: Tone.PLAIN,
    ChangeMark.ADDED: Tone.ADDED,
    ChangeMark.REMOVED: Tone.REMOVED,
    ChangeMark.CHANGED: Tone.CHANGED,
}


@dataclass(frozen=True, slots=True)
class JourneyNode:
    """A step as it is drawn."""

    id: str
    family: Family
    keyword: str
    """What it does: `email`, `wait`, `if`."""
    title: str = ""
    """What the files call it; empty where that would say nothing."""
    text: str = ""
    """What it says or asks: a subject, a time, a condition in words."""
    is_message_text: bool = False
    """Whether the text is what people will read, and not about the step."""
    mark: ChangeMark = ChangeMark.SAME

    def quoted(self, width: int) -> str:
        """Give the text cut to `width`, in quotation marks when it is what people will read."""
        text = truncate(self.text, width)
        return f'"{text}"' if text and self.is_message_text else text


@dataclass(frozen=True, slots=True)
class JourneyEdge:
    """The way from one stop to another."""

    source: str
    target: str
    label: str = ""
    """When people take it; empty after a step that does not choose."""
    mark: ChangeMark = ChangeMark.SAME


@dataclass(frozen=True, slots=True)
class PlanOverlay:
    """What a plan changes in a journey: the flow it had, and the stops that are not as before."""

    flow: Flow = field(default_factory=lambda: EMPTY_FLOW)
    messages: Mapping[str, JsonValue] = field(default_factory=dict)
    """What the messages said."""
    marks: Mapping[str, ChangeMark] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Journey:
    """A workflow to be drawn, with what it had before if a plan is shown."""

    name: str
    description: str
    notes: tuple[str, ...]
    """Who comes in again, who leaves early, what a plan does; a line each."""
    flow: Flow
    nodes: Mapping[str, JourneyNode]
    """By id: those of the flow first, in its order, then those that a plan removes."""
    edges: tuple[JourneyEdge, ...]
    overlay: PlanOverlay | None = None


def truncate(text: str, width: int) -> str:
    """Give `text` in at most `width` letters, with `…` for the rest."""
    return text if len(text) <= width else text[: width - 1].rstrip() + "…"


def is_drawable(attributes: Attributes) -> bool:
    """Tell whether there is a workflow and the credential at hand could read it."""
    return attributes.get("workflow", UNKNOWN) not in (UNKNOWN, str(UNKNOWN), None)


def build_journey(attributes: Attributes, overlay: PlanOverlay | None = None) -> Journey:
    """Give the journey of something with a workflow, by its canonical attributes."""
    flow = build_flow(attributes["workflow"])
    stops = dict(_build_nodes(attributes, flow, overlay or PlanOverlay()))
    ways = list(_build_edges(flow.graph, stops))
    if overlay is not None:
        ways += [
            way for way in _build_edges(overlay.flow.graph, stops) if way.mark is ChangeMark.REMOVED
        ]
    description = attributes.get("description")
    return Journey(
        name=single_line(str(attributes.get("name", ""))),
        description=single_line(description) if isinstance(description, str) else "",
        notes=(*journey_notes(attributes), *_change_counts(stops)),
        flow=flow,
        nodes=stops,
        edges=tuple(_group_replacements(ways)),
        overlay=overlay,
    )


def _build_nodes(
    attributes: Attributes, flow: Flow, overlay: PlanOverlay
) -> Iterator[tuple[str, JourneyNode]]:
    messages = attributes.get("messages")
    messages = messages if isinstance(messages, Mapping) else {}
    start = overlay.marks.get(START, ChangeMark.SAME)
    yield (
        START,
        JourneyNode(START, Family.START, "starts", text=trigger_text(attributes), mark=start),
    )
    known = {START}
    for node in flow.graph.nodes:
        if node.id not in known:
            known.add(node.id)
            yield node.id, _build_node(node, messages, overlay.marks.get(node.id, ChangeMark.SAME))
    for node in overlay.flow.graph.nodes:
        if node.id not in known:
            yield node.id, _build_node(node, overlay.messages, ChangeMark.REMOVED)


def _build_node(node: Node, messages: Mapping[str, JsonValue], mark: ChangeMark) -> JourneyNode:
    said = message_summary(messages.get(node.id))
    return JourneyNode(
        id=node.id,
        family=family_of(node.keyword),
        keyword=step_label(node.keyword),
        title=display_id(node),
        text=said or step_summary(node) or single_line(str(node.fields.get("name") or "")),
        is_message_text=bool(said),
        mark=mark,
    )


def _build_edges(graph: Graph, journey_nodes: Mapping[str, JourneyNode]) -> Iterator[JourneyEdge]:
    nodes = graph.by_id
    for edge in graph.edges:
        yield JourneyEdge(
            edge.source,
            edge.target,
            branch_label(nodes[edge.source], edge.branch),
            _edge_mark(edge, journey_nodes),
        )


def _group_replacements(edges: Sequence[JourneyEdge]) -> list[JourneyEdge]:
    """Give the ways with what a plan removes beside what takes its place."""
    order: dict[tuple[str, str], int] = {}
    for way in edges:
        order.setdefault((way.source, way.label), len(order))
    return sorted(edges, key=lambda way: order[way.source, way.label])


def _edge_mark(edge: Edge, nodes: Mapping[str, JourneyNode]) -> ChangeMark:
    ends = (nodes[edge.source].mark, nodes[edge.target].mark)
    return next(
        (mark for mark in (ChangeMark.REMOVED, ChangeMark.ADDED) if mark in ends), ChangeMark.SAME
    )


def _change_counts(nodes: Mapping[str, JourneyNode]) -> Iterator[str]:
    marks = [stop.mark for stop in nodes.values() if stop.id != START]
    said = [
        f"{pluralize(marks.count(mark), 'step', 'steps')} {what}"
        for mark, what in (
            (ChangeMark.ADDED, "added"),
            (ChangeMark.REMOVED, "removed"),
            (ChangeMark.CHANGED, "changed"),
        )
        if mark in marks
    ]
    if said:
        yield "the plan: " + ", ".join(said)
