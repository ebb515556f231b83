"""A journey as a picture shows it: stops, the ways between them, and what a plan does to them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from cioform.core.json_value import UNKNOWN, Attributes, Plain
from cioform.language.workflow import Edge, Graph, Node
from cioform.report.journey.graph import NO_FLOW, START, Flow, flow_of
from cioform.report.journey.labels import (
    Family,
    family_of,
    flat,
    message_text,
    notes_of,
    shown_id,
    text_of,
    trigger_text,
    way_text,
    word_text,
)
from cioform.report.plan.view import count
from cioform.report.styling import Tone


class Mark(StrEnum):
    """What a plan does to a stop or a way."""

    SAME = " "
    ADDED = "+"
    REMOVED = "-"
    CHANGED = "~"


MARK_TONES: Final[Mapping[Mark, Tone]] = {
    Mark.SAME: Tone.PLAIN,
    Mark.ADDED: Tone.ADDED,
    Mark.REMOVED: Tone.REMOVED,
    Mark.CHANGED: Tone.CHANGED,
}


@dataclass(frozen=True, slots=True)
class Stop:
    """A step as it is drawn."""

    id: str
    family: Family
    word: str
    """What it does: `email`, `wait`, `if`."""
    title: str = ""
    """What the files call it; empty where that would say nothing."""
    text: str = ""
    """What it says or asks: a subject, a time, a condition in words."""
    is_said: bool = False
    """Whether the text is what people will read, and not about the step."""
    mark: Mark = Mark.SAME

    def quoted(self, width: int) -> str:
        """Give the text cut to `width`, in quotation marks when it is what people will read."""
        text = clip(self.text, width)
        return f'"{text}"' if text and self.is_said else text


@dataclass(frozen=True, slots=True)
class Way:
    """The way from one stop to another."""

    source: str
    target: str
    label: str = ""
    """When people take it; empty after a step that does not choose."""
    mark: Mark = Mark.SAME


@dataclass(frozen=True, slots=True)
class Past:
    """What a plan changes in a journey: the flow it had, and the stops that are not as before."""

    flow: Flow = field(default_factory=lambda: NO_FLOW)
    messages: Mapping[str, Plain] = field(default_factory=dict)
    """What the messages said."""
    marks: Mapping[str, Mark] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Journey:
    """A workflow to be drawn, with what it had before if a plan is shown."""

    name: str
    description: str
    notes: tuple[str, ...]
    """Who comes in again, who leaves early, what a plan does; a line each."""
    flow: Flow
    stops: Mapping[str, Stop]
    """By id: those of the flow first, in its order, then those that a plan removes."""
    ways: tuple[Way, ...]
    past: Past | None = None


def clip(text: str, width: int) -> str:
    """Give `text` in at most `width` letters, with `…` for the rest."""
    return text if len(text) <= width else text[: width - 1].rstrip() + "…"


def can_be_drawn(attributes: Attributes) -> bool:
    """Tell whether there is a workflow and the credential at hand could read it."""
    return attributes.get("workflow", UNKNOWN) not in (UNKNOWN, str(UNKNOWN), None)


def journey_of(attributes: Attributes, past: Past | None = None) -> Journey:
    """Give the journey of something with a workflow, by its canonical attributes."""
    flow = flow_of(attributes["workflow"])
    stops = dict(_stops(attributes, flow, past or Past()))
    ways = list(_ways(flow.graph, stops))
    if past is not None:
        ways += [way for way in _ways(past.flow.graph, stops) if way.mark is Mark.REMOVED]
    description = attributes.get("description")
    return Journey(
        name=flat(str(attributes.get("name", ""))),
        description=flat(description) if isinstance(description, str) else "",
        notes=(*notes_of(attributes), *_counts(stops)),
        flow=flow,
        stops=stops,
        ways=tuple(_side_by_side(ways)),
        past=past,
    )


def _stops(attributes: Attributes, flow: Flow, past: Past) -> Iterator[tuple[str, Stop]]:
    messages = attributes.get("messages")
    messages = messages if isinstance(messages, Mapping) else {}
    start = past.marks.get(START, Mark.SAME)
    yield START, Stop(START, Family.START, "starts", text=trigger_text(attributes), mark=start)
    known = {START}
    for node in flow.graph.nodes:
        if node.id not in known:
            known.add(node.id)
            yield node.id, _stop(node, messages, past.marks.get(node.id, Mark.SAME))
    for node in past.flow.graph.nodes:
        if node.id not in known:
            yield node.id, _stop(node, past.messages, Mark.REMOVED)


def _stop(node: Node, messages: Mapping[str, Plain], mark: Mark) -> Stop:
    said = message_text(messages.get(node.id))
    return Stop(
        id=node.id,
        family=family_of(node.word),
        word=word_text(node.word),
        title=shown_id(node),
        text=said or text_of(node) or flat(str(node.fields.get("name") or "")),
        is_said=bool(said),
        mark=mark,
    )


def _ways(graph: Graph, stops: Mapping[str, Stop]) -> Iterator[Way]:
    nodes = graph.by_id
    for edge in graph.edges:
        yield Way(
            edge.source, edge.target, way_text(nodes[edge.source], edge.branch), _mark(edge, stops)
        )


def _side_by_side(ways: Sequence[Way]) -> list[Way]:
    """Give the ways with what a plan removes beside what takes its place."""
    order: dict[tuple[str, str], int] = {}
    for way in ways:
        order.setdefault((way.source, way.label), len(order))
    return sorted(ways, key=lambda way: order[way.source, way.label])


def _mark(edge: Edge, stops: Mapping[str, Stop]) -> Mark:
    ends = (stops[edge.source].mark, stops[edge.target].mark)
    return next((mark for mark in (Mark.REMOVED, Mark.ADDED) if mark in ends), Mark.SAME)


def _counts(stops: Mapping[str, Stop]) -> Iterator[str]:
    marks = [stop.mark for stop in stops.values() if stop.id != START]
    said = [
        f"{count(marks.count(mark), 'step', 'steps')} {what}"
        for mark, what in (
            (Mark.ADDED, "added"),
            (Mark.REMOVED, "removed"),
            (Mark.CHANGED, "changed"),
        )
        if mark in marks
    ]
    if said:
        yield "the plan: " + ", ".join(said)
