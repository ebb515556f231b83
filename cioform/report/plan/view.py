"""What is shown of a plan, decided once for every form it is shown in."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cioform.core.timestamps import format_minute
from cioform.model.conversation import Api
from cioform.plan.change import Action, BlockedChange, Change, Drift, Editor
from cioform.plan.guard import GuardViolation
from cioform.plan.plan import Plan, PreferredSide, is_conflict
from cioform.report.plan.fields import DisplayOptions, FieldView, view_fields
from cioform.report.styling import Tone
from cioform.report.values import escape_unprintable, format_path

ACTION_SIGNS = {
    Action.CREATE: "+",
    Action.UPDATE: "~",
    Action.REPLACE: "-/+",
    Action.DELETE: "-",
    Action.MOVE: "»",
    Action.ADOPT: "=",
    Action.FORGET: "×",
    Action.NOOP: " ",
}
ACTION_TONES = {
    Action.CREATE: Tone.ADDED,
    Action.UPDATE: Tone.CHANGED,
    Action.REPLACE: Tone.REMOVED,
    Action.DELETE: Tone.REMOVED,
    Action.MOVE: Tone.MOVED,
    Action.ADOPT: Tone.MOVED,
    Action.FORGET: Tone.MOVED,
    Action.NOOP: Tone.DIM,
}
_CREDENTIAL_NAMES = {Api.APP: "an App API key", Api.JOURNEYS: "a service account"}
_REACH_TEXT = {
    "live": "live, used by the next send",
    "shared": "shared by all messages that name it",
}
_PREFER_TEXT = {
    PreferredSide.CONFIG: "the files win",
    PreferredSide.LIVE: "it is left as it is in the workspace",
}
_GUARD_FLAGS = {
    guard: "--" + guard.replace("_", "-")
    for guard in ("allow_delete", "allow_replace", "allow_live")
}


@dataclass(frozen=True, slots=True)
class SummaryCount:
    """One figure of the summary: `2 to create`."""

    number: int
    text: str
    tone: Tone


@dataclass(frozen=True, slots=True)
class ItemView:
    """One change, drift or blocked change."""

    sign: str
    tone: Tone
    address: str
    note: str = ""
    """Why, or who; for people only."""
    reach: str = ""
    is_live: bool = False
    fields: tuple[FieldView, ...] = ()
    detail: str = ""
    """Sentences below it: the way out."""


@dataclass(frozen=True, slots=True)
class PlanView:
    """A plan as it is shown."""

    workspace: str
    counts: tuple[SummaryCount, ...]
    """Counts of changes first, then, from `aside` on, those of what is no change."""
    first_other_count: int
    no_changes_text: str
    """What to say instead of everything else when there is nothing to do."""
    facts: tuple[str, ...]
    """Cost and limits of the plan, a line each."""
    changes: tuple[ItemView, ...]
    drift: tuple[ItemView, ...]
    blocked: tuple[ItemView, ...]
    unreadable: tuple[ItemView, ...]
    refusals: tuple[ItemView, ...]
    next_commands: tuple[str, ...]


def view_plan(
    plan: Plan,
    refusals: Sequence[GuardViolation] = (),
    detail: DisplayOptions | None = None,
    planfile: str | None = None,
) -> PlanView:
    """Give what to show of `plan`; `refusals` are those of the guards without any `--allow`,
    `planfile` is where it was written, for the command to run next."""
    detail = detail or DisplayOptions()
    counts, aside = _summary_counts(plan)
    return PlanView(
        workspace=plan.header.workspace,
        counts=counts,
        first_other_count=aside,
        no_changes_text=_no_changes_text(plan) if plan.is_empty else "",
        facts=tuple(_facts(plan)),
        changes=tuple(view_change(change, detail) for change in plan.visible_changes),
        drift=tuple(view_drift(drift, detail, values=False) for drift in plan.drift),
        blocked=tuple(_view_blocked(item) for item in plan.blocked),
        unreadable=tuple(
            ItemView(
                "?", Tone.DIM, str(item.address), ", ".join(map(escape_unprintable, item.fields))
            )
            for item in plan.unreadable
        ),
        refusals=tuple(
            ItemView("!", Tone.ERROR, item.guard, detail=f"{item.detail}\n\n    {item.hint}")
            for item in refusals
        ),
        next_commands=tuple(_next_commands(plan, refusals, planfile)),
    )


def view_change(change: Change, detail: DisplayOptions) -> ItemView:
    """Give what to show of one change."""
    address = str(change.address)
    if change.moved_from is not None:
        address = f"{change.moved_from} -> {address}"
    return ItemView(
        ACTION_SIGNS[change.action],
        ACTION_TONES[change.action],
        address,
        change.reason,
        reach_text(change) if change.action.writes else "nothing is sent",
        change.action.writes and change.may_be_live,
        view_fields(change.action, change.fields, detail),
    )


def view_drift(drift: Drift, detail: DisplayOptions, values: bool = True) -> ItemView:
    """Give what to show of one drift; without `values` only which fields it is in."""
    who = editor_text(drift.editor)
    if drift.gone:
        return ItemView("-", Tone.REMOVED, str(drift.address), f"deleted{who}")
    fields = view_fields(Action.UPDATE, drift.fields, detail) if values else ()
    named = "" if values else ": " + ", ".join(format_path(item.path) for item in drift.fields)
    bare = tuple(
        FieldView(f.path, f.before, f.after, f.lines, f.hidden) if f.note else f for f in fields
    )
    return ItemView("~", Tone.CHANGED, str(drift.address), f"changed{who}{named}", fields=bare)


def reach_text(change: Change) -> str:
    """Give whom a change touches, in words: `running, 1,204 people`; empty for what is new."""
    reach = change.reach
    state = _REACH_TEXT.get(reach.state, reach.state) if reach.is_known else ""
    if change.has_unknown_state:
        state = "not known to be a draft"
    people = "" if reach.people is None else f"{pluralize(reach.people, 'person', 'people')}"
    return ", ".join(filter(None, (state, people)))


def editor_text(editor: Editor | None) -> str:
    """Give who did something, when and from where: ` by jane@acme.com, 2026-03-01 09:30 UTC, UI`;
    with a blank in front, and empty when nobody knows."""
    if editor is None:
        return ""
    at = "" if editor.at is None else format_minute(editor.at)
    return " by " + ", ".join(
        filter(None, (escape_unprintable(editor.who), at, escape_unprintable(editor.source)))
    )


def pluralize(number: int, one: str, many: str) -> str:
    """Give a number with its noun: `1 request`, `1,204 requests`."""
    return f"{number:,} {one if number == 1 else many}"


def duration_text(seconds: float) -> str:
    """Give a time as people say it: `1.4 s`, `45 s`, `3 min 20 s`."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if not minutes:
        return f"{rest} s"
    return f"{minutes} min" + (f" {rest} s" if rest else "")


