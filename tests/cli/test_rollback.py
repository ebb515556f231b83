"""Undo a run: by its backups, within the guards, and never over what has changed since."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.support.command_line import CommandLine

WORKSPACE = Path("workspaces/demo")
ADDRESS = WORKSPACE / "snippets/main_address.yaml"
NEW = WORKSPACE / "snippets/imprint.yaml"
TESTERS = WORKSPACE / "segments/beta_testers.yaml"
APPROVE = ("--auto-approve", "--allow-live", "--allow-delete")


def move_office() -> None:
    ADDRESS.write_text(ADDRESS.read_text().replace("1 High Street", "8 Canal Road"))


def applied_run(cio: CommandLine) -> str:
    done = cio("apply", "demo", *APPROVE, "--json")
    assert done.code == 0
    return str(json.loads(done.out)["run"])


def live(cio: CommandLine, address: str) -> str:
    return cio("show", "demo", address, "--live", "--yaml").out


def test_a_run_is_undone_and_stays_undone_until_the_files_agree(cio: CommandLine) -> None:
    before = ADDRESS.read_text()
    move_office()
    NEW.write_text("name: imprint\nvalue: Hello\n")
    TESTERS.rename("testers.yaml")
    run = applied_run(cio)

    shown = cio("rollback", "demo", run, "--dry-run")
    assert shown.code == 0
    assert "Plan for demo: 1 to create, 1 to update, 1 to delete" in shown.out
    assert f"as before run {run}" in shown.out
    assert f"cioform rollback demo {run} --allow-delete --allow-live" in shown.out
    assert "8 Canal Road" in live(cio, "snippet.main_address")

    done = cio("rollback", "demo", run, *APPROVE)
    assert (done.code, done.err.count("error")) == (0, 0)
    assert "1 High Street" in live(cio, "snippet.main_address")
    assert "Beta testers" in live(cio, "segment.beta_testers")
    assert cio("show", "demo", "snippet.imprint", "--live").code != 0
    assert "rollback: " in cio("history", "demo").out

    refused = cio("apply", "demo", *APPROVE)
    assert refused.code == 4
    assert "rolled_back: " in refused.err
    assert "rolled back by run" in " ".join(refused.err.split())

    ADDRESS.write_text(before)
    NEW.unlink()
    Path("testers.yaml").rename(TESTERS)
    assert cio("plan", "demo", "--detailed-exitcode").code == 0
    assert cio("apply", "demo", *APPROVE).code == 0
    move_office()
    assert cio("apply", "demo", *APPROVE).code == 0  # it was resolved, so this is a new change


@pytest.mark.parametrize("is_renamed", [False, True])
def test_what_was_rolled_back_is_applied_again_on_request(
    cio: CommandLine, *, is_renamed: bool
) -> None:
    move_office()
    run = applied_run(cio)
    assert cio("rollback", "demo", run, *APPROVE).code == 0
    if is_renamed:
        ADDRESS.rename(ADDRESS.with_name("renamed.yaml"))
    planned = cio("plan", "demo", "--allow-live", "--detailed-exitcode")
    assert (planned.code, "rolled_back" in planned.out) == (4, True)
    assert cio("apply", "demo", *APPROVE, "--prefer", "config").code == 0
    assert "8 Canal Road" in live(cio, f"snippet.{'renamed' if is_renamed else 'main_address'}")
    assert cio("plan", "demo", "--detailed-exitcode").code == 0


def test_what_has_changed_since_is_left_and_named(cio: CommandLine) -> None:
    move_office()
    NEW.write_text("name: imprint\nvalue: Hello\n")
    run = applied_run(cio)
    cio("sandbox", "edit", "demo", "snippet.main_address", "value=PO Box 7")
    done = cio("rollback", "demo", run, *APPROVE)
    assert done.code == 8
    assert "snippet.main_address  update: somebody changed it in the workspace" in done.out
    assert "PO Box 7" in live(cio, "snippet.main_address")
    assert cio("show", "demo", "snippet.imprint", "--live").code != 0


def test_a_run_that_a_later_one_overtook_is_refused(cio: CommandLine) -> None:
    move_office()
    run = applied_run(cio)
    ADDRESS.write_text(ADDRESS.read_text().replace("8 Canal", "9 Canal"))
    applied_run(cio)
    done = cio("rollback", "demo", run, *APPROVE)
    assert done.code == 4
    assert done.err.startswith("error: Cannot be rolled back\n")
    assert ": a later run or import changed it." in " ".join(done.err.split())


def test_only_the_reviewed_rollback_is_made(cio: CommandLine) -> None:
    move_office()
    run = applied_run(cio)
    digest = json.loads(cio("rollback", "demo", run, "--dry-run", "--json").out)["digest"]
    assert cio("rollback", "demo", run, "--reviewed", "0" * 64, "--allow-live").code == 4
    assert cio("rollback", "demo", run, "--reviewed", digest).code == 4  # a guard
    assert cio("rollback", "demo", run, "--reviewed", digest, "--allow-live").code == 0


def test_the_steps_of_a_campaign_come_back(cio: CommandLine) -> None:
    file = next(
        path
        for path in (WORKSPACE / "campaigns").glob("*/campaign.yaml")
        if "wait: " in path.read_text()
    )
    address = f"campaign.{file.parent.name}"
    before = live(cio, address)
    file.write_text(re.sub(r"wait: \w+", "wait: 9d", file.read_text(), count=1))
    run = applied_run(cio)
    assert live(cio, address) != before
    assert cio("rollback", "demo", run, *APPROVE).code == 0
    assert live(cio, address) == before


def test_bad_rollbacks_are_refused(cio: CommandLine) -> None:
    assert cio("rollback", "demo", "20260101T000000Z-000000", *APPROVE).code == 64
    assert cio("rollback", "demo", "20260101T000000Z-000000").code == 64
    move_office()
    run = applied_run(cio)
    Path(f".cioform/demo/journal/{run}.ndjson").unlink()  # as `state prune` does after a while
    done = cio("rollback", "demo", run, *APPROVE)
    assert (done.code, done.err.splitlines()[0]) == (64, "error: Journal was pruned")
