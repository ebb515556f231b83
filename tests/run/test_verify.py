"""What a change is recorded as, once its object has been read back."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from cioform.core.address import Address
from cioform.core.diagnostic import Severity
from cioform.plan.change import Action
from cioform.run.events import ChangeResult, ChangeStatus, Outcome
from tests.support.copied_projects import CopyOf
from tests.support.sandbox_project import SandboxProject

SNIPPET = "snippets/a.yaml"


def change_after_apply(project: SandboxProject) -> None:
    project.write(SNIPPET, {"name": "a", "value": "1"})
    project.apply()
    project.write(SNIPPET, {"name": "a", "value": "2"})


@pytest.fixture
def changed(copy_of: CopyOf) -> SandboxProject:
    """Return a project with a snippet whose file has changed since it was applied."""
    return copy_of(change_after_apply)


def only_result(outcome: Outcome) -> ChangeResult:
    [result] = outcome.results
    return result


def unfinished(project: SandboxProject) -> Sequence[str]:
    """Return the addresses that the next command looks up."""
    with project.open() as workspace:
        runs = workspace._opened.store.unfinished_runs()
    return [str(change.address) for run in runs for change in run.open_changes]


def test_an_object_that_reads_back_differently_is_half_made(changed: SandboxProject) -> None:
    plan = changed.plan()
    # The first read is before the write, the second one after it.
    changed.inject_fault("stale", "GET", "snippets", nth=2)
    outcome = changed.apply(plan)
    result = only_result(outcome)
    assert (result.status, result.half_made) == (ChangeStatus.FAILED, True)
    [diagnostic] = result.diagnostics
    journal = changed.state_folder / "journal" / f"{outcome.run}.ndjson"
    assert diagnostic.summary == "Written values differ"
    assert "these fields have other values: value." in diagnostic.detail
    assert str(journal) in diagnostic.detail
    assert '"backup"' in journal.read_text(encoding="utf-8")
    assert unfinished(changed) == []


@pytest.mark.parametrize("status", [200, 204])
def test_what_still_exists_after_its_deletion_stays_managed(
    changed: SandboxProject, status: int
) -> None:
    changed.remove(SNIPPET)
    changed.inject_fault(f"status:{status}", "DELETE", "snippets")
    result = only_result(changed.apply())
    assert (result.status, result.diagnostics[0].summary) == (ChangeStatus.FAILED, "Not deleted")
    assert unfinished(changed) == []
    [change] = changed.plan().changes
    assert change.action is Action.DELETE
    changed.apply_until_empty()


@pytest.mark.parametrize(("form", "inner"), [("[A, B]", "[1]"), ("{all: [A, B]}", ".all[1]")])
def test_a_difference_has_the_path_of_the_file(
    project: SandboxProject, form: str, inner: str
) -> None:
    tests = form.replace("A", "{attribute: plan, is: pro}").replace("B", "{attribute: city, is: X}")
    project.write("segments/a.yaml", f"name: A\nconditions: {tests}\n")
    project.apply()
    project.write("segments/a.yaml", f"name: A\nconditions: {tests.replace('X', 'Y')}\n")
    plan = project.plan()
    project.inject_fault("stale", "GET", "segments/", nth=2)
    [diagnostic] = only_result(project.apply(plan)).diagnostics
    assert f"these fields have other values: conditions{inner}.is." in diagnostic.detail


def test_an_object_that_cannot_be_read_back_was_written(changed: SandboxProject) -> None:
    plan = changed.plan()
    changed.inject_fault("status:500", "GET", "snippets", nth=2, times=9)
    result = only_result(changed.apply(plan))
    assert result.status is ChangeStatus.DONE
    assert result.diagnostics
    changed.faults.clear()
    assert changed.plan().is_empty


def test_a_write_that_was_refused_changed_nothing(changed: SandboxProject) -> None:
    changed.inject_fault("status:400", "PUT", "snippets")
    result = only_result(changed.apply())
    assert (result.status, result.half_made) == (ChangeStatus.FAILED, False)
    assert unfinished(changed) == []
    with changed.open() as workspace:
        [binding] = workspace.applied().bindings.values()
    assert binding.applied == {"name": "a", "value": "1"}


def test_a_write_that_was_made_despite_an_error_is_done(changed: SandboxProject) -> None:
    changed.inject_fault("cut-after", "PUT", "snippets")
    result = only_result(changed.apply())
    assert (result.status, result.half_made) == (ChangeStatus.DONE, False)
    [diagnostic] = result.diagnostics
    assert (diagnostic.summary, diagnostic.severity) == ("Done despite an error", Severity.WARNING)
    assert changed.plan().is_empty


def test_a_write_of_which_nothing_can_be_read_stays_open(changed: SandboxProject) -> None:
    plan = changed.plan()
    changed.inject_fault("cut-after", "PUT", "snippets")
    changed.inject_fault("status:500", "GET", "snippets", nth=2, times=9)
    result = only_result(changed.apply(plan))
    assert result.status is ChangeStatus.OUTCOME_UNKNOWN
    assert unfinished(changed) == ["snippet.a"]
    changed.faults.clear()
    assert changed.plan().is_empty


@pytest.mark.parametrize(
    ("effect", "status"),
    [("status:400", ChangeStatus.FAILED), ("cut-after", ChangeStatus.DONE)],
)
def test_a_delete_is_looked_up_too(
    changed: SandboxProject, effect: str, status: ChangeStatus
) -> None:
    changed.remove(SNIPPET)
    changed.inject_fault(effect, "DELETE", "snippets")
    result = only_result(changed.apply())
    assert (result.status, result.half_made) == (status, False)
    assert len(changed.bindings()) == (status is ChangeStatus.FAILED)


@pytest.mark.parametrize(
    ("effect", "status"),
    [("status:400", ChangeStatus.FAILED), ("cut-after", ChangeStatus.DONE)],
)
def test_a_new_object_is_found_by_its_name(
    project: SandboxProject, effect: str, status: ChangeStatus
) -> None:
    project.write("layouts/main.yaml", {"name": "Main", "body": "{{ content }}"})
    project.inject_fault(effect, "POST", "layouts")
    result = only_result(project.apply())
    assert (result.status, result.half_made) == (status, False)
    assert unfinished(project) == []
    assert len(project.bindings()) == (status is ChangeStatus.DONE)
    assert project.apply_until_empty().is_empty
    assert project.names_in("layouts") == ["Main"]


def change_the_trigger(project: SandboxProject) -> None:
    write_campaign(project, {"event": "e"})
    project.write("segments/vip.yaml", {"name": "Vip", "manual": True})
    project.apply()
    write_campaign(project, {"segment": "vip"})


@pytest.fixture
def replaced(copy_of: CopyOf) -> SandboxProject:
    """Return a project with a campaign that has to be deleted and created again."""
    return copy_of(change_the_trigger)


def write_campaign(
    project: SandboxProject, trigger: dict[str, str], **fields: dict[str, str]
) -> None:
    steps = [{"id": "pause", "wait": "1d"}]
    document = {"name": "C", "trigger": trigger, "workflow": steps, **fields}
    project.write("campaigns/c.yaml", document)


@pytest.mark.parametrize(("effect", "is_bound"), [("status:422", False), ("cut-after", True)])
def test_a_campaign_that_was_deleted_and_not_made_again_in_full_is_half_made(
    replaced: SandboxProject, effect: str, is_bound: bool
) -> None:
    plan = replaced.plan()
    assert [change.action for change in plan.changes] == [Action.REPLACE]
    replaced.inject_fault(effect, "POST", "campaigns$")
    result = only_result(replaced.apply(plan))
    assert (result.status, result.half_made) == (ChangeStatus.FAILED, True)
    assert (Address("campaign", "c") in replaced.bindings()) is is_bound
    assert replaced.apply_until_empty().is_empty


def test_a_campaign_that_could_not_be_deleted_is_as_it_was(replaced: SandboxProject) -> None:
    before = replaced.bindings()
    replaced.inject_fault("status:422", "DELETE", "campaigns")
    result = only_result(replaced.apply())
    assert (result.status, result.half_made) == (ChangeStatus.FAILED, False)
    assert replaced.bindings() == before


def test_a_campaign_that_still_exists_beside_the_new_one_is_named(
    replaced: SandboxProject,
) -> None:
    former = replaced.bindings()[Address("campaign", "c")]
    replaced.inject_fault("status:204", "DELETE", "campaigns")
    result = only_result(replaced.apply())
    assert (result.status, result.half_made) == (ChangeStatus.FAILED, True)
    assert f"(ID {former})" in result.diagnostics[0].detail
    assert replaced.bindings()[Address("campaign", "c")] != former


def change_the_trigger_and_lose_the_goal(project: SandboxProject) -> None:
    write_campaign(project, {"event": "e"}, goal={"event": "bought", "within": "7d"})
    project.write("segments/vip.yaml", {"name": "Vip", "manual": True})
    project.apply()
    write_campaign(project, {"segment": "vip"})


def test_a_replacement_that_cannot_be_read_back_has_none_of_the_former_fields(
    copy_of: CopyOf,
) -> None:
    read, unread = (copy_of(change_the_trigger_and_lose_the_goal) for _ in range(2))
    for project in (read, unread):
        plan = project.plan()
        project.sent.clear()
        assert only_result(project.apply(plan)).status is ChangeStatus.DONE
        last = sum("campaigns/" in path for method, path in project.sent if method == "GET")
        unread.inject_fault("status:500", "GET", "campaigns/", nth=last, times=9)
    unread.faults.clear()
    for project in (read, unread):
        assert project.plan().is_empty
        with project.open() as opened:
            assert opened.drift_report().drift == ()


@pytest.mark.parametrize("sender", ["team", "team@acme.com", "Team <team@acme.com>"])
@pytest.mark.parametrize("fault", [None, "cut-after"])
def test_a_new_object_can_be_named_in_any_way_by_what_is_created_with_it(
    project: SandboxProject, sender: str, fault: str | None
) -> None:
    project.seed(domains=[{"id": 1, "domain": "acme.com", "verified": True}])
    project.write("senders/team.yaml", {"name": "Team", "email": "team@acme.com"})
    project.write("layouts/main.yaml", {"name": "Main", "body": "<div>{{content}}</div>"})
    project.write("segments/vip.yaml", {"name": "VIP", "conditions": {"attribute": "a", "is": "b"}})
    mail = {"from": sender, "layout": "main", "subject": "Hello", "body": "<p>Hello</p>"}
    steps = [{"id": "hello", "email": mail}]
    file = {"name": "Welcome", "trigger": {"segment": "vip"}, "workflow": steps}
    project.write("campaigns/welcome.yaml", file)
    if fault:
        project.inject_fault(fault, "PUT", "campaigns", nth=4)
    outcome = project.apply()
    assert {result.status for result in outcome.results} == {ChangeStatus.DONE}
    assert project.plan().is_empty
    with project.open() as workspace:
        assert not workspace.drift()
