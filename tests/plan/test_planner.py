"""One decision for each address, and what apply needs of it."""

from __future__ import annotations

from typing import Any

import pytest

from cioform.model.remote_access.conversation import Api
from cioform.plan.change import Action
from cioform.plan.plan import Plan
from cioform.plan.review.planfile import decode_plan, encode_plan
from cioform.plan.selecting.scope import Scope
from tests.support.sandbox_project import BOTH_APIS, NO_GUARDS, SandboxProject

INNER = {"name": "Inner", "conditions": {"attribute": "plan", "is": "x"}}
OUTER = {"name": "Outer", "conditions": {"segment": "inner"}}


def actions(plan: Plan) -> dict[str, str]:
    return {str(change.address): change.action.value for change in plan.counted_changes}


def test_a_target_includes_its_missing_dependencies(project: SandboxProject) -> None:
    project.write("segments/inner.yaml", INNER)
    project.write("segments/outer.yaml", OUTER)
    project.write("segments/third.yaml", {**INNER, "name": "Third"})
    plan = project.plan(scope=Scope(("segment.outer",)))
    assert actions(plan) == {"segment.inner": "create", "segment.outer": "create"}
    assert project.apply(plan).complete


def test_a_target_can_refer_to_an_existing_unbound_object(project: SandboxProject) -> None:
    """The plan contains the id of the object, since apply reads only the plan."""
    project.write("segments/inner.yaml", INNER)
    project.write("segments/outer.yaml", OUTER)
    project.apply()
    project.write("segments/outer.yaml", {**OUTER, "description": "more"})
    with project.open() as session:
        session.forget(next(a for a in project.bindings() if a.name == "inner"))
    plan = project.plan(scope=Scope(("segment.outer",)))
    assert actions(plan) == {"segment.outer": "update"}
    assert list(plan.unbound) == ["segment.inner"]
    assert project.apply(plan).complete
    assert actions(project.plan()) == {"segment.inner": "adopt"}
    assert project.plan().unbound == {}


def test_an_unlisted_unbound_resource_is_blocked(project: SandboxProject) -> None:
    project.write("layouts/l.yaml", {"name": "L", "body": "{{content}}"})
    plan = project.plan(frozenset({Api.APP}))
    [blocked] = plan.blocked
    assert blocked.action is Action.CREATE
    assert "service account token" in blocked.hint
    assert not plan.is_empty


def test_an_unlisted_bound_resource_without_changes_is_skipped(project: SandboxProject) -> None:
    project.write("layouts/l.yaml", {"name": "L", "body": "{{content}}"})
    project.apply()
    plan = project.plan(frozenset({Api.APP}))
    assert plan.is_empty
    assert [each.fields for each in plan.unreadable] == [("name", "body")]
    project.write("layouts/l.yaml", {"name": "L", "body": "<p>{{content}}</p>"})
    assert [each.action for each in project.plan(frozenset({Api.APP})).blocked] == [Action.UPDATE]
    project.remove("layouts/l.yaml")
    assert [each.action for each in project.plan(frozenset({Api.APP})).blocked] == [Action.DELETE]


def test_a_replacement_onto_a_taken_name_is_blocked(project: SandboxProject) -> None:
    """The old object would be deleted, and the creation of the new one rejected."""
    project.write("snippets/a.yaml", {"name": "a", "value": "1"})
    project.apply()
    project.seed(
        snippets=[*project.content()["snippets"], {"id": 9, "name": "b", "value": "theirs"}]
    )
    project.write("snippets/a.yaml", {"name": "b", "value": "1"})
    plan = project.plan()
    assert [each.action for each in plan.blocked] == [Action.REPLACE]
    assert "is taken by another snippet (ID b)" in plan.blocked[0].hint
    assert not project.apply(plan).results
    assert project.names_in("snippets") == ["a", "b"]


@pytest.mark.parametrize(("name", "planned"), [("Hello", {"campaign.a": "replace"}), ("Other", {})])
def test_a_replacement_is_blocked_only_by_an_object_of_its_new_name(
    name: str, planned: dict[str, str], project: SandboxProject
) -> None:
    pause = [{"id": "pause", "wait": "1d"}]
    hello = {"name": "Hello", "trigger": {"event": "e"}, "workflow": pause}
    project.write("campaigns/a.yaml", hello)
    project.write("campaigns/b.yaml", {**hello, "name": "Theirs"})
    project.apply()
    campaigns = project.content()["campaigns"]
    project.seed(
        campaigns=[{**c, **({"name": "Other"} if c["name"] == "Theirs" else {})} for c in campaigns]
    )
    project.remove("campaigns/b.yaml")
    project.write(
        "campaigns/a.yaml",
        {**hello, "name": name, "trigger": {"date": "birthday", "time_zone": "UTC"}},
    )
    plan = project.plan(scope=Scope(("campaign.a",)))
    assert actions(plan) == planned
    assert [blocked.action for blocked in plan.blocked] == [Action.REPLACE] * (not planned)


