"""What is shown of a plan, decided once for every form it is shown in."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from cioform.model.conversation import Api
from cioform.plan.change import Action, Blocked, Change, Drift, Editor
from cioform.plan.guard import Refusal
from cioform.plan.plan import Plan, Prefer, is_conflict
from cioform.report.plan.fields import Detail, FieldView, field_views
from cioform.report.styling import Tone
from cioform.report.values import path_text, visible

SIGNS = {
    Action.CREATE: "+",
    Action.UPDATE: "~",
    Action.REPLACE: "-/+",
    Action.DELETE: "-",
    Action.MOVE: "»",
    Action.ADOPT: "=",
    Action.FORGET: "×",
    Action.NOOP: " ",
}
TONES = {
    Action.CREATE: Tone.ADDED,
    Action.UPDATE: Tone.CHANGED,
    Action.REPLACE: Tone.REMOVED,
    Action.DELETE: Tone.REMOVED,
    Action.MOVE: Tone.MOVED,
    Action.ADOPT: Tone.MOVED,
    Action.FORGET: Tone.MOVED,
    Action.NOOP: Tone.QUIET,
}
_DOORS = {Api.APP: "an App API key", Api.JOURNEYS: "a service account"}
_REACH = {"live": "live, used by the next send", "shared": "shared by all messages that name it"}
_WINNER = {
    Prefer.CONFIG: "the files win",
    Prefer.LIVE: "it is left as it is in the workspace",
}
_ALLOWED_BY_FLAG = {
    guard: "--" + guard.replace("_", "-")
    for guard in ("allow_delete", "allow_replace", "allow_live")
}


@dataclass(frozen=True, slots=True)
class Count:
    """One figure of the summary: `2 to create`."""

    number: int
    text: str
    tone: Tone


@dataclass(frozen=True, slots=True)
class Item:
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
    counts: tuple[Count, ...]
    """Counts of changes first, then, from `aside` on, those of what is no change."""
    aside: int
    quiet: str
    """What to say instead of everything else when there is nothing to do."""
    facts: tuple[str, ...]
    """Cost and limits of the plan, a line each."""
    changes: tuple[Item, ...]
    drift: tuple[Item, ...]
    blocked: tuple[Item, ...]
    unreadable: tuple[Item, ...]
    refusals: tuple[Item, ...]
    next: tuple[str, ...]


def view_plan(
    plan: Plan,
    refusals: Sequence[Refusal] = (),
    detail: Detail | None = None,
    planfile: str | None = None,
) -> PlanView:
    """Give what to show of `plan`; `refusals` are those of the guards without any `--allow`,
    `planfile` is where it was written, for the command to run next."""
    detail = detail or Detail()
    counts, aside = _counts(plan)
    return PlanView(
        workspace=plan.header.workspace,
        counts=counts,
        aside=aside,
        quiet=_quiet(plan) if plan.is_empty else "",
        facts=tuple(_facts(plan)),
        changes=tuple(view_change(change, detail) for change in plan.shown),
        drift=tuple(view_drift(drift, detail, values=False) for drift in plan.drift),
        blocked=tuple(_view_blocked(item) for item in plan.blocked),
        unreadable=tuple(
            Item("?", Tone.QUIET, str(item.address), ", ".join(map(visible, item.fields)))
            for item in plan.unreadable
        ),
        refusals=tuple(
            Item("!", Tone.ALARM, item.guard, detail=f"{item.detail}\n\n    {item.way_past}")
            for item in refusals
        ),
        next=tuple(_next(plan, refusals, planfile)),
    )


def view_change(change: Change, detail: Detail) -> Item:
    """Give what to show of one change."""
    address = str(change.address)
    if change.moved_from is not None:
        address = f"{change.moved_from} -> {address}"
    return Item(
        SIGNS[change.action],
        TONES[change.action],
        address,
        change.reason,
        reach_text(change) if change.action.writes else "nothing is sent",
        change.action.writes and change.may_be_live,
        field_views(change.action, change.fields, detail),
    )


def view_drift(drift: Drift, detail: Detail, values: bool = True) -> Item:
    """Give what to show of one drift; without `values` only which fields it is in."""
    who = editor_text(drift.editor)
    if drift.gone:
        return Item("-", Tone.REMOVED, str(drift.address), f"deleted{who}")
    fields = field_views(Action.UPDATE, drift.fields, detail) if values else ()
    named = "" if values else ": " + ", ".join(path_text(item.path) for item in drift.fields)
    bare = tuple(
        FieldView(f.path, f.before, f.after, f.lines, f.hidden) if f.note else f for f in fields
    )
    return Item("~", Tone.CHANGED, str(drift.address), f"changed{who}{named}", fields=bare)


def reach_text(change: Change) -> str:
    """Give whom a change touches, in words: `running, 1,204 people`; empty for what is new."""
    reach = change.reach
    state = _REACH.get(reach.state, reach.state) if reach.is_known else ""
    if change.is_unsure:
        state = "not known to be a draft"
    people = "" if reach.people is None else f"{count(reach.people, 'person', 'people')}"
    return ", ".join(filter(None, (state, people)))


def editor_text(editor: Editor | None) -> str:
    """Give who did something, when and from where: ` by jane@acme.com, 2026-03-01 09:30 UTC, UI`;
    with a blank in front, and empty when nobody knows."""
    if editor is None:
        return ""
    at = "" if editor.at is None else f"{datetime.fromtimestamp(editor.at, UTC):%Y-%m-%d %H:%M} UTC"
    return " by " + ", ".join(filter(None, (visible(editor.who), at, visible(editor.source))))


def count(number: int, one: str, many: str) -> str:
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


def _counts(plan: Plan) -> tuple[tuple[Count, ...], int]:
    summary = plan.summary
    always = (Action.CREATE, Action.UPDATE, Action.DELETE)
    changes = [
        Count(summary[action.value], f"to {action.value}", TONES[action])
        for action in (*always, Action.REPLACE, Action.MOVE, Action.ADOPT, Action.FORGET)
        if action in always or summary[action.value]
    ]
    aside = [
        Count(summary[name], text, tone)
        for name, text, tone in (
            ("conflict", "in conflict", Tone.ALARM),
            ("blocked", "blocked", Tone.CAUTION),
            ("drift", "drifted", Tone.CAUTION),
        )
        if summary[name]
    ]
    return (*changes, *aside), len(changes)


def _quiet(plan: Plan) -> str:
    narrowed = plan.header.target or plan.header.exclude
    if narrowed and not plan.unchanged:
        return f"No resource: nothing in {plan.header.workspace} fits{_scope(plan)}."
    scope = " in this scope" if narrowed else ""
    number = count(plan.unchanged, "resource", "resources")
    return f"No changes. {plan.header.workspace} is what the files say ({number}{scope})."


def _facts(plan: Plan) -> Iterator[str]:
    header = plan.header
    if plan.requests:
        yield f"{count(plan.requests, 'request', 'requests')}, about {duration_text(plan.seconds)}"
    elif plan.shown:
        yield "nothing is sent; only the state learns"
    doors = [name for api, name in _DOORS.items() if api in header.apis]
    if len(doors) == 1:
        yield f"planned with {doors[0]} only"
    if header.target or header.exclude:
        yield f"only a part of the workspace:{_scope(plan)}"
    if header.prefer is not None and any(is_conflict(change) for change in plan.changes):
        yield f"where both changed, {_WINNER[header.prefer]}"
    if plan.foreign and not plan.is_empty:
        yield f"{count(plan.foreign, 'foreign object', 'foreign objects')} left alone"


def _view_blocked(item: Blocked) -> Item:
    named = ", ".join(path_text(field.path) for field in item.fields)
    note = named if item.action is Action.UPDATE else ""
    return Item(
        SIGNS[item.action], TONES[item.action], str(item.address), note, detail=item.way_out
    )


def _next(plan: Plan, refusals: Sequence[Refusal], planfile: str | None) -> Iterator[str]:
    name, guards = plan.header.workspace, {refusal.guard for refusal in refusals}
    if "conflict" in guards:
        yield f"cioform plan {name}{_scope(plan)} --prefer config"
        yield f"cioform plan {name}{_scope(plan)} --prefer live"
        return
    if guards - set(_ALLOWED_BY_FLAG):
        return
    allow = "".join(f" {flag}" for guard, flag in _ALLOWED_BY_FLAG.items() if guard in guards)
    if plan.shown:
        what = f" {shlex.quote(planfile)}" if planfile else f"{_scope(plan)}{_prefer(plan)}"
        yield f"cioform apply {name}{what}{allow}"
    if plan.drift:
        yield f"cioform drift {name}"


def _scope(plan: Plan) -> str:
    target = "".join(f" --target {shlex.quote(pattern)}" for pattern in plan.header.target)
    return target + "".join(f" --exclude {shlex.quote(p)}" for p in plan.header.exclude)


def _prefer(plan: Plan) -> str:
    return f" --prefer {plan.header.prefer.value}" if plan.header.prefer else ""
