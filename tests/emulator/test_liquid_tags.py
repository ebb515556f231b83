"""Liquid: the tags and filters of the service, and its errors (content facts, 1.2)."""

import pytest

from cioform.emulator.liquid.engine import LiquidEngine, RenderError


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        (
            '<a href="{% unsubscribe_url %}">leave</a> now',
            '<a href="https://sandbox.invalid/unsubscribe/D1">leave</a> now',
        ),
        ("{% cio_link url:https://a.example track:true %}!", "https://a.example!"),
        ("{% generate_uuid %}{% generate_uuid %}.", "D1D1."),
        ("a {% view_in_browser_url %}", "a https://sandbox.invalid/view/D1"),
    ],
)
def test_a_tag_is_rendered_and_the_text_around_it_stays(text: str, printed: str) -> None:
    assert LiquidEngine(0).render(text, {"delivery_id": "D1"}) == printed


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
        *(f"{{{{ 3 | format_number: {each} }}}}" for each in ("'x'", "-1", "999999999")),
        *(f"{{{{ 'now' | {each} }}}}" for each in ("add_day: 'x'", "add_day: 99999999999",
          "add_year: 9999", "add_month: -99999")),
        '{{ 1 | date: "%Y", 99999 }}',
        "{{ 1 | date: 7 }}",
        '{{ "[[NaN" | from_json }}',
        "{% if true %}a{% else if false %}b{% endif %}",
        "{% unless true %}a{% else if false %}b{% endunless %}",
        "{% for i in (1..100000000) %}x{% endfor %}",
        "{{ (1..100000000) | size }}",
        "{% for i in (1..999) %}{% for j in (1..999) %}x{% endfor %}{% endfor %}",
        "{% assign a = 'x' %}{% for i in (1..60) %}{% assign a = a | append: a %}{% endfor %}",
        "{% render_liquid customer.itself %}",
    ],
)  # fmt: skip
def test_a_text_that_cannot_be_rendered_raises_render_error(text: str) -> None:
    with pytest.raises(RenderError, match="Liquid error: "):
        LiquidEngine(0).render(text, NAMES)


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ('{{ 1 | date: "%Y", "America" }}', "1970"),
        ('{{ 253402300799 | date: "%Y", "Europe/Berlin" }}', "253402300799"),
        ("{{ 99999999999999999999 | date: '%Y' }}", "99999999999999999999"),
        ("{% raw %}{% else if %}{% endraw %}", "{% else if %}"),
        ("{{ customer.nulls | sort | first }}", "3"),
        (FIRST % "gaps", '{"n": 2}'),
        (FIRST % "plain", '{"n": 1}'),
        ("{% render_liquid customer.held %}.", "<abc>."),
    ],
)
def test_what_the_real_engine_accepts(text: str, printed: str) -> None:
    assert LiquidEngine(0).render(text, NAMES) == printed


@pytest.mark.parametrize("name", ["limit", "contains"])
def test_an_unsupported_filter_is_named(name: str) -> None:
    with pytest.raises(RenderError, match=f"the sandbox does not support the filter: {name}"):
        LiquidEngine(0).render(f"{{{{ customer.nulls | {name}: 1 }}}}", NAMES)
