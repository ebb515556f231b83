"""How many people a changed trigger lets in, for the guard and the policy that count people."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from cioform.core.address import Address
from cioform.core.data.json_value import Json
from cioform.model.reach import Reach, ReachState
from cioform.plan.change import Action, Change
from cioform.plan.guards.guard import find_guard_violations
from cioform.plan.plan import Plan
from cioform.plan.reach.entering import most_entering
from cioform.services.policies.check import _audience
from tests.support.sandbox_project import NO_GUARDS, SandboxProject

COUNTS = {"few": 2, "many": 60}
FEW, MANY, OTHER = ({"segment": name} for name in ("few", "many", "other"))
ATTRIBUTE = {"attribute": "a", "is": "b"}


@pytest.mark.parametrize(
    ("trigger", "people"),
    [
        (MANY, 60),
        (OTHER, None),
        ({"not": FEW}, None),
        (ATTRIBUTE, None),
        ({"all": [MANY, FEW, ATTRIBUTE]}, 2),
        ({"any": [MANY, FEW]}, 62),
        ({"any": [MANY, ATTRIBUTE]}, None),
        ({"event": "e"}, None),
        ({"event": "e", "audience": FEW}, 2),
        ({"raw": {"type": "x"}}, None),
        (None, None),
    ],
)
def test_what_a_trigger_lets_in(trigger: Json, people: int | None) -> None:
    assert most_entering(trigger, COUNTS.get) == people


RUNNING = Change(
    Address("campaign", "c"), Action.UPDATE, "1", reach=Reach(ReachState.RUNNING, people=0)
)


@pytest.mark.parametrize(
    ("change", "people"),
    [
        (RUNNING, 0),
        (replace(RUNNING, people_let_in=60), 60),
        (replace(RUNNING, lets_in_unknown=True), None),
        (replace(RUNNING, reach=Reach(ReachState.DRAFT), lets_in_unknown=True), 0),
        (replace(RUNNING, reach=Reach(ReachState.DRAFT), people_let_in=60), 60),
    ],
)
def test_whom_a_policy_counts(change: Change, people: int | None) -> None:
    assert _audience(change) == people


def plan_of(project: SandboxProject, trigger: Any) -> Plan:
    workflow = [{"id": "mail", "email": {"subject": "s", "body": "b"}}]
    project.write("campaigns/c.yaml", {"name": "C", "trigger": trigger, "workflow": workflow})
    return project.plan()


def test_a_plan_judges_a_changed_trigger(project: SandboxProject) -> None:
    project.seed(people=[{"id": f"p{n}", "attributes": {"id": f"p{n}"}} for n in range(5)])
    conditions = {"attribute": "id", "exists": True}
    project.write("segments/every.yaml", {"name": "Every", "conditions": conditions})
    project.write("segments/nobody.yaml", {"name": "Nobody", "manual": True})
    assert project.apply(plan_of(project, {"segment": "nobody"})).complete
    rows = project.content()["campaigns"]
    project.seed(campaigns=[{**each, "state": "running"} for each in rows])
    limited = replace(NO_GUARDS, max_people=4)
    plan = plan_of(project, {"segment": "every"})
    assert [v.guard for v in find_guard_violations(plan, limited)] == ["max_people"]
    (change,) = plan_of(project, {"not": {"segment": "nobody"}}).changes
    assert (change.people_let_in, change.lets_in_unknown) == (None, True)
