"""Plans and drift as annotations, at the lines of the files that they are about."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeAlias

from cioform.core.address import Address
from cioform.core.diagnostic import Location
from cioform.core.text.quantities import pluralize
from cioform.model.registry import Registry
from cioform.model.resource import Resource
from cioform.plan.change import Change, FieldChange
from cioform.plan.drift import DriftReport
from cioform.plan.fields_in_file import field_location
from cioform.plan.guards.violation import GuardViolation
from cioform.plan.plan import Plan, is_conflict
from cioform.report.annotations.annotation import Annotation, Level
from cioform.report.plan.nothing_compared import reason_for_nothing
from cioform.report.plan.parts.drift_items import view_drifted_object
from cioform.report.plan.parts.fields import DisplayOptions, field_name
from cioform.report.plan.parts.items import view_change
from cioform.report.values import escape_unprintable

Locator: TypeAlias = Callable[[Address, Sequence[FieldChange]], Location | None]
"""Returns the line of the first of some changed fields, or of the resource."""

_LEVELS = tuple(Level)


def locator(resources: Mapping[Address, Resource], kinds: Registry) -> Locator:
    """Return the function that finds the lines of resources."""

    def locate(address: Address, fields: Sequence[FieldChange]) -> Location | None:
        resource = resources.get(address)
        return None if resource is None else field_location(kinds[address.kind], resource, fields)

    return locate


def plan_annotations(
    plan: Plan, violations: Sequence[GuardViolation], locate: Locator
) -> list[Annotation]:
    """Return what is to be said about a plan: what stops it first, then its changes."""
    found = [
        *_guard_annotations(violations, locate),
        *_blocked_annotations(plan, locate),
        *_warning_annotations(plan),
        *(_change_annotation(change, locate) for change in plan.visible_changes),
    ]
    return sorted(found, key=lambda each: _LEVELS.index(each.level))


def drift_annotations(workspace: str, report: DriftReport, locate: Locator) -> list[Annotation]:
    """Return a warning for each object that somebody changed, and for what was not looked at.

    Fields that the credentials cannot read are notes.
    """
    drifted = (
        Annotation(
            "drift",
            "Changed outside of Git",
            Level.WARNING,
            f"{each.address} was {view_drifted_object(each, DisplayOptions(), values=False).note}.",
            str(each.address),
            locate(each.address, each.fields),
        )
        for each in report.drift
    )
    not_looked_at = (
        Annotation(
            "not-looked-at",
            "Not looked at",
            Level.WARNING,
            f"It is not known whether {each.address} was changed: "
            f"{escape_unprintable(each.reason)}.",
            str(each.address),
            locate(each.address, ()),
        )
        for each in report.not_looked_at
    )
    ended = (
        Annotation(
            "ignore-ended",
            each.summary,
            Level.WARNING,
            escape_unprintable(each.detail),
            str(each.address),
            each.location,
        )
        for each in report.ended
    )
    unreadable = (
        Annotation(
            "not-compared",
            "Not compared",
            Level.NOTE,
            f"These credentials cannot read {', '.join(map(escape_unprintable, each.fields))} of "
            f"{each.address}.",
            str(each.address),
            locate(each.address, ()),
        )
        for each in report.unreadable
    )
    limits = (*_nothing_compared(workspace, report), *_unmanaged_unreadable(workspace, report))
    return [*drifted, *not_looked_at, *limits, *ended, *unreadable]


def _nothing_compared(workspace: str, report: DriftReport) -> Iterator[Annotation]:
    if reason := reason_for_nothing(workspace, report):
        yield Annotation(
            "not-looked-at",
            "Not looked at",
            Level.WARNING,
            reason,
            workspace,
        )


def _unmanaged_unreadable(workspace: str, report: DriftReport) -> Iterator[Annotation]:
    if report.unmanaged_unreadable:
        number = pluralize(report.unmanaged_unreadable, "object", "objects")
        yield Annotation(
            "not-compared",
            "Not compared",
            Level.NOTE,
            f"Customer.io did not return all fields of {number} to these credentials.",
            workspace,
        )


def _warning_annotations(plan: Plan) -> Iterator[Annotation]:
    for each in plan.warnings:
        text = escape_unprintable(each.message)
        yield Annotation(
            each.rule, each.title, Level.WARNING, text, str(each.address), each.location
        )


def _change_annotation(change: Change, locate: Locator) -> Annotation:
    view = view_change(change, DisplayOptions())
    names = ", ".join(field_name(each) for each in change.fields[:10])
    reach = f" ({view.reach})" if view.reach else ""
    text = f"{change.action.value} {change.address}{reach}: {view.note}"
    return Annotation(
        f"plan-{change.action.value}",
        f"Plan: {change.action.value}",
        Level.WARNING if view.is_live or is_conflict(change) else Level.NOTE,
        f"{text}\nFields: {names}" if names else text,
        str(change.address),
        locate(change.address, change.fields),
    )


def _guard_annotations(
    violations: Sequence[GuardViolation], locate: Locator
) -> Iterator[Annotation]:
    for each in violations:
        address = each.addresses[0] if each.addresses else None
        yield Annotation(
            f"guard-{each.guard.replace('_', '-')}",
            "Apply would refuse this plan",
            Level.ERROR,
            escape_unprintable(f"{each.detail} {each.hint}".strip()),
            str(address or each.guard),
            locate(address, ()) if address else None,
        )


def _blocked_annotations(plan: Plan, locate: Locator) -> Iterator[Annotation]:
    for each in plan.blocked:
        yield Annotation(
            "plan-blocked",
            "Blocked change",
            Level.WARNING,
            f"{each.action.value} {each.address} is blocked. {' '.join(each.hint.split())}",
            str(each.address),
            locate(each.address, each.fields),
        )
