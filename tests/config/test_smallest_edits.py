"""An edit of a file changes the value that it is about, and no other character."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cioform.config.read.parsing.parse import parse_yaml
from cioform.config.write.editing.edit import edit_text, with_edit
from cioform.config.write.editing.written_merge import edits_of_written
from cioform.config.write.yaml.yaml_style import with_escapes
from cioform.core.data.nested import get_value
from cioform.core.data.paths import FieldPath
from tests.config.test_rewrite import blocks
from tests.support.examples import EXAMPLES

Document = dict[str, Any]

VALUES = st.sampled_from(["new", "3.10", "yes", 7, True, "a, b", "a: b", "it's", '"q"', " x ", "ü"])
VALUES |= st.sampled_from(["two\nlines\n", "two\nlines"])


def scalars(value: Any, path: FieldPath = ()) -> Iterator[FieldPath]:
    """Yield the paths of all values in a document that have none inside."""
    if isinstance(value, dict | list) and value:
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from scalars(inner, (*path, key))
    elif not isinstance(value, dict | list):
        yield path


@settings(max_examples=EXAMPLES)
@given(blocks(), VALUES, st.data())
def test_every_other_character_stays(text: str, value: Any, data: st.DataObject) -> None:
    document = parse_yaml(text, "")[0].value
    path = data.draw(st.sampled_from([*scalars(document)]))
    found = edit_text(text, {path: value}, 0, "x.yaml")
    assert parse_yaml(found, "")[0].value == with_edit(document, path, value)
    old = get_value(document, path)
    changed = "".join(between(text, found))
    assert changed.count("\n") <= (2 if isinstance(old, str) and "\n" in old else 0)
    assert "#" not in changed


def between(before: Sequence[str], after: Sequence[str]) -> Sequence[str]:
    """Return what of `before` is between the start and the end that both have."""
    start = common(before, after)
    rest, other = before[start:], after[start:]
    return rest[: len(rest) - common(rest[::-1], other[::-1])]


def common(one: Sequence[str], other: Sequence[str]) -> int:
    pairs = takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))
    return len([*pairs])


@pytest.mark.parametrize(
    ("before", "path", "value", "after"),
    [
        ("a:   'x'   # why\n", ("a",), "it's", "a:   'it''s'   # why\n"),
        ('a: "x"\n', ("a",), "y", 'a: "y"\n'),
        ("a: x\n", ("a",), "3.10", 'a: "3.10"\n'),
        ("a: {b: x,c: y}\n", ("a", "b"), "1, 2", 'a: {b: "1, 2",c: y}\n'),
        ("a: [x, {b: y}]\n", ("a", 1, "b"), 5, "a: [x, {b: 5}]\n"),
        ("a: x\r\nb:  y\r\n", ("a",), True, "a: true\r\nb:  y\r\n"),
        ("a: x\n---\nb:  0x1F\nc: on\n", ("a",), "z", "a: z\n---\nb:  0x1F\nc: on\n"),
        ("a: &n x\nb: [ *n ]\nc: 1e3\n", ("c",), "1e4", 'a: &n x\nb: [ *n ]\nc: "1e4"\n'),
        ("a: |\n  x\nb:   y\n", ("a",), "z\n", "a: |\n  z\nb:   y\n"),
        ("a: >-\n    x\n    y\n\n# z\n", ("a",), "p\nq", "a: |-\n    p\n    q\n\n# z\n"),
        ("a: |\n  x\n  # no comment\n# why\n", ("a",), "z", "a: |-\n  z\n# why\n"),
        ("a: >\n  x\n\n  y\n# why\n", ("a",), "z", "a: z\n# why\n"),
        ("a: |\n  x\n   y", ("a",), "z\n\n p\n", "a: |\n  z\n\n   p\n"),
    ],
)
def test_quotes_and_spaces_stay(before: str, path: FieldPath, value: Any, after: str) -> None:
    assert edit_text(before, {path: value}, 0, "x.yaml") == after


STEPS_TEXT = """\
trigger:   {event: e}  # who
steps:
- id: "one"
  x: 1.0
# about two
- {id: two, y: 3.10}   # beside
- id: three
  z: |
    text

# the end
end: on
"""
ONE, TWO, THREE = (
    {"id": "one", "x": 1.0},
    {"id": "two", "y": "3.10"},
    {"id": "three", "z": "text\n"},
)
NEW = {"id": "new", "w": "1d"}
NEW_LINES = ("- id: new\n  w: 1d\n", "- {id: new, w: 1d}\n")


@pytest.mark.parametrize(
    ("steps", "line"),
    [
        ([NEW, ONE, TWO, THREE], '- id: "one"\n'),
        ([ONE, NEW, TWO, THREE], "# about two\n"),
        ([ONE, TWO, NEW, THREE], "- id: three\n"),
        ([ONE, TWO, THREE, NEW], "\n# the end\n"),
    ],
)
def test_an_added_item_leaves_every_other_line(steps: list[Document], line: str) -> None:
    found = edit_text(STEPS_TEXT, {("steps",): steps}, 0, "x.yaml")
    assert found in [STEPS_TEXT.replace(line, new + line) for new in NEW_LINES]


def test_fields_that_are_added_at_one_place_belong_to_different_mappings() -> None:
    text = """\
