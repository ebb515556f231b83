"""What was reviewed is what is applied: digests, and edits in the workspace that are left."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.command_line import CommandLine

ADDRESS = Path("workspaces/demo/snippets/main_address.yaml")
SEGMENT = Path("workspaces/demo/segments/beta_testers.yaml")


def move_office() -> None:
    ADDRESS.write_text(ADDRESS.read_text().replace("1 High Street", "8 Canal Road"))


def describe_testers() -> None:
    text = SEGMENT.read_text()
    SEGMENT.write_text(f"{text}description: They try what is new.\n")


def edit_in_browser(cio: CommandLine, address: str, value: str) -> None:
    assert cio("sandbox", "edit", "demo", address, value, "--as", "jane@acme.com").code == 0


def digest(cio: CommandLine, *options: str) -> str:
    found = json.loads(cio("plan", "demo", "--json", *options).out)["digest"]
    assert isinstance(found, str)
    return found


def test_every_form_of_a_plan_has_its_digest(cio: CommandLine) -> None:
    move_office()
    expected = digest(cio, "--out", "p.json")
    assert f"  digest {expected}\n" in cio("plan", "demo").out
    assert f"digest {expected}" in cio("plan", "demo", "--markdown").out
    assert json.loads(Path("p.json").read_text())["digest"] == expected


def test_the_reviewed_plan_is_applied_and_remembered(cio: CommandLine) -> None:
    move_office()
    reviewed = digest(cio)
    done = cio("apply", "demo", "--reviewed", reviewed, "--allow-live")
    assert done.code == 0
    assert cio("plan", "demo", "--detailed-exitcode").code == 0
    assert reviewed in cio("history", "demo", "--json").out


def test_another_plan_than_the_reviewed_one_is_refused_by_name(cio: CommandLine) -> None:
    move_office()
    reviewed = digest(cio)
    describe_testers()
    done = cio("apply", "demo", "--reviewed", reviewed, "--allow-live")
    assert (done.code, done.out) == (4, "")
    assert done.err.startswith("error: Not what was reviewed\n")
    assert "update segment.beta_testers" in done.err
    assert digest(cio) in done.err


def test_an_object_that_changed_since_the_review_changes_the_digest(cio: CommandLine) -> None:
    move_office()
    reviewed = digest(cio)
    edit_in_browser(cio, "snippet.main_address", "value=PO Box 7")
    done = cio("apply", "demo", "--reviewed", reviewed, "--prefer", "config", "--allow-live")
    assert done.code == 4


def test_with_the_list_what_is_still_the_same_is_applied(cio: CommandLine) -> None:
    move_office()
    describe_testers()
    reviewed = digest(cio, "--out", "p.json")
    SEGMENT.write_text(SEGMENT.read_text() + "# and a later change\n")
    SEGMENT.write_text(SEGMENT.read_text().replace("what is new", "everything"))
    options = ("--reviewed", reviewed, "--reviewed-list", "p.json", "--allow-live")
    done = cio("apply", "demo", *options)
    assert done.code == 8
    assert "segment.beta_testers  update: it differs from what was reviewed" in done.out
    assert "Applied to demo: 1 updated." in done.out
    assert cio("apply", "demo", *options).code == 8
    assert "8 Canal Road" in cio("show", "demo", "snippet.main_address", "--live", "--yaml").out


def test_what_was_edited_since_the_review_is_listed_once(cio: CommandLine) -> None:
    move_office()
    describe_testers()
    reviewed = digest(cio, "--out", "p.json")
    edit_in_browser(cio, "snippet.main_address", "value=PO Box 7")
    options = ("--reviewed", reviewed, "--reviewed-list", "p.json", "--allow-live")
    done = cio("apply", "demo", *options, "--on-drift", "keep")
    assert done.code == 8
    assert "1 updated." in done.out
    assert "1 omitted" in done.out
    assert "there is nothing to change any more" not in done.out


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (("--reviewed", "abc"), 64, "Invalid digest"),
        (("p.json", "--reviewed", "0" * 64), 64, "Mutually exclusive options"),
        (("--reviewed-list", "p.json", "--auto-approve"), 64, "Missing option"),
        (
            ("--reviewed", "0" * 64, "--reviewed-list", "p.json"),
            4,
            "Plan does not match --reviewed",
        ),
        (("--reviewed", "0" * 64, "--reviewed-list", "no.json"), 4, "Invalid plan file"),
        (("p.json", "--on-drift", "keep"), 64, "Options not allowed with a plan file"),
    ],
)
def test_bad_reviews_are_refused(
    cio: CommandLine, options: tuple[str, ...], code: int, words: str
) -> None:
    cio("plan", "demo", "--out", "p.json")
    Path("no.json").write_text('{"format": 2, "digests": [{"address": "x"}]}')
    done = cio("apply", "demo", *options)
    assert (done.code, done.err.splitlines()[0]) == (code, f"error: {words}")


def test_keep_leaves_what_was_edited_and_applies_the_rest(cio: CommandLine) -> None:
    describe_testers()
    edit_in_browser(cio, "snippet.main_address", "value=PO Box 7")
    keep = ("--on-drift", "keep")
    done = cio("apply", "demo", "--auto-approve", "--allow-live", *keep)
    assert done.code == 0
    assert "· snippet.main_address  update: somebody changed it in the workspace" in done.out
    assert "Applied to demo: 1 updated." in done.out
    assert "PO Box 7" in cio("show", "demo", "snippet.main_address", "--live", "--yaml").out
    assert cio("drift", "demo").code == 2
    assert cio("plan", "demo", "--detailed-exitcode", *keep).code == 2


def test_edits_do_not_change_the_digest_of_a_plan_that_keeps_them(cio: CommandLine) -> None:
    describe_testers()
    reviewed = digest(cio, "--on-drift", "keep")
    edit_in_browser(cio, "snippet.main_address", "value=PO Box 7")
    assert digest(cio, "--on-drift", "keep") == reviewed
    assert digest(cio) != reviewed


def test_keep_leaves_conflicts_and_says_that_the_apply_is_incomplete(cio: CommandLine) -> None:
    move_office()
    edit_in_browser(cio, "snippet.main_address", "value=PO Box 7")
    approve = ("apply", "demo", "--auto-approve", "--allow-live")
    done = cio(*approve, "--on-drift", "keep")
    assert done.code == 8
    assert "it changed in the files and in the workspace, to different values" in done.out
    decided = cio(*approve, "--on-drift", "keep", "--prefer", "config")
    assert decided.code == 0


def test_stop_refuses_to_undo_an_edit(cio: CommandLine) -> None:
    edit_in_browser(cio, "snippet.main_address", "value=PO Box 7")
    done = cio("apply", "demo", "--auto-approve", "--allow-live", "--on-drift", "stop")
    assert done.code == 4
    assert "on_drift: snippet.main_address was changed in the workspace" in done.err
    assert cio("plan", "demo", "--detailed-exitcode", "--on-drift", "stop").code == 4


def test_in_ci_edits_are_kept(cio: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    edit_in_browser(cio, "snippet.main_address", "value=PO Box 7")
    monkeypatch.setenv("CI", "true")
    assert cio("apply", "demo", "--auto-approve", "--allow-live").code == 0
    assert "PO Box 7" in cio("show", "demo", "snippet.main_address", "--live", "--yaml").out
    monkeypatch.delenv("CI")
    assert cio("apply", "demo", "--auto-approve", "--allow-live").code == 0
    assert "PO Box 7" not in cio("show", "demo", "snippet.main_address", "--live", "--yaml").out
