"""One decision per address, and what of it apply needs later."""

from __future__ import annotations

from typing import Any

import pytest

from cioform.model.conversation import Api
from cioform.plan.change import Action
from cioform.plan.plan import Plan
from cioform.plan.planfile import decode_plan, encode_plan
from cioform.plan.scope import Scope
from tests.support.project_world import BOTH, FREE, World

INNER = {"name": "Inner", "conditions": {"attribute": "plan", "is": "x"}}
OUTER = {"name": "Outer", "conditions": {"segment": "segment.inner"}}


def told(plan: Plan) -> dict[str, str]:
    return {str(change.address): change.action.value for change in plan.changes}


def test_a_target_takes_what_it_needs_and_is_not_there(world: World) -> None:
    world.put("segments/inner.yaml", INNER)
    world.put("segments/outer.yaml", OUTER)
    world.put("segments/third.yaml", {**INNER, "name": "Third"})
    plan = world.plan(scope=Scope(("segment.outer",)))
    assert told(plan) == {"segment.inner": "create", "segment.outer": "create"}
    assert world.apply(plan).complete


def test_a_target_may_refer_to_what_is_there_and_not_bound(world: World) -> None:
    """The plan says which object the address means, since apply reads nothing but the plan."""
    world.put("segments/inner.yaml", INNER)
    world.put("segments/outer.yaml", OUTER)
    world.apply()
    world.put("segments/outer.yaml", {**OUTER, "description": "more"})
    with world.open() as session:
        session.forget(next(a for a in world.bound() if a.name == "inner"))
    plan = world.plan(scope=Scope(("segment.outer",)))
    assert told(plan) == {"segment.outer": "update"}
    assert list(plan.unbound) == ["segment.inner"]
    assert world.apply(plan).complete
    assert told(world.plan()) == {"segment.inner": "adopt"}
    assert world.plan().unbound == {}


def test_what_is_unseen_and_not_ours_yet_is_blocked(world: World) -> None:
    world.put("layouts/l.yaml", {"name": "L", "body": "{{content}}"})
    plan = world.plan(frozenset({Api.APP}))
    [blocked] = plan.blocked
    assert blocked.action is Action.CREATE
    assert "service account token" in blocked.way_out
    assert not plan.is_empty


def test_what_is_unseen_and_as_we_wrote_it_is_left_at_that(world: World) -> None:
    world.put("layouts/l.yaml", {"name": "L", "body": "{{content}}"})
    world.apply()
    plan = world.plan(frozenset({Api.APP}))
    assert plan.is_empty
    assert [each.fields for each in plan.unreadable] == [("name", "body")]
    world.put("layouts/l.yaml", {"name": "L", "body": "<p>{{content}}</p>"})
    assert [each.action for each in world.plan(frozenset({Api.APP})).blocked] == [Action.UPDATE]
    world.remove("layouts/l.yaml")
    assert [each.action for each in world.plan(frozenset({Api.APP})).blocked] == [Action.DELETE]


def test_a_replacement_onto_a_taken_name_is_blocked(world: World) -> None:
    """It would delete the old one and then be refused the new one."""
    world.put("snippets/a.yaml", {"name": "a", "value": "1"})
    world.apply()
    world.seed(snippets=[*world.content()["snippets"], {"id": 9, "name": "b", "value": "theirs"}])
    world.put("snippets/a.yaml", {"name": "b", "value": "1"})
    plan = world.plan()
    assert [each.action for each in plan.blocked] == [Action.REPLACE]
    assert "is taken (id b)" in plan.blocked[0].way_out
    assert not world.apply(plan).results
    assert world.named("snippets") == ["a", "b"]


def test_a_name_that_is_taken_since_the_plan_stops_a_replacement(world: World) -> None:
    world.put("snippets/a.yaml", {"name": "a", "value": "1"})
    world.apply()
    world.put("snippets/a.yaml", {"name": "b", "value": "1"})
    plan = world.plan()
    assert told(plan) == {"snippet.a": "replace"}
    world.seed(snippets=[*world.content()["snippets"], {"id": 9, "name": "b", "value": "theirs"}])
    assert not world.apply(plan).complete
    assert world.named("snippets") == ["a", "b"]


def test_the_state_learns_the_id_of_what_somebody_made_again(world: World) -> None:
    world.put("layouts/l.yaml", {"name": "L", "body": "{{content}}"})
    world.apply()
    world.seed(layouts=[{"id": 50, "name": "L", "body": "{{content}}"}])
    plan = world.plan()
    assert plan.is_empty
    world.apply(plan)
    assert set(world.bound().values()) == {"50"}


def test_a_use_that_ends_in_the_same_plan_frees_what_is_deleted(world: World) -> None:
    world.put("segments/inner.yaml", INNER)
    world.put("segments/outer.yaml", OUTER)
    world.apply()
    world.remove("segments/inner.yaml")
    world.put("segments/outer.yaml", {**INNER, "name": "Outer"})
    plan = world.plan()
    assert list(told(plan).items()) == [("segment.outer", "update"), ("segment.inner", "delete")]
    world.order("status:422", "PUT", "segments")
    outcome = world.apply(plan, FREE, BOTH, keep_going=True)
    assert [result.status.value for result in outcome.results] == ["failed", "skipped"]
    world.faults.clear()
    assert world.settle().is_empty
    assert world.named("segments") == ["Outer"]


def test_planned_requests_are_those_that_are_sent(world: World) -> None:
    """And no more of them: the count that a plan shows is a promise."""
    files: dict[str, Any] = {
        "snippets/a.yaml": {"name": "a", "value": "1"},
        "segments/inner.yaml": INNER,
        "segments/outer.yaml": OUTER,
        "layouts/l.yaml": {"name": "L", "body": "{{content}}"},
    }
    world.replace(files)
    plan = world.plan()
    before = len(world.sent)
    world.apply(plan)
    sent = [each for each in world.sent[before:] if not each[1].endswith("openapi.json")]
    assert len(sent) <= plan.requests
    writes = [(method, path) for method, path in sent if method != "GET"]
    planned = [request.method for change in plan.changes for request in change.requests]
    assert [method for method, _ in writes] == [each for each in planned if each != "GET"]


def test_a_plan_sends_only_reads(world: World) -> None:
    world.put("segments/inner.yaml", INNER)
    world.plan()
    world.apply()
    world.sent.clear()
    world.remove("segments/inner.yaml")
    world.plan()
    assert {method for method, _ in world.sent} == {"GET"}


@pytest.mark.parametrize(
    ("apis", "rate"), [(BOTH, 0.5), ({Api.APP}, 0.5), ({Api.JOURNEYS}, 5)], ids=["both", "a", "j"]
)
def test_the_time_is_told_at_the_rate_of_the_settings(
    world: World, apis: set[Api], rate: float
) -> None:
    world.put("workspace.yaml", "endpoint: sandbox\nrate: {app: 0.5, journeys: 5}\n")
    world.put("snippets/a.yaml", {"name": "a", "value": "1"})
    plan = world.plan(frozenset(apis))
    assert plan.seconds == plan.requests / rate > 0
    assert decode_plan(encode_plan(plan)).seconds == plan.seconds
