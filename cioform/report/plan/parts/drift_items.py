"""The view of a drifted object: what was changed, by whom, and when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from cioform.core.data.paths import FieldPath
from cioform.core.text.quantities import pluralize
from cioform.core.text.word_lists import join_words
from cioform.core.time.timestamps import format_minute
from cioform.model.unknown_members import RAW
from cioform.plan.change import Action, Attribution, Drift, Editor, FieldChange
from cioform.plan.compare.unmanaged_fields.unmanaged_record import NOT_RECORDED
from cioform.plan.drift import STATE_PATH
from cioform.plan.omissions import UnmanagedFields
from cioform.plan.reach.users import state_text
from cioform.report.plan.parts.fields import DisplayOptions, FieldView, field_name, view_fields
from cioform.report.plan.parts.items import ItemView
from cioform.report.styling import Tone
from cioform.report.values import escape_unprintable, format_inline

_STATE_VERBS: Final = {
    "running": "started",
    "stopped": "stopped",
    "archived": "archived",
    "draft": "turned back into a draft",
    "live": "activated",
}
_IN_NO_FILE: Final = "in no file"
_LEFT_TEXT: Final = (
    "Apply does not change a field that is not in the file. A pull writes it into the file."
)
_UNKNOWN_TEXT: Final = (
    "cioform has no fields for the values below `raw`: no file can set them, and apply does not "
    "change them. `apply --prefer live` records them."
)
_LOST_TEXT: Final = "What the files removed is deleted with its fields that are in no file."
_DIGEST_TEXT: Final = "Of its former value the state has only a digest."


def view_drifted_object(drift: Drift, display: DisplayOptions, values: bool = True) -> ItemView:
    """Return how drift is shown: with all values, or only with the names of the fields."""
    address, verb = str(drift.address), _verb(drift)
    who = editors_text(drift) + _since_text(drift) if _is_changed(drift) else ""
    if drift.gone:
        return ItemView("-", Tone.REMOVED, address, f"{verb}{who}", action="deleted")
    sign, tone = ("-/+", Tone.REMOVED) if drift.new_remote_id else ("~", Tone.CHANGED)
    detail = " ".join(filter(None, (_same_name_text(drift), _unmanaged_text(drift, values))))
    action = "recreated" if drift.new_remote_id else "changed"
    if not values:
        names = ", ".join(
            field_name(item) + (f" ({_IN_NO_FILE})" if _is_in_no_file(drift, item.path) else "")
            for item in drift.fields
            if item.path != STATE_PATH
        )
        note = f"{verb}{who}: {names}" if names else f"{verb}{who}"
        return ItemView(sign, tone, address, note, detail=detail)
    fields = tuple(_view_fields(drift, display))
    return ItemView(
        sign, tone, address, f"{verb}{who}", fields=fields, detail=detail, action=action
    )


def editors_text(drift: Drift) -> str:
    """Return who changed an object: ` by jane@acme.com, 2026-03-01 09:30 UTC, UI`.

    The text begins with a space; it is empty if nobody is known. If not everybody changed the same
    fields, only the names are here, and the times are at the fields.
    """
    if len(drift.editors) > 1:
        every = [editor for each in drift.editors for editor in each.editors]
        names = dict.fromkeys(escape_unprintable(editor.who) for editor in every)
        return f" by {join_words(names)}"
    if drift.editors:
        return f" by {_attribution_text(drift.editors[0])}"
    return f" by {_editor_text(drift.editor)}" if drift.editor is not None else ""


def _since_text(drift: Drift) -> str:
    """Return when an object was first changed, unless another time of the line is that one."""
    if drift.since is not None:
        first = format_minute(drift.since)
        times = [editor.at for each in drift.editors for editor in each.editors]
        shown = {None if at is None else format_minute(at) for at in times}
        is_in_line = len(drift.editors) == 1 and first in shown
        return "" if is_in_line else f" (first change {first})"
    if drift.editor is None and drift.applied_at is not None:
        if drift.maybe_older:
            return " at an unknown time"  # It may have survived the last apply.
        return f" some time after {format_minute(drift.applied_at)}"
    return ""


def explanation_of(drifts: Iterable[Drift]) -> str:
    """Return the text `changed in the workspace since the last apply`, as far as it is true."""
    return f"changed in the workspace{when_changed(drifts)}"


def when_changed(drifts: Iterable[Drift]) -> str:
    """Return the text ` since the last apply`, or none where an edit may have survived that."""
    return " since the last apply" if all(map(_is_since_apply, drifts)) else ""


def _is_since_apply(drift: Drift) -> bool:
    if drift.applied_at is None:
        return True
    later: set[FieldPath] = set()
    for each in drift.editors:
        if all((editor.at or 0) >= drift.applied_at for editor in each.editors):
            later.update(each.paths)
    return later.issuperset(drift.maybe_older)


def _is_changed(drift: Drift) -> bool:
    """Return whether the object itself differs, and not only what else has its name."""
    return drift.gone or bool(drift.new_remote_id or drift.fields)


def has_changed_fields(drift: Drift) -> bool:
    """Return whether something changed that a file has, and not only the state."""
    return any(item.path != STATE_PATH for item in drift.fields)


def _verb(drift: Drift) -> str:
    if drift.gone:
        return "deleted"
    if drift.new_remote_id:
        return f"deleted, and created again with the ID {escape_unprintable(drift.new_remote_id)}"
    state = next((str(f.after) for f in drift.fields if f.path == STATE_PATH), "")
    changed = ["changed"] if has_changed_fields(drift) else []
    verbs = [_STATE_VERBS.get(state, f"now {state}"), *changed] if state else changed
    return " and ".join(verbs) or "no longer the only one with its name"


def _same_name_text(drift: Drift) -> str:
    if not drift.same_name:
        return ""
    others = pluralize(len(drift.same_name), "unmanaged object has", "unmanaged objects have")
    ids = ", ".join(map(escape_unprintable, drift.same_name))
    return f"{others} the same name: ID {ids}."


def _unmanaged_text(drift: Drift, values: bool) -> str:
    """Return what apply and pull do with the changed fields that are in no file."""
    if not (drift.unmanaged or drift.lost) or not values:
        return ""
    digests = [f.path for f in drift.fields if f.before == NOT_RECORDED]
    texts = (
        _LEFT_TEXT if any(path[0] != RAW for path in drift.unmanaged) else "",
        _UNKNOWN_TEXT if any(path[0] == RAW for path in drift.unmanaged) else "",
        _LOST_TEXT if drift.lost else "",
        _DIGEST_TEXT if any(_is_in_no_file(drift, path) for path in digests) else "",
    )
    return " ".join(filter(None, texts))


def view_unmanaged_fields(items: Iterable[UnmanagedFields]) -> tuple[ItemView, ...]:
    """Return how a plan shows fields that no file sets."""
    return tuple(
        ItemView("·", Tone.WARNING, str(item.address), ", ".join(map(field_name, item.fields)))
        for item in items
    )


def _view_fields(drift: Drift, display: DisplayOptions) -> Iterator[FieldView]:
    # Notes on the origin of a change are left out: all of it is drift.
    shown = tuple(map(_with_shown_state, drift.fields))
    for item, view in zip(drift.fields, view_fields(Action.UPDATE, shown, display), strict=True):
        notes = [_note_at_field(drift, item.path)]
        if _is_in_no_file(drift, item.path):
            notes.insert(0, _IN_NO_FILE)
            if item.before == NOT_RECORDED and view.before is not None:
                view = replace(view, before=NOT_RECORDED)  # without quotes: it is no value
        yield replace(view, note=", ".join(filter(None, notes)), is_conflict=False)


def _is_in_no_file(drift: Drift, path: FieldPath) -> bool:
    return path in drift.unmanaged or path in drift.lost


def _with_shown_state(item: FieldChange) -> FieldChange:
    if item.path != STATE_PATH:
        is_long = format_inline(item.after) is None
        return replace(item, before=None) if item.before == NOT_RECORDED and is_long else item
    before, after = (
        state_text(each) if isinstance(each, str) else each for each in (item.before, item.after)
    )
    return replace(item, before=before, after=after)


def _note_at_field(drift: Drift, path: FieldPath) -> str:
    found = next((each for each in drift.editors if path in each.paths), None)
    if found is None:
        return "by somebody whom the audit log does not name" if drift.editors else ""
    is_said = len(drift.editors) == 1 and len(found.paths) == len(drift.fields)
    return "" if is_said else f"by {_attribution_text(found)}"  # The line of the object may say it.


def _attribution_text(attribution: Attribution) -> str:
    conjunction = "and" if attribution.is_certain else "or"
    return f"; {conjunction} by ".join(map(_editor_text, attribution.editors))


def _editor_text(editor: Editor) -> str:
    at = "" if editor.at is None else format_minute(editor.at)
    return ", ".join(
        filter(None, (escape_unprintable(editor.who), at, escape_unprintable(editor.source)))
    )
