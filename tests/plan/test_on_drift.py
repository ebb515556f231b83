"""Changes that would undo an edit in the workspace, and what is taken out of a plan with them."""

from __future__ import annotations

from typing import Any

import pytest

from cioform.core.address import Address
from cioform.model.part_change import PartAction, PartChange
from cioform.plan.change import Action, Change, Drift, FieldChange, Origin
from cioform.plan.drift import STATE_PATH
from cioform.plan.plan import OnDrift, Plan, PlanHeader, PreferredSide
from cioform.plan.review.omitted import omit_changes
from cioform.plan.review.on_drift import reverting_changes, without_reverts
from tests.support.sandbox_project import SandboxProject

STARTED = FieldChange(STATE_PATH, "draft", "running", Origin.DRIFT)
CONFIG, DRIFT, CONFLICT = (FieldChange(("name",), "Vip", "VIP", each) for each in Origin)


def address(name: str) -> Address:
    return Address("campaign", name)


def change(
    name: str, action: Action = Action.UPDATE, *fields: FieldChange, needs: str = "", **more: Any
) -> Change:
    depends_on = tuple(map(address, needs))
    return Change(address(name), action, fields=fields, depends_on=depends_on, **more)


def plan(*changes: Change, drift: tuple[Drift, ...] = (), **header: Any) -> Plan:
    return Plan(PlanHeader("acme", 1, "l", 1, 0, **header), changes, drift=drift)


def names(changes: tuple[Change, ...]) -> str:
    return "".join(each.address.name for each in changes)


@pytest.mark.parametrize(
    ("found", "is_revert"),
    [
        ((), False),
        ((STARTED,), False),
        ((DRIFT,), True),
        ((STARTED, DRIFT), True),
    ],
)
def test_a_deletion_undoes_an_edit_of_a_field_and_no_start(
    found: tuple[FieldChange, ...], is_revert: bool
) -> None:
    drift = (Drift(address("a"), "1", found), Drift(address("b"), "2", (STARTED,)))
    deletions = (change("a", Action.DELETE), change("b", Action.DELETE))
    assert names(reverting_changes(plan(*deletions, drift=drift))) == ("a" if is_revert else "")


@pytest.mark.parametrize(
    ("made", "prefer", "is_revert"),
    [
        (change("a", Action.UPDATE, CONFIG), None, False),
        (change("a", Action.UPDATE, DRIFT), None, True),
        (change("a", Action.UPDATE, CONFIG, DRIFT), PreferredSide.CONFIG, True),
        (change("a", Action.UPDATE, CONFLICT), None, True),
        (change("a", Action.UPDATE, CONFIG, CONFLICT), None, True),
        (change("a", Action.UPDATE, CONFLICT), PreferredSide.CONFIG, False),
        (change("a", Action.REPLACE, DRIFT), None, True),
        (change("a", Action.CREATE, CONFIG), None, True),
        (change("a", Action.NOOP, DRIFT), None, False),
        (change("a", Action.ADOPT, CONFLICT), None, False),
        (change("a", Action.DELETE, in_two_steps=True), None, False),
        (change("a", Action.REPLACE, DRIFT, in_two_steps=True), None, True),
    ],
)
def test_a_write_undoes_an_edit_that_the_files_do_not_have(
    made: Change, prefer: PreferredSide | None, is_revert: bool
) -> None:
    edited = (Drift(made.address, "1", (DRIFT,)),)
    found = reverting_changes(plan(made, drift=edited, prefer=prefer))
    assert found == ((made,) if is_revert else ())


@pytest.mark.parametrize(
    ("action", "is_revert"), [(each, each is PartAction.REPLACE) for each in PartAction]
)
def test_a_part_that_is_replaced_loses_what_somebody_edited_of_it(
    action: PartAction, is_revert: bool
) -> None:
    parts = (PartChange("hello", action), PartChange("pause", PartAction.EDIT))
    made = change("a", Action.UPDATE, CONFIG, changed_parts=parts)
    edit = FieldChange(("hello", "email", "bcc"), "", "a@acme.com", Origin.DRIFT)
    found = reverting_changes(plan(made, drift=(Drift(made.address, "1", (edit,)),)))
    assert found == ((made,) if is_revert else ())


