"""Rewriting keeps every comment, and what the documents say."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cioform.config.read.parsing.parse import parse_yaml
from cioform.config.write.yaml.comments import comment_lines
from cioform.config.write.yaml.formatting import format_yaml
from cioform.config.write.yaml.rewrite import rewrite_yaml
from cioform.core.data.json_value import JsonValue
from tests.support.examples import EXAMPLES
from tests.support.note_kind import REGISTRY

TEXT = """\
# top

# about a
a: &x one  # beside a
n: 0x1F
b: *x
text: |  # beside a block
  x

folded: >-
  some words
  more
# before j
j:  # beside j
  # in j
  k: 1
  sending: draft # s
  # end of j
steps:
  - wait: 1d
  # - commented: out
  # above b
  - id: b
    x:
      # deep
      - y   # why
      # end of x
  # end of steps
k: {a: b,  # in flow
  c: d}
# the end
--- # second
z: 1
# end of all"""


def comments(text: str) -> list[str]:
    return sorted(line.text for line in comment_lines(text) if line.text)


def test_every_comment_is_kept_in_place() -> None:
    result = format_yaml(TEXT)
    assert comments(result) == comments(TEXT)
    assert format_yaml(result) == result
    for part in (
        "  # - commented: out\n  # above b\n  - id: b\n", "      # end of x\n  # end of steps\nk:",
        "# before j\nj:  # beside j\n  # in j\n  k: 1\n  sending: draft  # s\n  # end of j\nsteps:",
        "# the end\n---\n# second\nz: 1\n# end of all\n",
        "text: |  # beside a block\n  x\n\nfolded",
    ):  # fmt: skip
        assert part in result


def test_a_comment_moves_with_its_field_and_outlives_it() -> None:
    text = "a: 1  # beside a\n# above b\nb:\n  c: 2  # beside c\n  # end\nd: 3\n"

    def change(document: dict[str, JsonValue]) -> None:
        document["new"] = {"a": document.pop("a")}
        document["b"] = 5

    result = rewrite_yaml(text, "x", change, lambda _: None)
    assert result.difference is None
    assert result.lost_comments == ()
    assert result.text == ("# above b\nb: 5  # beside c\n# end\nd: 3\nnew: {a: 1}  # beside a\n")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("if:\n  segment: x\n", "if: {segment: x}\n"),
        ("a:\n  b: x, y\n", "a:\n  b: x, y\n"),
        ("a: {b: Still there?}\n", "a:\n  b: Still there?\n"),
        ('a:\n  b: "x, y"\n', 'a: {b: "x, y"}\n'),
        ("a:\n  - b: 1\n    c: [1, 2]\n", "a:\n  - {b: 1, c: [1, 2]}\n"),
        ("a: {b: {c: {d: {e: 1}}}}\n", "a:\n  b: {c: {d: {e: 1}}}\n"),
        ("a: {b: [{c: 1}]}\n", "a:\n  b:\n    - {c: 1}\n"),
        (f"a: {{b: {'x' * 96}}}\n", f"a:\n  b: {'x' * 96}\n"),
        ("a: off\nb: 15:00\nc: 3.10\nd: 007\n", 'a: "off"\nb: "15:00"\nc: "3.10"\nd: "007"\n'),
        ("a: {}\nb: []\n", "a: {}\nb: []\n"),
        ("a: {b: c}\r\n", "a: {b: c}\r\n"),
        ("a:\n  -   - x\n      - w\n  -   -   - z\n", "a:\n  - [x, w]\n  - - [z]\n"),
        ("a:\n  -\n    - b: 1\n      c: 2\n", "a:\n  - - {b: 1, c: 2}\n"),
        ("a:\n  b: :0\n", "a:\n  b: :0\n"),
    ],
)
def test_the_one_form(text: str, expected: str) -> None:
    kind = REGISTRY["note"]
    assert format_yaml(text, kind) == expected
    assert format_yaml(expected, kind) == expected


SCALARS = st.sampled_from(
    [
        "x",
        "a b",
        '"q, r"',
        "'s'",
        "007",
        "3.10",
        "true",
        "off",
        "7",
        "~",
        '"12:30"',
        "{{ a }}",
        "a: b",
    ]
).map(lambda text: text if text[0] not in "{" and ": " not in text else f'"{text}"')
NOTES = st.sampled_from(["", "", "", "  # note"])


@st.composite
def blocks(draw: st.DrawFn, indent: int = 0, depth: int = 3) -> str:
    """Draw the text of a block mapping with comments."""
    lines = []
    for key in draw(st.lists(st.sampled_from("abcde"), min_size=1, max_size=4, unique=True)):
        pad = " " * indent
        if draw(st.booleans()):
            lines.append(f"{pad}# above {key}\n")
        shape = draw(st.sampled_from(["scalar", "flow", "block", "list", "text"]))
        note = draw(NOTES)
        if shape == "block" and depth:
            inner = draw(blocks(indent=indent + 2, depth=depth - 1))
            lines.append(f"{pad}{key}:{note}\n{inner}")
        elif shape == "list" and depth:
            items = draw(st.lists(SCALARS, min_size=1, max_size=3))
            inner = "".join(f"{pad}  - {item}{draw(NOTES)}\n" for item in items)
            lines.append(f"{pad}{key}:{note}\n{inner}")
        elif shape == "text":
            lines.append(f"{pad}{key}: |\n{pad}  some\n{pad}   text\n")
        elif shape == "flow":
            items = draw(st.lists(SCALARS, min_size=1, max_size=3))
            lines.append(f"{pad}{key}: [{', '.join(items)}]{note}\n")
        else:
            lines.append(f"{pad}{key}: {draw(SCALARS)}{note}\n")
    if draw(st.booleans()):
        lines.append(f"{' ' * indent}# end\n")
    return "".join(lines)


@settings(max_examples=EXAMPLES)
@given(blocks())
def test_formatting_keeps_meaning_and_comments_and_is_idempotent(text: str) -> None:
    result = rewrite_yaml(text, "x", lambda _: None, lambda _: None)
    assert result.difference is None
    assert result.lost_comments == ()
    assert parse_yaml(result.text, "x")[0].value == parse_yaml(text, "x")[0].value
    assert comments(result.text) == comments(text)
    again = rewrite_yaml(result.text, "x", lambda _: None, lambda _: None)
    assert again.text == result.text


@pytest.mark.parametrize("kind", ["{}", "[a]", "1"])
def test_a_kind_that_is_no_text_stays_for_validation(kind: str) -> None:
    assert f"kind: {kind}\n" in format_yaml(f"name: a\nkind: {kind}\n", registry=REGISTRY)
