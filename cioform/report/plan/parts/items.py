"""The view of one change, one drift or one blocked change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from cioform.core.dataclasses import dataclass
from cioform.core.text.quantities import pluralize
from cioform.model.reach import ReachState
from cioform.plan.change import Action, BlockedChange, Change, NamedAudience, UnmanagedUser, User
from cioform.plan.omissions import KeptFields, OmittedChange, UnreadableFields
from cioform.plan.reach.users import SHOWN_USERS, join_unmanaged, join_users, state_of_user
from cioform.report.plan.parts.extras import NO_EXTRAS, ItemExtras
from cioform.report.plan.parts.fields import DisplayOptions, FieldView, field_name, view_fields
from cioform.report.styling import Tone
from cioform.report.values import escape_unprintable

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
_REACH_TEXT = {
    ReachState.LIVE: "live, used by the next send",
}


@dataclass(frozen=True, slots=True)
class ItemView:
    """One change, drift or blocked change as it is shown."""

    sign: str
    tone: Tone
    address: str
    note: str = ""
    """The reason, or who made the change; for people only."""
    reach: str = ""
    is_live: bool = False
    fields: tuple[FieldView, ...] = ()
    detail: str = ""
    """Sentences and commands below the item."""
    action: str = ""
    """What happens to the object, in one word: `create`; empty outside of plans and drift."""
    extras: ItemExtras = NO_EXTRAS
    """What only some formats show."""


def view_change(
    change: Change, display: DisplayOptions, extras: ItemExtras = NO_EXTRAS
) -> ItemView:
    """Return how a change is shown."""
    return ItemView(
        ACTION_SIGNS[change.action],
        ACTION_TONES[change.action],
        str(change.address),
        _reason_of(change),
        _reach_note(change),
        change.action.writes and change.may_be_live,
        view_fields(change.action, change.fields, display),
        "\n".join(_details(change)),
        change.action.value,
        extras,
    )


def _details(change: Change) -> Iterator[str]:
    """Yield sentences about whom a change affects, a line each."""
    if change.users:
        yield f"Used by {join_users(change.users, SHOWN_USERS)}."
    if change.unmanaged_users:
        yield f"Used by {join_unmanaged(change.unmanaged_users, SHOWN_USERS)}."
    if change.unmanaged_users_unknown and not change.deletes_former:
        others = "Other unmanaged" if change.unmanaged_users else "Unmanaged"
        yield f"{others} objects that may use it were not looked up."
    sizes = list(filter(None, map(_audience_text, change.audiences)))
    if sizes:
        yield f"Its conditions name {', '.join(sizes)}."
    yield from _empty_audiences(change)
    for part in change.changed_parts:
        if part.people:
            people = pluralize(part.people, "person is", "people are")
            yield f"{part.action.value.capitalize()}s step {part.part}: {people} at it."


def _audience_text(audience: NamedAudience) -> str:
    """Return an audience with its size: `segment.vip (412 -> 18,300 people)`; empty if unknown."""
    before, after = audience.people, audience.people_after
    size = before if after is None else after
    if size is None:
        return ""
    change = f"{before:,} -> " if before is not None and after is not None else ""
    return f"{audience.name} ({change}{pluralize(size, 'person', 'people')})"


def _empty_audiences(change: Change) -> Iterator[str]:
    """Yield a warning for each audience that nobody is in after the change."""
    if change.selects_people and change.reach.people_after == 0:
        yield "Warning: nobody meets its new conditions."
    for audience in change.audiences:
        size = audience.people if audience.people_after is None else audience.people_after
        if size == 0:
            yield f"Warning: nobody is in {audience.name}."


def _reach_note(change: Change) -> str:
    if change.deletes_former:
        return ""
    return reach_text(change) if change.action.writes else "no requests"


def _reason_of(change: Change) -> str:
    """Return why something changes, and its former address if it has another one now."""
    if change.moved_from is None or change.action is Action.MOVE:
        return change.reason
    return f"renamed from {change.moved_from}; {change.reason}"


def view_blocked(change: BlockedChange) -> ItemView:
    """Return how a change that no available API can make is shown."""
    names = ", ".join(field_name(field) for field in change.fields)
    return ItemView(
        ACTION_SIGNS[change.action],
        ACTION_TONES[change.action],
        str(change.address),
        names if change.action is Action.UPDATE else "",
        detail=f"{change.location}: {change.hint}" if change.location else change.hint,
    )


def view_omitted(item: OmittedChange, display: DisplayOptions) -> ItemView:
    """Return how a change is shown that was taken out of the plan."""
    return ItemView(
        "·",
        Tone.WARNING,
        str(item.address),
        f"{item.action.value}: {item.reason}",
        fields=view_fields(item.action, item.fields, display),
    )


UNREADABLE_TEXT: Final = "Customer.io did not return these fields to these credentials"
"""The explanation of what is not compared."""


def view_unreadable(item: UnreadableFields) -> ItemView:
    """Return the view of fields that no response has."""
    fields = ", ".join(map(escape_unprintable, item.fields))
    return ItemView("?", Tone.DIM, str(item.address), fields)


def view_kept(item: KeptFields) -> ItemView:
    """Return how fields that stay as they are in the workspace are shown."""
    fields = ", ".join(map(escape_unprintable, item.fields))
    return ItemView("=", Tone.DIM, str(item.address), fields)


def reach_text(change: Change) -> str:
    """Return whom a change affects: `running, 1,204 people`; empty for a new object."""
    reach = change.reach
    state = _REACH_TEXT.get(reach.state, reach.state) if reach.is_known else ""
    if change.has_unknown_state:
        state = _unknown_state_text(reach.unknown_state)
    users = [user for user in change.all_users if user.state is not ReachState.SHARED]
    if users:
        state = _users_text(users)
    elif reach.is_shared:
        state = _unused_text(change)
    return ", ".join(filter(None, (state, _people_text(change))))


def _unknown_state_text(name: str) -> str:
    if not name:
        return "state unknown, may be running"
    return f"state `{escape_unprintable(name)}` not known to cioform, may be running"


def _unused_text(change: Change) -> str:
    """Return that nothing which sends messages uses a shared object, as far as that is known."""
    if change.unmanaged_users:
        return ""  # They are named below.
    managed = "managed " if change.unmanaged_users_unknown else ""
    return f"no {managed}campaign or message uses it"


def _people_text(change: Change) -> str:
    """Return the audience, before and after: `412 -> 18,300 people`; empty if unknown."""
    before, after = change.reach.people, change.reach.people_after
    if before is None and after is None:
        return "audience not estimated" if change.is_not_estimated else ""
    if change.is_not_estimated:
        return f"{pluralize(before or 0, 'person', 'people')} now, not estimated after this change"
    if before is None or after is None:
        number = before if after is None else after
        return pluralize(number or 0, "person", "people")
    return f"{before:,} -> {pluralize(after, 'person', 'people')}"


def _users_text(users: Sequence[User | UnmanagedUser]) -> str:
    """Return how many objects use a shared one: `used by 3 objects (1 running, 2 draft)`."""
    counts = Counter(
        state_of_user(user) for user in sorted(users, key=lambda u: not u.state.may_be_live)
    )
    states = ", ".join(f"{number:,} {state}" for state, number in counts.items())
    return f"used by {pluralize(len(users), 'object', 'objects')} ({states})"
