from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cioform.config.load import Configuration, load_configuration
from cioform.config.read.parsing.parse import parse_yaml
from cioform.config.settings import load_settings
from cioform.config.write import resources
from cioform.config.write.dump import dump_yaml
from cioform.config.write.editing.edit import EditLossError, edit_text
from cioform.config.write.editing.edited_files import EditedFiles, edit_document, write_texts
from cioform.config.write.editing.merge_edit import merge_edit
from cioform.config.write.new_settings import new_workspace_yaml
from cioform.config.write.resources import write_resources
from cioform.config.write.yaml.formatting import format_yaml
from cioform.core.address import Address
from cioform.core.data.json_value import Attributes
from cioform.core.errors import ConfigError
from cioform.kinds import find_kinds
from cioform.model.registry import Registry
from tests.support.examples import EXAMPLES

Put = Callable[[Mapping[str, str]], Path]

# Texts that are known to be difficult for YAML, variables or editors, and random ones.
_AWKWARD = [
    "yes",
    "null",
    "~",
    "12",
    "1e3",
    "0123",
    "12:30",
    "2024-01-01",
    "- a",
    "a: b",
    "a #b",
    "#",
    "'",
    '"',
    "{{ customer.name }}",
    "{% if a %}",
    "${var.x}",
    "$${var.x} $${env.Y}",
    "${x}",
    " lead",
    "trail ",
    "\n",
    "a\n",
    "a\n\n",
    "\na",
    "a\n b\n",
    " a\nb",
    "a \nb",
    "a\n\tb",
    "a\r\nb",
    "---\n",
    "...\na",
    "a\n---\nb\n",
    "\ufeff",
    "a\ufeffb\nc",
    "\x00",
    "\x85a\nb",
    "\u2028\na",
    "😀\na",
    "!x",
    "&a",
    "*a",
    "@",
    "%",
    "x" * 300,
    "word " * 60,
    "a\n# b\n",
]
_any_text = st.text(st.characters(codec="utf-8"), max_size=30)
texts = st.one_of(st.sampled_from(_AWKWARD), _any_text)
notes = st.fixed_dictionaries(
    {
        "name": texts.filter(bool),
        "text": texts,
        "pinned": st.booleans(),
        "size": st.sampled_from(["small", "large"]),
        "parts": st.lists(
            st.fixed_dictionaries(
                {"id": st.sampled_from(["a", "b", "../c d", "note"]), "body": texts},
                optional={"weight": st.floats(allow_nan=False, allow_infinity=False)},
            ),
            max_size=3,
        ),
        "data": st.dictionaries(
            texts.filter(lambda key: key not in ("<<", "file")),
            st.one_of(texts, st.integers(-(10**17), 10**17)),
            max_size=3,
        ),
    },
    optional={"count": st.integers(0, 10**6)},
)


@settings(max_examples=EXAMPLES)
@given(first=notes, second=notes)
def test_written_resources_load_unchanged(
    registry: Registry, first: Attributes, second: Attributes
) -> None:
    items: list[tuple[Address, dict[str, Any]]] = [
        (Address("note", "one"), first),
        (Address("note", "note"), second),
    ]
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        folder = root / "workspaces" / "acme"
        write_resources(folder, registry, items, root / "schema.json")
        (folder / "workspace.yaml").write_text("format: 1\nendpoint: sandbox\n")
        found = load_configuration(root, "acme", registry, {})
    assert {one: found.desired.resources[one].attributes for one, _ in items} == dict(items)


@settings(max_examples=EXAMPLES)
@given(value=st.dictionaries(texts.filter(lambda key: key != "<<"), texts, max_size=4))
def test_formatting_keeps_the_values_and_is_idempotent(value: dict[str, Any]) -> None:
    text = dump_yaml(value)
    once = format_yaml(text)
    assert parse_yaml(once, "f")[0].value == parse_yaml(text, "f")[0].value
    assert format_yaml(once) == once


