"""Liquid: the tags and filters of the service, and its errors (content facts, 1.2)."""

import json
import time
from contextlib import suppress
from pathlib import Path

import pytest

from cioform.emulator.liquid.engine import LiquidEngine
from cioform.emulator.liquid.render_error import RenderError


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        (
            '<a href="{% unsubscribe_url %}">leave</a> now',
            '<a href="https://sandbox.invalid/unsubscribe/D1">leave</a> now',
        ),
        ("{% cio_link url:https://a.example track:true %}!", "https://a.example!"),
        (
            '{% cio_link url:"https://a.example/?b=1&c=2" track:true %}',
            "https://a.example/?b=1&c=2",
        ),
        ("{% cio_link url:{{ delivery_id }} %}", "D1"),
        ("a {% view_in_browser_url %}", "a https://sandbox.invalid/view/D1"),
    ],
)
def test_a_tag_is_rendered_and_the_text_around_it_stays(text: str, printed: str) -> None:
    assert LiquidEngine(0).render(text, {"delivery_id": "D1"}) == printed


OWN = json.loads((Path(__file__).parent / "liquid" / "own.json").read_text("utf-8"))
NAMES = {
    "delivery_id": "D1",
    "customer": {
        "n": "abc",
        "nulls": [3, None, 1],
        "gaps": [{"n": 2}, {"a": 1}, {"n": 1}],
        "plain": [{"n": 2}, {"n": 1}],
        "held": "<{{ customer.n }}>",
        "itself": "{% render_liquid customer.itself %}",
    },
}
FIRST = '{{ customer.%s | sort: "n" | first | to_json }}'


@pytest.mark.parametrize(
    "text",
    [
        *(f"{{{{ customer.n | {each} }}}}" for each in ("currency", "rounded_currency",
          "format_number", "pluralize: 'a'", "from_json")),
        "{{ 3 | format_number: 'x' }}",
        "{{ 'now' | add_day: 1 }}",
        "{{ 1 | add_day: 'x' }}",
        '{{ 1 | date: "%Y", "America" }}',
        "{{ 3 | currency: 'xx-YY' }}",
        "{{ 3 | currency: 'fr' }}",
        "{{ 3 | currency: 'en', 'EURO' }}",
        "{% random 0 %}",
        "{% cio_link track:true %}",
        "{% countdown point:64 time:'2030-07-04 12:00:00 (GMT)' fg:000 %}",
        "{% countdown point:64 time:'tomorrow' fg:000 bg:fff %}",
        "{% countdown point:64 time:'2030-07-04 12:00:00 (GMT)' fg:000 bg:fff frames:61 %}",
        '{{ "[[NaN" | from_json }}',
        "{% if true %}a{% else if false %}b{% endif %}",
        "{% unless true %}a{% else if false %}b{% endunless %}",
        "{% for i in (1..100000000) %}x{% endfor %}",
        "{{ (1..100000000) | size }}",
        "{% for i in (1..999) %}{% for j in (1..999) %}x{% endfor %}{% endfor %}",
        "{% assign a = 'x' %}{% for i in (1..60) %}{% assign a = a | append: a %}{% endfor %}",
        "{% render_liquid customer.itself %}",
        "{{ 0 | date: '%999999999d' }}",
        "{{ 'xxxxxxxxxx'" + " | replace: '', 'xxxxxxxxxx'" * 8 + " }}",
    ],
)  # fmt: skip
def test_a_text_that_cannot_be_rendered_raises_render_error(text: str) -> None:
    with pytest.raises(RenderError, match="Liquid error: "):
        LiquidEngine(0).render(text, NAMES)


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ('{{ 253402300799 | date: "%Y", "Europe/Berlin" }}', "10000"),
        ("{{ 99999999999999999999 | date: '%Y' }}", "100000000000000000000"),
        ("{% raw %}{% else if %}{% endraw %}", "{% else if %}"),
        ("{{ customer.nulls | sort | first }}", "3"),
        (FIRST % "gaps", '{"n":2}'),
        (FIRST % "plain", '{"n":1}'),
        ("{% render_liquid customer.held %}.", "<abc>."),
    ],
)
def test_what_the_real_engine_accepts(text: str, printed: str) -> None:
    assert LiquidEngine(0).render(text, NAMES) == printed


