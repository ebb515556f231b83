"""The inferred needs hold: with exactly that data a text renders, and without one path it fails.

The renderer of the sandbox is the witness; it shares nothing with the inference. More examples:

    CIOFORM_EXAMPLES=10000 pytest tests/data_contract/test_rendering.py
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from copy import deepcopy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cioform.contract.evidence import DataType
from cioform.contract.needs import Need, Status
from cioform.core.data.json_value import JsonValue
from cioform.emulator.liquid.engine import LiquidEngine
from cioform.emulator.liquid.render_error import RenderError
from cioform.language.liquid.parsed import ELEMENT, Segments
from tests.data_contract.test_inference import contract_of

EXAMPLES = int(os.environ.get("CIOFORM_EXAMPLES", "40"))
ENGINE = LiquidEngine(1_800_000_000)

names = st.sampled_from(["a", "b", "c", "d"])
fields = st.builds(lambda n: f"event.{n}", names)
nested = st.builds(lambda n, m: f"event.o{n}.{m}", names, names)
lists = st.builds(lambda n: f"event.l{n}", names)
paths = st.one_of(fields, nested)


def text(template: str, *parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Return a template with `<0>`, `<1>` and so on filled in."""

    def fill(values: tuple[str, ...]) -> str:
        filled = template
        for at, value in enumerate(values):
            filled = filled.replace(f"<{at}>", value)
        return filled

    return st.tuples(*parts).map(fill)


_COMMENT = re.compile(r"\{% (?:end)?comment %\}")


def blocks(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        text("{% if <0> %}<1>{% endif %}", paths, inner),
        text("{% if <0> %}{{ <0> }}<1>{% else %}<2>{% endif %}", paths, inner, inner),
        text("{% unless <0> == blank %}{{ <0> }}{% endunless %}", paths),
        text("{% if <0> == 'v' and <1> %}{{ <1> }}<2>{% endif %}", paths, paths, inner),
        text("{% case <0> %}{% when 'v' %}<1>{% else %}<2>{% endcase %}", paths, inner, inner),
        text("{% for i in <0> %}{{ i.<1> }}<2>{% endfor %}", lists, names, inner),
        text(
            "{% for i in <0> %}{% for j in i.l<1> %}{{ j.<1> }}{% endfor %}{% endfor %}",
            lists,
            names,
        ),
        text("{% for i in <0> %}{% if i.<1> %}{{ i.<1> }}{% endif %}{% endfor %}", lists, names),
        text("{% capture x %}<0>{% endcapture %}{{ x }}", inner),
        text("{% if <0> %}<1>{% elsif <2> %}{{ <2> }}<1>{% endif %}", paths, inner, paths),
        text("{% unless <0> %}<1>{% else %}{{ <0> }}{% endunless %}", paths, inner),
        text("{% if <0> contains 'v' %}{{ <0> }}{% endif %}", paths),
        text(
            "{% if <0> == blank or <1> == blank %}<2>{% else %}{{ <0> }}{{ <1> }}{% endif %}",
            paths,
            paths,
            inner,
        ),
        text("{% case <0> %}{% when <1> %}{{ <0> }}<2>{% endcase %}", paths, paths, inner),
        text(
            "{% for i in <0> limit: 1 %}{{ i.<1> }}{% else %}<2>{% endfor %}", lists, names, inner
        ),
        text("{% if <0> %}{% for i in <0> %}{{ i.<1> }}{% endfor %}{% endif %}", lists, names),
        text("{% tablerow i in <0> %}{{ i.<1> }}{% endtablerow %}", lists, names),
        text(
            "{% for i in <0> %}{% if i.<1> %}{% continue %}{% endif %}<2>{% endfor %}",
            lists,
            names,
            inner,
        ),
        # A comment ends at the first `endcomment`: LiquidJS refuses one inside of another.
        inner.map(lambda found: f"{{% comment %}}{_COMMENT.sub('', found)}{{% endcomment %}}"),
    )