def test_a_name_taken_since_the_plan_stops_a_replacement(project: SandboxProject) -> None:
    project.write("snippets/a.yaml", {"name": "a", "value": "1"})
    project.apply()
    project.write("snippets/a.yaml", {"name": "b", "value": "1"})
    plan = project.plan()
    assert actions(plan) == {"snippet.a": "replace"}
    project.seed(
        snippets=[*project.content()["snippets"], {"id": 9, "name": "b", "value": "theirs"}]
    )
    assert not project.apply(plan).complete
    assert project.names_in("snippets") == ["a", "b"]


def test_the_state_is_updated_with_the_id_of_a_recreated_object(project: SandboxProject) -> None:
    project.write("layouts/l.yaml", {"name": "L", "body": "{{content}}"})
    project.apply()
    project.seed(layouts=[{"id": 50, "name": "L", "body": "{{content}}"}])
    plan = project.plan()
    assert plan.visible_changes == ()
    assert [item.new_remote_id for item in plan.drift] == ["50"]
    project.apply(plan)
    assert set(project.bindings().values()) == {"50"}
    assert project.plan().is_empty


def test_a_reference_removed_in_the_same_plan_allows_the_deletion(project: SandboxProject) -> None:
    project.write("segments/inner.yaml", INNER)
    project.write("segments/outer.yaml", OUTER)
    project.apply()
    project.remove("segments/inner.yaml")
    project.write("segments/outer.yaml", {**INNER, "name": "Outer"})
    plan = project.plan()
    assert list(actions(plan).items()) == [("segment.outer", "update"), ("segment.inner", "delete")]
    project.inject_fault("status:422", "PUT", "segments")
    outcome = project.apply(plan, NO_GUARDS, BOTH_APIS, keep_going=True)
    assert [result.status.value for result in outcome.results] == ["failed", "skipped"]
    project.faults.clear()
    assert project.apply_until_empty().is_empty
    assert project.names_in("segments") == ["Outer"]


def test_the_planned_requests_are_the_sent_requests(project: SandboxProject) -> None:
    """The number of requests that a plan shows is exact."""
    files: dict[str, Any] = {
        "snippets/a.yaml": {"name": "a", "value": "1"},
        "segments/inner.yaml": INNER,
        "segments/outer.yaml": OUTER,
        "layouts/l.yaml": {"name": "L", "body": "{{content}}"},
    }
    project.replace_documents(files)
    plan = project.plan()
    before = len(project.sent)
    project.apply(plan)
    sent = [each for each in project.sent[before:] if not each[1].endswith("openapi.json")]
    assert len(sent) <= plan.requests
    writes = [(method, path) for method, path in sent if method != "GET"]
    planned = [request.method for change in plan.changes for request in change.requests]
    assert [method for method, _ in writes] == [each for each in planned if each != "GET"]


def test_a_plan_sends_only_reads(project: SandboxProject) -> None:
    project.write("segments/inner.yaml", INNER)
    project.plan()
    project.apply()
    project.sent.clear()
    project.remove("segments/inner.yaml")
    project.plan()
    assert {method for method, _ in project.sent} == {"GET"}


@pytest.mark.parametrize(
    ("apis", "rate"),
    [(BOTH_APIS, 0.5), ({Api.APP}, 0.5), ({Api.JOURNEYS}, 5)],
    ids=["both", "a", "j"],
)
def test_the_duration_depends_on_the_rates_of_the_settings(
    project: SandboxProject, apis: set[Api], rate: float
) -> None:
    project.write("workspace.yaml", "format: 1\nendpoint: sandbox\nrate: {app: 0.5, journeys: 5}\n")
    project.write("snippets/a.yaml", {"name": "a", "value": "1"})
    plan = project.plan(frozenset(apis))
    assert plan.seconds == plan.requests / rate > 0
    assert decode_plan(encode_plan(plan)).seconds == plan.seconds


def test_a_name_that_a_file_leaves_out_is_the_id_of_the_step(project: SandboxProject) -> None:
    campaign = {"name": "C", "trigger": {"event": "e"}}
    steps = [{"id": "pause", "name": "A day off", "wait": "1d"}]
    project.write("campaigns/c.yaml", {**campaign, "workflow": steps})
    project.apply()
    steps = [{"id": "pause", "wait": "1d"}]
    project.write("campaigns/c.yaml", {**campaign, "workflow": steps})
    (change,) = project.plan().visible_changes
    assert [(each.before, each.after) for each in change.fields] == [("A day off", "pause")]
    project.apply()
    assert "pause" in project.names_in("actions")
    assert project.plan().is_empty
