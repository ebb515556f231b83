"""Find values that a change loses and that are in no file, so that its author cannot see them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from cioform.core.data.json_value import UNKNOWN, Attributes, Json
from cioform.core.data.paths import FieldPath, format_path
from cioform.core.dataclasses import replace
from cioform.core.text.word_lists import join_first
from cioform.model.paths.file_paths import part_path
from cioform.model.unknown_members import RAW, unknown_members
from cioform.plan.change import Action, Change, FieldChange
from cioform.plan.compare.diff import plan_value
from cioform.plan.compare.unmanaged_fields.live_fields import LiveFields
from cioform.plan.compare.unmanaged_fields.unmanaged_paths import is_of_part

_SHOWN_PATHS: Final = 6


def with_losses(change: Change, live: LiveFields, applied: Attributes | None) -> Change:
    """Return a change that says what is lost with the object or with a part of it.

    `applied` is what the file said when it was last applied: the rest was in no file.
    """
    if change.action is Action.UPDATE and (unknown := unknown_members(live.attributes)):
        change = replace(change, reason=f"{change.reason}; {_reset_text(unknown)}")
    of_object = [] if change.action is not Action.REPLACE else list(_of_object(change, live))
    of_parts = () if applied is None else _of_parts(change, live, applied)
    lost = [*of_object, *of_parts]
    if not lost:
        return change
    names = join_first([format_path(path) for path, _ in lost], _SHOWN_PATHS)
    reason = f"{change.reason}; what is in no file is lost: {names}"
    # The parts that go are among the differences, with everything in them.
    fields = (FieldChange(path, plan_value(value), None) for path, value in of_object)
    return replace(change, reason=reason, fields=(*change.fields, *fields))


def _reset_text(unknown: Iterable[str]) -> str:
    """Return which members a write may reset that replaces all of them, as a clause."""
    names = join_first([f"{RAW}.{name}" for name in unknown], _SHOWN_PATHS)
    return f"Customer.io may reset {names}, which cioform does not know and does not send"


def _of_object(change: Change, live: LiveFields) -> Iterator[tuple[FieldPath, Json]]:
    """Yield what the new object will not have, by the paths of the file."""
    return _readable(live, live.unmanaged(change.wanted or {}).items())


def _of_parts(
    change: Change, live: LiveFields, applied: Attributes
) -> Iterator[tuple[FieldPath, Json]]:
    parts = {each.part for each in change.changed_parts if each.action.removes}
    found = live.unmanaged(applied).items() if parts else ()
    return _readable(live, ((path, value) for path, value in found if is_of_part(path, parts)))


def _readable(
    live: LiveFields, values: Iterable[tuple[FieldPath, Json]]
) -> Iterator[tuple[FieldPath, Json]]:
    for path, value in values:
        if value is not UNKNOWN:
            yield part_path(live.kind, path, live.attributes), value
