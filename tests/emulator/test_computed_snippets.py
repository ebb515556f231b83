"""Snippets whose names a text computes or gets, or that it takes all at once."""

from __future__ import annotations

import pytest

from cioform.emulator.liquid.engine import LiquidEngine
from cioform.emulator.liquid.message import MessageTexts, render_message

SNIPPETS = {"key": "VALUE", "two": "TWO", "broken": "{{ event.nothing }}"}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('{% assign n = "ke" | append: "y" %}{{ snippets[n] }}', "VALUE"),
        ("{{ snippets[trigger.which] }}", "VALUE"),
        ("{% for s in snippets %}{{ s[0] }}={{ s[1] }};{% endfor %}", "key=VALUE;two=TWO;"),
        ("{{ snippets | to_json }}", '{"key":"VALUE","two":"TWO"}'),
        ("{% render_liquid trigger.text %}", "TWO"),
    ],
)
def test_a_snippet_is_found_by_a_computed_name(body: str, expected: str) -> None:
    trigger = {"which": "key", "text": "{{ snippets.two }}"}
    made = render_message(LiquidEngine(0), MessageTexts(body=body), SNIPPETS, {"trigger": trigger})
    assert (made.failure, made.body) == (None, expected)


def test_a_broken_snippet_fails_the_message_that_names_it() -> None:
    texts = MessageTexts(body="{{ snippets.broken }}{{ snippets[trigger.which] }}")
    made = render_message(LiquidEngine(0), texts, SNIPPETS, {"trigger": {"which": "key"}})
    assert "snippet broken" in str(made.failure)
