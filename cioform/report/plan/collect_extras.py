"""Collect what only some formats show of a change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cioform.core.data.json_value import Attributes, Json
from cioform.model.contents import HasContents, TextForm
from cioform.model.kind import Kind
from cioform.model.paths.file_paths import file_form, path_namer
from cioform.model.registry import Registry
from cioform.plan.change import Action, Change
from cioform.plan.plan import Plan
from cioform.plan.reach.users import state_of_user
from cioform.report.journey.build import is_drawable
from cioform.report.journey.model import Journey
from cioform.report.journey.overlay import planned_journey
from cioform.report.journey.revert import revert_changes
from cioform.report.plan.parts.extras import EXTRAS_LIMIT, BodyPair, ItemExtras, UserRow
from cioform.report.values import escape_unprintable, format_path


def collect_extras(plan: Plan, kinds: Registry) -> tuple[ItemExtras, ...]:
    """Return the extras of each visible change, in their order."""
    drawn = 0
    found: list[ItemExtras] = []
    for change in plan.visible_changes:
        journey = _journey(plan, change, kinds) if drawn < EXTRAS_LIMIT else None
        drawn += journey is not None
        found.append(
            ItemExtras(
                tuple(_users(change)),
                journey,
                tuple(_bodies(change, kinds[change.address.kind])),
            )
        )
    return tuple(found)


def _users(change: Change) -> Iterator[UserRow]:
    for user in sorted(change.users, key=lambda each: not each.state.may_be_live):
        yield UserRow(str(user.address), state_of_user(user), user.people, ", ".join(user.through))
    for unmanaged in sorted(change.unmanaged_users, key=lambda each: not each.state.may_be_live):
        name = escape_unprintable(f"{unmanaged.kind}#{unmanaged.remote_id} {unmanaged.name}")
        through = escape_unprintable(", ".join(unmanaged.through))
        yield UserRow(name, f"{state_of_user(unmanaged)}, unmanaged", through=through)


def _journey(plan: Plan, change: Change, kinds: Registry) -> Journey | None:
    """Return the journey that a change leads to; None if it has none or only the state changes."""
    if not change.action.writes or change.wanted is None or not is_drawable(change.wanted):
        return None
    normalize = kinds[change.address.kind].normalize
    return planned_journey(plan, change.address, change.wanted, normalize)


def _bodies(change: Change, kind: Kind) -> Iterator[BodyPair]:
    """Yield the HTML texts that a change makes or alters."""
    if change.wanted is None or not isinstance(kind, HasContents):
        return
    if change.action is Action.CREATE:
        before: Mapping[str, str] = {}
    elif any(
        _has_markup(value) for each in change.differences for value in (each.before, each.after)
    ):
        normalized = kind.normalize(dict(change.wanted))
        before = _html_texts(kind, revert_changes(normalized, change.differences))
    else:
        return
    after = _html_texts(kind, change.wanted)
    for title in dict.fromkeys((*after, *before)):
        old, new = before.get(title), after.get(title)
        if old != new and (_has_markup(old) or _has_markup(new)):
            yield BodyPair(title, old, new)


def _has_markup(value: Json) -> bool:
    if isinstance(value, str):
        return "<" in value
    if isinstance(value, Mapping):
        return any(map(_has_markup, value.values()))
    return isinstance(value, list) and any(map(_has_markup, value))


def _html_texts(kind: Kind, attributes: Attributes) -> dict[str, str]:
    """Return the texts that may be HTML, by their paths in the file."""
    if not isinstance(kind, HasContents):
        return {}
    texts = {
        text.path: text.value
        for content in kind.contents(attributes)
        for text in content.texts
        if text.form is TextForm.HTML
    }
    if not texts:
        return {}
    name = path_namer(kind, file_form(kind, attributes))
    return {format_path(name(path)): text for path, text in texts.items()}
