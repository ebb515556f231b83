"""A journey as a Mermaid flowchart, for a pull request or a page of documentation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from cioform.core.text.lazy_pattern import lazy_pattern
from cioform.report.journey.labels import Family
from cioform.report.journey.model import MARK_NAMES, ChangeMark, Journey, JourneyNode, truncate

_SHAPES: Final[Mapping[Family, tuple[str, str]]] = {
    Family.START: ("([", "])"),
    Family.MESSAGE: ("(", ")"),
    Family.WAIT: ("([", "])"),
    Family.CHOICE: ("{{", "}}"),
    Family.DATA: ("[[", "]]"),
    Family.EXIT: ("([", "])"),
}
# Text, line and fill all have a color of their own, so that everything is readable on a dark page.
_STYLES: Final[Mapping[str, str]] = {
    "start": "fill:#24292f,stroke:#24292f,color:#ffffff",
    "message": "fill:#ddf4ff,stroke:#0969da,color:#0a3069",
    "wait": "fill:#fff8c5,stroke:#9a6700,color:#4d2d00",
    "choice": "fill:#fbefff,stroke:#8250df,color:#3e1f79",
    "data": "fill:#ddf7f0,stroke:#1b7c6b,color:#0b3f36",
    "exit": "fill:#eaeef2,stroke:#57606a,color:#24292f",
    "added": "stroke:#1a7f37,stroke-width:3px",
    "removed": "fill:#ffebe9,stroke:#cf222e,stroke-width:3px,stroke-dasharray:6 4,color:#82071e",
    "changed": "stroke:#bc4c00,stroke-width:3px",
    "moved": "stroke:#0969da,stroke-width:3px",
    "replaced": "stroke:#cf222e,stroke-width:3px",
}
_MAX_LABEL_LENGTH: Final = 90
_MAX_START_LENGTH: Final = 240
"""The trigger gets more room than a step: every part of it decides who enters."""
_UNSAFE: Final = lazy_pattern(r"[^\w\s.,!?'()/+=$…“”·-]")
_LIST_MARKER: Final = lazy_pattern(r"^(\d*)([-+.)])")


def render_mermaid(journey: Journey) -> str:
    """Return the flowchart as text.

    Ids are numbers, and every label is quoted and escaped, so that no text of a campaign can be
    parsed as part of the diagram.
    """
    return "\n".join(_lines(journey)) + "\n"


def _lines(journey: Journey) -> Iterator[str]:
    names = {id_: f"n{number}" for number, id_ in enumerate(journey.nodes)}
    yield "flowchart TD"
    for node in journey.nodes.values():
        left, right = _SHAPES[node.family]
        yield f'    {names[node.id]}{left}"{_label(node)}"{right}:::{node.family.value}'
    for edge in journey.edges:
        arrow = "-.->" if edge.mark is ChangeMark.REMOVED else "-->"
        label = f'|"{_escape(truncate(edge.label, _MAX_LABEL_LENGTH))}"|' if edge.label else ""
        yield f"    {names[edge.source]} {arrow}{label} {names[edge.target]}"
    used = {node.family.value for node in journey.nodes.values()}
    for mark, class_name in MARK_NAMES.items():
        marked = [names[node.id] for node in journey.nodes.values() if node.mark is mark]
        if marked:
            used.add(class_name)
            yield f"    class {','.join(marked)} {class_name}"
    yield from (f"    classDef {name} {style}" for name, style in _STYLES.items() if name in used)


def _label(node: JourneyNode) -> str:
    sign = "" if node.mark is ChangeMark.SAME else f"{node.mark.value} "
    head = f"{sign}{node.keyword} {node.title}".rstrip()
    variants = [truncate(variant, _MAX_LABEL_LENGTH) for variant in node.variants]
    text_length = _MAX_START_LENGTH if node.family is Family.START else _MAX_LABEL_LENGTH
    condition = truncate(node.condition, _MAX_LABEL_LENGTH)
    lines = [head, node.quoted(text_length), *variants, condition, node.sending_text]
    return "<br/>".join(_escape(line) for line in lines if line)


def _escape(text: str) -> str:
    """Return `text` with all but harmless characters as numbered entities, Mermaid's own way.

    At the start of a line, characters that would make it a list are escaped as well.
    """
    text = _UNSAFE.sub(lambda match: f"#{ord(match[0])};", text)
    return _LIST_MARKER.sub(lambda match: f"{match[1]}#{ord(match[2])};", text)
