from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from cioform.config.load import Configuration, load_configuration
from cioform.core.address import Address
from cioform.core.errors import ConfigError
from cioform.model.registry import Registry

Load = Callable[[Mapping[str, str | bytes]], Configuration]


def _problems(load: Load, files: Mapping[str, str | bytes]) -> list[tuple[str, str]]:
    with pytest.raises(ConfigError) as caught:
        load(files)
    return [
        (str(found.location).removeprefix("workspaces/"), found.summary)
        for found in caught.value.diagnostics
    ]


def _attributes(workspace: Configuration) -> dict[str, object]:
    return {str(one.address): one.attributes for one in workspace.desired.resources.values()}


def test_the_folder_is_the_kind_and_the_file_is_the_name(load: Load) -> None:
    found = load(
        {
            "notes/one.yaml": "name: One\n",
            "notes/deeper/two.yml": "name: Two\n",
            "notes/three/note.yaml": "name: Three\n",
            "notes/four/index.yaml": "name: Four\n",
            "notes/note.yaml": "name: Five\n",
            "notes/many.yaml": "name: Six\n---\nid: seven\nname: Seven\n",
            "elsewhere/x.yaml": "kind: note\nid: eight\nname: Eight\n",
            "notes/_draft.yaml": "not: a note\n",
            "notes/.hidden.yaml": "not: a note\n",
        }
    )
    names = {
        address.name: one.attributes["name"] for address, one in found.desired.resources.items()
    }
    assert names == {
        "one": "One",
        "two": "Two",
        "three": "Three",
        "four": "Four",
        "note": "Five",
        "many": "Six",
        "seven": "Seven",
        "eight": "Eight",
    }


def test_envelope_is_not_part_of_the_model(load: Load) -> None:
    text = "name: a\nprotect: true\nignore: [text, data.x]\nbecause: Edited by Jane.\n"
    resource = load({"notes/a.yaml": text}).desired.resources[Address("note", "a")]
    assert (resource.protect, resource.ignore) == (True, (("text",), ("data", "x")))
    assert resource.because == "Edited by Jane."
    assert "protect" not in resource.attributes
    assert str(resource.location) == "workspaces/acme/notes/a.yaml:1"


def test_variables_fill_yaml_and_bodies(load: Load) -> None:
    found = load(
        {
            "workspace.yaml": "endpoint: sandbox\nvariables:\n"
            "  n: 3\n  on: true\n  brand: Acme\n  secretive: ${env.CIOFORM_VAR_TOKEN}\n",
            "notes/a.yaml": "name: ${var.brand} ${var.n} ${var.on} $${var.n} {{ var.n }}\n"
            "count: ${var.n}\npinned: ${var.on}\ntext: {file: a.html}\n"
            "data: {t: '${var.secretive}', j: '${other}'}\n",
            "notes/a.html": "<b>${var.brand}</b> {% if x %}$${var.n}${x}\r\n",
        }
    )
    assert _attributes(found)["note.a"] == {
        "name": "Acme 3 true ${var.n} {{ var.n }}",
        "count": 3,
        "pinned": True,
        "size": "small",
        "text": "<b>Acme</b> {% if x %}${var.n}${x}\r\n",
        "parts": [],
        "data": {"t": "t", "j": "${other}"},
    }


def test_body_files_are_recorded_by_field(load: Load) -> None:
    found = load(
        {
            "notes/a/note.yaml": "name: a\nparts:\n  - {id: p, body: {file: ../p.html}}\n",
            "notes/p.html": "12",
        }
    )
    resource = found.desired.resources[Address("note", "a")]
    assert resource.body_files == {("parts", 0, "body"): "workspaces/acme/notes/p.html"}
    assert resource.attributes["parts"] == [{"id": "p", "body": "12"}]


def test_shared_documents_belong_to_the_workspace(load: Load, tmp_path: Path) -> None:
    shared = tmp_path / "workspaces" / "_shared" / "notes"
    shared.mkdir(parents=True)
    (shared / "s.yaml").write_text("name: s\n")
    settings = "endpoint: sandbox\ninclude: [_shared]\n"
    found = load({"workspace.yaml": settings, "notes/a.yaml": "name: a\nafter: s\n"})
    assert set(_attributes(found)) == {"note.a", "note.s"}
    assert _problems(load, {"workspace.yaml": settings, "notes/s.yaml": "name: other\n"}) == [
        ("_shared/notes/s.yaml:1", "Duplicate address")
    ]


def test_an_empty_file_is_a_warning(load: Load) -> None:
    found = load({"notes/a.yaml": "# name: a\n"})
    assert [one.summary for one in found.warnings] == ["Empty file"]
    assert not found.desired.resources


def test_all_problems_of_all_files_are_reported_at_once(load: Load) -> None:
    assert _problems(
        load,
        {
            "workspace.yaml": "endpoint: mars\nguards: {allow_deletes: true}\n",
            "notes/a.yaml": "name: a\ncount: x\nsize: big\n",
            "notes/b.yaml": "name: b\nname: c\n",
            "notes/c.yaml": "name: c\ntext: {file: none.html}\ncount: -1\n",
            "notes/d.yaml": "name: '${var.who_knows}'\n",
            "nots/e.yaml": "name: e\n",
        },
    ) == [
        ("acme/notes/a.yaml:2", "Invalid type"),
        ("acme/notes/a.yaml:3", "Invalid value"),
        ("acme/notes/b.yaml:2", "Duplicate key"),
        ("acme/notes/c.yaml:2", "File not found"),
        ("acme/notes/c.yaml:3", "Invalid value"),
        ("acme/nots/e.yaml:1", "Unknown kind"),
        ("acme/workspace.yaml:1", "Invalid value"),
        ("acme/workspace.yaml:2", "Unknown field"),
    ]


