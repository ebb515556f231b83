"""Changes that were rolled back and are still in the files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from cioform.core.address import Address
from cioform.core.data.json_value import digest
from cioform.model.kind import Kind
from cioform.model.objects.snapshot import AppliedState, Binding, RolledBack
from cioform.model.resource import Resource
from cioform.plan.compare import diff
from cioform.plan.matching.base_documents import moves_of
from cioform.plan.plan import Plan


def record_rollback(
    applied: AppliedState,
    addresses: Iterable[Address],
    desired: Mapping[Address, Resource],
    run_id: str,
) -> AppliedState:
    """Return the state that remembers what run `run_id` rolls back, against the current files."""
    entries = {a: RolledBack(run_id, _file_digest(desired.get(a))) for a in addresses}
    return replace(applied, rolled_back={**applied.rolled_back, **entries})


def with_rolled_back(
    plan: Plan, applied: AppliedState, desired: Mapping[Address, Resource]
) -> Plan:
    """Return a plan that names the changes which would repeat a change that was rolled back.

    The object may have another address since then.
    """
    runs = active_rollbacks(applied, desired, moves_of(plan.changes))
    found = {
        str(change.address): runs[former]
        for change in plan.changes
        if (former := change.moved_from or change.address) in runs
    }
    return replace(plan, rolled_back=found)


def without_resolved(
    applied: AppliedState, desired: Mapping[Address, Resource], plan: Plan
) -> AppliedState:
    """Return the state without the rollbacks that are resolved.

    The files have changed since, or `plan` makes the change again because somebody said so.
    """
    decided = {change.moved_from or change.address for change in plan.changes}
    standing = active_rollbacks(applied, desired, moves_of(plan.changes)).keys() - decided
    rest = {a: entry for a, entry in applied.rolled_back.items() if a in standing}
    return applied if rest == applied.rolled_back else replace(applied, rolled_back=rest)


def active_rollbacks(
    applied: AppliedState,
    desired: Mapping[Address, Resource],
    moves: Mapping[Address, Address] | None = None,
) -> dict[Address, str]:
    """Return the runs that rolled back changes of the files, by address in the state.

    `moves` maps the addresses in the files to those in the state, if they differ.
    """
    now = {old: new for new, old in (moves or {}).items()}
    return {
        address: entry.run
        for address, entry in applied.rolled_back.items()
        if entry.file == _file_digest(desired.get(now.get(address, address)))
    }


def has_what_was_applied(kind: Kind, resource: Resource | None, binding: Binding | None) -> bool:
    """Return whether a file says what was applied last."""
    if resource is None or binding is None:
        return resource is None and binding is None
    if binding.applied is None:
        return False
    return not diff.compare(kind, None, resource.attributes, binding.applied, resource.ignore)


def _file_digest(resource: Resource | None) -> str:
    return digest(resource.attributes) if resource is not None else ""