email:
    body: <p>x</p>   # text
    translations:
        es: {subject: Hola,   body: <p>y</p>}
        fr:
            subject:   Salut
next: 1
"""
    translations = ("email", "translations")
    edits: dict[FieldPath, Any] = {
        ("email", "bcc"): "z",
        (*translations, "es", "cc"): "x",
        (*translations, "fr", "cc"): "w",
        (*translations, "de"): {"subject": "Hallo"},
    }
    found = edit_text(text, edits, 0, "x.yaml")
    assert found == text.replace(
        "es: {subject: Hola,   body: <p>y</p>}", "es: {subject: Hola, body: <p>y</p>, cc: x}"
    ).replace(
        "Salut\n",
        "Salut\n            cc: w\n        de:\n          subject: Hallo\n    bcc: z\n",
    )


def test_a_moved_item_takes_its_comments_along() -> None:
    found = edit_text(STEPS_TEXT, {("steps",): [TWO, ONE, THREE]}, 0, "x.yaml")
    assert "steps:\n# about two\n- {id: two, y: 3.10}   # beside\n- " in found
    assert 'id: "one"' in found
    assert "x: 1.0" in found
    assert found.endswith(STEPS_TEXT[STEPS_TEXT.index("- id: three") :])


def test_an_item_that_changes_beside_an_added_one() -> None:
    steps = [ONE, {**TWO, "y": "3.20"}, NEW, THREE]
    found = edit_text(STEPS_TEXT, {("steps",): steps}, 0, "x.yaml")
    for line in ('- id: "one"\n  x: 1.0\n# about two\n', "- id: three\n  z: |\n    text\n\n"):
        assert line in found
    assert found.startswith("trigger:   {event: e}  # who\n")
    assert found.endswith("end: on\n")


DEFAULT = "default"
LEAVES = st.sampled_from(["x", "y", DEFAULT, "1.0", 1.0, 2, True, "true", "${var.a}"])
ITEMS = st.lists(LEAVES, max_size=3)
STEPS = st.lists(
    st.fixed_dictionaries(
        {"id": st.sampled_from("pqrs")}, optional={"a": LEAVES, "b": ITEMS, "c": LEAVES}
    ),
    max_size=4,
    unique_by=lambda step: step["id"],
)
DOCUMENTS = st.dictionaries(st.sampled_from("abcd"), st.one_of(LEAVES, ITEMS, STEPS))


def canonical(value: Any) -> Any:
    """Return the one form of what a document says: without defaults, and numbers as texts."""
    if isinstance(value, dict):
        return {name: canonical(each) for name, each in value.items() if each != DEFAULT}
    if isinstance(value, list):
        return [canonical(each) for each in value]
    return value if isinstance(value, str) else json.dumps(value)


@settings(max_examples=EXAMPLES)
@given(DOCUMENTS, DOCUMENTS)
def test_what_did_not_change_keeps_its_spelling(written: Document, other: Document) -> None:
    before, after = canonical(written), canonical(other)
    edits = edits_of_written(written, before, after)
    found: Any = written
    for path, value in edits.items():
        found = with_edit(found, path, with_escapes(value))
    expected = canonical(with_escapes(after))
    assert {**canonical(found), **kept_texts(written, before, after)} == expected | kept_texts(
        written, before, after
    )
    for name, value in before.items():
        if after.get(name) == value:
            assert found[name] == written[name]
            assert type(found[name]) is type(written[name])


def kept_texts(written: Document, before: Document, after: Document) -> Document:
    """Return the fields with variables, which the escaped form cannot be compared with."""
    return {
        name: None
        for name in {*before, *after}
        if "${" in json.dumps([written.get(name), after.get(name)])
    }


def test_a_text_in_a_file_of_its_own_stays_there() -> None:
    written = {"steps": [{"id": "p", "body": {"file": "p.html"}}, {"id": "q", "body": "B"}]}
    before = {"steps": [{"id": "p", "body": "A"}, {"id": "q", "body": "B"}]}
    after = {"steps": [{"id": "n", "body": "N"}, {"id": "p", "body": "C"}]}
    assert list(edits_of_written(written, before, after).items()) == [
        (("steps",), [{"id": "n", "body": "N"}, {"id": "p", "body": {"file": "p.html"}}]),
        (("steps", 1, "body"), "C"),
    ]
