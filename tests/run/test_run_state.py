"""The state of a run: the names of the plan, and the saved bindings."""

from __future__ import annotations

from cioform.core.address import Address
from cioform.kinds import find_kinds
from cioform.model.objects.snapshot import AppliedState, Binding, LastSeen
from cioform.model.references.names import Names
from cioform.model.routing.operations import WriteResult
from cioform.plan.change import Action, Change
from cioform.plan.plan import Plan, PlanHeader
from cioform.run.applying.run_state import RunState, planned_names

A, B, C = (Address("segment", name) for name in "abc")
STATE = AppliedState("l", 1, {A: Binding(A, "1", "A", {"name": "A"}, {"s": "9"})})


def plan(*changes: Change, **more: dict[str, str]) -> Plan:
    return Plan(PlanHeader("acme", 1, "l", 1, 0), changes, **more)  # type: ignore[arg-type]


def test_names_come_from_state_and_plan() -> None:
    names = planned_names(plan(Change(B, Action.ADOPT, "2"), unbound={str(C): "3"}), STATE)
    assert names.ids == {A: "1", B: "2", C: "3"}
    assert names.parts_of("segment", "1") == {"s": "9"}


def test_a_move_keeps_the_name() -> None:
    assert planned_names(plan(Change(B, Action.MOVE, "1", moved_from=A)), STATE).ids == {B: "1"}


def test_a_deleted_object_has_no_name() -> None:
    """As in the plan; otherwise an object that still refers to it would seem to be changed."""
    assert planned_names(plan(Change(A, Action.FORGET, "1")), STATE).ids == {}
    assert planned_names(plan(Change(A, Action.CREATE)), STATE).ids == {}


def test_every_result_is_saved_immediately() -> None:
    saved: list[AppliedState] = []

    def save(applied: AppliedState, *, keeps_serial: bool = False) -> AppliedState:
        assert not keeps_serial
        saved.append(applied)
        return applied

    memory = RunState(find_kinds(), STATE, Names(), save, lambda: 5.5)
    memory.bind(
        Change(B, Action.UPDATE, identity="B", moved_from=A, protect=True),
        WriteResult("1"),
        None,
        None,
    )
    assert saved[-1].bindings == {B: Binding(B, "1", "B", None, {}, True, LastSeen(at=5))}
    assert memory.names.ids == {B: "1"}
    memory.forget(Change(B, Action.DELETE))
    assert saved[-1].bindings == {}
    assert len(saved) == 2
