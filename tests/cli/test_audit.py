"""One timeline of runs and of the audit log, whatever the log shows."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Literal, TypeAlias

import pytest

from cioform.emulator.protocol.behavior import Behavior
from cioform.services.connections import sandbox
from tests.support.command_line import CommandLine

AuditLog: TypeAlias = Literal["no fields", "refused", "empty"]
ADDRESS = Path("workspaces/demo/snippets/main_address.yaml")


@pytest.fixture
def run(cio: CommandLine) -> str:
    """Return a run, after which Jane edited what it changed."""
    ADDRESS.write_text(ADDRESS.read_text().replace("1 High Street", "8 Canal Road"))
    done = cio("apply", "demo", "--auto-approve", "--allow-live", "--json")
    edit = ("sandbox", "edit", "demo", "snippet.main_address", "value=PO Box 7")
    assert cio(*edit, "--as", "jane@acme.com").code == 0
    return str(json.loads(done.out)["run"])


def test_runs_and_edits_stand_in_one_timeline(cio: CommandLine, run: str) -> None:
    done = cio("audit", "demo", "--since", "1h")
    assert (done.code, done.err) == (0, "")
    lines = done.out.splitlines()
    edit = next(line for line in lines if "jane@acme.com" in line)
    applied = next(line for line in lines if run in line)
    assert lines.index(edit) < lines.index(applied)  # the newest first
    assert " UI " in edit
    assert edit.endswith("updated snippet.main_address: value")
    assert applied.endswith(f"1 updated (snippet.main_address), run {run}")
    assert "cioform apply" in applied


def test_entries_of_the_log_that_a_run_made_name_it(cio: CommandLine, run: str) -> None:
    entries = json.loads(cio("audit", "demo", "--since", "1h", "--json").out)["entries"]
    assert next(entry["run"] for entry in entries if entry["who"] == "jane@acme.com") is None
    made = [entry for entry in entries if entry["run"] == run and not entry["is_run"]]
    assert [entry["objects"] for entry in made] == [["snippet.main_address"]]


def test_fields_have_the_names_of_the_files(cio: CommandLine) -> None:
    only_if = 'welcome.only_if={"attribute": "plan", "is": "pro"}'
    edit = ("sandbox", "edit", "demo", "campaign.welcome", only_if)
    assert cio(*edit, "--as", "jane@acme.com").code == 0
    done = cio("audit", "demo", "--since", "1h", "--actor", "jane")
    assert done.out.splitlines()[1].endswith("updated campaign.welcome: only_if")


@pytest.mark.usefixtures("run")
def test_only_what_one_did(cio: CommandLine) -> None:
    lines = cio("audit", "demo", "--since", "1h", "--actor", "JANE").out.splitlines()[1:]
    assert len(lines) == 1
    nothing = "No runs and no log entries for demo"
    assert cio("audit", "demo", "--since", "2999-01-01").out == f"{nothing} since 2999-01-01.\n"
    assert cio("audit", "demo", "--actor", "nobody").out == f"{nothing} in the last 30d.\n"


@pytest.mark.parametrize(
    ("switch", "code", "edits"),
    [("no fields", 0, True), ("refused", 8, False), ("empty", 0, False)],
)
def test_the_log_may_show_less(
    cio: CommandLine,
    monkeypatch: pytest.MonkeyPatch,
    run: str,
    switch: AuditLog,
    code: int,
    edits: bool,
) -> None:
    # The sandbox of this process, with the other reading of the open fact.
    monkeypatch.setattr(sandbox, "Behavior", partial(Behavior, audit_log=switch))
    done = cio("audit", "demo", "--since", "1h")
    assert done.code == code
    assert run in done.out
    assert ("jane@acme.com" in done.out) is edits
    assert ("The audit log was not read." in done.err) is (code == 8)


def test_without_a_service_account_the_runs_are_shown(cio: CommandLine, run: str) -> None:
    done = cio("audit", "demo", "--with", "app")
    assert (done.code, run in done.out) == (8, True)
    assert "It needs a service account token." in done.err


def test_an_unread_log_is_not_said_to_be_empty(cio: CommandLine) -> None:
    done = cio("audit", "demo", "--with", "app", "--actor", "nobody")
    assert (done.code, done.out) == (8, "No runs of cioform for demo in the last 30d.\n")


def test_a_time_that_is_none_is_refused(cio: CommandLine) -> None:
    done = cio("audit", "demo", "--since", "yesterday")
    assert (done.code, done.err.splitlines()[0]) == (64, "error: Invalid time")
