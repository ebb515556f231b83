"""What a run says of the changes that it does not make."""

from __future__ import annotations

from cioform.core.address import Address
from cioform.plan.change import Action, Change
from cioform.run.applying.not_made import skipped

SEGMENT, LAYOUT, SNIPPET = (Address(kind, "a") for kind in ("segment", "layout", "snippet"))


def test_only_the_failed_dependencies_are_named() -> None:
    change = Change(Address("campaign", "c"), Action.CREATE, None, depends_on=(SEGMENT, LAYOUT))
    (problem,) = skipped(change, {LAYOUT, SNIPPET}).diagnostics
    assert problem.detail == "It depends on layout.a, which did not succeed."


def test_without_a_failed_dependency_the_run_has_stopped() -> None:
    change = Change(Address("campaign", "c"), Action.CREATE, None, depends_on=(SEGMENT,))
    (problem,) = skipped(change, {LAYOUT}).diagnostics
    assert problem.detail.startswith("The run stopped at an earlier failure.")
