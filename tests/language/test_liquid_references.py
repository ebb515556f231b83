"""The names that texts take from a collection in Liquid."""

from __future__ import annotations

import pytest

from cioform.core.data.json_value import Json
from cioform.language.liquid.references import ANY_NAME, LiquidName, names_in_text, names_in_values


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
        ("{% if snippets %}a{% endif %}", []),
        ("the file snippets.html", []),
        ('{% assign n = "sh" %}{{ snippets[n] }}', ["sh"]),
        ("{%- assign n = 'sh' -%}{% if snippets[n] %}a{% endif %}", ["sh"]),
        ("{% capture n %}sh{% endcapture %}{{ snippets[ n ] }}", ["sh"]),
        ('{% liquid\n  assign n = "sh"\n  echo snippets[n]\n%}', ["sh"]),
        ("{% assign s = snippets %}{{ s.sh }}", ["sh"]),
        ('{% assign n = "sh" %}{{ customer[n] }}{{ snippets.a }}', ["a"]),
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


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("{% assign n = 'a' %}{% if x %}{% assign n = 'b' %}{% endif %}{{ snippets[n] }}", "ab"),
        ("{% assign s = snippets %}{% assign n = 'a' %}{{ s[n] }}", "a"),
        ("{% assign n = 'a' %}{{ snippets[n] }}{% if x %}not ended", "a"),
    ],
)
def test_names_in_variables_that_may_have_another_value_are_uncertain(
    text: str, names: str
) -> None:
    found = list(names_in_text(text, "snippets"))
    assert found == [LiquidName(name, is_certain=False) for name in names]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("{{ snippets[customer.plan] }}", []),
        ("{% assign s = snippets[customer.plan] %}{{ s }}", []),
        ("{% assign s = snippets %}{{ s[customer.plan] }}", []),
        ("{% for s in snippets %}{{ s }}{% endfor %}", []),
        ("{% assign n = 's4' %}{% assign m = n | append: '3' %}{{ snippets[m] }}", []),
        ("{% assign n = 'a' %}{{ snippets[n] }}{{ snippets[event.x] }}", ["a"]),
        ("{% assign n = 'a' | append: x %}{{ snippets[n] }}", ["a"]),
        ("{% assign n = 'a' %}{% for n in x %}{{ snippets[n] }}{% endfor %}", ["a"]),
        ("{{ snippets[customer.plan] }}{% if x %}not ended", []),
        ("{{ snippets }}", []),
        ("{{ snippets | to_json }}", []),
        ("{{ x | append: snippets }}", []),
        ("{% assign s = snippets %}{{ s | to_json }}", []),
        ("{% assign s = snippets | to_json %}{{ s }}", []),
        ("{% capture s %}{{ snippets }}{% endcapture %}{{ s }}", []),
    ],
)
def test_a_name_that_is_computed_may_be_any(text: str, names: list[str]) -> None:
    found = list(names_in_text(text, "snippets"))
    assert [each.name for each in found if each.name != ANY_NAME] == names
    assert [each for each in found if each.name == ANY_NAME and not each.is_certain]


@pytest.mark.parametrize(
    ("text", "starts"),
    [
        ("{% assign n = 'a_' | append: customer.x %}{{ snippets[n] }}", ["a_"]),
        ("{% assign n = 'a_' | append: x | append: '|b' %}{{ snippets[n] }}", ["a_"]),
        ("{%- assign n = \"a_\" | append: customer['x'] -%}{{ snippets[n] }}", ["a_"]),
        ("{% liquid\n assign n = 'a_' | append: x\n echo snippets[n]\n%}", ["a_"]),
        ("{% capture n %}a_{{ customer.x }}{% endcapture %}{{ snippets[n] }}", ["a_"]),
        ("{% capture n %}{{ customer.x }}_a{% endcapture %}{{ snippets[n] }}", [""]),
        ("{% assign n = 'a_' | append: x | upcase %}{{ snippets[n] }}", [""]),
        ("{% assign n = x | append: 'a' %}{{ snippets[n] }}", [""]),
        ("{% assign n = 'a' | append: x %}{{ snippets[n] }}{{ snippets[y.z] }}", ["", "a"]),
    ],
)
def test_what_a_computed_name_begins_with(text: str, starts: list[str]) -> None:
    found = [each for each in names_in_text(text, "snippets") if each.name == ANY_NAME]
    assert [each.start for each in found] == starts


def test_names_in_nested_values() -> None:
    value: Json = {"a": ["{{ snippets.x }}", 1, None], "b": {"c": "{{ snippets.y }}"}}
    assert {found.name for found in names_in_values(value, "snippets")} == {"x", "y"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{ snippets.key }}", True),
        ("{{ snippets.keys }}", False),
        ("{{ snippets[x] }}", True),
        ("{% assign n = 'ke' | append: x %}{{ snippets[n] }}", True),
        ("{% assign n = 'other' | append: x %}{{ snippets[n] }}", False),
    ],
)
def test_a_use_fits_each_name_that_it_can_compute(text: str, expected: bool) -> None:
    assert any(each.fits("key") for each in names_in_text(text, "snippets")) is expected