def test_written_files_are_formatted(registry: Registry, tmp_path: Path) -> None:
    one = {"name": "One", "size": "large", "count": 2, "text": "<p>\n  Hello ${var.x}\n</p>\n"}
    many = {
        "parts": [
            {"id": "welcome", "body": "a\nb"},
            {"id": "welcome", "body": "c\nd\n"},
            {"id": "plain", "body": "e"},
        ],
        "name": "Many: yes",
        "data": {"quoted": "on", "number": 3},
    }
    folder = tmp_path / "workspaces" / "acme"
    items: list[tuple[Address, dict[str, Any]]] = [
        (Address("note", "one"), one),
        (Address("note", "many"), many),
    ]
    paths = write_resources(folder, registry, items, tmp_path / "schema.json")
    found = {path.relative_to(folder).as_posix(): path.read_text() for path in paths}
    assert found == {
        "notes/one.yaml": (
            "# yaml-language-server: $schema=../../../schema.json#/$defs/note\n"
            "name: One\ntext: {file: one.html}\ncount: 2\nsize: large\n"
        ),
        "notes/one.html": "<p>\n  Hello $${var.x}\n</p>\n",
        "notes/many/note.yaml": (
            "# yaml-language-server: $schema=../../../../schema.json#/$defs/note\n"
            'name: "Many: yes"\nparts:\n'
            "  - {id: welcome, body: {file: welcome.html}}\n"
            "  - {id: welcome, body: {file: welcome-2.html}}\n"
            "  - {id: plain, body: e}\n"
            'data: {quoted: "on", number: 3}\n'
        ),
        "notes/many/welcome.html": "a\nb",
        "notes/many/welcome-2.html": "c\nd\n",
    }
    assert all(
        format_yaml(text, registry["note"]) == text
        for name, text in found.items()
        if name.endswith(".yaml")
    )


def test_nothing_is_overwritten(registry: Registry, tmp_path: Path) -> None:
    items: list[tuple[Address, Attributes]] = [
        (Address("note", name), {"name": name}) for name in ("a", "b")
    ]
    write_resources(tmp_path, registry, items[1:])
    with pytest.raises(ConfigError, match="File already exists"):
        write_resources(tmp_path, registry, items)
    assert not (tmp_path / "notes" / "a.yaml").exists()


_MESSY = """\
# the schema line stays first
because:   "x"   # why
ignore: [ text ]
data: {b: 0123, a: 1.10}   # kept
# about the parts
parts:
- id: a
  body: |
    literal
     text
# second
- {id: b, body: 'quoted'}
text: >-
  folded
  text
when: 2024-01-01
empty:
id: k
name: yes
"""

_TIDY = """\
# the schema line stays first
id: k
ignore: [text]
because: "x"  # why
name: "yes"
text: >-
  folded
  text
# about the parts
parts:
  - id: a
    body: |
      literal
       text
  # second
  - {id: b, body: 'quoted'}
data: {b: "0123", a: "1.10"}  # kept
when: "2024-01-01"
empty: null
"""


def test_formatting_orders_the_keys_and_keeps_comments(registry: Registry) -> None:
    assert format_yaml(_MESSY, registry["note"]) == _TIDY
    assert format_yaml(_TIDY, registry["note"]) == _TIDY


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("# only this\n", "# only this\n"),
        ("a: 1\n\n\n", "a: 1\n"),
        ("a: 1", "a: 1\n"),
        ("---\na: 1\n---\nid: x\nb: 2\nkind: z\n", "---\na: 1\n---\nkind: z\nid: x\nb: 2\n"),
        ("b: &x [1]\nid: *x\n", "b: &x [1]\nid: *x\n"),
        ("a: ${var.x}\nb: '{{ y }}'\n", "a: ${var.x}\nb: '{{ y }}'\n"),
    ],
)
def test_formatting(text: str, expected: str) -> None:
    assert format_yaml(text) == expected
    assert format_yaml(expected) == expected