leaves = st.one_of(
    st.just("text "),
    text("{{ <0> }}", paths),
    text("{{ <0> | default: 'x' }}", paths),
    text("{{ <0> | default: <1> }}", paths, paths),
    text("{{ <0> | append: <1> }}", paths, paths),
    text("{{ <0> | upcase | default: 'x' }}", paths),
    text("{% assign q = <0> %}{{ q }}", fields),
    text("{% assign r<0> = event.o<0> %}{{ r<0>.<1> }}", names, names),
    text("{{ <0>[0].<1> }}", lists, names),
    text("{{ <0>.size }}", lists),
    text("{{ <0>.first.<1> }}", lists, names),
    text("{% assign s = <0> | last %}{{ s.<1> }}", lists, names),
    text("{{ <0> | where: '<1>', 'v' | map: '<2>' | size }}", lists, names, names),
    text("{% assign t = <0> | sort: '<1>' %}{{ t | map: '<2>' | size }}", lists, names, names),
    text("{% assign u = <0> | reject: '<1>', 'w' %}{{ u[0].<1> }}", lists, names),
    text("{{ <0> | size }}", lists),
    text("{% assign v = <0> | map: '<1>' %}{% for n in v %}{{ n }}{% endfor %}", lists, names),
    text("{% assign v = <0> | map: 'o<1>' %}{{ v[0].<2> }}{{ v.size }}", lists, names, names),
    text("{% assign v = <0> | map: 'o<1>' %}{{ v | map: '<2>' | join }}", lists, names, names),
    text("{% assign w = <0> | map: '<1>' | last %}{{ w }}", lists, names),
    text("{% assign w = <0> | map: '<1>' | compact | first %}{{ w }}", lists, names),
    text("{% assign w = <0> | find: '<1>', 'v' %}{{ w.<2> }}", lists, names, names),
    text("{{ <0> | where_exp: 'i', \"i.<1> == 'v'\" | size }}", lists, names),
    text(
        "{% assign w = <0> | where_exp: 'i', 'i.<1> or i.<2>' %}{{ w | size }}", lists, names, names
    ),
    text("{{ <0> | map: '<1>' | join: ', ' }}", lists, names),
    text("{{ <0> | default: <1> | append: <2> }}", paths, paths, paths),
    text("{% assign q = <0> | default: 'x' %}{{ q | upcase }}", paths),
    text("{% assign q = <0> | append: 'x' %}{{ q }}", paths),
    text("{% assign q = <0> %}{% if q %}{{ q }}{% endif %}", paths),
    text("{% cycle 'a', <0> %}", paths),
    text("{{ 'x' | replace: 'x', <0> }}", paths),
    text("{% raw %}{{ <0> }}{% endraw %}", paths),
)
texts = st.lists(st.recursive(leaves, blocks, max_leaves=5), min_size=1, max_size=4).map("".join)


def is_element(step: str | int | None) -> bool:
    return isinstance(step, int) or step in (ELEMENT, "first", "last")


def place(data: JsonValue, path: Segments, kind: DataType | None) -> None:
    """Put a value at a path of the data."""
    for at, step in enumerate(path):
        rest = path[at + 1 :]
        is_list = bool(rest) and is_element(rest[0])
        new: JsonValue = [{}] if is_list else {} if rest else "v"
        if not rest and kind is DataType.ARRAY:
            new = [{}]
        data = data[0] if is_element(step) else data.setdefault(step, new)


def data_for(needs: Iterable[Need]) -> dict[str, JsonValue]:
    wanted = [need for need in needs if need.status is not Status.GUARDED]
    data: dict[str, JsonValue] = {}
    for need in sorted(wanted, key=lambda need: -len(need.path)):
        place(data, need.path[1:], need.type)
    return data


def remove(data: JsonValue, path: Segments) -> None:
    for step in path[:-1]:
        data = data[0] if is_element(step) else data[step]
    data.pop(0 if is_element(path[-1]) else path[-1])


@settings(max_examples=EXAMPLES)
@given(texts)
def test_needs_are_what_rendering_needs(body: str) -> None:
    needs = [need for need in contract_of(body).needs if need.path[0] == "event"]
    data = data_for(needs)
    ENGINE.render(body, {"event": data})
    for need in needs:
        if need.status is Status.REQUIRED and need.path[-1] != ELEMENT:
            less = deepcopy(data)
            remove(less, need.path[1:])
            with pytest.raises(RenderError):
                ENGINE.render(body, {"event": less})
