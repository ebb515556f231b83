"""The guard of objects that another project or workspace manages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cioform.core.address import Address
from cioform.core.dataclasses import replace
from cioform.plan.change import Action
from cioform.plan.guards.violation import GuardViolation
from cioform.plan.guards.wording import addresses_of, is_, names
from cioform.plan.plan import Plan


def with_managed_elsewhere(plan: Plan, places: Mapping[Address, str]) -> Plan:
    """Return a plan with where its objects are managed, as their descriptions say."""
    return replace(plan, managed_elsewhere={str(a): place for a, place in places.items()})


def check_managed_elsewhere(plan: Plan) -> Iterator[GuardViolation]:
    """Yield what a plan takes over or changes although a file elsewhere manages it."""
    taken = [
        change
        for change in plan.changes
        if str(change.address) in plan.managed_elsewhere
        and (change.action.writes or change.action is Action.ADOPT)
    ]
    if taken:
        place = plan.managed_elsewhere[str(taken[0].address)]
        yield GuardViolation(
            "managed_elsewhere",
            f"{names(taken)} {is_(taken)} managed in another repository or workspace, as the "
            f"descriptions in Customer.io say: {place}"
            + (" and others." if len(taken) > 1 else "."),
            "Make the change there. To take over what a repository, a folder or a file manages, "
            "add it to `managed_by` in workspace.yaml:\n\n    managed_by: {take_over: "
            f"[{place}]}}",
            addresses_of(taken),
        )
