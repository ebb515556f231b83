"""The names that texts take from a collection in Liquid."""

from __future__ import annotations

import pytest

from cioform.core.json_value import Json
from cioform.language.liquid.references import LiquidName, names_in_text, names_in_values


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Hi {{ snippets.footer }}", ["footer"]),
        ("{{snippets.main_address|strip}}{{- snippets.x-1 -}}", ["main_address", "x-1"]),
        ('{{ snippets["Main address"] }}', ["Main address"]),
        ("{{ snippets['it\"s'] }}", ['it"s']),
        ("{{ snippets . footer }}", ["footer"]),
        ("{% if snippets.footer != blank %}a{% endif %}", ["footer"]),
        ("{% assign a = snippets.footer %}{{ snippets.footer }}", ["footer"]),
        ('<p class="{{ snippets.css }}">', ["css"]),
        ("{{ customer.snippets.footer }}{{ my_snippets.footer }}", []),
        ("{{ snippets }}", []),
        ("{{ snippets[customer.plan] }}", []),
        ("the file snippets.html", []),
    ],
)
def test_names_in_rendered_tags(text: str, names: list[str]) -> None:
    assert list(names_in_text(text, "snippets")) == [LiquidName(name) for name in names]


@pytest.mark.parametrize(
    "text",
    [
        "{% comment %}{{ snippets.footer }}{% endcomment %}",
        "{% raw %}{{ snippets.footer }}{% endraw %}",
        "{{ snippets.footer",
        "{{ snippets.footer }} {{ not closed",
        "{{ snippets.footer }}{% if a %}not ended",
        "it's {{ snippets.footer or isn't",
        '{{ "snippets.footer" }}',
    ],
)
def test_names_outside_of_rendered_tags_are_uncertain(text: str) -> None:
    assert list(names_in_text(text, "snippets")) == [LiquidName("footer", is_certain=False)]


def test_names_in_nested_values() -> None:
    value: Json = {"a": ["{{ snippets.x }}", 1, None], "b": {"c": "{{ snippets.y }}"}}
    assert {found.name for found in names_in_values(value, "snippets")} == {"x", "y"}
