"""A journey as a Mermaid flowchart, for a pull request or a page of documentation."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from cioform.report.journey.labels import Family
from cioform.report.journey.model import ChangeMark, Journey, JourneyNode, truncate

_SHAPES: Final[Mapping[Family, tuple[str, str]]] = {
    Family.START: ("([", "])"),
    Family.MESSAGE: ("(", ")"),
    Family.WAIT: ("([", "])"),
    Family.CHOICE: ("{{", "}}"),
    Family.DATA: ("[[", "]]"),
    Family.EXIT: ("([", "])"),
}
# Text, line and fill are all said, so that a page in the dark leaves nothing unreadable.
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
}
_CLASSES: Final[Mapping[ChangeMark, str]] = {
    ChangeMark.ADDED: "added",
    ChangeMark.REMOVED: "removed",
    ChangeMark.CHANGED: "changed",
}
_MAX_LABEL_LENGTH: Final = 90
_UNSAFE: Final = re.compile(r"[^\w\s.,!?'()/+=$…“”·-]")
_LIST_MARKER: Final = re.compile(r"^(\d*)([-+.)])")


def render_mermaid(journey: Journey) -> str:
    """Give the flowchart's text. Ids are counted, and every label is quoted and escaped: no text
    of a campaign can be taken for a word of the diagram."""
    return "\n".join(_lines(journey)) + "\n"


def _lines(journey: Journey) -> Iterator[str]:
    names = {stop: f"n{number}" for number, stop in enumerate(journey.nodes)}
    yield "flowchart TD"
    for stop in journey.nodes.values():
        left, right = _SHAPES[stop.family]
        yield f'    {names[stop.id]}{left}"{_label(stop)}"{right}:::{stop.family.value}'
    for way in journey.edges:
        arrow = "-.->" if way.mark is ChangeMark.REMOVED else "-->"
        label = f'|"{_escape(truncate(way.label, _MAX_LABEL_LENGTH))}"|' if way.label else ""
        yield f"    {names[way.source]} {arrow}{label} {names[way.target]}"
    used = {stop.family.value for stop in journey.nodes.values()}
    for mark, style in _CLASSES.items():
        marked = [names[stop.id] for stop in journey.nodes.values() if stop.mark is mark]
        if marked:
            used.add(style)
            yield f"    class {','.join(marked)} {style}"
    yield from (f"    classDef {name} {style}" for name, style in _STYLES.items() if name in used)


def _label(stop: JourneyNode) -> str:
    sign = "" if stop.mark is ChangeMark.SAME else f"{stop.mark.value} "
    head = f"{sign}{stop.keyword} {stop.title}".rstrip()
    return "<br/>".join(_escape(line) for line in (head, stop.quoted(_MAX_LABEL_LENGTH)) if line)


def _escape(text: str) -> str:
    """Give `text` with all but harmless characters as numbered entities, Mermaid's own way. At
    the beginning of a line even those that would make it a list."""
    text = _UNSAFE.sub(lambda found: f"#{ord(found[0])};", text)
    return _LIST_MARKER.sub(lambda found: f"{found[1]}#{ord(found[2])};", text)
