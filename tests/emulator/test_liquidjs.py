"""LiquidJS with Customer.io's tags and filters, which renders previews (extra `preview`)."""

import json
import string
from pathlib import Path

import pytest

from cioform.emulator.liquid.liquidjs import LiquidJS
from cioform.emulator.liquid.message import EmptyNamespace
from cioform.emulator.liquid.render_error import RenderError
from cioform.lint.rules.unknown_date_code import CODES

OWN = json.loads((Path(__file__).parent / "liquid" / "own.json").read_text("utf-8"))
SCOPE = {
    "delivery_id": "D1",
    "customer": {
        "n": "abc",
        "plain": [{"n": 2}, {"n": 1}],
        "held": "<{{ customer.n }}>",
        "itself": "{% render_liquid customer.itself %}",
    },
    "event": EmptyNamespace(),
}


@pytest.mark.parametrize(("text", "printed"), OWN.items())
def test_it_has_what_customer_io_adds(text: str, printed: str) -> None:
    assert LiquidJS(0).render(text, SCOPE) == printed


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("{% unsubscribe_url %}", "https://sandbox.invalid/unsubscribe/D1"),
        ("{% cio_link url:{{ customer.n }} track:true %}", "abc"),
        ("{% render_liquid customer.held %}", "<abc>"),
        ("[{{ event.order.id }}{{ event.name | upcase }}]", "[]"),
        ("{{ 0 | date: '%H:%M', 'Europe/Berlin' }}", "01:00"),
        ("{{ customer.held | date: '%H', 'Europe/Berlin' }}", "<{{ customer.n }}>"),
        ("{{ 'now' | date: '%s' }} {{ '2026-01-02 10:00' | date: '%H' }}", "0 10"),
    ],
)
def test_what_it_prints(text: str, printed: str) -> None:
    assert LiquidJS(0).render(text, SCOPE) == printed


def test_lint_knows_the_codes_of_dates() -> None:
    letters = [each for each in string.ascii_letters if each not in "tn"]
    form = " ".join(f"{each}=%{each};" for each in letters)
    printed = LiquidJS(0).render(f"{{{{ 0 | date: '{form}' }}}}", {})
    unknown = {each for each in letters if f"{each}=%{each};" in printed}
    assert unknown == set(letters) - CODES
    assert {"F", "T", "V"} <= unknown


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a\n{{ customer.x }}", r"Variable 'customer.x' is missing \(line 2, column 4\)"),
        ("{{ 1 | nofilter }}", "Unknown filter 'nofilter'"),
        ("a{% if true %}", r"Liquid error: tag .* not closed \(line 1, column 2\)"),
        ("{{ 1 | date: '%Y', 'Nowhere' }}", "unknown time zone 'Nowhere'"),
        ("{{ 'x' | currency }}", "currency: 'x' is not a number"),
        ("{{ 1 | pluralize }}", "pluralize: the arguments do not fit"),
        ("{% random 0 %}", "random needs a number of at least 1"),
        ("{% include 'x' %}", 'tag "include" not found'),
        ("{% render_liquid customer.itself %}", "render_liquid renders itself"),
        ("{% if true %}" * 3000, "Liquid error"),
        ("{% for i in (1..99999999) %}x{% endfor %}", "memory alloc limit exceeded"),
    ],
)
def test_what_fails_says_why(text: str, message: str) -> None:
    engine = LiquidJS(0)
    with pytest.raises(RenderError, match=message):
        engine.render(text, SCOPE)
    assert engine.render("{{ customer.n }}", SCOPE) == "abc"
