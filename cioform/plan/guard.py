"""Rules that refuse a plan unless told otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cioform.core.address import Address
from cioform.core.json_value import JsonValue
from cioform.model.limits import Guards
from cioform.plan.change import Action, Change
from cioform.plan.plan import Plan, is_conflict

_REMOVING_ACTIONS = (Action.DELETE, Action.REPLACE)


@dataclass(frozen=True, slots=True)
class GuardViolation:
    """One guard that refuses, the arithmetic said aloud, and the way past it."""

    guard: str
    detail: str
    hint: str
    addresses: tuple[Address, ...] = ()


def find_guard_violations(plan: Plan, guards: Guards) -> tuple[GuardViolation, ...]:
    """Give every guard that refuses `plan`; empty when it may be applied."""
    return tuple(
        refusal
        for rule in (
            _check_protection,
            _check_deletions,
            _check_replacements,
            _check_live,
            _check_conflicts,
            _check_counts,
            _check_people,
        )
        for refusal in rule(plan, guards)
    )


def _check_protection(plan: Plan, guards: Guards) -> Iterator[GuardViolation]:
    del guards  # nothing on a command line goes past a protection
    if held := [
        c for c in plan.changes if c.action in _REMOVING_ACTIONS and (c.protected or c.protect)
    ]:
        yield GuardViolation(
            "protect",
            f"{_summarize_addresses(held)} would be deleted but is protected; the protection is remembered "
            "even when its file is gone.",
            "Restore the file, set protect: false there, apply that, then remove the file.",
            _addresses(held),
        )


def _check_deletions(plan: Plan, guards: Guards) -> Iterator[GuardViolation]:
    removing = [c for c in plan.changes if c.action in _REMOVING_ACTIONS]
    gone = [c for c in removing if c.action is Action.DELETE]
    if gone and not guards.allow_delete:
        yield GuardViolation(
            "allow_delete",
            f"{_summarize_addresses(gone)} would be deleted, and deleting is off.",
            "--allow-delete",
            _addresses(gone),
        )
    if guards.max_deletes is not None and len(removing) > guards.max_deletes:
        yield GuardViolation(
            "max_deletes",
            f"{len(removing)} objects would be deleted; the limit is {guards.max_deletes}.",
            "Raise guards.max_deletes in workspace.yaml, or delete in steps with --target.",
            _addresses(removing),
        )


def _check_replacements(plan: Plan, guards: Guards) -> Iterator[GuardViolation]:
    anew = [c for c in plan.changes if c.action is Action.REPLACE]
    if anew and not guards.allow_replace:
        yield GuardViolation(
            "allow_replace",
            f"{_summarize_addresses(anew)} would be deleted and made again, and loses what only the old one has: "
            "its numbers, its history, the people in it.",
            "--allow-replace",
            _addresses(anew),
        )


def _check_live(plan: Plan, guards: Guards) -> Iterator[GuardViolation]:
    if guards.allow_live:
        return
    touching = [c for c in plan.changes if c.action.writes]
    sending = [c for c in touching if _may_send(c)]
    if sending:
        yield GuardViolation(
            "allow_live",
            f"{_summarize_addresses(sending)} is running, or would send without anybody's approval.",
            "--allow-live",
            _addresses(sending),
        )
    # What cannot be read is taken for what would do harm.
    unsure = [c for c in touching if c.has_unknown_state and c not in sending]
    if unsure:
        yield GuardViolation(
            "allow_live",
            f"{_summarize_addresses(unsure)} is not known to be a draft: no credential at hand shows its state, "
            "as a service account does.",
            "--allow-live",
            _addresses(unsure),
        )


def _may_send(change: Change) -> bool:
    """Tell whether people get mail out of this change with nobody pressing another button."""
    return change.reach.is_live or any(
        _has_automatic_sending(str(item.path[-1]), item.after) for item in change.fields
    )


def _has_automatic_sending(name: str, value: JsonValue) -> bool:
    if isinstance(value, dict):
        return any(_has_automatic_sending(key, item) for key, item in value.items())
    if isinstance(value, list):
        return any(_has_automatic_sending(name, item) for item in value)
    return name == "sending" and value == "automatic"


def _check_conflicts(plan: Plan, guards: Guards) -> Iterator[GuardViolation]:
    del guards
    torn = [change for change in plan.changes if is_conflict(change)]
    if torn and plan.header.prefer is None:
        yield GuardViolation(
            "conflict",
            f"{_summarize_addresses(torn)} changed in the files and, differently, in the workspace.",
            "--prefer config (the files win) or --prefer live (leave it as it is there)",
            _addresses(torn),
        )


def _check_counts(plan: Plan, guards: Guards) -> Iterator[GuardViolation]:
    writing = [c for c in plan.changes if c.action.writes]
    if guards.max_changes is not None and len(writing) > guards.max_changes:
        yield GuardViolation(
            "max_changes",
            f"{len(writing)} objects would change; the limit is {guards.max_changes}.",
            "Raise guards.max_changes in workspace.yaml, or apply in steps with --target.",
            _addresses(writing),
        )
    existing = [c for c in writing if c.action is not Action.CREATE]
    # A noop is among the unchanged already.
    total = plan.unchanged + len(plan.visible_changes) - (len(writing) - len(existing))
    if len(existing) <= guards.percent_exempt_changes or total == 0:
        return
    percent = 100 * len(existing) / total
    if percent > guards.max_percent:
        yield GuardViolation(
            "max_percent",
            f"{len(existing)} of {total} existing objects would change: {percent:.0f} % is over "
            f"{guards.max_percent:.0f} %.",
            "Raise guards.max_percent in workspace.yaml, or apply in steps with --target.",
            _addresses(existing),
        )


def _check_people(plan: Plan, guards: Guards) -> Iterator[GuardViolation]:
    if guards.max_people is None:
        return
    wide = [
        c
        for c in plan.changes
        if c.action.writes and c.reach.people is not None and c.reach.people > guards.max_people
    ]
    if wide:
        yield GuardViolation(
            "max_people",
            f"{_summarize_addresses(wide)} reaches more than {guards.max_people} people.",
            "Raise guards.max_people in workspace.yaml.",
            _addresses(wide),
        )


def _summarize_addresses(changes: list[Change]) -> str:
    names = [str(change.address) for change in changes]
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def _addresses(changes: list[Change]) -> tuple[Address, ...]:
    return tuple(change.address for change in changes)