def test_formatting_refuses_invalid_yaml() -> None:
    with pytest.raises(ConfigError, match="Duplicate key"):
        format_yaml("a: 1\na: 2\n", file="a.yaml")


_EDITED = """\
name: a  # the name
# what it says
text: ${var.x}
parts:
  # first
  - id: p
    body: old  # body
---
id: b
name: b  # second
"""


def test_an_edit_keeps_the_rest(put: Put) -> None:
    file = put({"notes/a.yaml": _EDITED}) / "workspaces" / "acme" / "notes" / "a.yaml"
    assert edit_document(file, ("parts", 0, "body"), "new: ${var.y}") == file
    edit_document(file, ("count",), 3)
    edit_document(file, ("text",), None)
    edit_document(file, ("parts", 1), {"id": "q", "body": "two\nlines\n"})
    edit_document(file, ("name",), "012", 1)
    assert file.read_text() == (
        "name: a  # the name\n# what it says\nparts:\n  # first\n  - id: p\n"
        '    body: "new: $${var.y}"  # body\n'
        "  - id: q\n    body: |\n      two\n      lines\n"
        'count: 3\n---\nid: b\nname: "012"  # second\n'
    )


_LIST = """\
name: a
parts:
  # first
  - {id: p, body: 'one'}  # p
  # second
  - id: q
    # why
    body: two
# end
"""
_P, _Q = {"id": "p", "body": "one"}, {"id": "q", "body": "two"}


@pytest.mark.parametrize(
    ("parts", "lines"),
    [
        (
            [_P, {"id": "r", "body": "new"}, _Q],
            (
                "  # first\n  - {id: p, body: 'one'}  # p\n  - {id: r, body: new}\n  # second\n"
                "  - id: q\n    # why\n    body: two\n"
            ),
        ),
        (
            [_Q, _P],
            (
                "  # second\n  - id: q\n    # why\n    body: two\n"
                "  # first\n  - {id: p, body: 'one'}  # p\n"
            ),
        ),
        (
            [{**_Q, "body": "three"}],
            "  # first\n  # second\n  - id: q  # p\n    # why\n    body: three\n",
        ),
    ],
)
def test_comments_follow_the_items_of_a_list(
    put: Put, parts: list[dict[str, str]], lines: str
) -> None:
    file = put({"notes/a.yaml": _LIST}) / "workspaces" / "acme" / "notes" / "a.yaml"
    edit_document(file, ("parts",), parts)
    assert file.read_text() == f"name: a\nparts:\n{lines}# end\n"


def test_an_edit_of_a_body_changes_its_file(
    put: Put, load: Callable[[Mapping[str, str]], Configuration]
) -> None:
    files = {"notes/a.yaml": "name: a\ntext: {file: a.html}  # here\n", "notes/a.html": "old"}
    file = put(files) / "workspaces" / "acme" / "notes" / "a.yaml"
    assert edit_document(file, ("text",), "new ${var.x}\r\n") == file.with_name("a.html")
    assert file.read_text() == files["notes/a.yaml"]
    found = load({}).desired.resources[Address("note", "a")]
    assert found.attributes["text"] == "new ${var.x}\r\n"


@pytest.mark.parametrize(
    "endpoint",
    [
        "us",
        "sandbox",
        {
            "app": "http://localhost:1",
            "journeys": "https://x.customer.io",
            "track": "https://y.customer.io",
        },
    ],
)
def test_new_settings_load(put: Put, endpoint: str | Mapping[str, str]) -> None:
    text = new_workspace_yaml(endpoint, workspace_id=7, include=["_shared"], schema="../s.json")
    assert text.startswith("# yaml-language-server: $schema=../s.json#/$defs/workspace\n")
    found = load_settings(put({"workspace.yaml": text}), "acme", {})
    assert (found.workspace_id, list(found.include)) == (7, ["_shared"])
    assert format_yaml(text) == text


