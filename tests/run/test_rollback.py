"""Plans that undo a run, whichever API made it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from cioform.core.address import Address
from cioform.core.errors import PlanError
from cioform.emulator.store.database import Store
from cioform.model.remote_access.conversation import Api
from tests.support.sandbox_project import NO_GUARDS, SandboxProject

CAMPAIGN = Address("campaign", "welcome")


def write_campaign(project: SandboxProject, subject: str) -> None:
    email = {"subject": subject, "body": "Hi", "from": "team@acme.com"}
    steps = [{"id": "hello", "email": email}]
    campaign = {"name": "Welcome", "trigger": {"event": "e"}, "workflow": steps}
    project.write("campaigns/welcome.yaml", campaign)


def test_a_backup_is_read_as_the_api_that_returned_it(project: SandboxProject) -> None:
    project.seed(identities=[{"name": "Team", "email": "team@acme.com"}])
    write_campaign(project, "Hello")
    assert project.apply().complete
    write_campaign(project, "Welcome")
    outcome = project.apply(apis=frozenset({Api.APP}))
    assert outcome.complete
    with project.open() as workspace:
        rollback = workspace.plan_rollback(outcome.run)
    assert [change.address for change in rollback.plan.changes] == [CAMPAIGN]
    assert rollback.plan.left == ()


def test_what_a_run_deleted_together_is_created_in_order_again(project: SandboxProject) -> None:
    project.seed(domains=[{"id": 1, "domain": "acme.com", "verified": True}])
    email = {"subject": "Hi", "body": "Hi", "from": "team@acme.com", "layout": "main"}
    steps = [{"id": "hello", "email": email}]
    files: dict[str, dict[str, Any]] = {
        "campaigns/a_welcome.yaml": {
            "name": "Welcome", "trigger": {"segment": "vip"}, "workflow": steps,
        },
        "layouts/main.yaml": {"name": "Main", "body": "{{content}}"},
        "segments/vip.yaml": {"name": "Vip", "conditions": {"attribute": "plan", "is": "pro"}},
        "senders/team.yaml": {"name": "Team", "email": "team@acme.com"},
    }  # fmt: skip
    project.replace_documents(files)
    assert project.apply().complete
    project.replace_documents({})
    outcome = project.apply()
    assert outcome.complete
    with project.open() as workspace:
        rollback = workspace.plan_rollback(outcome.run)
        assert rollback.plan.changes[-1].address == Address("campaign", "a_welcome")
        assert workspace.roll_back(rollback, NO_GUARDS).complete
    project.replace_documents(files)
    assert project.plan().is_empty


GONE = "it is no longer in the state, because it was deleted, moved or forgotten since"
NOTE = "snippets/note.yaml"
ONE: dict[str, Any] = {NOTE: {"name": "note", "value": "one"}}
VIP: dict[str, Any] = {"segments/vip.yaml": {"name": "Vip", "manual": True}}
TWO: dict[str, Any] = {NOTE: {"name": "note", "value": "two"}}


def runs_of(project: SandboxProject, states: list[dict[str, Any]]) -> list[str]:
    """Apply one state of the files after the other; return the runs."""
    runs = []
    for state in states:
        project.replace_documents(state)
        outcome = project.apply()
        assert outcome.complete
        runs.append(outcome.run)
    return runs


@pytest.mark.parametrize(
    ("states", "undone", "reason"),
    [
        ([ONE, TWO], 0, "a later run or import changed it"),
        ([ONE, {}], 0, GONE),
        ([VIP, {}, VIP], 0, "it was replaced by another object since"),
        ([ONE, {}, ONE], 1, "it exists again"),
    ],
    ids=["changed", "deleted", "made again", "exists again"],
)
def test_what_has_changed_since_a_run_is_left(
    project: SandboxProject, states: list[dict[str, Any]], undone: int, reason: str
) -> None:
    runs = runs_of(project, states)
    with project.open() as workspace, pytest.raises(PlanError) as raised:
        workspace.plan_rollback(runs[undone])
    assert f": {reason}. Nothing was rolled back." in str(raised.value)


def test_what_was_forgotten_since_a_run_is_not_said_to_be_deleted(project: SandboxProject) -> None:
    [run] = runs_of(project, [ONE])
    with project.open() as workspace:
        workspace.forget(Address("snippet", "note"))
    with project.open() as workspace, pytest.raises(PlanError) as raised:
        workspace.plan_rollback(run)
    assert f": {GONE}. Nothing was rolled back." in str(raised.value)


@pytest.mark.parametrize(
    ("states", "action"), [([ONE, {}], "create"), ([ONE, TWO], "update"), ([ONE], "delete")]
)
def test_what_a_run_did_last_is_undone(
    project: SandboxProject, states: list[dict[str, Any]], action: str
) -> None:
    run = runs_of(project, states)[-1]
    with project.open() as workspace:
        plan = workspace.plan_rollback(run).plan
    assert [change.action.value for change in plan.changes] == [action]
    assert plan.left == ()


def test_the_steps_of_a_backup_are_those_of_the_run(project: SandboxProject) -> None:
    """Their names in Customer.io do not say their ids."""
    steps = [{"id": "hello", "name": "Greeting", "wait": "1d"}]
    campaign = {"name": "Welcome", "trigger": {"event": "e"}, "workflow": steps}
    run = runs_of(project, [{"campaigns/welcome.yaml": campaign}, {}])[-1]
    with project.open() as workspace:
        [change] = workspace.plan_rollback(run).plan.changes
    wanted: Any = change.wanted
    assert [step["id"] for step in wanted["workflow"]] == ["hello"]


def on_disk(root: Path) -> SandboxProject:
    return SandboxProject(root, store=Store.open(root / "sandbox.sqlite"))


def test_a_pull_knows_what_a_rollback_undid_that_was_killed(tmp_path: Path) -> None:
    root = tmp_path / "project"
    root.mkdir()
    project = on_disk(root)
    *_, run = runs_of(project, [ONE, TWO])
    copies: list[Path] = []

    def tick() -> None:
        if project.content()["snippets"][0]["value"] == "one" and not copies:
            copies.append(shutil.copytree(root, tmp_path / "killed"))

    with project.open() as workspace:
        rollback = workspace.plan_rollback(run)
        project.tick = tick
        assert workspace.roll_back(rollback, NO_GUARDS).complete
    project.store.close()
    killed = on_disk(copies[0])
    with killed.open() as workspace:
        pulled = workspace.pull(workspace.pullable())
    assert pulled.left == ()
    assert '"value": "one"' in (killed.folder / NOTE).read_text()
    assert killed.plan().is_empty
    killed.store.close()