def _summary_counts(plan: Plan) -> tuple[tuple[SummaryCount, ...], int]:
    summary = plan.summary
    always = (Action.CREATE, Action.UPDATE, Action.DELETE)
    changes = [
        SummaryCount(summary[action.value], f"to {action.value}", ACTION_TONES[action])
        for action in (*always, Action.REPLACE, Action.MOVE, Action.ADOPT, Action.FORGET)
        if action in always or summary[action.value]
    ]
    aside = [
        SummaryCount(summary[name], text, tone)
        for name, text, tone in (
            ("conflict", "in conflict", Tone.ERROR),
            ("blocked", "blocked", Tone.WARNING),
            ("drift", "drifted", Tone.WARNING),
        )
        if summary[name]
    ]
    return (*changes, *aside), len(changes)


def _no_changes_text(plan: Plan) -> str:
    narrowed = plan.header.target or plan.header.exclude
    if narrowed and not plan.unchanged:
        return f"No resource: nothing in {plan.header.workspace} fits{_scope_options(plan)}."
    scope = " in this scope" if narrowed else ""
    number = pluralize(plan.unchanged, "resource", "resources")
    return f"No changes. {plan.header.workspace} is what the files say ({number}{scope})."


def _facts(plan: Plan) -> Iterator[str]:
    header = plan.header
    if plan.requests:
        yield f"{pluralize(plan.requests, 'request', 'requests')}, about {duration_text(plan.seconds)}"
    elif plan.visible_changes:
        yield "nothing is sent; only the state learns"
    doors = [name for api, name in _CREDENTIAL_NAMES.items() if api in header.apis]
    if len(doors) == 1:
        yield f"planned with {doors[0]} only"
    if header.target or header.exclude:
        yield f"only a part of the workspace:{_scope_options(plan)}"
    if header.prefer is not None and any(is_conflict(change) for change in plan.changes):
        yield f"where both changed, {_PREFER_TEXT[header.prefer]}"
    if plan.foreign and not plan.is_empty:
        yield f"{pluralize(plan.foreign, 'foreign object', 'foreign objects')} left alone"


def _view_blocked(item: BlockedChange) -> ItemView:
    named = ", ".join(format_path(field.path) for field in item.fields)
    note = named if item.action is Action.UPDATE else ""
    return ItemView(
        ACTION_SIGNS[item.action],
        ACTION_TONES[item.action],
        str(item.address),
        note,
        detail=item.way_out,
    )


def _next_commands(
    plan: Plan, refusals: Sequence[GuardViolation], planfile: str | None
) -> Iterator[str]:
    name, guards = plan.header.workspace, {refusal.guard for refusal in refusals}
    if "conflict" in guards:
        yield f"cioform plan {name}{_scope_options(plan)} --prefer config"
        yield f"cioform plan {name}{_scope_options(plan)} --prefer live"
        return
    if guards - set(_GUARD_FLAGS):
        return
    allow = "".join(f" {flag}" for guard, flag in _GUARD_FLAGS.items() if guard in guards)
    if plan.visible_changes:
        what = (
            f" {shlex.quote(planfile)}"
            if planfile
            else f"{_scope_options(plan)}{_prefer_option(plan)}"
        )
        yield f"cioform apply {name}{what}{allow}"
    if plan.drift:
        yield f"cioform drift {name}"


def _scope_options(plan: Plan) -> str:
    target = "".join(f" --target {shlex.quote(pattern)}" for pattern in plan.header.target)
    return target + "".join(f" --exclude {shlex.quote(p)}" for p in plan.header.exclude)


def _prefer_option(plan: Plan) -> str:
    return f" --prefer {plan.header.prefer.value}" if plan.header.prefer else ""