def test_a_broken_resource_is_not_also_a_dangling_reference(load: Load) -> None:
    files = {"notes/a.yaml": "name: 1\n", "notes/b.yaml": "name: b\nafter: a\n"}
    assert _problems(load, files) == [("acme/notes/a.yaml:1", "Invalid type")]


@pytest.mark.parametrize("broken", ["name: [a\n", "id: A!\nname: a\n"])
def test_a_document_without_an_address_is_not_also_a_dangling_reference(
    load: Load, broken: str
) -> None:
    files = {"notes/a.yaml": broken, "notes/b.yaml": "name: b\nafter: a\n"}
    [(place, _)] = _problems(load, files)
    assert place.startswith("acme/notes/a.yaml")


def test_a_long_chain_of_references_is_not_a_cycle(load: Load) -> None:
    files = {f"notes/n{i}.yaml": f"name: n\nafter: n{i + 1}\n" for i in range(1500)}
    assert len(load({**files, "notes/n1500.yaml": "name: n\n"}).desired.resources) == 1501


@pytest.mark.parametrize(
    ("line", "summary"),
    [
        ("text: {file: ../../../../outside.html}", "File outside the project"),
        ("text: {file: /etc/hostname}", "File outside the project"),
        ("text: {file: link.html}", "Link out of the project"),
        ("text: {file: folder/inside.html}", "Link out of the project"),
        ("text: {file: ../../../.git/config}", "Hidden file"),
        ("text: {file: nothing.html}", "File not found"),
        ("text: {file: .}", "File not readable"),
        ("text: ${var.nothing}", "Variable not set"),
        ("text: ${env.CIOFORM_VAR_TOKEN}", "Environment variable in a document"),
        ("data: {a: sa_live_0123456789}", "Secret in a file"),
        ("data: {a: Bearer 0123456789abcdef}", "Secret in a file"),
        ("after: b", "Dangling reference"),
        ("after: b c", "Dangling reference"),
        ("after: a", "Cyclic reference"),
        ("kind: nota", "Unknown kind"),
        ("id: Aha", "Invalid name"),
        ("protect: yes", "Invalid type"),
        ("ignore: [text]", "Missing field"),
        ("colour: red", "Unknown field"),
        ("parts: [{id: x, body: y, wait: 1}]", "Unknown field"),
        ("parts: {id: x}", "Invalid type"),
    ],
)
def test_invalid_fields(load: Load, tmp_path: Path, line: str, summary: str) -> None:
    notes = tmp_path / "workspaces" / "acme" / "notes"
    notes.mkdir(parents=True)
    away = tmp_path.parent / f"{tmp_path.name}-away"
    away.mkdir()
    (away / "inside.html").write_text("secret")
    (notes / "link.html").symlink_to(away / "inside.html")
    (tmp_path / "elsewhere").symlink_to(away)
    line = line.replace("folder/", "../../../elsewhere/")
    files: dict[str, str | bytes] = {
        "notes/a.yaml": f"name: a\n{line}\n",
    }
    assert _problems(load, files) == [("acme/notes/a.yaml:2", summary)]


def test_symbolic_links_to_documents(load: Load, tmp_path: Path) -> None:
    notes = tmp_path / "workspaces" / "acme" / "notes"
    notes.mkdir(parents=True)
    away = tmp_path.parent / f"{tmp_path.name}-away"
    away.mkdir()
    (away / "out.yaml").write_text("name: out\n")
    (notes / "out.yaml").symlink_to(away / "out.yaml")
    (notes / "all").symlink_to(away)
    (notes / "same.yaml").symlink_to(notes / "a.yaml")
    (notes / "itself").symlink_to("itself")
    (notes / "itself.yaml").symlink_to("itself.yaml")
    assert _problems(load, {"notes/a.yaml": "name: a\n"}) == [
        ("acme/notes/all", "Link to a folder"),
        ("acme/notes/itself.yaml", "File not readable"),
        ("acme/notes/out.yaml", "Link out of the project"),
    ]


def test_an_unknown_workspace_suggests_the_nearest(
    load: Load, registry: Registry, tmp_path: Path
) -> None:
    load({})
    with pytest.raises(ConfigError, match="Did you mean `acme`"):
        load_configuration(tmp_path, "acmee", registry, {})
    with pytest.raises(ConfigError, match="Workspace not found"):
        load_configuration(tmp_path, "../workspaces/acme", registry, {})


def test_problems_are_listed_as_far_as_somebody_reads_them(load: Load) -> None:
    fields = "".join(f"k{number}: 1\n" for number in range(300))
    with pytest.raises(ConfigError) as caught:
        load({f"notes/n{number}.yaml": f"name: n{number}\n{fields}" for number in range(6)})
    problems = caught.value.diagnostics
    assert len(problems) == 1001
    assert sum(each.summary == "More problems" for each in problems) == 5
    assert problems[-1].detail == "There are 206 more problems. Correct these first."
