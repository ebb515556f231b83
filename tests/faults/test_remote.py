"""Everything the remote may do wrong, in a plan and in an apply: said clearly, nothing lost, the
next plan right."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from cioform.core.address import Address
from cioform.core.errors import AuthError, CioformError, PlanError, RemoteError
from cioform.emulator.protocol.behavior import Behavior
from cioform.model.conversation import Api
from cioform.model.operations import WriteContext
from cioform.model.router import choose_route
from cioform.model.routes import UpdateRoute
from cioform.plan.change import Action
from cioform.run.driver import run_conversation
from cioform.run.events import ChangeStatus, Outcome
from tests.support.sandbox_project import SandboxProject

SEGMENT = {"name": "S", "conditions": {"attribute": "plan", "is": "x"}}
EDITED = {"name": "S", "conditions": {"attribute": "plan", "is": "y"}}
ALWAYS = 99


@pytest.fixture
def project(tmp_path: Path) -> Iterator[SandboxProject]:
    """Give a workspace with a snippet and a segment of ours, and files that edit both, take a
    layout away and want another one."""
    made = SandboxProject(tmp_path)
    made.replace_documents(
        {
            "snippets/a.yaml": {"name": "a", "value": "1"},
            "segments/s.yaml": SEGMENT,
            "layouts/old.yaml": {"name": "Old", "body": "{{content}}"},
        }
    )
    made.apply()
    made.replace_documents(
        {
            "snippets/a.yaml": {"name": "a", "value": "2"},
            "segments/s.yaml": EDITED,
            "layouts/new.yaml": {"name": "New", "body": "{{content}}"},
        }
    )
    made.sent.clear()
    yield made
    made.store.close()


def assert_right(project: SandboxProject) -> None:
    """Hold that once the trouble is over, what is left is done and nothing twice."""
    project.faults.clear()
    assert project.apply_until_empty(rounds=1).is_empty
    assert project.names_in("layouts") == ["New"]
    assert project.names_in("segments") == ["S"]
    assert [each["value"] for each in project.content()["snippets"]] == ["2"]
    assert "'y'" in str(project.content()["segments"])


@dataclass(frozen=True)
class Read:
    """A fault on the list of segments while planning, and what comes of it; None for nothing."""

    effect: str
    times: int
    error: type[CioformError] | None = None
    summary: str = ""


READS = [
    Read("status:401", 1),
    Read("status:401", ALWAYS, AuthError, "Credential rejected"),
    Read("status:403", ALWAYS, AuthError, "Permission denied"),
    Read("status:404", ALWAYS, RemoteError, "Not found in the workspace"),
    Read("status:409", ALWAYS, RemoteError, "Conflict in the workspace"),
    Read("status:422", ALWAYS, RemoteError, "Values rejected"),
    Read("status:429", 2),
    Read("status:429:7", 2),
    Read("status:429:9999", ALWAYS, RemoteError, "Rate limit reached"),
    Read("status:429", ALWAYS, RemoteError, "Rate limit reached"),
    Read("status:500", 3),
    Read("status:500", ALWAYS, RemoteError, "Customer.io failed"),
    Read("timeout-before", 1),
    Read("timeout-before", ALWAYS, RemoteError, "Customer.io cannot be reached"),
    Read("cut-before", ALWAYS, RemoteError, "Customer.io cannot be reached"),
    Read("cut-body", 1),
    Read("cut-body", ALWAYS, RemoteError, "Customer.io cannot be reached"),
    Read("html", ALWAYS, RemoteError, "Web page instead of JSON"),
    Read("bad-json", ALWAYS, RemoteError, "Invalid response"),
    Read("huge", ALWAYS, RemoteError, "Response too large"),
    Read("expire-token", 1),
]


@pytest.mark.parametrize("case", READS, ids=lambda case: f"{case.effect}x{case.times}")
@pytest.mark.parametrize("path", ["segments$", "layouts$"])
def test_a_fault_while_planning(project: SandboxProject, case: Read, path: str) -> None:
    project.inject_fault(case.effect, "GET", path, times=case.times)
    if case.error is None:
        assert len(project.plan().changes) == 4
    else:
        with pytest.raises(case.error) as caught:
            project.plan()
        assert [each.summary for each in caught.value.diagnostics] == [case.summary]
    assert project.writes == []
    assert_right(project)


@dataclass(frozen=True)
class Write:
    """A fault on one write, how that change ends, and what is said of it."""

    effect: str
    status: ChangeStatus
    summary: str | None
    times: int = 1


UNKNOWN_OUTCOME = "Outcome unknown"
SPITE = "Done in spite of an error"
WRITES = [
    Write("status:401", ChangeStatus.DONE, None),
    Write("status:401", ChangeStatus.FAILED, "Credential rejected", ALWAYS),
    Write("status:403", ChangeStatus.FAILED, "Permission denied"),
    Write("status:404", ChangeStatus.FAILED, "Not found in the workspace"),
    Write("status:409", ChangeStatus.FAILED, "Conflict in the workspace"),
    Write("status:422", ChangeStatus.FAILED, "Values rejected"),
    Write("status:429", ChangeStatus.DONE, None, 2),
    Write("status:429:7", ChangeStatus.DONE, None, 2),
    Write("status:429", ChangeStatus.FAILED, "Rate limit reached", ALWAYS),
    Write("status:429:9999", ChangeStatus.FAILED, "Rate limit reached"),
    Write("status:500", ChangeStatus.FAILED, UNKNOWN_OUTCOME),
    Write("status:500-done", ChangeStatus.DONE, SPITE),
    Write("timeout-before", ChangeStatus.FAILED, UNKNOWN_OUTCOME),
    Write("timeout-after", ChangeStatus.DONE, SPITE),
    Write("cut-before", ChangeStatus.FAILED, UNKNOWN_OUTCOME),
    Write("cut-after", ChangeStatus.DONE, SPITE),
    Write("cut-body", ChangeStatus.DONE, SPITE),
    Write("html", ChangeStatus.FAILED, "Web page instead of JSON"),
    Write("bad-json", ChangeStatus.DONE, SPITE),
    Write("huge", ChangeStatus.FAILED, UNKNOWN_OUTCOME),
    Write("expire-token", ChangeStatus.DONE, None),
]
TARGETS = {
    "create": ("POST", "layouts", "layout.new"),
    "update": ("PUT", "segments", "segment.s"),
    "delete": ("DELETE", "layouts", "layout.old"),
}


def of(outcome: Outcome, address: str) -> tuple[ChangeStatus, list[str]]:
    [result] = [each for each in outcome.results if str(each.address) == address]
    return result.status, [each.summary for each in result.diagnostics]


@pytest.mark.parametrize("case", WRITES, ids=lambda case: f"{case.effect}x{case.times}")
@pytest.mark.parametrize("target", TARGETS)
def test_a_fault_on_a_write(project: SandboxProject, case: Write, target: str) -> None:
    method, path, address = TARGETS[target]
    plan = project.plan()
    project.inject_fault(case.effect, method, path, times=case.times)
    outcome = project.apply(plan)
    status, summaries = of(outcome, address)
    if target == "delete" and case.effect in ("cut-body", "bad-json"):
        assert status is ChangeStatus.DONE  # an empty answer is cut, or is none
    elif target == "delete" and case.effect == "status:404":
        assert status is ChangeStatus.FAILED  # it is there all the same
    else:
        assert (status, summaries) == (case.status, [case.summary] if case.summary else [])
    later = plan.changes[[str(c.address) for c in plan.changes].index(address) + 1 :]
    skipped = ChangeStatus.SKIPPED if status is not ChangeStatus.DONE else ChangeStatus.DONE
    assert all(of(outcome, str(change.address))[0] is skipped for change in later)
    if case.status is ChangeStatus.FAILED and "429" not in case.effect and "401" not in case.effect:
        assert sum(f"{method} " in each and path in each for each in project.writes) == 1
    assert_right(project)


def test_nobody_knows_until_somebody_can_look(project: SandboxProject) -> None:
    plan = project.plan()
    project.inject_fault("timeout-after", "POST", "layouts")
    project.inject_fault("status:500", "GET", "layouts", times=ALWAYS, nth=2)
    status, summaries = of(project.apply(plan), "layout.new")
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
    assert_right(project)


def test_what_one_credential_left_open_another_does_not_close(project: SandboxProject) -> None:
    plan = project.plan()
    project.inject_fault("timeout-after", "POST", "layouts")
    project.inject_fault("status:500", "GET", "layouts", times=ALWAYS, nth=2)
    project.apply(plan)
    project.faults.clear()
    project.plan(frozenset({Api.APP}))
    assert "layout.new" not in {str(address) for address in project.bindings()}
    project.plan()
    assert "layout.new" in {str(address) for address in project.bindings()}
    assert_right(project)


def test_on_error_continue_does_what_does_not_depend_on_it(project: SandboxProject) -> None:
    project.inject_fault("status:422", "PUT", "segments")
    outcome = project.apply(keep_going=True)
    assert [result.status for result in outcome.results].count(ChangeStatus.DONE) == 3
    assert of(outcome, "segment.s")[0] is ChangeStatus.FAILED
    assert_right(project)


def test_an_edit_that_failed_leaves_the_state_as_it_was(project: SandboxProject) -> None:
    with project.open() as session:
        before = session.applied().bindings
    project.inject_fault("status:422", "PUT", "segments")
    project.apply(keep_going=True)
    with project.open() as session:
        after = session.applied().bindings
    [address] = [each for each in before if each.kind == "segment"]
    assert after[address] == before[address]


def test_the_pointer_of_a_422_is_shown(project: SandboxProject) -> None:
    project.write("snippets/a.yaml", {"name": "a", "value": "{{ snippets.b }}"})
    outcome = project.apply()
    [said] = [result for result in outcome.results if str(result.address) == "snippet.a"]
    assert said.status is ChangeStatus.FAILED
    assert said.diagnostics[0].summary == "Values rejected"
    assert "(at /value)" in said.diagnostics[0].detail


def test_the_gate_of_live_data_is_named_with_its_switch(project: SandboxProject) -> None:
    [segment] = project.content()["segments"]
    running = {"id": 5, "name": "R", "state": "running", "type": "seg_attr"}
    trigger = {"and": [{"segment": {"id": segment["id"]}}]}
    project.seed(campaigns=[{**running, "trigger": trigger}])
    outcome = project.apply()
    [said] = [result for result in outcome.results if str(result.address) == "segment.s"]
    assert said.status is ChangeStatus.FAILED
    assert said.diagnostics[0].summary == "Live data is read-only"
    assert "/settings/ai" in said.diagnostics[0].detail
    project.seed(settings={"edit_live_data": True})  # type: ignore[arg-type]
    assert_right(project)


def test_what_somebody_changed_since_the_plan_is_not_touched(project: SandboxProject) -> None:
    plan = project.plan()
    [segment] = project.content()["segments"]
    project.seed(segments=[{**segment, "description": "by somebody"}])
    outcome = project.apply(plan, keep_going=True)
    assert of(outcome, "segment.s") == (ChangeStatus.STALE, ["Changed since the plan"])
    assert of(outcome, "snippet.a")[0] is ChangeStatus.DONE
    assert project.content()["segments"][0]["description"] == "by somebody"


def test_what_somebody_deleted_since_the_plan_is_not_made_blindly(project: SandboxProject) -> None:
    plan = project.plan()
    project.seed(segments=[])
    outcome = project.apply(plan)
    assert of(outcome, "segment.s") == (ChangeStatus.STALE, ["Changed since the plan"])
    again = project.plan()
    reasons = {str(change.address): change.reason for change in again.changes}
    assert reasons["segment.s"] == "deleted in the workspace"
    assert_right(project)


def test_what_somebody_made_since_the_plan_is_not_doubled(project: SandboxProject) -> None:
    plan = project.plan()
    layouts = project.content()["layouts"]
    project.seed(layouts=[*layouts, {"id": 77, "name": "New", "body": "{{content}} theirs"}])
    outcome = project.apply(plan)
    assert of(outcome, "layout.new") == (ChangeStatus.STALE, ["Changed since the plan"])
    assert project.names_in("layouts") == ["New", "Old"]


def test_two_objects_with_one_name_are_said_with_their_ids(project: SandboxProject) -> None:
    twins = [{"id": n, "name": "New", "body": "{{content}}"} for n in (71, 72)]
    project.seed(layouts=twins)
    with pytest.raises(PlanError) as caught:
        project.plan()
    [problem] = caught.value.diagnostics
    assert problem.summary == "Ambiguous name"
    assert "71, 72" in problem.detail
    assert project.writes == []
    project.seed(layouts=twins[:1])
    assert_right(project)


def test_paging_that_repeats_is_refused(tmp_path: Path) -> None:
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
    assert project.plan(journeys).foreign == 250


@pytest.mark.parametrize("retry_after", [True, False])
def test_a_strict_rate_limit_is_waited_for(tmp_path: Path, retry_after: bool) -> None:
    """Two requests a second, and a door that does not pace itself."""
    project = SandboxProject(tmp_path, Behavior(rate_limit=2.0, retry_after=retry_after))
    for name in "abcdef":
        project.write(f"snippets/{name}.yaml", {"name": name, "value": "1"})
    project.apply()
    assert project.plan().is_empty
    assert project.time.slept > 1
    assert project.names_in("snippets") == list("abcdef")


def test_a_token_that_ends_in_mid_run_is_exchanged_again(tmp_path: Path) -> None:
    project = SandboxProject(tmp_path, Behavior(rate_limit=None, token_lifetime=100))

    def later() -> None:
        project.time.now += 30

    project.tick = later
    for name in "abcd":
        project.write(f"layouts/{name}.yaml", {"name": name, "body": "{{content}}"})
    assert project.apply().complete
    assert project.plan().is_empty


def test_who_drifted_is_named_beside_what_is_new(project: SandboxProject) -> None:
    """Naming editors is about what drifted alone, whatever else the plan holds."""
    with project.open(frozenset({Api.JOURNEYS}), actor="jane@acme.com") as session:
        there, names = session.live(Address("snippet", "a"))
        kind = session.kinds["snippet"]
        route = choose_route(kind, UpdateRoute, session.apis)
        assert route is not None
        wanted = kind.parse({"name": "a", "value": "3"})
        context = WriteContext(names, [("value",)])
        run_conversation(route.operation(there, wanted, context), session.provider)
    plan = project.plan()
    [drift] = plan.drift
    assert drift.editor is not None
    assert drift.editor.who == "jane@acme.com"
    assert len(plan.changes) == 4


def test_a_replacement_cut_in_the_middle_is_blamed_on_nobody(project: SandboxProject) -> None:
    """The old one is gone and the new one was refused: that was us, so it is no drift."""
    project.write("snippets/a.yaml", {"name": "b", "value": "2"})
    project.inject_fault("status:422", "POST", "snippets")
    project.apply(keep_going=True)
    assert project.names_in("snippets") == []
    plan = project.plan()
    assert plan.drift == ()
    assert [change.reason for change in plan.changes] == ["new in the files"]
    assert project.apply_until_empty(rounds=1).is_empty
    assert project.names_in("snippets") == ["b"]


def test_what_the_plan_does_not_hold_is_not_sent(project: SandboxProject) -> None:
    """With another credential the kind would take another route than the one that was reviewed."""
    plan = project.plan()
    before = len(project.sent)
    outcome = project.apply(plan, apis=frozenset({Api.JOURNEYS}), keep_going=True)
    assert of(outcome, "snippet.a") == (ChangeStatus.FAILED, ["Unplanned request"])
    snippets = [each for each in project.sent[before:] if "snippets" in each[1]]
    assert [method for method, _ in snippets] == ["GET"]  # the last look, and no look after
    assert_right(project)


def test_a_credential_that_is_missing_by_now_stops_before_anything_is_sent(
    project: SandboxProject,
) -> None:
    plan = project.plan()
    before = len(project.writes)
    outcome = project.apply(plan, apis=frozenset({Api.APP}))
    assert of(outcome, "layout.new") == (ChangeStatus.FAILED, ["Missing credential"])
    assert len(project.writes) == before
    assert_right(project)


def test_what_reads_back_differently_is_said_with_where_its_backup_is(tmp_path: Path) -> None:
    project = SandboxProject(tmp_path)
    project.write("snippets/a.yaml", {"name": "a", "value": "1"})
    project.apply()
    project.write("snippets/a.yaml", {"name": "a", "value": "2"})
    plan = project.plan()
    project.inject_fault("stale", "GET", "snippets", nth=2)  # the reading back, after the last look
    outcome = project.apply(plan)
    [result] = outcome.results
    assert result.status is ChangeStatus.FAILED
    [said] = result.diagnostics
    journal = project.state_folder / "journal" / f"{outcome.run}.ndjson"
    assert said.summary == "Reads back differently"
    assert str(journal) in said.detail
    assert '"backup"' in journal.read_text(encoding="utf-8")
    project.store.close()
