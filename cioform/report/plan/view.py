"""The view of a plan, made once for every output format."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from cioform.core.dataclasses import dataclass, replace
from cioform.core.text.quantities import pluralize
from cioform.core.time.timestamps import format_minute
from cioform.model.remote_access.conversation import Api
from cioform.model.settings.limits import LiveEdits
from cioform.plan.change import Action
from cioform.plan.plan import Plan, PreferredSide, is_conflict
from cioform.report.plan.parts import drift_items
from cioform.report.plan.parts.extras import NO_EXTRAS, ItemExtras
from cioform.report.plan.parts.facts import only_records, plan_facts
from cioform.report.plan.parts.fields import DisplayOptions
from cioform.report.plan.parts.items import (
    ACTION_TONES,
    UNREADABLE_TEXT,
    ItemView,
    view_blocked,
    view_change,
    view_kept,
    view_omitted,
    view_unreadable,
)
from cioform.report.plan.parts.plan_options import prefer_option, repeated_options, scope_options
from cioform.report.plan.parts.review_items import (
    approval_items,
    managed_elsewhere_items,
    warning_items,
)
from cioform.report.plan.parts.verdict import Verdict, plan_verdict
from cioform.report.styling import Tone
from cioform.report.values import escape_unprintable

if TYPE_CHECKING:
    from cioform.plan.guards.violation import GuardViolation

_API_NAMES = {Api.APP: "App API", Api.JOURNEYS: "Journeys API", Api.TRACK: "Track API"}
_GATED_TEXT = "Customer.io may refuse these changes to what is running; apply makes them first"
_FIRST_RECORD_TEXT = "fields that are in no file; whether somebody has edited them is not known"
_KEPT_TEXT = "these fields stay as they are in the workspace, because of `--prefer live`"


@dataclass(frozen=True, slots=True)
class SummaryCount:
    """One figure of the summary: `2 to create`."""

    number: int
    text: str
    tone: Tone


@dataclass(frozen=True, slots=True)
class SectionView:
    """Items below the changes, with a title and its explanation."""

    title: str
    explanation: str
    items: tuple[ItemView, ...]


@dataclass(frozen=True, slots=True)
class PlanView:
    """A plan as it is shown."""

    workspace: str
    change_counts: tuple[SummaryCount, ...]
    other_counts: tuple[SummaryCount, ...]
    """Conflicts, blocked changes and drift."""
    no_changes_text: str
    """Replaces the counts if nothing is pending."""
    facts: tuple[str, ...]
    """Cost and limits of the plan, a line each."""
    changes: tuple[ItemView, ...]
    sections: tuple[SectionView, ...]
    """Only those that have items."""
    next_commands: tuple[str, ...]
    verdict: Verdict


def view_plan(
    plan: Plan,
    violations: Sequence[GuardViolation] = (),
    display: DisplayOptions | None = None,
    planfile: str | None = None,
    *,
    explain: bool = False,
    allowed: Sequence[GuardViolation] = (),
    extras: Sequence[ItemExtras] = (),
) -> PlanView:
    """Return what is shown of `plan`, with its requests if `explain`.

    `violations` are what the guards refuse, and `allowed` is what they would refuse without the
    `--allow-...` options of the command. `planfile` is the file that the plan was written to, for
    the suggested command. `extras` are those of each visible change, for formats that show them.
    """
    display = display or DisplayOptions()
    return PlanView(
        workspace=plan.header.workspace,
        change_counts=tuple(_change_counts(plan)),
        other_counts=tuple(_other_counts(plan)),
        no_changes_text=_no_changes_text(plan) if plan.is_empty else "",
        facts=tuple(plan_facts(plan)),
        changes=tuple(
            view_change(change, display, extras[at] if extras else NO_EXTRAS)
            for at, change in enumerate(plan.visible_changes)
        ),
        sections=tuple(
            section
            for section in (
                *([_requests_section(plan)] if explain else []),
                *_sections(plan, violations, display),
                _allowed_section(allowed),
            )
            if section.items
        ),
        next_commands=tuple(_next_commands(plan, (*violations, *allowed), planfile)),
        verdict=plan_verdict(plan, violations),
    )


def _change_counts(plan: Plan) -> Iterator[SummaryCount]:
    always = (Action.CREATE, Action.UPDATE, Action.DELETE)
    for action in (*always, Action.REPLACE, Action.MOVE, Action.ADOPT, Action.FORGET):
        number = plan.summary[action.value]
        if action in always or number:
            yield SummaryCount(number, f"to {action.value}", ACTION_TONES[action])


def _other_counts(plan: Plan) -> Iterator[SummaryCount]:
    for name, text, tone in (
        ("conflict", "in conflict", Tone.ERROR),
        ("blocked", "blocked", Tone.WARNING),
        ("left", "omitted", Tone.WARNING),
        ("drift", "drifted", Tone.WARNING),
    ):
        if plan.summary[name]:
            yield SummaryCount(plan.summary[name], text, tone)


def _no_changes_text(plan: Plan) -> str:
    narrowed = plan.header.target or plan.header.exclude
    if plan.is_about_nothing:
        return f"No resource in {plan.header.workspace} matches{scope_options(plan)}."
    scope = " in this scope" if narrowed else ""
    number = pluralize(plan.unchanged, "resource", "resources")
    apart = ", apart from what is kept" if plan.kept else ""
    read = ", as far as these credentials can read it" if plan.unreadable else ""
    return f"No changes. {plan.header.workspace} matches the files ({number}{scope}){apart}{read}."


def excluded_section(excluded: Mapping[str, int]) -> SectionView:
    """Return how many resources each pattern of the settings leaves out."""
    items = (
        ItemView("·", Tone.DIM, escape_unprintable(pattern), pluralize(n, "resource", "resources"))
        for pattern, n in excluded.items()
    )
    return SectionView("Excluded", "unmanaged because of `exclude` in workspace.yaml", tuple(items))


def _requests_section(plan: Plan) -> SectionView:
    """Return the requests of all changes, numbered in the order in which apply sends them."""
    requests = plan.own_requests
    width = len(str(len(requests)))
    items = (
        ItemView(
            f"{number:>{width}}.",
            ACTION_TONES[change.action] if request.writes else Tone.DIM,
            f"{request.method} {escape_unprintable(request.path)}",
            f"{change.action} {change.address}, {_API_NAMES[request.api]}",
        )
        for number, (change, request) in enumerate(requests, 1)
    )
    explanation = "in this order; apply also reads each object, and leaves out what is unnecessary"
    return SectionView("Requests", explanation, tuple(items))


def _sections(
    plan: Plan, violations: Sequence[GuardViolation], display: DisplayOptions
) -> Iterator[SectionView]:
    drift = (drift_items.view_drifted_object(item, display, values=False) for item in plan.drift)
    yield SectionView("Drift", drift_items.explanation_of(plan.drift), tuple(drift))
    blocked = tuple(view_blocked(item) for item in plan.blocked)
    yield SectionView("Blocked", "not part of this plan", blocked)
    omitted = tuple(view_omitted(item, display) for item in plan.left)
    yield SectionView("Omitted", "changes that are not part of this plan", omitted)
    unreadable = tuple(map(view_unreadable, plan.unreadable))
    yield SectionView("Not compared", UNREADABLE_TEXT, unreadable)
    gated = tuple(_gated_items(plan))
    yield SectionView("Live data", _GATED_TEXT, gated)
    yield SectionView("Warnings", "about the texts that this plan writes", warning_items(plan))
    elsewhere = tuple(managed_elsewhere_items(plan))
    yield SectionView("Managed elsewhere", "as the descriptions in the workspace say", elsewhere)
    yield SectionView("Approvals", "these owners have to approve the plan", approval_items(plan))
    yield SectionView("Kept", _KEPT_TEXT, tuple(map(view_kept, plan.kept)))
    does = "records" if plan.header.prefer is PreferredSide.LIVE else "leaves"
    text = f"changed in the workspace; apply {does} these fields as they are"
    yield SectionView("In no file", text, drift_items.view_unmanaged_fields(plan.unmanaged_edits))
    first = drift_items.view_unmanaged_fields(plan.newly_recorded)
    yield SectionView("Recorded for the first time", _FIRST_RECORD_TEXT, first)
    yield excluded_section(plan.excluded)
    yield _not_judged("Growth", "max_audience_growth", plan.growth_not_judged)
    yield _not_judged("People", "max_people", plan.people_not_judged)
    guards = (
        ItemView("!", Tone.ERROR, item.guard, detail=f"{item.detail} {item.hint}")
        for item in violations
    )
    yield SectionView("Guards", "apply refuses this plan", tuple(guards))


def _allowed_section(allowed: Sequence[GuardViolation]) -> SectionView:
    items = (ItemView("·", Tone.WARNING, item.flag, detail=item.detail) for item in allowed)
    return SectionView("Allowed", "apply needs these options too", tuple(items))


def _next_commands(
    plan: Plan, violations: Sequence[GuardViolation], planfile: str | None
) -> Iterator[str]:
    name, guards = plan.header.workspace, {violation.guard for violation in violations}
    if "conflict" in guards:
        yield f"cioform plan {name}{scope_options(plan)} --prefer config"
        yield f"cioform plan {name}{scope_options(plan)} --prefer live"
        return
    if not all(violation.flag for violation in violations):
        return
    allow = "".join(f" {flag}" for flag in dict.fromkeys(v.flag for v in violations))
    if plan.visible_changes or only_records(plan):
        what = repeated_options(plan)
        if planfile:  # It has the scope, and decides no conflict by itself.
            is_decided = plan.kept or any(map(is_conflict, plan.changes))
            what = f" {shlex.quote(planfile)}{prefer_option(plan) if is_decided else ''}"
        yield f"{plan.header.apply_command}{what}{allow}"
    if plan.drift or plan.unmanaged_edits:
        yield f"cioform drift {name}"
    if plan.kept and plan.header.prefer is PreferredSide.LIVE:
        yield f"cioform import {name} --target {plan.kept[0].address} --force"


def _gated_items(plan: Plan) -> Iterator[ItemView]:
    gated = [change for change in plan.changes if change.is_gated]
    if not gated or plan.header.live_edits is LiveEdits.YES:
        return
    refused_at = plan.header.live_edits_refused_at
    known = (
        "cioform cannot read whether it is on."
        if refused_at is None
        else f"It was off on {format_minute(refused_at)}: Customer.io refused such a change then."
    )
    detail = (
        "They need the setting “Allow agent to edit live data” (in Customer.io under Settings, "
        f"AI). {known} If you know, write `live_edits: yes` or `live_edits: no` in "
        "workspace.yaml."
    )
    *others, last = (ItemView("?", Tone.WARNING, str(change.address)) for change in gated)
    yield from others
    yield replace(last, detail=detail)


def _not_judged(title: str, guard: str, addresses: Iterable[str]) -> SectionView:
    items = tuple(ItemView("!", Tone.WARNING, each, "not estimated") for each in addresses)
    return SectionView(title, f"{guard} does not judge these audiences", items)
