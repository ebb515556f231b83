"""Failures of the remote during plan and apply: each is reported, and the next plan is right."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from cioform.core.address import Address
from cioform.core.errors import AuthError, CioformError, PlanError, RemoteError, UnavailableError
from cioform.emulator.protocol.behavior import Behavior
from cioform.model.remote_access.conversation import Api
from cioform.model.router import choose_route
from cioform.model.routing.operations import WriteContext
from cioform.model.routing.routes import UpdateRoute
from cioform.plan.change import Action
from cioform.run.events import ChangeStatus, Outcome
from cioform.run.reading.driver import run_conversation
from tests.support.copied_projects import CopyOf
from tests.support.sandbox_project import SandboxProject

SEGMENT = {"name": "S", "conditions": {"attribute": "plan", "is": "x"}}
EDITED = {"name": "S", "conditions": {"attribute": "plan", "is": "y"}}
ALWAYS = 99


def prepare(project: SandboxProject) -> None:
    project.replace_documents(
        {
            "snippets/a.yaml": {"name": "a", "value": "1"},
            "segments/s.yaml": SEGMENT,
            "layouts/old.yaml": {"name": "Old", "body": "{{content}}"},
        }
    )
    project.apply()
    project.replace_documents(
        {
            "snippets/a.yaml": {"name": "a", "value": "2"},
            "segments/s.yaml": EDITED,
            "layouts/new.yaml": {"name": "New", "body": "{{content}}"},
        }
    )
    project.sent.clear()


@pytest.fixture
def project(copy_of: CopyOf) -> SandboxProject:
    """Return a project with an applied snippet, segment and layout.

    Its files change the snippet and the segment, remove the layout and add another.
    """
    return copy_of(prepare)


def assert_converged(project: SandboxProject) -> None:
    """Assert that, without faults, one apply completes the plan without duplicates."""
    project.faults.clear()
    assert project.apply_until_empty(rounds=1).is_empty
    assert project.names_in("layouts") == ["New"]
    assert project.names_in("segments") == ["S"]
    assert [each["value"] for each in project.content()["snippets"]] == ["2"]
    assert "'y'" in str(project.content()["segments"])


@dataclass(frozen=True)
class ReadFault:
    """A fault of a list while planning, and the error that it causes (None: no error)."""

    effect: str
    times: int
    error: type[CioformError] | None = None
    summary: str = ""


READ_FAULTS = [
    ReadFault("status:401", 1),
    ReadFault("status:401", ALWAYS, AuthError, "Credential rejected"),
    ReadFault("status:403", ALWAYS, AuthError, "Permission denied"),
    ReadFault("status:404", ALWAYS, RemoteError, "Not found in the workspace"),
    ReadFault("status:409", ALWAYS, RemoteError, "Conflict in the workspace"),
    ReadFault("status:422", ALWAYS, RemoteError, "Values rejected"),
    ReadFault("status:429", 2),
    ReadFault("status:429:7", 2),
    ReadFault("status:429:9999", ALWAYS, UnavailableError, "Rate limit reached"),
    ReadFault("status:429", ALWAYS, UnavailableError, "Rate limit reached"),
    ReadFault("status:500", 3),
    ReadFault("status:500", ALWAYS, UnavailableError, "Customer.io failed"),
    ReadFault("timeout-before", 1),
    ReadFault("timeout-before", ALWAYS, UnavailableError, "No response from Customer.io"),
    ReadFault("cut-before", ALWAYS, UnavailableError, "No response from Customer.io"),
    ReadFault("cut-body", 1),
    ReadFault("cut-body", ALWAYS, UnavailableError, "No response from Customer.io"),
    ReadFault("html", ALWAYS, RemoteError, "Web page instead of JSON"),
    ReadFault("bad-json", ALWAYS, RemoteError, "Invalid response"),
    ReadFault("huge", ALWAYS, RemoteError, "Response too large"),
    ReadFault("expire-token", 1),
]


@pytest.mark.parametrize("case", READ_FAULTS, ids=lambda case: f"{case.effect}x{case.times}")
@pytest.mark.parametrize("path", ["segments$", "layouts$"])
def test_a_fault_while_planning(project: SandboxProject, case: ReadFault, path: str) -> None:
    project.inject_fault(case.effect, "GET", path, times=case.times)
    if case.error is None:
        assert len(project.plan().changes) == 4
    else:
        with pytest.raises(case.error) as caught:
            project.plan()
        assert [each.summary for each in caught.value.diagnostics] == [case.summary]
    assert project.writes == []
    assert_converged(project)


@dataclass(frozen=True)
class WriteFault:
    """A fault of one write, the status of that change and the summary of its diagnostic."""

    effect: str
    status: ChangeStatus
    summary: str | None
    times: int = 1


UNKNOWN_OUTCOME = "Outcome unknown"
DONE_DESPITE_ERROR = "Done despite an error"
WRITE_FAULTS = [
    WriteFault("status:401", ChangeStatus.DONE, None),
    WriteFault("status:401", ChangeStatus.FAILED, "Credential rejected", ALWAYS),
    WriteFault("status:403", ChangeStatus.FAILED, "Permission denied"),
    WriteFault("status:404", ChangeStatus.FAILED, "Not found in the workspace"),
    WriteFault("status:409", ChangeStatus.FAILED, "Conflict in the workspace"),
    WriteFault("status:422", ChangeStatus.FAILED, "Values rejected"),
    WriteFault("status:429", ChangeStatus.DONE, None, 2),
    WriteFault("status:429:7", ChangeStatus.DONE, None, 2),
    WriteFault("status:429", ChangeStatus.FAILED, "Rate limit reached", ALWAYS),
    WriteFault("status:429:9999", ChangeStatus.FAILED, "Rate limit reached"),
    WriteFault("status:500", ChangeStatus.FAILED, UNKNOWN_OUTCOME),
    WriteFault("status:500-done", ChangeStatus.DONE, DONE_DESPITE_ERROR),
    WriteFault("timeout-before", ChangeStatus.FAILED, UNKNOWN_OUTCOME),
    WriteFault("timeout-after", ChangeStatus.DONE, DONE_DESPITE_ERROR),
    WriteFault("cut-before", ChangeStatus.FAILED, UNKNOWN_OUTCOME),
    WriteFault("cut-after", ChangeStatus.DONE, DONE_DESPITE_ERROR),
    WriteFault("cut-body", ChangeStatus.DONE, DONE_DESPITE_ERROR),
    WriteFault("html", ChangeStatus.FAILED, "Web page instead of JSON"),
    WriteFault("bad-json", ChangeStatus.DONE, DONE_DESPITE_ERROR),
    WriteFault("huge", ChangeStatus.FAILED, UNKNOWN_OUTCOME),
    WriteFault("expire-token", ChangeStatus.DONE, None),
]
TARGETS = {
    "create": ("POST", "layouts", "layout.new"),
    "update": ("PUT", "segments", "segment.s"),
    "delete": ("DELETE", "layouts", "layout.old"),
}


def result_of(outcome: Outcome, address: str) -> tuple[ChangeStatus, list[str]]:
    [result] = [each for each in outcome.results if str(each.address) == address]
    return result.status, [each.summary for each in result.diagnostics]


@pytest.mark.parametrize("case", WRITE_FAULTS, ids=lambda case: f"{case.effect}x{case.times}")
@pytest.mark.parametrize("target", TARGETS)
def test_a_fault_on_a_write(project: SandboxProject, case: WriteFault, target: str) -> None:
    method, path, address = TARGETS[target]
    plan = project.plan()
    project.inject_fault(case.effect, method, path, times=case.times)
    outcome = project.apply(plan)
    status, summaries = result_of(outcome, address)
    if target == "delete" and case.effect in ("cut-body", "bad-json"):
        assert status is ChangeStatus.DONE  # the response to a deletion has no body
    elif target == "delete" and case.effect == "status:404":
        assert status is ChangeStatus.FAILED  # the object still exists
    else:
        assert (status, summaries) == (case.status, [case.summary] if case.summary else [])
    later = plan.changes[[str(c.address) for c in plan.changes].index(address) + 1 :]
    skipped = ChangeStatus.SKIPPED if status is not ChangeStatus.DONE else ChangeStatus.DONE
    assert all(result_of(outcome, str(change.address))[0] is skipped for change in later)
    if case.status is ChangeStatus.FAILED and "429" not in case.effect and "401" not in case.effect:
        assert sum(f"{method} " in each and path in each for each in project.writes) == 1
    assert_converged(project)


def test_an_unknown_outcome_stays_unknown_until_it_can_be_read(project: SandboxProject) -> None:
    plan = project.plan()
    project.inject_fault("timeout-after", "POST", "layouts")
    project.inject_fault("status:500", "GET", "layouts", times=ALWAYS, nth=2)
    status, summaries = result_of(project.apply(plan), "layout.new")
    assert (status, summaries) == (ChangeStatus.OUTCOME_UNKNOWN, [UNKNOWN_OUTCOME])
    with pytest.raises(RemoteError):
        project.plan()
    project.faults.clear()
    assert {str(address) for address in project.bindings()} == {
        "snippet.a",
        "segment.s",
        "layout.old",
    }
    again = project.plan()
    assert "layout.new" in {str(address) for address in project.bindings()}
    assert "layout.new" not in {str(change.address) for change in again.changes}
    assert_converged(project)


def test_an_open_change_is_not_closed_by_a_credential_that_cannot_read_it(
    project: SandboxProject,
) -> None:
    plan = project.plan()
    project.inject_fault("timeout-after", "POST", "layouts")
    project.inject_fault("status:500", "GET", "layouts", times=ALWAYS, nth=2)
    project.apply(plan)
    project.faults.clear()
    project.plan(frozenset({Api.APP}))
    assert "layout.new" not in {str(address) for address in project.bindings()}
    project.plan()
    assert "layout.new" in {str(address) for address in project.bindings()}
    assert_converged(project)


def test_on_error_continue_applies_the_independent_changes(project: SandboxProject) -> None:
    project.inject_fault("status:422", "PUT", "segments")
    outcome = project.apply(keep_going=True)
    assert [result.status for result in outcome.results].count(ChangeStatus.DONE) == 3
    assert result_of(outcome, "segment.s")[0] is ChangeStatus.FAILED
    assert_converged(project)


def test_a_failed_update_does_not_change_the_state(project: SandboxProject) -> None:
    with project.open() as session:
        before = session.applied().bindings
    project.inject_fault("status:422", "PUT", "segments")
    project.apply(keep_going=True)
    with project.open() as session:
        after = session.applied().bindings
    [address] = [each for each in before if each.kind == "segment"]
    assert after[address] == before[address]


def test_the_pointer_of_a_422_is_shown(project: SandboxProject) -> None:
    value = "{% comment %}{{ snippets.b }}{% endcomment %}"
    project.write("snippets/a.yaml", {"name": "a", "value": value})
    outcome = project.apply()
    [update] = [result for result in outcome.results if str(result.address) == "snippet.a"]
    assert update.status is ChangeStatus.FAILED
    assert update.diagnostics[0].summary == "Values rejected"
    assert "(at /value)" in update.diagnostics[0].detail


def test_the_live_data_gate_names_its_setting(project: SandboxProject) -> None:
    [segment] = project.content()["segments"]
    running = {"id": 5, "name": "R", "state": "running", "type": "seg_attr"}
    trigger = {"and": [{"segment": {"id": segment["id"]}}]}
    project.seed(campaigns=[{**running, "trigger": trigger}])
    outcome = project.apply()
    [update] = [result for result in outcome.results if str(result.address) == "segment.s"]
    assert update.status is ChangeStatus.FAILED
    assert update.diagnostics[0].summary == "Live data is read-only"
    assert "/settings/ai" in update.diagnostics[0].detail
    project.seed(settings={"edit_live_data": True})  # type: ignore[arg-type]
    assert_converged(project)


def test_an_object_changed_since_the_plan_is_stale(project: SandboxProject) -> None:
    plan = project.plan()
    [segment] = project.content()["segments"]
    project.seed(segments=[{**segment, "description": "by somebody"}])
    outcome = project.apply(plan, keep_going=True)
    assert result_of(outcome, "segment.s") == (ChangeStatus.STALE, ["Changed since the plan"])
    assert result_of(outcome, "snippet.a")[0] is ChangeStatus.DONE
    assert project.content()["segments"][0]["description"] == "by somebody"


def test_an_object_deleted_since_the_plan_is_stale(project: SandboxProject) -> None:
    plan = project.plan()
    project.seed(segments=[])
    outcome = project.apply(plan)
    assert result_of(outcome, "segment.s") == (ChangeStatus.STALE, ["Changed since the plan"])
    again = project.plan()
    reasons = {str(change.address): change.reason for change in again.changes}
    assert reasons["segment.s"] == "created again: it was deleted in the workspace"
    assert_converged(project)


def test_an_object_created_since_the_plan_is_not_duplicated(project: SandboxProject) -> None:
    plan = project.plan()
    layouts = project.content()["layouts"]
    project.seed(layouts=[*layouts, {"id": 77, "name": "New", "body": "{{content}} theirs"}])
    outcome = project.apply(plan)
    assert result_of(outcome, "layout.new") == (ChangeStatus.STALE, ["Changed since the plan"])
    assert project.names_in("layouts") == ["New", "Old"]


def test_two_objects_with_one_name_are_reported_with_their_ids(project: SandboxProject) -> None:
    twins = [{"id": n, "name": "New", "body": "{{content}}"} for n in (71, 72)]
    project.seed(layouts=twins)
    with pytest.raises(PlanError) as caught:
        project.plan()
    [problem] = caught.value.diagnostics
    assert problem.summary == "Ambiguous name"
    assert "remote_id: 71\n    remote_id: 72" in problem.detail
    assert project.writes == []
    project.seed(layouts=twins[:1])
    assert_converged(project)


def test_a_list_that_repeats_a_page_is_refused(tmp_path: Path) -> None:
    journeys = frozenset({Api.JOURNEYS})
    project = SandboxProject(tmp_path)
    project.seed(snippets=[{"id": n, "name": f"s{n}", "value": "v"} for n in range(1, 251)])
    project.write("snippets/a.yaml", {"name": "a", "value": "1"})
    project.inject_fault("repeat-page", "GET", "snippets", times=ALWAYS)
    with pytest.raises(RemoteError) as caught:
        project.plan(journeys)
    assert caught.value.diagnostics[0].summary == "List repeats a page"
    project.faults.clear()
    assert [change.action for change in project.plan(journeys).changes] == [Action.CREATE]
    assert project.plan(journeys).unmanaged == 250


def test_a_list_of_one_page_that_repeats_it(tmp_path: Path) -> None:
    """With a total the list is complete; without one that is unknown, and nothing is planned."""
    journeys = frozenset({Api.JOURNEYS})
    project = SandboxProject(tmp_path)
    project.seed(snippets=[{"id": n, "name": f"s{n}", "value": "v"} for n in range(1, 4)])
    project.write("snippets/a.yaml", {"name": "a", "value": "1"})
    project.inject_fault("repeat-page", "GET", "", times=ALWAYS)
    plan = project.plan(journeys)
    assert ([change.action for change in plan.changes], plan.unmanaged) == ([Action.CREATE], 3)
    project.alter = _without_metadata
    with pytest.raises(RemoteError) as caught:
        project.plan(journeys)
    assert caught.value.exit_code == 5
    assert caught.value.diagnostics[0].summary == "List repeats a page"
    project.faults.clear()
    plan = project.plan(journeys)
    assert ([change.action for change in plan.changes], plan.unmanaged) == ([Action.CREATE], 3)


def _without_metadata(request: httpx.Request, response: httpx.Response) -> httpx.Response:
    content = json.loads(response.read() or "null")
    if isinstance(content, dict) and content.pop("meta", None) is not None:
        return httpx.Response(response.status_code, json=content, request=request)
    return response


@pytest.mark.parametrize("retry_after", [True, False])
def test_an_apply_waits_for_a_strict_rate_limit(tmp_path: Path, retry_after: bool) -> None:
    """The limit is two requests a second, and the client has no rate limit of its own."""
    project = SandboxProject(tmp_path, Behavior(rate_limit=2.0, retry_after=retry_after))
    for name in "abcdef":
        project.write(f"snippets/{name}.yaml", {"name": name, "value": "1"})
    project.apply()
    assert project.plan().is_empty
    assert project.time.slept > 1
    assert project.names_in("snippets") == list("abcdef")


def test_a_token_that_expires_during_a_run_is_renewed(tmp_path: Path) -> None:
    project = SandboxProject(tmp_path, Behavior(rate_limit=None, token_lifetime=100))

    def later() -> None:
        project.time.now += 30

    project.tick = later
    for name in "abcd":
        project.write(f"layouts/{name}.yaml", {"name": name, "body": "{{content}}"})
    assert project.apply().complete
    assert project.plan().is_empty


def test_the_editor_is_named_next_to_new_resources(project: SandboxProject) -> None:
    """Only drift has an editor, whatever else the plan contains."""
    with project.open(frozenset({Api.JOURNEYS}), actor="jane@acme.com") as session:
        live_object, names = session.live(Address("snippet", "a"))
        kind = session.kinds["snippet"]
        route = choose_route(kind, UpdateRoute, session.apis)
        assert route is not None
        wanted = kind.parse({"name": "a", "value": "3"})
        context = WriteContext(names, [("value",)])
        run_conversation(route.operation(live_object, wanted, context), session.provider)
    plan = project.plan()
    [drift] = plan.drift
    assert drift.editor is not None
    assert drift.editor.who == "jane@acme.com"
    assert len(plan.changes) == 4


def test_a_replacement_whose_creation_is_rejected_loses_nothing(project: SandboxProject) -> None:
    """What texts name is created before its former object is deleted."""
    project.write("snippets/a.yaml", {"name": "b", "value": "2"})
    project.inject_fault("status:422", "POST", "snippets")
    project.apply(keep_going=True)
    assert project.names_in("snippets") == ["a"]
    plan = project.plan()
    assert plan.drift == ()
    assert [change.action for change in plan.changes] == ["replace", "delete"]
    assert project.apply_until_empty(rounds=1).is_empty
    assert project.names_in("snippets") == ["b"]


def test_a_request_that_was_not_planned_is_not_sent(project: SandboxProject) -> None:
    """With another credential the kind would use another route than the reviewed one."""
    plan = project.plan()
    before = len(project.sent)
    outcome = project.apply(plan, apis=frozenset({Api.JOURNEYS}), keep_going=True)
    assert result_of(outcome, "snippet.a") == (ChangeStatus.FAILED, ["Unplanned request"])
    snippets = [each for each in project.sent[before:] if "snippets" in each[1]]
    # The object is read before the write, and not after it.
    assert [method for method, _ in snippets] == ["GET"]
    assert_converged(project)


def test_a_credential_missing_since_the_plan_stops_the_run_before_any_write(
    project: SandboxProject,
) -> None:
    plan = project.plan()
    before = len(project.writes)
    outcome = project.apply(plan, apis=frozenset({Api.APP}))
    assert result_of(outcome, "layout.new") == (ChangeStatus.FAILED, ["Missing credential"])
    assert len(project.writes) == before
    assert_converged(project)