@pytest.mark.parametrize(("text", "printed"), OWN.items())
def test_what_customer_io_adds_to_its_engines(text: str, printed: str) -> None:
    assert LiquidEngine(0).render(text, NAMES) == printed


COUNTDOWN = (
    "{% countdown point:64 font:roboto weight:light fg:000000 bg:f2f6f9 "
    'time:"2030-07-04 12:00:00 (GMT)" locale:en looping:true resolution:S frames:2 %}'
)


def test_a_countdown_is_a_picture() -> None:
    printed = LiquidEngine(0).render(COUNTDOWN, NAMES)
    assert printed.startswith('<img src="https://sandbox.invalid/countdown?point=64&amp;')


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a\n {{ customer.x }}", (2, 5)),
        ("{{ 1 | nofilter }}", (1, 8)),
        ("ab\n{% if true %}x", (2, 1)),
        ("{{ 1 | date: '%Y', 'Nowhere' }}", (1, 8)),
        ("{% if true %}\n{% random 0 %}{% endif %}", (2, 4)),
        ("a\n {% render_liquid '[% if 1 %]' | replace: '[', '{' | replace: ']', '}' %}", (2, 5)),
    ],
)
def test_an_error_has_its_line_and_column(text: str, place: tuple[int, int]) -> None:
    with pytest.raises(RenderError) as raised:
        LiquidEngine(0).render(text, NAMES)
    assert raised.value.where == place


def test_an_unknown_filter_is_named_even_where_it_is_not_used() -> None:
    with pytest.raises(RenderError, match="Unknown filter 'nofilter'"):
        LiquidEngine(0).render("{% if false %}{{ 1 | nofilter }}{% endif %}", NAMES)


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("{{ 10 | divided_by: 4 }} {{ 4.0 | times: 2 }} {{ -7 | modulo: 3 }}", "2 8.0 -1"),
        ("{{ 1700000000 | timezone: 'Europe/Berlin' | date: '%H:%M' }}", "23:13"),
        ("{{ 1700000000 | timezone: 8 | date: '%H:%M' }}", "14:13"),
        ("{{ 'a b' | escape }} {{ 'a&b' | htmlencode }}", "a+b a&amp;b"),
        ("{{ '1,2' | split: ',' | sum }}", "12"),
        (
            '{% assign v = nil | default: "latest" %}{% if v == nil %}legacy{% endif %}',
            "legacy",
        ),
    ],
)
def test_legacy_differs_where_it_is_documented(text: str, printed: str) -> None:
    assert LiquidEngine(0, "legacy").render(text, NAMES) == printed


@pytest.mark.parametrize(
    "text",
    [
        "{{ customer.missing | default: 'x' }}",
        "{% for i in (1..3) %}{% break %}{% endfor %}",
        "{{ customer.nulls | json_array_uniq }}",
        "{{ customer.nulls | sort }}",
        "{{ 3 | currency: 'en', 'EUR' }}",
        "{% if customer.n > 3 %}{% endif %}",
    ],
)
def test_legacy_lacks_what_latest_has(text: str) -> None:
    with pytest.raises(RenderError):
        LiquidEngine(0, "legacy").render(text, NAMES)


@pytest.mark.parametrize(
    "text",
    [
        "{% raw %}limit" * 20_000,
        "{{ limit" * 20_000,
        "{% comment %}" * 20_000 + "contains",
        "{% capture x %}" + "<script" * 30_000 + "{% endcapture %}{{ x | strip_html | limit: 1 }}",
        "{% if true %}" * 300 + "\\",
    ],
    ids=["raw", "open", "comment", "script", "nested"],
)
def test_a_hostile_text_is_read_once(text: str) -> None:
    begin = time.process_time()
    with suppress(RenderError):
        LiquidEngine(0).render(text, NAMES)
    assert time.process_time() - begin < 3