def test_only_a_plan_that_keeps_edits_leaves_them() -> None:
    changes = (
        change("a", Action.UPDATE, DRIFT),
        change("b", Action.UPDATE, CONFLICT),
        change("c", Action.UPDATE, CONFIG),
        change("d", Action.DELETE),
    )
    edited = (Drift(address("d"), "4", (DRIFT,)),)
    kept = without_reverts(plan(*changes, drift=edited, on_drift=OnDrift.KEEP))
    assert names(kept.changes) == "c"
    assert [(item.address.name, item.reason, item.has_config) for item in kept.left] == [
        ("a", "somebody changed it in the workspace since the last apply", False),
        ("b", "it changed in the files and in the workspace, to different values", True),
        ("d", "somebody changed it in the workspace since the last apply", True),
    ]
    overwriting = plan(*changes, drift=edited)
    assert without_reverts(overwriting) == overwriting


def left(found: Plan) -> dict[str, str]:
    """Return the reason of each change that was taken out, by its name."""
    return {item.address.name: item.reason for item in found.left}


@pytest.mark.parametrize(
    ("taken", "goes_too"),
    [
        (change("a", Action.UPDATE, DRIFT), False),
        (change("a", Action.UPDATE, CONFIG), True),
        (change("a", Action.UPDATE, CONFIG, DRIFT), True),
        (change("a", Action.UPDATE, DRIFT, moved_from=address("old")), True),
        (change("a", Action.CREATE, CONFIG), True),
        (change("a", Action.REPLACE, DRIFT), True),
        (change("a", Action.DELETE), True),
    ],
)
def test_what_depends_on_a_change_goes_with_it_unless_it_only_undid_an_edit(
    taken: Change, goes_too: bool
) -> None:
    user = change("b", Action.UPDATE, CONFIG, needs="a")
    found = omit_changes(plan(taken, user), {taken.address: "nobody reviewed it"})
    reasons = {"a": "nobody reviewed it"}
    if goes_too:
        reasons["b"] = "it depends on campaign.a, which is omitted"
    assert left(found) == reasons
    assert names(found.changes) == ("" if goes_too else "b")


def test_what_takes_the_name_of_a_change_goes_with_it() -> None:
    """Customer.io would refuse the name, which the edit gave to another object."""
    giver = change("a", Action.UPDATE, DRIFT)
    taker = change("b", Action.CREATE, CONFIG, needs="a", name_from=giver.address)
    found = omit_changes(plan(giver, taker), {giver.address: "somebody edited it"})
    assert left(found)["b"] == "it depends on campaign.a, which is omitted"


def test_what_depends_on_a_dependent_goes_too_and_each_says_its_own_reason() -> None:
    changes = (
        change("a", Action.CREATE, CONFIG),
        change("x", Action.CREATE, CONFIG),
        change("b", Action.UPDATE, CONFIG, needs="xa", remote_id="2"),
        change("c", Action.UPDATE, CONFIG, needs="b"),
        change("d", Action.UPDATE, CONFIG, needs="a"),
        change("e", Action.UPDATE, CONFIG, needs="x"),
    )
    found = omit_changes(plan(*changes), {address("a"): "too early", address("d"): "too late"})
    assert left(found) == {
        "a": "too early",
        "b": "it depends on campaign.a, which is omitted",
        "c": "it depends on campaign.b, which is omitted",
        "d": "too late",
    }
    assert names(found.changes) == "xe"
    assert found.unbound == {"campaign.b": "2"}


def test_a_plan_without_these_changes_stays_as_it_is() -> None:
    found = plan(change("a", Action.UPDATE, CONFIG), change("b", Action.UPDATE, needs="z"))
    assert omit_changes(found, {}) is found
    assert omit_changes(found, {address("z"): "it is left"}) is found


@pytest.mark.parametrize(
    ("later", "changed"),
    [
        ({}, []),
        ({"description": "New"}, ["description"]),
        ({"goal": None}, ["goal"]),
    ],
)
def test_what_the_files_change_of_a_deleted_object_is_shown(
    project: SandboxProject, later: dict[str, Any], changed: list[str]
) -> None:
    """Otherwise nobody would be asked about it, and a later apply would create it."""
    steps = [{"id": "m", "push": {"title": "t", "body": "b"}}]
    document = {"name": "C", "goal": {"event": "bought"}, "workflow": steps}
    document["trigger"] = {"event": "e"}
    project.write("campaigns/c.yaml", document)
    project.apply()
    project.seed(campaigns=[])
    kept = {name: value for name, value in {**document, **later}.items() if value is not None}
    project.write("campaigns/c.yaml", kept)
    with project.open() as opened:
        [omitted] = opened.plan(on_drift=OnDrift.KEEP).left
    assert (omitted.action, omitted.has_config) == (Action.CREATE, bool(changed))
    assert [str(field.path[0]) for field in omitted.fields] == changed
