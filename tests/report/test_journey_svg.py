"""The diagram: no overlaps, complete text, and no text that becomes markup."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from itertools import combinations
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cioform.core.errors import UsageError
from cioform.language.workflow import assign_ids
from cioform.report.journey.build import build_journey
from cioform.report.journey.svg.boxes import node_box, text_width, wrap_text
from cioform.report.journey.svg.drawing import Drawing, PlacedBox, build_drawing
from cioform.report.journey.svg.layout import arrange
from cioform.report.journey.svg.render import render_svg

EXIT: dict[str, Any] = {"exit": True}
TRIAL = {"attribute": "plan", "is": "trial"}
# d and e are reached from both b and c, so that ways cross whatever the order.
CROSSING = [(0, 1), (0, 2), (1, 3), (1, 4), (2, 3), (2, 4), (3, 5), (4, 5)]


def campaign(*steps: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"name": "Onboarding", "workflow": assign_ids(steps), "messages": {}, **more}


def choices(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    steps = st.lists(inner, max_size=3)
    ends = st.one_of(steps, steps.map(lambda found: [*found, EXIT]))
    return st.one_of(
        st.builds(lambda a, b: {"if": TRIAL, "then": a, "else": b}, ends, steps),
        st.builds(
            lambda lists: {"random_branches": [{"percent": 10, "then": found} for found in lists]},
            st.lists(steps, min_size=1, max_size=4),
        ),
    )


WORKFLOWS = st.lists(st.recursive(st.just({"wait": "1d"}), choices, max_leaves=12), max_size=4)


def boxes(drawing: Drawing) -> Iterator[PlacedBox]:
    yield from drawing.nodes.values()
    yield from (drawn.label for drawn in drawing.edges if drawn.label is not None)


def overlap(one: PlacedBox, other: PlacedBox) -> bool:
    across = abs(one.x - other.x) < (one.box.width + other.box.width) / 2
    return across and one.y < other.y + other.box.height and other.y < one.y + one.box.height


def under(one: PlacedBox, piece: tuple[tuple[float, float], tuple[float, float]]) -> bool:
    (x, top), (_, bottom) = piece
    return abs(x - one.x) < one.box.width / 2 and top < one.y + one.box.height and one.y < bottom


@settings(max_examples=80)
@given(WORKFLOWS)
def test_nothing_overlaps(steps: list[dict[str, Any]]) -> None:
    drawing = build_drawing(build_journey(campaign(*steps)), 100.0)
    every = list(boxes(drawing))
    assert not any(overlap(a, b) for a, b in combinations(every, 2))
    for drawn in drawing.edges:
        passed = [
            p
            for p in drawn.line_segments[1:-1]
            if drawn.label is None or p != drawn.label.line_segment
        ]
        assert not any(under(box, piece) for piece in passed for box in every)
    for box in every:
        assert box.left >= 30
        assert box.left + box.box.width <= drawing.width - 30
        assert box.y >= 100
        assert box.y + box.box.height <= drawing.height - 30


@settings(max_examples=40)
@given(WORKFLOWS)
def test_edges_lead_down_and_branches_are_in_order(steps: list[dict[str, Any]]) -> None:
    drawing = build_drawing(build_journey(campaign(*steps)), 100.0)
    leaving: dict[str, list[float]] = {}
    for drawn in drawing.edges:
        heights = [y for piece in drawn.line_segments for _, y in piece]
        assert heights == sorted(heights)
        leaving.setdefault(drawn.edge.source, []).append(drawn.line_segments[1][0][0])
    assert all(xs == sorted(xs) for xs in leaving.values())


def test_branches_join_in_the_middle() -> None:
    sides = {
        "id": "a",
        "if": TRIAL,
        "then": [{"id": "l", "wait": "1d"}],
        "else": [{"id": "r", "wait": "2d"}],
    }
    stops = build_drawing(build_journey(campaign(sides, {"id": "z", "wait": "3d"})), 0).nodes
    assert stops["a"].x == stops["z"].x == (stops["l"].x + stops["r"].x) / 2
    assert stops["l"].x < stops["r"].x


def test_the_library_orders_crossing_branches() -> None:
    # 1 and 3 meet at 4, and 2 would stand between them.
    edges = [(0, 1), (0, 2), (0, 3), (1, 4), (3, 4), (2, 5), (4, 6), (5, 6)]
    xs = [x for x, _ in arrange(7, edges).places]
    assert not min(xs[1], xs[3]) < xs[2] < max(xs[1], xs[3])


def test_only_crossing_branches_need_the_library(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "igraph", None)
    assert arrange(3, [(0, 1), (0, 2)]).places == ((0.0, 0), (-0.5, 1), (0.5, 1))
    with pytest.raises(UsageError) as caught:
        arrange(6, CROSSING)
    [found] = caught.value.diagnostics
    assert found.summary == "Missing library"
    assert found.detail.endswith("\n\n    pip install 'cioform[pictures]'")


def test_cycles_and_unreachable_parts_are_drawn() -> None:
    placed = arrange(5, [(0, 1), (1, 2), (2, 1), (3, 4)])
    assert [layer for _, layer in placed.places] == [0, 1, 2, 0, 1]
    assert len(set(placed.places)) == 5


def test_any_text_is_valid_xml() -> None:
    nasty = '</text><script>alert("x")</script> & \x1b[31m \ud800 \ufffe {{ a | b: "c" }}'
    attributes = campaign(
        {"id": "s", "sms": {}},
        {"id": "c", "if": {"attribute": "<a>", "is": nasty}, "then": [EXIT], "else": []},
        name=nasty, description=nasty, messages={"s": {"type": "sms", "body": nasty}},
    )  # fmt: skip
    text = render_svg(build_journey(attributes))
    text.encode("utf-8")
    root = ET.fromstring(text)
    tags = {element.tag.partition("}")[2] for element in root.iter()}
    assert tags == {"svg", "title", "style", "rect", "text", "path", "g"}


def test_light_and_dark_style_the_same_elements() -> None:
    text = render_svg(build_journey(campaign({"wait": "1d"})))
    style = re.findall(r"<style>(.*)</style>", text)[0]
    light, dark = style.split("@media(prefers-color-scheme:dark)")
    selectors = re.findall(r"([^{}]+)\{[^{}]*\}", dark.strip("{}") + "}")
    assert len(selectors) > 20
    assert all(f"{selector}{{" in light for selector in selectors)


def test_text_stays_inside_its_box() -> None:
    long = "Averyveryverylongword" * 4 + " and then some more words " * 9 + "日本語" * 40
    journey = build_journey(
        campaign({"id": "a_" * 40, "sms": {}}, messages={"a_" * 40: {"body": long}})
    )
    box = node_box(journey.nodes["a_" * 40])
    sizes = {"keyword": 11.0, "title": 13.5, "text": 12.0}
    assert all(text_width(line.text, sizes[line.style]) <= box.width - 32 for line in box.lines)
    assert box.lines[-1].text.endswith("…")
    assert box.lines[-1].baseline < box.height - 8


def test_only_long_words_are_broken() -> None:
    assert wrap_text("one two three", 60, 12, 9) == ["one two", "three"]
    assert wrap_text("their_lessons_completed", 110, 12, 9) == ["their_lessons_", "completed"]
    assert "".join(wrap_text("x" * 99, 80, 12, 99)) == "x" * 99
    assert wrap_text("", 80, 12, 3) == []
    assert text_width("mm", 10) > 2 * text_width("il", 10)
    assert wrap_text("a b c d e f g", 20, 12, 2) == ["a b", "c…"]
