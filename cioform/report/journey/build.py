"""Build the journey of a campaign from its attributes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from cioform.core.data.json_value import UNKNOWN, Attributes, Json
from cioform.core.text.quantities import pluralize
from cioform.language.workflow import Edge, Graph, Node
from cioform.report.journey.graph import START, build_flow
from cioform.report.journey.header_text import journey_notes, trigger_text
from cioform.report.journey.labels import (
    Family,
    branch_label,
    condition_summary,
    display_id,
    family_of,
    message_summary,
    sending_summary,
    single_line,
    step_label,
    step_summary,
    variant_summaries,
    webhook_summary,
)
from cioform.report.journey.model import (
    MARK_NAMES,
    ChangeMark,
    Journey,
    JourneyEdge,
    JourneyNode,
    PlanOverlay,
)


def is_drawable(attributes: Attributes) -> bool:
    """Return whether there is a workflow that the given credential can read."""
    return attributes.get("workflow", UNKNOWN) not in (UNKNOWN, str(UNKNOWN), None)


def build_journey(attributes: Attributes, overlay: PlanOverlay | None = None) -> Journey:
    """Return the journey of a resource with a workflow, given its canonical attributes."""
    flow = build_flow(attributes["workflow"])
    nodes = dict(_build_nodes(attributes, flow.graph, overlay or PlanOverlay()))
    edges = list(_build_edges(flow.graph, nodes))
    if overlay is not None:
        old_edges = _build_edges(overlay.flow.graph, nodes)
        edges += [edge for edge in old_edges if edge.mark is ChangeMark.REMOVED]
    description = attributes.get("description")
    return Journey(
        name=single_line(str(attributes.get("name", ""))),
        description=single_line(description) if isinstance(description, str) else "",
        notes=(*journey_notes(attributes), *_change_counts(nodes), *_people_note(overlay)),
        flow=flow,
        nodes=nodes,
        edges=tuple(_group_replacements(edges)),
        overlay=overlay,
    )


def messages_of(attributes: Attributes) -> Mapping[str, Json]:
    """Return the contents of messages by step; empty where they are unknown."""
    messages = attributes.get("messages")
    return messages if isinstance(messages, Mapping) else {}


def _build_nodes(
    attributes: Attributes, graph: Graph, overlay: PlanOverlay
) -> Iterator[tuple[str, JourneyNode]]:
    start_mark = overlay.marks.get(START, ChangeMark.SAME)
    text = trigger_text(attributes)
    yield START, JourneyNode(START, Family.START, "starts", text=text, mark=start_mark)
    messages = messages_of(attributes)
    known = {START}
    for node in graph.nodes:
        if node.id not in known:
            known.add(node.id)
            yield node.id, _build_node(node, messages, overlay.marks.get(node.id, ChangeMark.SAME))
    for node in overlay.flow.graph.nodes:
        if node.id not in known:
            yield node.id, _build_node(node, overlay.messages, ChangeMark.REMOVED)


def _build_node(node: Node, messages: Mapping[str, Json], mark: ChangeMark) -> JourneyNode:
    content = messages.get(node.id)
    variants = variant_summaries(node, messages)
    message_text = message_summary(content)
    text = message_text or webhook_summary(content)
    if not text and not variants:
        text = step_summary(node) or single_line(str(node.fields.get("name") or ""))
    return JourneyNode(
        id=node.id,
        family=family_of(node.keyword),
        keyword=step_label(node.keyword),
        title=display_id(node),
        text=text,
        is_message_text=bool(message_text),
        variants=variants,
        sending=sending_summary(content),
        condition=condition_summary(node.fields),
        mark=mark,
    )


def _build_edges(graph: Graph, journey_nodes: Mapping[str, JourneyNode]) -> Iterator[JourneyEdge]:
    nodes = graph.by_id
    for edge in graph.edges:
        label = branch_label(nodes[edge.source], edge.branch)
        yield JourneyEdge(edge.source, edge.target, label, _edge_mark(edge, journey_nodes))


def _group_replacements(edges: Sequence[JourneyEdge]) -> list[JourneyEdge]:
    """Return the edges with each that a plan removes beside the one that replaces it."""
    order: dict[tuple[str, str], int] = {}
    for edge in edges:
        order.setdefault((edge.source, edge.label), len(order))
    return sorted(edges, key=lambda edge: order[edge.source, edge.label])


def _edge_mark(edge: Edge, nodes: Mapping[str, JourneyNode]) -> ChangeMark:
    ends = (nodes[edge.source].mark, nodes[edge.target].mark)
    return next(
        (mark for mark in (ChangeMark.REMOVED, ChangeMark.ADDED) if mark in ends), ChangeMark.SAME
    )


def _people_note(overlay: PlanOverlay | None) -> Iterator[str]:
    if overlay is not None and overlay.people:
        counts = (f"{number:,} at {step}" for step, number in overlay.people.items())
        yield f"people at removed and replaced steps: {', '.join(counts)}"


def _change_counts(nodes: Mapping[str, JourneyNode]) -> Iterator[str]:
    marks = [node.mark for node in nodes.values() if node.id != START]
    counts = [
        f"{pluralize(marks.count(mark), 'step', 'steps')} {name}"
        for mark, name in MARK_NAMES.items()
        if mark in marks
    ]
    if counts:
        yield "plan: " + ", ".join(counts)
