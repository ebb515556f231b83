"""What `parse_liquid` finds in a text, and how it names what is wrong with it."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cioform.core.text.text_places import line_and_column
from cioform.emulator.liquid.engine import LiquidEngine
from cioform.emulator.liquid.render_error import RenderError
from cioform.language.liquid.parse import parse_liquid
from cioform.language.liquid.parsed import ParsedText, Use

ERRORS = [
    ("{% esle %}", "1:1 LQ001 Unknown tag `esle`. Did you mean `else`?"),
    ("{% if a %}x{% end %}", "1:12 LQ001 Unknown tag `end`. Write `{% endif %}`."),
    ("a\n {% if a %}x", "2:2 LQ001 `{% if %}` is not closed. Write `{% endif %}`."),
    (
        "{% if a %}{% for x in y %}{% endif %}",
        "1:11 LQ001 `{% for %}` is not closed before `{% endif %}`. Write `{% endfor %}`.",
    ),
    ("{% endif %}", "1:1 LQ001 `{% endif %}` closes nothing: no `{% if %}` is open here."),
    ("{% when 'a' %}", "1:1 LQ001 `{% when %}` belongs directly inside of `{% case %}`."),
    ("{{ a } {{ b }}", "1:1 LQ001 `{{` is not closed. Write `}}` after"),
    ("{% if a }x", "1:1 LQ001 `{%` is not closed. Write `%}` after"),
    ("{% %}", "1:1 LQ001 This tag has no name."),
    ("x {{ }}", "1:3 LQ001 This is not valid Liquid: the end stands where a value belongs."),
    ("{{ customer.first name }}", "1:19 LQ001 This is not valid Liquid: a name stands where"),
    ("{% if %}{% endif %}", "1:1 LQ001 This tag needs a value or a condition. Write one."),
    ("{% if a = 3 %}{% endif %}", "1:9 LQ001 A comparison has two equals signs. Write `==`."),
    ("{% if a %}{{ b | }}{% endif %}", "1:11 LQ001 This is not valid Liquid: the end stands"),
    ("{% if a %}{% else if b %}{% endif %}", "1:11 LQ002 `else` takes no condition"),
    ("{{ unsubscribe_url }}", "1:1 LQ004 `unsubscribe_url` is a tag"),
    ('{% snippet "a b" %}', "1:1 LQ004 Customer.io has no tag `snippet`. A snippet is a variable"),
    ("{% if a &gt; 3 %}{% endif %}", "1:9 LQ005 `&gt;` inside of Liquid is an encoded"),
    ("{{ a | default: “x” }}", "1:17 LQ005 `“` is a typographic quotation mark."),
    ("{{\u00a0a }}", "1:3 LQ005 `U+00A0` inside of Liquid is an encoded or invisible character"),
    ("{% if a && b %}{% endif %}", "1:9 LQ006 `&&` is not Liquid. Write `and`."),
    ("{% if (a or b) and c %}{% endif %}", "1:7 LQ006 Liquid has no parentheses."),
    ("{{ a ? b : c }}", "1:6 LQ006 Liquid has no `? :`."),
    ("{% if a == not b %}{% endif %}", "1:9 LQ006 `not` cannot follow an operator."),
    ("{% if a contains not b %}{% endif %}", "1:9 LQ006 `not` cannot follow an operator."),
    ("{{#if a}}", "1:1 LQ007 `{{#if a}}` is Handlebars or Mustache."),
    (
        "{{ a\u200b }}",
        "1:5 LQ005 `U+200B` inside of Liquid is invisible, and becomes part of a name.",
    ),
    ("{{ a.\u202eb }}", "1:6 LQ005 `U+202E` inside of Liquid is invisible"),
    ("{{\u2003a }}", "1:3 LQ005 `U+2003` inside of Liquid is an encoded or invisible character"),
    ("{% if a === 3 %}{% endif %}", "1:9 LQ006 Liquid has no `===`. Write `==`."),
    ("{{ a | default: 'x }}", "1:17 LQ001 A text in quotes is not closed. Write `'` after it."),
    (
        "{{ a + 1 }}",
        "1:6 LQ001 Liquid has no `+`. Calculate with a filter, as in `{{ a | plus: b }}`.",
    ),
    (
        "{{ a - 1 }}",
        "1:6 LQ001 Liquid has no `-`. Calculate with a filter, as in `{{ a | minus: b }}`.",
    ),
    (
        "{{ a % 2 }}",
        "1:6 LQ001 Liquid has no `%`. Calculate with a filter, as in `{{ a | modulo: b }}`.",
    ),
    ("{% endblok %}", "1:1 LQ001 Unknown tag `endblok`. Remove it"),
    ("{% endfr %}", "1:1 LQ001 Unknown tag `endfr`. Did you mean `endfor`?"),
    ("{% block a %}", "1:1 LQ001 Unknown tag `block`. Remove it"),
    (
        "{% if a %}" * 300 + "{% endif %}" * 300,
        "1:2011 LQ001 Blocks are nested more than 200 deep. Move some to a snippet.",
    ),
    ("{{{a}}}", "1:1 LQ007 `{{{a}}}` is Handlebars or Mustache."),
    ("{{{ a }} x", "1:1 LQ007 `{{{ a }}` is Handlebars or Mustache."),
    ("{{ {a} }}", "1:1 LQ007 `{{ {a} }}` is Handlebars or Mustache."),
]
VALID = [
    "Hi {{ customer.first_name | default: 'there' }}",
    "{{- a -}}{%- if a -%}x{%- endif -%}",
    "{% if not a == b %}{% endif %}{% if a == not-b or a and not b %}{% endif %}",
    "{% if a == 'x == not' %}{% endif %}{{ a-b }}{{- a-}}{{ a.b-c | minus: -1 }}",
    "{% if a %}1{% elsif b %}2{% else %}3{% endif %}",
    "{% for i in (1..5) limit: 2 %}{{ forloop.index }}{% else %}none{% endfor %}",
    "{% case a %}{% when 'x', 'y' %}1{% else %}2{% endcase %}",
    "{% raw %}{{ x {% esle %}{% endraw %}{% comment %}{{ y {% endcomment %}",
    "{{ a | limit: 3 }}{{ a | contains: 'x' }}{{ a | date: '%Y', 'Europe/Berlin' }}",
    r"{{ 'a\"b' }}",
    '{{ a | append: "“x”" | append: "&amp;" | default: "(a = b)" }}',
    "{% cio_link url:https://x.de/?a=b track:true %}",
    '{% countdown point:64 fg:#fff bg:#000 time:"2026-01-01 00:00:00 (GMT)" %}',
    "{% cio_link url:https://x.de/{{ customer.a | default: 'b' }}?c={{ d }} track:true %}",
    "{% random 100 %}{% render_liquid journey.body %}{% unsubscribe_url %}",
    "<!--[if mso]><a href=\"{{ a | default: 'b' }}\"><![endif]--><p>no Liquid: { } % }} %}</p>",
    '{"a": {"b": {{ customer | to_json }}}}',
    "{% assign a = 'x' %}{% capture b %}{{ a }}{% endcapture %}{% cycle 'a', 'b' %}",
]


def shown_errors(text: str) -> list[str]:
    parsed = parse_liquid(text)
    places = [(":".join(map(str, line_and_column(text, e.offset))), e) for e in parsed.errors]
    return [f"{place} {error.rule} {error.message}" for place, error in places]


@pytest.mark.parametrize(("text", "expected"), ERRORS)
def test_an_error_is_named_once_with_its_place(text: str, expected: str) -> None:
    [shown] = shown_errors(text)
    assert shown.startswith(expected)


@pytest.mark.parametrize("text", VALID)
def test_valid_liquid_has_no_error(text: str) -> None:
    assert shown_errors(text) == []
    assert parse_liquid(text).is_complete


def test_all_errors_of_a_text_are_found_at_once() -> None:
    lines = ["{% esle %}", "{{ unsubscribe_url }}", "{% if a = 1 %}", "{% endif %}", "{{ b | }}"]
    text = "\n".join([*lines, "{% for x in y %}"])
    assert [shown.split()[0] for shown in shown_errors(text)] == ["1:1", "2:1", "3:9", "5:1", "6:1"]


@pytest.mark.parametrize(
    ("text", "corrected"),
    [
        ("{{ customer.first\u200b_name }}", "{{ customer.first_name }}"),
        ("{{\u00a0customer.a }}", "{{ customer.a }}"),
        ("{{ a | default: ‘x' }}", "{{ a | default: 'x' }}"),
        ("{% if a === 1 %}{% endif %}", "{% if a == 1 %}{% endif %}"),
    ],
)
def test_a_correction_gives_valid_liquid(text: str, corrected: str) -> None:
    fixes = [error.fix for error in parse_liquid(text).errors]
    for start, end, replacement in sorted(filter(None, fixes), reverse=True):
        text = text[:start] + replacement + text[end:]
    assert text == corrected
    assert parse_liquid(text).is_complete


def uses_of(text: str) -> dict[str, Use]:
    return {".".join(map(str, use.path)): use for use in parse_liquid(text).uses}


@pytest.mark.parametrize(
    ("text", "is_guarded"),
    [
        ("{{ customer.a }}", False),
        ("{% if customer.a %}{{ customer.a }}{% endif %}", True),
        ("{% if customer.a != blank %}{{ customer.a }}{% endif %}", True),
        ("{% if customer.a != '' %}{{ customer.a }}{% endif %}", False),
        ("{% if customer.a == 'x' and b %}{{ customer.a }}{% endif %}", True),
        ("{% if customer.a or b %}{{ customer.a }}{% endif %}", False),
        ("{% if customer.a == blank %}x{% else %}{{ customer.a }}{% endif %}", True),
        ("{% unless customer.a == nil %}{{ customer.a }}{% endunless %}", True),
        ("{% unless customer.a %}x{% else %}{{ customer.a }}{% endunless %}", True),
        ("{% case customer.a %}{% when 'x' %}{{ customer.a }}{% endcase %}", True),
        ("{% if customer.a.b %}{{ customer.a }}{% endif %}", True),
        ("{% if customer.a %}{{ customer.a.b }}{% endif %}", False),
        ("{% if not customer.a %}x{% else %}{{ customer.a }}{% endif %}", True),
        ("{% if not customer.a == blank and b %}{{ customer.a }}{% endif %}", True),
        ("{% if not not customer.a and b %}{{ customer.a }}{% endif %}", True),
        ("{% if not not customer.a or b %}x{% else %}{{ customer.a }}{% endif %}", False),
        ("{% if customer.a.size > 0 %}{{ customer.a }}{% endif %}", True),
    ],
)
def test_a_condition_guards_what_it_proves(text: str, is_guarded: bool) -> None:
    last = parse_liquid(text).uses[-1]
    assert last.path[0] == "customer"
    assert last.is_guarded is is_guarded


def test_variables_of_the_text_itself_are_no_uses() -> None:
    loop = "{% for i in event.c %}{{ i.d }}{% endfor %}"
    text = "{% assign a = customer.b | default: 'x' %}{{ a }}" + loop
    assert list(uses_of(text)) == ["customer.b", "event.c"]
    assert uses_of(text)["customer.b"].filters == ("default",)
    assert parse_liquid(text).assigned == ("a",)


def test_a_computed_name_is_not_known() -> None:
    assert parse_liquid("{{ customer[event.key].x }}").uses[0].path == ("customer", None, "x")


PIECES = [
    *("{{", "}}", "{%", "%}", " if ", "a.b", "|", "'", '"', " endif ", "for x in ", "raw", "else"),
    *("endraw", "comment", "endcomment", "=", "(", ")", "&amp;", "[", "]", "-", "\n", " "),
]


@settings(max_examples=60)
@given(
    st.lists(
        st.sampled_from(PIECES),
        max_size=14,
    )
)
def test_any_text_can_be_parsed(parts: list[str]) -> None:
    text = "".join(parts)
    found = parse_liquid(text)
    assert isinstance(found, ParsedText)
    assert all(0 <= error.offset <= len(text) for error in found.errors)


def test_a_text_without_liquid_needs_no_library() -> None:
    code = (
        "import sys; from cioform.language.liquid.parse import parse_liquid; "
        "parse_liquid('<p>Hello { } %</p>'); sys.exit('liquid' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    "text",
    [
        *("{{" * 20_000, "{%" * 20_000, "{% raw %}" * 5_000, "{% comment %}" * 5_000),
        *("{{" + " " * 50_000 + "}}", "{{ a" + " | upcase" * 5_000 + " }}"),
        *("{{ a" + "[a" * 900 + "]" * 900 + " }}", "{% if a" + " and a" * 1_600 + " %}{% endif %}"),
        *("{% if a %}" * 1_000, "{% if a %}" * 150 + "x" + "{% endif %}" * 150),
    ],
    ids=lambda text: text[:12],
)
def test_a_hostile_text_is_read_once(text: str) -> None:
    begin = time.process_time()
    parse_liquid(text)
    assert time.process_time() - begin < 3


@pytest.mark.parametrize("text", [text for text, _ in ERRORS])
def test_the_sandbox_fails_what_has_an_error(text: str) -> None:
    with pytest.raises(RenderError):
        LiquidEngine(0).render(text, {"delivery_id": "1"})


@pytest.mark.parametrize("text", VALID)
def test_the_sandbox_reads_what_is_valid(text: str) -> None:
    try:
        LiquidEngine(0).render(text, {"delivery_id": "1", "a": "1", "b": "1", "y": [1]})
        failure = ""
    except RenderError as error:
        failure = str(error)
    assert not failure or failure.startswith("Variable ")
