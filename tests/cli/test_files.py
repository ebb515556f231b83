"""Files of a project: what is created, what is kept, and what cannot be read or written."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.support.command_line import CommandLine

SNIPPET = Path("workspaces/demo/snippets/main_address.yaml")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, b".cioform/\n"),
        (b"", b".cioform/\n"),
        (b"*.log\n", b"*.log\n.cioform/\n"),
        (b"*.log", b"*.log\n.cioform/\n"),
        (b"a\r\n\xff # .cioform/\r\n", b"a\r\n\xff # .cioform/\r\n.cioform/\n"),
        (b"x.cioform/\n", b"x.cioform/\n.cioform/\n"),
        (b".cioform/\n*.log", None),
        (b"/.cioform  \r\n", None),
    ],
)
def test_init_adds_the_state_to_gitignore(
    cio: CommandLine, before: bytes | None, after: bytes | None
) -> None:
    ignore = Path(".gitignore")
    ignore.unlink()
    if before is not None:
        ignore.write_bytes(before)
    done = cio("init", "other", "--sandbox")
    assert (done.code, "  .gitignore\n" in done.out) == (0, after is not None)
    assert ignore.read_bytes() == (before if after is None else after)


@pytest.mark.parametrize(
    "name", ["../../escape", "Bad Name", "_x", "a/b", ".hidden", "", "é", "a."]
)
def test_init_rejects_an_invalid_workspace_name(cio: CommandLine, name: str) -> None:
    before = sorted(Path.cwd().parent.rglob("*"))
    done = cio("init", name)
    assert (done.code, done.out) == (64, "")
    assert done.err.startswith("error: Invalid workspace name\n")
    assert sorted(Path.cwd().parent.rglob("*")) == before


BROKEN = {
    "broken.json": b"{",
    "list.json": b"[]",
    "odd.json": b'{"nonsense": []}',
    "flat.json": b'{"segments": 5}',
    "latin.json": b'{"settings": "\xff"}',
}


@pytest.mark.parametrize("name", BROKEN)
def test_an_invalid_seed_changes_nothing(cio: CommandLine, name: str) -> None:
    Path(name).write_bytes(BROKEN[name])
    done = cio("sandbox", "seed", "demo", "--from", name)
    assert (done.code, done.out) == (64, "")
    assert cio("drift", "demo").code == 0


@pytest.mark.parametrize(
    ("words", "summary"),
    [
        (("plan", "demo", "--out", "file/p.json"), "File not writable"),
        (("plan", "demo", "--out", "workspaces"), "File not writable"),
        (("schema", "--out", "file/s.json"), "File not writable"),
        (("schema", "--out", "workspaces"), "File not writable"),
        (("init", "other", "--project", "file"), "File not writable"),
        (("demo", "--folder", "file/tour"), "File not writable"),
        (("apply", "demo", "workspaces"), "File not readable"),
        (("apply", "demo", "latin"), "Invalid UTF-8"),
        (("sandbox", "seed", "demo", "--from", "workspaces"), "Seed not found"),
        (("sandbox", "reset", "nobody"), "Workspace not found"),
    ],
)
def test_a_file_error_is_reported(cio: CommandLine, words: tuple[str, ...], summary: str) -> None:
    Path("file").write_text("in the way")
    Path("latin").write_bytes(b"\xff")
    done = cio(*words)
    assert (done.code, done.out) == (3 if summary == "Workspace not found" else 64, "")
    assert done.err.startswith(f"error: {summary}\n")


def test_an_import_reports_a_file_that_it_cannot_write(cio: CommandLine) -> None:
    SNIPPET.unlink()
    folder = SNIPPET.parent
    folder.rename("elsewhere")
    folder.write_text("in the way")
    done = cio("import", "demo", "--target", "snippet.*")
    assert (done.code, done.err.splitlines()[0]) == (64, "error: File not writable")


def test_fmt_reports_every_invalid_file_and_handles_both_suffixes(cio: CommandLine) -> None:
    short = SNIPPET.with_suffix(".yml")
    SNIPPET.rename(short)
    short.write_text("value:    x\nname: main address\n")
    assert cio("fmt", "--check").out == f"{short}\n"
    assert cio("fmt").code == 0
    assert cio("fmt", "--check").out == ""
    (SNIPPET.parent / "folder.yaml").mkdir()
    short.write_bytes(b"name: \xff\n")
    SNIPPET.write_text("name: [")
    done = cio("fmt")
    assert done.code == 3
    assert "error: Invalid UTF-8\n" in done.err
    assert done.err.count("error: ") == 2


def test_a_sandbox_workspace_without_files_can_be_reset(cio: CommandLine) -> None:
    assert cio("sandbox", "seed", "visitor").code == 0
    assert cio("sandbox", "reset", "visitor").code == 0


@pytest.mark.parametrize("command", ["plan", "apply", "drift", "import"])
@pytest.mark.parametrize(
    ("pattern", "near"),
    [
        ("snippet.main_adress", "snippet.main_address"),
        ("snippets.*", "snippet.*"),
        ("x", "layout.*"),
    ],
)
def test_a_target_that_matches_nothing_is_refused(
    cio: CommandLine, command: str, pattern: str, near: str
) -> None:
    consent = ("--auto-approve",) if command == "apply" else ()
    done = cio(command, "demo", "--target", "snippet.legal", "--target", pattern, *consent)
    assert (done.code, done.out) == (64, "")
    assert done.err.startswith(
        f"error: Selector matches nothing\n  No address matches `{pattern}`."
    )
    assert near in done.err
    assert cio(command, "demo", "--target", "snippet.legal", *consent).code == 0


def test_an_unknown_address_suggests_the_nearest(cio: CommandLine) -> None:
    done = cio("show", "demo", "snippet.main_adress")
    assert (done.code, "snippet.main_address" in done.err) == (64, True)


def test_an_empty_plan_file_is_checked_too(cio: CommandLine) -> None:
    assert cio("plan", "demo", "--out", "p.json").code == 0
    assert json.loads(Path("p.json").read_text())["changes"] == []
    assert cio("apply", "demo", "p.json").code == 0
    assert cio("init", "other", "--sandbox").code == 0
    done = cio("apply", "other", "p.json")
    assert (done.code, done.err.splitlines()[0]) == (4, "error: Plan of another workspace")
    assert cio("state", "forget", "demo", "snippet.legal").code == 0
    done = cio("apply", "demo", "p.json")
    assert (done.code, done.err.splitlines()[0]) == (4, "error: Stale plan")


def test_a_corrupt_sandbox_is_reported(cio: CommandLine) -> None:
    for beside in Path(".cioform").glob("sandbox.sqlite-*"):
        beside.unlink()
    Path(".cioform/sandbox.sqlite").write_bytes(b"no database" * 100)
    done = cio("plan", "demo")
    assert (done.code, done.out) == (7, "")
    assert "Sandbox cannot be opened" in done.err
    assert "mv " in done.err


def test_a_failed_init_can_be_repeated(cio: CommandLine) -> None:
    ignore = Path(".gitignore")
    ignore.unlink()
    ignore.mkdir()
    assert cio("init", "fresh").code == 64
    ignore.rmdir()
    assert cio("init", "fresh").code == 0


@pytest.mark.parametrize("name", ["aux", "DEMO"])
def test_a_workspace_whose_folder_other_systems_cannot_have(cio: CommandLine, name: str) -> None:
    done = cio("init", name)
    assert (done.code, Path("workspaces", name).exists()) == (64, False)
    assert done.err.startswith("error: Invalid workspace name\n")
    Path("workspaces", name).mkdir()
    Path("workspaces", name, "workspace.yaml").write_text("format: 1\nendpoint: sandbox\n")
    assert f"`{name}`" in cio("validate").err


def test_fmt_removes_what_a_killed_fmt_left(cio: CommandLine) -> None:
    folder = Path("workspaces/demo/snippets")
    left = folder / f".main_address.yaml.{os.getpid() + 1}.new"
    left.write_text("name: hal")
    assert cio("fmt", "--check", "workspaces").code == 0
    assert left.exists()
    assert cio("fmt", "workspaces").code == 0
    assert not left.exists()
