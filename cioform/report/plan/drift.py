"""The view of drift, for every output format."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cioform.core.dataclasses import dataclass
from cioform.core.text.quantities import pluralize
from cioform.plan.drift import DriftReport
from cioform.report.plan.nothing_compared import commands_for_nothing, reason_for_nothing
from cioform.report.plan.parts.drift_items import (
    has_changed_fields,
    view_drifted_object,
    when_changed,
)
from cioform.report.plan.parts.fields import DisplayOptions
from cioform.report.plan.parts.items import UNREADABLE_TEXT, ItemView, view_unreadable
from cioform.report.plan.view import SectionView, excluded_section
from cioform.report.styling import Tone

_UNRECORDED_TEXT: Final = (
    "the state has no earlier values of the fields that are in no file; the next apply records them"
)


@dataclass(frozen=True, slots=True)
class DifferencesView:
    """Differences of two sides as they are shown: drift, or a promotion."""

    headline: str
    is_all_clear: bool
    """Whether everything was looked at and nothing differs."""
    items: tuple[ItemView, ...]
    sections: tuple[SectionView, ...]
    """What was not looked at; only those that have items."""
    next_commands: tuple[str, ...]


def view_drift(
    workspace: str, report: DriftReport, display: DisplayOptions | None = None
) -> DifferencesView:
    """Return what is shown of the drift in a workspace."""
    items = tuple(view_drifted_object(item, display or DisplayOptions()) for item in report.drift)
    return DifferencesView(
        headline=_headline(workspace, report),
        is_all_clear=not (report.drift or _not_compared_text(report)),
        items=items,
        sections=tuple(section for section in _sections(report) if section.items),
        next_commands=tuple(_next_commands(workspace, report)),
    )


def _headline(workspace: str, report: DriftReport) -> str:
    if report.drift:
        number = pluralize(len(report.drift), "object", "objects")
        return f"Drift in {workspace}: {number} changed{when_changed(report.drift)}"
    if reason := reason_for_nothing(workspace, report):
        return f"Nothing to compare. {reason}"
    if missed := _not_compared_text(report):
        return f"No drift was found in {workspace}, but {missed}."
    return f"No drift. Everything that cioform manages in {workspace} is as it was last applied."


def _not_compared_text(report: DriftReport) -> str:
    """Return a clause about what was not compared; empty if everything was."""
    if report.not_looked_at or report.is_incomplete:
        number = pluralize(len(report.not_looked_at), "object", "objects")
        return f"{number} could not be looked at"
    if report.unrecorded:
        number = pluralize(report.unrecorded, "object", "objects")
        return f"the fields that are in no file were not compared in {number}"
    if report.has_unreadable_fields:
        return "Customer.io did not return all fields to these credentials"
    return ""


def _sections(report: DriftReport) -> Iterator[SectionView]:
    not_looked_at = (
        ItemView("?", Tone.WARNING, str(item.address), item.reason) for item in report.not_looked_at
    )
    yield SectionView(
        "Not looked at", "it is not known whether they have changed", tuple(not_looked_at)
    )
    unreadable = (*map(view_unreadable, report.unreadable), *_unmanaged_unreadable(report))
    yield SectionView("Not compared", UNREADABLE_TEXT, unreadable)
    yield SectionView("Not recorded", _UNRECORDED_TEXT, tuple(_unrecorded(report)))
    yield excluded_section(report.excluded)
    ended = (
        ItemView("!", Tone.WARNING, str(each.address), str(each.location or ""), detail=each.detail)
        for each in report.ended
    )
    yield SectionView("Not ignored any more", "the last day of `ignore` is over", tuple(ended))


def _unmanaged_unreadable(report: DriftReport) -> Iterator[ItemView]:
    if report.unmanaged_unreadable:
        number = pluralize(report.unmanaged_unreadable, "object", "objects")
        yield ItemView("?", Tone.DIM, number, "fields that are in no file")


def _unrecorded(report: DriftReport) -> Iterator[ItemView]:
    if report.unrecorded:
        yield ItemView("?", Tone.DIM, pluralize(report.unrecorded, "object", "objects"))


def _next_commands(workspace: str, report: DriftReport) -> Iterator[str]:
    yield from commands_for_nothing(workspace, report)
    if any(len(each.unmanaged) < len(each.fields) or not each.fields for each in report.drift):
        yield f"cioform plan {workspace}"
    existing = [
        str(item.address)
        for item in report.drift
        if has_changed_fields(item) and item.address not in report.without_edits
    ]
    if existing:
        yield f"cioform pull {workspace} {existing[0] if len(existing) == 1 else '--all'}"
