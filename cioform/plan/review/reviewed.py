"""Apply only what was reviewed: a new plan has to have the digest of the reviewed one."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence, Set
from itertools import chain
from typing import Final

from pydantic import TypeAdapter, ValidationError

from cioform.core.address import Address
from cioform.core.dataclasses import dataclass, replace
from cioform.core.errors import PlanError, UsageError
from cioform.core.text.lazy_pattern import lazy_pattern
from cioform.core.text.word_lists import join_first
from cioform.plan.change import Change
from cioform.plan.omissions import OmittedChange
from cioform.plan.plan import Plan
from cioform.plan.reach.users import live_users, name_of_user, state_of_user
from cioform.plan.review.digest import (
    ChangeDigest,
    change_digests,
    digest_of,
    former_digests,
)
from cioform.plan.review.omitted import omit_changes

_DIGEST: Final = lazy_pattern(r"[0-9a-f]{64}")
_CHANGES: Final = TypeAdapter(tuple[ChangeDigest, ...])
_SHOWN: Final = 10
_USERS_SHOWN: Final = 3


@dataclass(frozen=True, slots=True)
class Review:
    """What was reviewed: the digest of a plan, and of each of its changes if they are known."""

    digest: str
    changes: Sequence[ChangeDigest] | None = None

    @classmethod
    def parse(cls, digest: str, plan_text: str | None, workspace_id: int | None) -> Review:
        """Return the review of the options `--reviewed` and `--reviewed-list`.

        `plan_text` is the content of a plan file. Raises UsageError if the digest is not one, and
        PlanError if the file is of another plan.
        """
        if _DIGEST.fullmatch(digest) is None:
            raise UsageError.of(
                "Invalid digest",
                "`--reviewed` takes the digest that `cioform plan` prints: 64 digits and letters "
                "from a to f.",
            )
        if plan_text is None:
            return cls(digest)
        changes = _changes_in(plan_text)
        if digest_of(workspace_id, changes) != digest:
            raise PlanError.of(
                "Plan does not match --reviewed",
                "The changes in the file of `--reviewed-list` do not have the digest that was "
                "reviewed. Nothing was changed. Pass the plan file of that review.",
            )
        return cls(digest, changes)


def reviewed_part(plan: Plan, review: Review) -> Plan:
    """Return a plan without the changes that nobody has reviewed, which it lists as left.

    A change that reaches fewer people than the reviewed one, because what uses its object was
    stopped since, counts as reviewed. Raises PlanError if the plan is not the reviewed one, whose
    changes are not known.
    """
    now = change_digests(plan)
    digest = digest_of(plan.header.workspace_id, now)
    if digest == review.digest:
        return plan
    former = list(former_digests(plan))
    if any(digest_of(plan.header.workspace_id, each) == review.digest for each in former):
        return plan
    if review.changes is None:
        raise _not_reviewed_error(plan, digest)
    reviewed = {change.digest for change in review.changes}
    agreed = {each.address for each in (*now, *chain(*former)) if each.digest in reviewed}
    moved = (Address.parse(change.address) for change in now if change.address not in agreed)
    reasons = dict.fromkeys(moved, "it differs from what was reviewed")
    waiting = {str(item.address) for item in plan.blocked}
    waiting |= {str(item.address) for item in plan.left}
    gone = tuple(_not_planned_any_more(review.changes, now, waiting))
    return replace(left := omit_changes(plan, reasons), left=(*left.left, *gone))


def _not_planned_any_more(
    reviewed: Sequence[ChangeDigest], now: Sequence[ChangeDigest], waiting: Set[str]
) -> Iterator[OmittedChange]:
    """Yield the reviewed changes that are made; the plan lists those that are `waiting` already."""
    planned = {change.address for change in now} | waiting
    for change in reviewed:
        if change.address not in planned:
            reason = "it was reviewed, and there is nothing to change any more"
            yield OmittedChange(Address.parse(change.address), change.action, reason, False)


def _not_reviewed_error(plan: Plan, digest: str) -> PlanError:
    lines = [f"    {_with_live_users(change)}" for change in plan.visible_changes]
    more = [f"    and {len(lines) - _SHOWN} more"] if len(lines) > _SHOWN else []
    now = "\n".join((*lines[:_SHOWN], *more)) or "    nothing"
    return PlanError.of(
        "Not what was reviewed",
        "The files, the workspace or the state have changed since the plan was reviewed, so its "
        f"digest is now {digest}. Nothing was changed. Review the plan "
        "again, or pass the reviewed plan file with `--reviewed-list` to apply what is still the "
        f"same. The plan would now change:\n\n{now}",
    )


def _with_live_users(change: Change) -> str:
    """Return a change in words: `update snippet.footer, used by campaign.welcome (running)`."""
    users = sorted(
        f"{name_of_user(user)} ({state_of_user(user)})" for user in live_users(change).values()
    )
    used = join_first(users, _USERS_SHOWN)
    return f"{change.action.value} {change.address}" + (f", used by {used}" if used else "")


def _changes_in(plan_text: str) -> Sequence[ChangeDigest]:
    try:
        content = json.loads(plan_text)
        changes = _CHANGES.validate_python(content["digests"])
        for change in changes:
            Address.parse(change.address)
    except (ValueError, KeyError, TypeError, RecursionError, ValidationError):
        raise PlanError.of(
            "Invalid plan file",
            "The file of `--reviewed-list` is not a plan file with digests. Nothing was changed. "
            "Pass the plan file that was reviewed.",
        ) from None
    return changes
