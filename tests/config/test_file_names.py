"""Which files are documents, and which names other systems cannot have."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from cioform.config.load import Configuration
from cioform.config.read.file_names import name_warnings
from cioform.config.write.editing.edited_files import edit_document
from cioform.core.address import Address

Load = Callable[[Mapping[str, str | bytes]], Configuration]


def warnings_of(found: Configuration) -> list[tuple[str, str]]:
    return [
        (str(one.location).removeprefix("workspaces/acme/"), one.summary) for one in found.warnings
    ]


@pytest.mark.parametrize("name", ["a.yaml", "a.yml", "a.YAML", "a.Yml"])
def test_a_suffix_may_have_capitals(load: Load, name: str) -> None:
    found = load({f"notes/{name}": "name: a\n"})
    assert list(found.desired.resources) == [Address("note", "a")]


def test_a_json_file_that_nothing_reads_is_named(load: Load) -> None:
    found = load(
        {
            "notes/a.yaml": "name: a\ntext: {file: a.json}\n",
            "notes/a.json": "{}",
            "notes/b.json": '{"name": "b"}',
            "notes/C.JSON": '{"name": "c"}',
        }
    )
    assert warnings_of(found) == [
        ("notes/C.JSON", "File not read"),
        ("notes/b.json", "File not read"),
    ]
    assert "rename it to `b.yaml`" in found.warnings[1].detail


def test_names_that_other_systems_cannot_have(load: Load) -> None:
    found = load(
        {
            "notes/con.yaml": "name: a\n",
            "notes/aux/note.yaml": "name: b\ntext: {file: Promo.html}\n",
            "notes/aux/Promo.html": "1",
            "notes/aux/promo.html": "2",
        }
    )
    assert warnings_of(found) == [
        ("notes/aux", "Reserved file name"),
        ("notes/con.yaml", "Reserved file name"),
        ("notes/aux/promo.html", "Names that differ by case only"),
    ]
    assert "`con_.yaml`" in found.warnings[1].detail


def test_the_byte_order_mark_of_a_body_is_not_sent(load: Load) -> None:
    found = load(
        {
            "notes/a.yaml": b"\xef\xbb\xbfname: a\ntext: {file: a.html}\n",
            "notes/a.html": b"\xef\xbb\xbf<p>a</p>\r\n",
        }
    )
    resource = found.desired.resources[Address("note", "a")]
    assert resource.attributes["text"] == "<p>a</p>\r\n"


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_an_edit_keeps_line_ends_and_the_byte_order_mark(
    put: Callable[[Mapping[str, str | bytes]], Path], mark: bytes
) -> None:
    folder = put(
        {
            "notes/a.yaml": mark + b"name: a\r\n# why\r\ntext: {file: a.html}\r\n",
            "notes/a.html": mark + b"<p>a</p>\r\n",
        }
    )
    file = folder / "workspaces" / "acme" / "notes" / "a.yaml"
    edit_document(file, ("name",), "b")
    edit_document(file, ("text",), "<p>b</p>\n<p>c</p>\n")
    assert file.read_bytes() == mark + b"name: b\r\n# why\r\ntext: {file: a.html}\r\n"
    assert file.with_name("a.html").read_bytes() == mark + b"<p>b</p>\r\n<p>c</p>\r\n"


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (["CONIN$.html"], "Reserved file name"),
        (["lpt\u00b9.html"], "Reserved file name"),
        (["a?.html"], "Invalid file name on Windows"),
        (["a:b.html"], "Invalid file name on Windows"),
        (["old."], "Invalid file name on Windows"),
        (["old "], "Invalid file name on Windows"),
        (["caf\u00e9", "cafe\u0301"], "Names that differ by case only"),
    ],
)
def test_a_name_that_another_system_cannot_have(names: list[str], found: str) -> None:
    [warning] = name_warnings(names, "workspaces/acme")
    assert (warning.summary, str(warning.location)) == (found, f"workspaces/acme/{names[-1]}")


@pytest.mark.parametrize("names", [["a.b.html", "a b.html", "a", "\u00e9"], ["com10", "nulls"]])
def test_a_name_that_every_system_can_have(names: list[str]) -> None:
    assert list(name_warnings(names, "workspaces/acme")) == []
