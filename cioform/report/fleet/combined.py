"""Plans or drift of many workspaces as one report, which every format shows like that of one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final, TypeAlias

from cioform.core.text.quantities import pluralize
from cioform.model.registry import Registry
from cioform.plan.review.digest import digest_of_plans
from cioform.report.fleet.document import Reported
from cioform.report.fleet.result import PLAN, WorkspaceResult, headline
from cioform.report.plan.collect_extras import collect_extras
from cioform.report.plan.drift import view_drift
from cioform.report.plan.parts.fields import DisplayOptions
from cioform.report.plan.parts.items import ItemView
from cioform.report.plan.parts.verdict import Verdict
from cioform.report.plan.report import Report, drift_report, plan_report
from cioform.report.plan.view import SectionView, view_plan
from cioform.report.styling import Tone

MAX_COMMANDS: Final = 10
"""How many commands are suggested."""

_Named: TypeAlias = tuple[str, Report]
"""The name of a workspace, and its report."""


def combined_report(
    reported: Sequence[Reported], report: str, display: DisplayOptions, kinds: Registry
) -> Report:
    """Return the report of several workspaces; each address follows the name of its workspace."""
    results = [each.result for each in reported]
    named = list(_reports(reported, display, kinds))
    needed = [(name, section) for name, each in named for section in each.needed]
    others = [(name, section) for name, each in named for section in each.others]
    is_plan = report == PLAN
    return Report(
        title=headline(results, report),
        verdict=_verdict(results, report),
        facts=tuple(_facts(results)),
        needed=(_overview(results), *_joined([("", _not_looked_at(results)), *needed])),
        items=tuple(item for name, each in named for item in _in_workspace(name, each.items)),
        others=_joined(others),
        next_commands=tuple(suggested_commands(results, report)[:MAX_COMMANDS]),
        before="Now in the workspace" if is_plan else "Last applied",
        after="After this plan" if is_plan else "Now in the workspace",
    )


def digest_of_results(results: Iterable[WorkspaceResult]) -> str | None:
    """Return the digest of all plans; None if there is none."""
    digests = {each.workspace: each.digest for each in results if each.digest is not None}
    return digest_of_plans(digests) if digests else None


def suggested_commands(results: Sequence[WorkspaceResult], report: str) -> list[str]:
    """Return the commands that show what was found in single workspaces."""
    return [f"cioform {report} {each.workspace}" for each in results if each.is_pending]


def _reports(
    reported: Sequence[Reported], display: DisplayOptions, kinds: Registry
) -> Iterator[_Named]:
    for each in reported:
        name = each.result.workspace
        if each.plan is not None:
            extras = collect_extras(each.plan, kinds)
            view = view_plan(each.plan, each.violations or (), display, extras=extras)
            yield name, plan_report(view)
        elif each.drift is not None:
            yield name, drift_report(view_drift(name, each.drift, display))


def _verdict(results: Sequence[WorkspaceResult], report: str) -> Verdict:
    not_looked_at = sum(not each.was_looked_at for each in results)
    refused = sum(bool(each.refused_by) for each in results)
    pending = sum(each.is_pending or each.is_incomplete for each in results)
    if not_looked_at:
        text = pluralize(not_looked_at, "workspace was", "workspaces were")
        return Verdict(f"{text} not looked at.", Tone.ERROR)
    if refused:
        text = pluralize(refused, "workspace", "workspaces")
        return Verdict(f"Apply would refuse the plans of {text}.", Tone.ERROR)
    if pending:
        what = "would be changed" if report == PLAN else "have drift or were not fully looked at"
        return Verdict(f"{pending:,} of {len(results):,} workspaces {what}.", Tone.WARNING)
    return Verdict("Nothing to apply." if report == PLAN else "No drift.", Tone.SUCCESS)


def _facts(results: Sequence[WorkspaceResult]) -> Iterator[str]:
    if digest := digest_of_results(results):
        yield f"digest {digest}"


def _overview(results: Sequence[WorkspaceResult]) -> SectionView:
    """Return the workspaces that need attention, and how many do not."""
    rows = [
        ItemView("~" if each.was_looked_at else "!", Tone.PLAIN, each.workspace, each.note)
        for each in results
        if each.is_pending or each.is_incomplete or each.exit_code
    ]
    quiet = len(results) - len(rows)
    rows += (
        [ItemView("·", Tone.DIM, "others", f"{quiet:,} with nothing to report")] if quiet else []
    )
    return SectionView("Workspaces", "what was found in each", tuple(rows))


def _not_looked_at(results: Sequence[WorkspaceResult]) -> SectionView:
    items = (
        ItemView("?", Tone.ERROR, each.workspace, problem.summary, detail=problem.detail)
        for each in results
        for problem in each.problems
    )
    return SectionView("Not looked at", "what they have is not known", tuple(items))


def _joined(sections: Iterable[tuple[str, SectionView]]) -> tuple[SectionView, ...]:
    """Return one section for each title, with the items of all workspaces."""
    joined: dict[str, SectionView] = {}
    for name, section in sections:
        first = joined.get(section.title, replace(section, items=()))
        items = (*first.items, *_in_workspace(name, section.items))
        joined[section.title] = replace(first, items=items)
    return tuple(section for section in joined.values() if section.items)


def _in_workspace(name: str, items: Sequence[ItemView]) -> Iterator[ItemView]:
    for item in items:
        yield replace(item, address=f"{name}: {item.address}" if name else item.address)