def test_edits_are_written_together(put: Put) -> None:
    file = put({"notes/a.yaml": "name: a\n---\nid: b\nname: b # second\n"})
    file = file / "workspaces/acme/notes/a.yaml"
    edits: dict[tuple[str | int, ...], Any] = {
        ("parts",): [{"id": "x", "body": "1"}],
        ("name",): "c",
        ("data", "k"): True,
    }
    files = EditedFiles()
    files.edit(file, edits, 1)
    assert file.read_text() == files.before[file]
    write_texts(files.changed)
    assert file.read_text() == (
        "name: a\n---\nid: b\nname: c # second\nparts:\n  - id: x\n"
        '    body: "1"\ndata:\n  k: true\n'
    )


def test_edits_of_a_document_are_made_all_or_none(
    put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = put({"notes/a.yaml": "count: 1\nname: a\n"}) / "workspaces/acme/notes/a.yaml"
    files = EditedFiles()

    def merge(text: str, before: str, after: str) -> str | None:
        return None if "name: b" in after else merge_edit(text, before, after)

    monkeypatch.setattr("cioform.config.write.editing.edit.merge_edit", merge)
    monkeypatch.setattr(
        "cioform.config.write.editing.edit.splice_scalars", lambda text, *_: (text, set())
    )
    with pytest.raises(EditLossError, match="name: b"):
        files.edit(file, {("count",): 2, ("name",): "b"})
    assert files.changed == {}


_PARTS = "  - id: a\n    body: &b\n      text: Hi  # greets\n  - id: c\n    body: *b  # the same\n"


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (0, ["id: a", "body:", "text: Ho  # greets", "id: c", "body:  # the same", "text: Hi"]),
        (1, ["id: a", "body:", "text: Hi  # greets", "id: c", "body: {text: Ho}  # the same"]),
    ],
)
def test_an_edit_below_an_alias_changes_one_place(number: int, expected: list[str]) -> None:
    edited = edit_text(f"parts:\n{_PARTS}", {("parts", number, "body", "text"): "Ho"}, 0, "a.yaml")
    assert [line.strip(" -") for line in edited.splitlines()[1:]] == expected


def test_an_edit_at_an_anchor_keeps_its_comments_and_style_there() -> None:
    text = "a: &x\n  b: 1  # one\n  c: 3\nc: *x  # x\n"
    assert edit_text(text, {("a", "b"): 2}, 0, "a.yaml") == (
        "a:\n  b: 2  # one\n  c: 3\nc:  # x\n  b: 1\n  c: 3\n"
    )


def test_after_an_edit_at_an_anchor_its_first_alias_has_it() -> None:
    text = "a: &x\n  b: 1\nc: *x\nd: *x\n"
    assert edit_text(text, {("a", "b"): 2}, 0, "a.yaml") == "a:\n  b: 2\nc: &x\n  b: 1\nd: *x\n"


def test_only_the_comment_of_a_removed_value_goes_with_it(put: Put) -> None:
    text = "name: a\ntext: b  # gone\ncount: 1  # stays\n"
    file = put({"notes/a.yaml": text}) / "workspaces/acme/notes/a.yaml"
    files = EditedFiles()
    files.edit(file, {("count",): 2, ("text",): None, ("name",): "c"})
    assert files.after[file] == "name: c\ncount: 2  # stays\n"


def test_documents_are_written_after_all_that_they_refer_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[str] = []
    monkeypatch.setattr(
        resources, "write_texts", lambda texts: written.extend(path.name for path in texts)
    )
    condition = {"attribute": "plan", "is": "pro"}
    items: list[tuple[Address, dict[str, Any]]] = [
        (Address("segment", "outer"), {"name": "outer", "conditions": {"segment": "inner"}}),
        (Address("layout", "main"), {"name": "main", "body": "<p>{{content}}</p>"}),
        (Address("segment", "inner"), {"name": "inner", "conditions": condition}),
    ]
    write_resources(tmp_path, find_kinds(), items)
    assert written.index("inner.yaml") < written.index("outer.yaml")
    assert written.index("main.html") < written.index("main.yaml")
