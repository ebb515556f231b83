"""A report: what every format but the terminal's shows of a plan or of drift, in its order."""

from __future__ import annotations

from typing import Final

from cioform.core.dataclasses import dataclass, replace
from cioform.report.plan.drift import DifferencesView
from cioform.report.plan.parts.items import ItemView
from cioform.report.plan.parts.verdict import Verdict
from cioform.report.plan.view import PlanView, SectionView
from cioform.report.styling import Tone

_NEEDED: Final = (
    "Guards",
    "Allowed",
    "Blocked",
    "Omitted",
    "Not promoted",
    "Approvals",
    "Live data",
    "Not looked at",
)
"""The sections that a reader decides upon, in this order."""
_RISKY_ACTIONS: Final = ("delete", "replace", "update", "create")


@dataclass(frozen=True, slots=True)
class Report:
    """A plan or drift as it is reported, with what needs a decision first."""

    title: str
    verdict: Verdict
    facts: tuple[str, ...]
    needed: tuple[SectionView, ...]
    items: tuple[ItemView, ...]
    """What reaches people first, then by risk."""
    others: tuple[SectionView, ...]
    next_commands: tuple[str, ...]
    before: str
    after: str
    """What the two sides of a difference are."""


def plan_report(view: PlanView) -> Report:
    """Return the report of a plan."""
    shown = (each for each in (*view.change_counts, *view.other_counts) if each.number)
    counts = "; ".join(f"{each.number:,} {each.text}" for each in shown)
    needed, others = _split(view.sections)
    return Report(
        view.no_changes_text or f"Plan for {view.workspace}: {counts}",
        view.verdict,
        view.facts,
        needed,
        tuple(sorted(view.changes, key=_risk)),
        others,
        view.next_commands,
        "Now in the workspace",
        "After this plan",
    )


def drift_report(view: DifferencesView) -> Report:
    """Return the report of drift."""
    needed, others = _split(view.sections)
    tone = Tone.SUCCESS if view.is_all_clear else Tone.WARNING
    first, separator, rest = view.headline.partition(". ")
    verdict = "Somebody changed the workspace outside of Git." if view.items else rest or first
    return Report(
        f"{first}." if separator else view.headline,
        Verdict(verdict, tone),
        (),
        needed,
        view.items,
        others,
        view.next_commands,
        "Last applied",
        "Now in the workspace",
    )


def promotion_report(view: DifferencesView, source: str, target: str) -> Report:
    """Return the report of a promotion."""
    report = drift_report(view)
    tone = Tone.SUCCESS if view.is_all_clear else Tone.WARNING
    text = f"The files of {target} differ from those of {source}."
    verdict = report.verdict if view.is_all_clear else Verdict(text, tone)
    return replace(report, verdict=verdict, before=f"In {target}", after=f"In {source}")


def _split(
    sections: tuple[SectionView, ...],
) -> tuple[tuple[SectionView, ...], tuple[SectionView, ...]]:
    """Return the sections that a reader decides upon, and the others."""
    needed = [each for name in _NEEDED for each in sections if each.title == name]
    return tuple(needed), tuple(each for each in sections if each.title not in _NEEDED)


def _risk(item: ItemView) -> tuple[bool, int]:
    """Return the place of a change in the report: the riskiest first."""
    known = item.action in _RISKY_ACTIONS
    return not item.is_live, _RISKY_ACTIONS.index(item.action) if known else len(_RISKY_ACTIONS)
