"""Check that a saved plan says what the files say.

A plan file is data: anyone who can edit it can compute its checksum again. So it is never authority
by itself. What it would write has to be what the files and the state give.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace

from cioform.core.address import Address
from cioform.core.diagnostic import Diagnostic
from cioform.core.errors import PlanError
from cioform.model.objects.snapshot import AppliedState
from cioform.model.references.names import Names
from cioform.model.references.reference_texts import with_names
from cioform.model.registry import Registry
from cioform.model.resource import Resource
from cioform.plan.change import Action, Change
from cioform.plan.compare.ignored import merge_ignored_fields
from cioform.plan.compare.kept import with_kept
from cioform.plan.plan import Plan
from cioform.run.applying.staleness import plan_again

_REMOVALS = (Action.DELETE, Action.FORGET)


def planned_resources(
    plan: Plan, desired: Mapping[Address, Resource], applied: AppliedState
) -> dict[Address, Resource]:
    """Return the files of the objects that a plan changes, with the names that it was made with.

    A reference such as `topic#5` has the name of its object there, and what is kept is ignored.
    """
    names = _names_of(plan, applied)
    kept = {change.address: change.kept for change in plan.changes}
    return {
        address: with_kept(_with_names(desired[address], names), fields)
        for address, fields in kept.items()
        if address in desired
    }


def check_plan_values(plan: Plan, registry: Registry) -> None:
    """Raise PlanError for a change that stands twice, is of no known kind, or has invalid values.

    A plan that was made here has none.
    """
    times = Counter((change.address, change.deletes_former) for change in plan.changes)
    problems = [
        Diagnostic(
            "Plan cannot be applied",
            f"{reason} Nothing was changed. {plan_again(plan.header.workspace)}",
            change.address,
        )
        for change in plan.changes
        if (reason := _invalid_part(change, registry, times))
    ]
    if problems:
        raise PlanError(dict.fromkeys(problems))


def _invalid_part(
    change: Change, registry: Registry, times: Mapping[tuple[Address, bool], int]
) -> str:
    if times[change.address, change.deletes_former] > 1:
        return "The plan changes it twice."
    if change.address.kind not in registry:
        return f"This version has no kind `{change.address.kind}`."
    if change.moved_from is not None and change.moved_from.kind != change.address.kind:
        return "The plan moves it from an address of another kind."
    if change.remote_id is None and change.action.writes and change.action is not Action.CREATE:
        return "The plan does not have the ID of its object."
    if change.action not in _REMOVALS and change.wanted is not None:
        try:
            registry[change.address.kind].parse(change.wanted)
        except (AttributeError, LookupError, TypeError, ValueError):
            return "The plan would write values that are not valid."
    return ""


def check_plan_matches_files(
    plan: Plan, desired: Mapping[Address, Resource], applied: AppliedState
) -> None:
    """Raise PlanError, with a problem for each change that the files or the state do not give.

    `desired` are those of `planned_resources`. Values that a file ignores are not compared here:
    the object is read again before each write, and they have to be as they are there.
    """
    replaced = {
        (c.address, c.remote_id): c.moved_from or c.address
        for c in plan.changes
        if c.action is Action.REPLACE
    }
    problems = [
        Diagnostic(
            "Plan differs from the files",
            f"{reason} Nothing was changed. {plan_again(plan.header.workspace)}",
            change.address,
            resource.location if resource is not None else None,
        )
        for change in plan.changes
        for resource in [desired.get(change.address)]
        for reason in _differences(change, resource, applied, replaced)
    ]
    if problems:
        raise PlanError(problems)


def _names_of(plan: Plan, applied: AppliedState) -> Names:
    """Return the names that the plan was made with, as far as the plan and the state have them."""
    # A moved object is known only by its new name, as in the plan.
    former = {change.moved_from for change in plan.changes}
    bound = {a: binding.remote_id for a, binding in applied.bindings.items() if a not in former}
    found = {c.address: c.remote_id for c in plan.changes if c.remote_id is not None}
    return Names(ids={**bound, **found}, known=plan.known)


def _with_names(resource: Resource, names: Names) -> Resource:
    named = with_names(resource.attributes, resource.references, names)
    return replace(resource, attributes=named)


def _differences(
    change: Change,
    resource: Resource | None,
    applied: AppliedState,
    replaced: Mapping[tuple[Address, str | None], Address],
) -> Iterator[str]:
    """Yield why a change does not follow from the files and the state.

    `replaced` has the addresses in the state of the objects that the plan replaces, by address and
    ID.
    """
    former = replaced.get((change.address, change.remote_id)) if change.deletes_former else None
    binding = applied.bindings.get(former or change.moved_from or change.address)
    if change.action in _REMOVALS:
        is_former = former is not None
        if resource is not None and not is_former:
            yield f"The plan would {change.action} it, and a file describes it."
        if binding is None:
            yield "The plan would remove it, and the state does not know it."
        elif binding.remote_id != change.remote_id:
            yield f"The plan would remove the object {change.remote_id}, and the state has another."
        elif binding.protect and not change.protected:
            yield "The state protects it, and the plan says that it does not."
    elif resource is None:
        yield f"The plan would {change.action} it, and no file describes it."
    else:
        if merge_ignored_fields(resource, change.wanted or {}, None) != change.wanted:
            yield "The plan would write other values than the file has."
        if resource.protect != change.protect:
            yield "The file and the plan disagree about `protect`."
