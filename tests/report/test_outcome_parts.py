"""A run that is not complete says which object is in which state, and what goes on."""

from __future__ import annotations

from cioform.core.address import Address
from cioform.plan.change import Action
from cioform.report.plan.outcome import view_outcome
from cioform.run.events import ChangeResult, ChangeStatus, Outcome


def result(name: str, status: ChangeStatus, *, half_made: bool = False) -> ChangeResult:
    return ChangeResult(Address("segment", name), Action.UPDATE, status, half_made=half_made)


def test_every_object_is_in_one_part() -> None:
    outcome = Outcome(
        "r1",
        (
            result("a", ChangeStatus.DONE),
            result("b", ChangeStatus.FAILED, half_made=True),
            result("c", ChangeStatus.OUTCOME_UNKNOWN),
            result("d", ChangeStatus.FAILED),
            result("e", ChangeStatus.STALE),
            result("f", ChangeStatus.SKIPPED),
        ),
    )
    view = view_outcome("acme", outcome, " --allow-live")
    assert view.parts == (
        ("half-made", "segment.b"),
        ("not known", "segment.c"),
        ("not done", "segment.d, segment.e and segment.f"),
        ("done", "segment.a"),
    )
    assert view.next_commands == ("cioform apply acme --allow-live",)


def test_a_half_made_object_is_a_part_that_was_applied() -> None:
    half = Outcome("r1", (result("b", ChangeStatus.FAILED, half_made=True),))
    assert view_outcome("acme", half).summary.startswith("Partly applied to acme")
    assert view_outcome("acme", Outcome("r1", ())).parts == ()


def test_what_only_updates_the_state_counts_if_it_was_skipped() -> None:
    """The decision of `--prefer live` is not recorded then."""
    done, skipped = (
        ChangeResult(Address("segment", name), Action.NOOP, status)
        for name, status in (("a", ChangeStatus.DONE), ("b", ChangeStatus.SKIPPED))
    )
    outcome = Outcome("r1", (result("c", ChangeStatus.FAILED), done, skipped))
    view = view_outcome("acme", outcome)
    assert view.summary == "Partly applied to acme: 1 failed, 1 skipped."
    assert view.parts == (("not done", "segment.c and segment.b"),)
