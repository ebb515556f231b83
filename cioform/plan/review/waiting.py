"""The changes that a plan leaves out, which a later plan makes when nothing prevents them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from cioform.plan.change import Action, BlockedChange, Change
from cioform.plan.plan import Plan
from cioform.plan.review.omitted import config_fields


def waiting_changes(complete: Plan, plan: Plan) -> Iterator[Change]:
    """Yield the blocked and the omitted changes of a plan, with what comes from the files.

    `complete` is the plan before anything was omitted.
    """
    omitted = {item.address for item in plan.left if item.has_config}
    left = (change for change in complete.changes if change.address in omitted)
    for change in (*left, *map(_as_change, plan.blocked)):
        fields = config_fields(change)
        if fields or change.action is not Action.UPDATE or change.moved_from is not None:
            yield replace(change, fields=fields)


def _as_change(item: BlockedChange) -> Change:
    return Change(
        item.address,
        item.action,
        fields=item.fields,
        changed_parts=item.changed_parts,
        users=item.users,
    )
