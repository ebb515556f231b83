"""Selectors on the command line: what a branch changes is planned, and reach sees everything."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.command_line import CommandLine
from tests.support.git import git

SNIPPETS = Path("workspaces/demo/snippets")


def write(name: str, value: str) -> None:
    (SNIPPETS / f"{name}.yaml").write_text(f"name: {name}\nvalue: '{value}'\n")


def write_layout(body: str) -> None:
    file = SNIPPETS.parent / "layouts/outer.yaml"
    file.write_text(f"name: outer\nbody: '{body}{{{{ content }}}}'\n")


def planned(cio: CommandLine, *options: str) -> list[str]:
    done = cio("plan", "demo", "--json", *options)
    assert done.code == 0, done.err
    return [each["address"] for each in done.json["changes"]]


@pytest.fixture
def branch(cio: CommandLine) -> None:
    """A branch off main that changes one snippet, adds one and removes one."""
    for name in ("inner", "gone"):
        write(name, "1")
    write_layout("{{ snippets.inner }}")
    assert cio("apply", "demo", "--auto-approve").code == 0
    git("init", "-q", "-b", "main")
    git("add", ".")
    git("commit", "-qm", "first")
    git("switch", "-qc", "branch")
    write("inner", "2")
    write("added", "1")
    (SNIPPETS / "gone.yaml").unlink()
    git("add", ".")
    git("commit", "-qm", "second")
    write_layout("{{ snippets.inner }}!")  # not committed


@pytest.mark.usefixtures("branch")
def test_a_plan_of_what_the_branch_changes(cio: CommandLine) -> None:
    assert planned(cio, "--select", "state:modified@branch") == ["layout.outer"]
    assert planned(cio, "--select", "state:modified@main,snippet.inner") == ["snippet.inner"]
    assert planned(cio, "--select", "state:new@main") == ["snippet.added"]
    assert planned(cio, "--select", "state:removed@main") == ["snippet.gone"]
    selected = ("--select", "state:modified@main", "--exclude", "state:new@main uses:snippet.inner")
    assert planned(cio, *selected) == ["snippet.inner", "snippet.gone"]
    done = cio("plan", "demo", *selected)
    assert "limited to a part of the workspace: --select state:modified@main --exclude" in done.out


@pytest.mark.usefixtures("branch")
def test_the_base_is_where_the_branch_began(
    cio: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = cio("plan", "demo", "--select", "state:new")
    assert (done.code, "Name a revision" in done.err) == (64, True)
    monkeypatch.setenv("CI_MERGE_REQUEST_DIFF_BASE_SHA", git("rev-parse", "main"))
    monkeypatch.setenv("GITLAB_CI", "true")
    monkeypatch.setenv("CI", "true")
    assert planned(cio, "--select", "state:new") == ["snippet.added"]


@pytest.mark.usefixtures("branch")
def test_a_saved_plan_of_a_selection_is_applied(cio: CommandLine) -> None:
    out = ("--out", "part.json")
    assert cio("plan", "demo", "--select", "state:new@main", *out).code == 0
    git("branch", "-D", "-q", "main")
    assert cio("plan", "demo", "part.json").code == 0
    assert cio("apply", "demo", "part.json", "--auto-approve").code == 0
    assert planned(cio) == ["snippet.inner", "layout.outer", "snippet.gone"]


def test_lint_checks_what_is_selected(cio: CommandLine) -> None:
    write("broken", "{% if %}")
    assert cio("lint", "demo", "--select", "snippet.broken").code == 3
    assert cio("lint", "demo", "--exclude", "snippet.broken").code == 0
    assert cio("lint", "demo", "--select", "snippet.brokn").code == 64
    done = cio("lint", "demo", "--select", "snippet.broken", "--write-baseline")
    assert done.code == 64


def test_an_import_selects_by_address_and_kind(cio: CommandLine) -> None:
    assert cio("import", "demo", "--select", "kind:segment").code == 0
    done = cio("import", "demo", "--select", "tag:eu")
    assert (done.code, "`kind:campaign`" in done.err) == (64, True)


def test_validate_checks_what_is_selected(cio: CommandLine) -> None:
    Path("workspaces/demo/snippets/broken.yaml").write_text("name: broken\nvalue: '{% if %}'\n")
    assert cio("validate", "demo").code == 3
    assert cio("validate", "demo", "--select", "snippet.broken").code == 3
    done = cio("validate", "demo", "--exclude", "snippet.broken")
    assert (done.code, done.out[:7]) == (0, "✓ demo:")
    assert cio("validate", "demo", "--select", "snippet.other").code == 64
