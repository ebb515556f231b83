"""`cioform fmt --upgrade`: all files of a workspace, or none."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from cioform.core.errors import ConfigError
from cioform.kinds import find_kinds
from cioform.services.project.upgrading import UpgradeResult, upgrade_files
from cioform.services.validation import validate

SNIPPET = "# kept\nname: footer  # kept too\nvalue: x\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path


def put(root: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        path = root / "workspaces" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())


def read(root: Path, name: str) -> str:
    return (root / "workspaces" / name).read_bytes().decode()


def upgrade(root: Path, *names: str, check: bool = False) -> UpgradeResult:
    return upgrade_files(root, names or ("acme", "beta"), check=check)


def changed(root: Path, result: UpgradeResult) -> list[str]:
    return [p.relative_to(root.resolve() / "workspaces").as_posix() for p in result.new_texts]


def test_the_settings_get_their_format_last(root: Path) -> None:
    put(root, {
        "acme/workspace.yaml": "# about\nendpoint: sandbox  # here\n",
        "acme/snippets/footer.yaml": "value:   x\nname: footer\n",
    })  # fmt: skip
    planned = upgrade(root, check=True)
    assert read(root, "acme/workspace.yaml") == "# about\nendpoint: sandbox  # here\n"
    result = upgrade(root)
    assert result.new_texts == planned.new_texts
    assert changed(root, result) == ["acme/snippets/footer.yaml", "acme/workspace.yaml"]
    assert read(root, "acme/workspace.yaml") == "# about\nformat: 1\nendpoint: sandbox  # here\n"
    assert upgrade(root).new_texts == {}
    assert validate(root, ["acme"], {})[1] == ()


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("name: a\nname: b\nvalue: x\n", 2, "Duplicate key"),
        ("name: [\n", 2, ""),
        ("name: a\nvalue: x\nnonsense: 1\n", 3, "Unknown field"),
        ("name: 5\nvalue: x\n", 1, "Invalid type"),
    ],
)
def test_nothing_is_rewritten_unless_all_can_be(
    root: Path, text: str, line: int, reason: str
) -> None:
    put(root, {
        "acme/workspace.yaml": "endpoint: sandbox\n",
        "acme/snippets/bad.yaml": text,
        "acme/snippets/footer.yaml": "value:   x\nname: footer\n",
        "beta/workspace.yaml": "endpoint: sandbox\n",
    })  # fmt: skip
    result = upgrade(root)
    top, problem = result.problems[:2]
    assert top.summary == "Not upgraded"
    assert reason in problem.summary
    assert problem.location is not None
    assert (problem.location.file, problem.location.line) == (
        "workspaces/acme/snippets/bad.yaml", line,
    )  # fmt: skip
    assert changed(root, result) == ["beta/workspace.yaml"]
    assert read(root, "acme/snippets/footer.yaml") == "value:   x\nname: footer\n"


def test_a_field_beside_its_new_name_is_left_to_a_person(root: Path) -> None:
    put(root, {
        "acme/workspace.yaml": "endpoint: sandbox\n",
        "acme/segments/away.yaml":
            "# away\nconditions: {attribute: a, older_than: 3d, before: 4d ago}\nname: Away\n",
    })  # fmt: skip
    problem = upgrade(root).problems[1]
    assert "`older_than` is called `before` now" in problem.detail
    assert problem.detail.endswith("Correct it by hand.")
    assert problem.location is not None
    assert problem.location.line == 2


def test_a_shared_folder_is_upgraded_with_all_that_include_it(root: Path) -> None:
    settings = "endpoint: sandbox\ninclude: [_shared]\n"
    put(root, {
        "acme/workspace.yaml": settings,
        "beta/workspace.yaml": settings,
        "_shared/snippets/footer.yaml": SNIPPET.replace("value: x", "value:  x"),
        "other/workspace.yaml": "endpoint: sandbox\n",
    })  # fmt: skip
    assert changed(root, upgrade(root, "acme")) == [
        "_shared/snippets/footer.yaml", "acme/workspace.yaml", "beta/workspace.yaml",
    ]  # fmt: skip
    assert read(root, "_shared/snippets/footer.yaml") == SNIPPET
    assert read(root, "other/workspace.yaml") == "endpoint: sandbox\n"


def test_an_upgrade_needs_no_permissions(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    monkeypatch.delenv("CIOFORM_ALLOW_ENDPOINT")
    hosts = "{app: http://localhost:1, journeys: https://a.example, track: https://b.example}"
    put(root, {
        "acme/workspace.yaml": f"endpoint: {hosts}\nvariables: {{phone: '${{env.PHONE}}'}}\n",
        "acme/snippets/phone.yaml": "name: phone\nvalue: ${var.phone}\n",
    })  # fmt: skip
    result = upgrade(root)
    assert result.problems == []
    assert "format: 1\n" in read(root, "acme/workspace.yaml")


def test_line_ends_and_byte_order_marks_stay(root: Path) -> None:
    put(root, {
        "acme/workspace.yaml": "endpoint: sandbox\r\n",
        "acme/snippets/footer.yaml": "\ufeffvalue:   x\r\nname: footer\r\n",
    })  # fmt: skip
    upgrade(root)
    assert read(root, "acme/workspace.yaml") == "format: 1\r\nendpoint: sandbox\r\n"
    assert read(root, "acme/snippets/footer.yaml") == "\ufeffname: footer\r\nvalue: x\r\n"


def test_a_link_out_of_the_project_is_not_written(root: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.yaml"
    outside.write_text("value:   x\nname: footer\n")
    inside = root / "project"
    put(inside, {"acme/workspace.yaml": "endpoint: sandbox\n", "acme/snippets/.keep": ""})
    (inside / "workspaces/acme/snippets/footer.yaml").symlink_to(outside)
    result = upgrade(inside)
    assert [each.summary for each in result.problems] == ["Not upgraded", "Link out of the project"]
    assert outside.read_text() == "value:   x\nname: footer\n"


@pytest.mark.parametrize(
    ("settings", "summary"),
    [
        ("endpoint: sandbox\n", "Outdated file format"),
        ("", "Outdated file format"),
        ("# nothing yet\n", "Outdated file format"),
        ("endpoint: sandbox\nformat: 0\n", "Outdated file format"),
        ("endpoint: sandbox\nformat: 2\n", "Unsupported file format"),
        ("endpoint: sandbox\nformat: one\n", "Invalid value"),
    ],
)
def test_the_format_is_checked_when_files_are_loaded(
    root: Path, settings: str, summary: str
) -> None:
    put(root, {"acme/workspace.yaml": settings, "acme/snippets/a.yaml": "name: [1]\n"})
    _, problems = validate(root, ["acme"], {})
    assert summary in [each.summary for each in problems]
    if "one" not in settings:
        # What the documents of another format say is not known, so nothing is wrong with them.
        assert len(problems) == 1
    if "format 0" in summary:
        assert "cioform fmt --upgrade" in problems[0].detail


def test_every_example_is_formatted_and_is_in_the_current_format() -> None:
    from cioform.config.write.upgrade import upgrade_documents

    for kind in find_kinds():
        try:
            text = upgrade_documents(kind.example, kind, kind.name, find_kinds())
        except ConfigError as error:
            pytest.fail(f"{kind.name}: {error}")
        assert upgrade_documents(text, kind, kind.name, find_kinds()) == text
