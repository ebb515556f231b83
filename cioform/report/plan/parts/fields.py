"""The view of a changed field: on one line if it fits, otherwise as a line diff."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from cioform.core.data import paths
from cioform.core.data.json_value import Json, map_texts
from cioform.core.data.paths import FieldPath
from cioform.core.dataclasses import dataclass, replace
from cioform.core.secrets.secret_shapes import hide_secret_shapes
from cioform.plan.change import Action, FieldChange, Origin
from cioform.report.plan.parts.text_diff import DiffLine, DiffMark, diff_lines, mark_lines
from cioform.report.values import (
    MAX_LINE_LENGTH,
    fold_line,
    format_inline,
    format_lines,
    format_path,
    format_scalar,
)

_ORIGIN_NOTES = {
    Origin.CONFIG: "",
    Origin.DRIFT: "changed in the workspace",
    Origin.CONFLICT: "changed on both sides",
}

ORDER_NOTE: Final = " (order of steps)"


@dataclass(frozen=True, slots=True)
class DisplayOptions:
    """How much of each field is shown."""

    context: int = 1
    """Unchanged lines around a changed one."""
    full: bool = False
    """Whether long values are shown in full."""
    new_lines: int = 6
    """Lines shown of a value of a new or a deleted object."""
    changed_lines: int = 80
    """Lines shown of a difference."""
    width: int = 88
    """Characters that a field on one line may have."""


@dataclass(frozen=True, slots=True)
class FieldView:
    """A field: `before -> after` on one line, or `lines` with `hidden` more that are not shown."""

    path: str
    before: str | None = None
    after: str | None = None
    lines: tuple[DiffLine, ...] = ()
    hidden: int = 0
    note: str = ""
    is_conflict: bool = False
    keys: FieldPath = ()
    """The path in its parts, for formats that show how values are nested."""
    is_order: bool = False
    """Whether only the order of steps changes, which `path` says and `keys` do not."""


def view_fields(
    action: Action, fields: Sequence[FieldChange], display: DisplayOptions
) -> tuple[FieldView, ...]:
    """Return how the fields of a change are shown; of a new object, only the new values.

    Somebody may have written a token into the workspace, and many people read a plan.
    """
    fields = [_without_secrets(item) for item in fields]
    if action is Action.CREATE:
        views = [_view_new_field(item, display) for item in fields]
    else:
        mixed = len({item.origin for item in fields}) > 1
        views = [_view_changed_field(item, display, mixed, action) for item in fields]
    return tuple(
        replace(view, keys=item.path, is_order=item.is_order)
        for view, item in zip(views, fields, strict=True)
    )


def _without_secrets(item: FieldChange) -> FieldChange:
    before, after = (map_texts(each, hide_secret_shapes) for each in (item.before, item.after))
    if (before, after) == (item.before, item.after):
        return item
    return replace(item, before=before, after=after)


def field_name(item: FieldChange) -> str:
    """Return the path of a changed field, or whose order changes."""
    path = format_path(item.path)
    return f"{path}{ORDER_NOTE}" if item.is_order else path


def source_note(item: FieldChange) -> str:
    """Return where new values came from: `from defaults in workspaces/acme/workspace.yaml:12`."""
    if not item.sources:
        return ""
    lines: dict[str, list[str]] = {}
    for source in dict.fromkeys(item.sources.values()):
        file, _, line = source.rpartition(":")
        lines.setdefault(file, []).append(line)
    places = " and ".join(f"{file}:{', '.join(numbers)}" for file, numbers in lines.items())
    is_whole = set(item.sources) == {paths.format_path(item.path)}
    return f"{'' if is_whole else 'in part '}from {places}"


def _view_new_field(item: FieldChange, display: DisplayOptions) -> FieldView:
    path, short = format_path(item.path), format_inline(item.after)
    source = source_note(item)
    if short is not None and len(path) + len(short) <= display.width:
        return FieldView(path, after=short, note=source)
    lines, folded = _folded_lines(item.after)
    note = ", ".join(filter(None, (source, "reformatted for display" if folded else "")))
    return _truncated_view(
        path, mark_lines(DiffMark.SHOWN, lines), display.new_lines, note, False, display
    )


def _view_changed_field(
    item: FieldChange, display: DisplayOptions, mixed: bool, action: Action
) -> FieldView:
    path = field_name(item)
    conflict = item.origin is Origin.CONFLICT
    # If all of a change is drift, its reason says so.
    origin = _ORIGIN_NOTES[item.origin] if mixed or conflict else ""
    note = ", ".join(filter(None, (origin, source_note(item))))
    before, after = format_inline(item.before), format_inline(item.after)
    if (
        before is not None
        and after is not None
        and len(path) + len(before) + len(after) <= display.width
    ):
        return FieldView(path, before, after, note=note, is_conflict=conflict)
    lines, folded = _diff_values(item, display.context)
    note = ", ".join(filter(None, (note, "reformatted for display" if folded else "")))
    limit = display.new_lines if action is Action.DELETE else display.changed_lines
    return _truncated_view(path, lines, limit, note, conflict, display)


def _diff_values(item: FieldChange, context: int) -> tuple[tuple[DiffLine, ...], bool]:
    if item.before is None:
        lines, folded = _folded_lines(item.after)
        return mark_lines(DiffMark.ADDED, lines), folded
    if item.after is None:
        lines, folded = _folded_lines(item.before)
        return mark_lines(DiffMark.REMOVED, lines), folded
    before, folded_before = _folded_lines(item.before)
    after, folded_after = _folded_lines(item.after)
    if _ends_line(item.before) != _ends_line(item.after):
        (before if _ends_line(item.before) else after).append("")
    if before == after:  # a text and data that look the same
        before, after = [format_scalar(item.before)], [format_scalar(item.after)]
    folded = folded_before or folded_after
    nested = not isinstance(item.before, str) and not isinstance(item.after, str)
    return diff_lines(before, after, context, not folded, nested), folded


def _ends_line(value: Json) -> bool:
    return isinstance(value, str) and value.endswith("\n")


def _folded_lines(value: Json) -> tuple[list[str], bool]:
    """Return the lines of a value, and whether a line was too long and was folded."""
    lines = format_lines(value)
    if all(len(line) <= MAX_LINE_LENGTH for line in lines):
        return lines, False
    lines = [piece for line in lines for piece in fold_line(line)]
    return lines, isinstance(value, str) and any(
        len(x) > MAX_LINE_LENGTH for x in value.split("\n")
    )


def _truncated_view(
    path: str,
    lines: tuple[DiffLine, ...],
    limit: int,
    note: str,
    conflict: bool,
    display: DisplayOptions,
) -> FieldView:
    # A single line over the limit takes no more room than the note about a hidden line.
    shown = lines if display.full or len(lines) <= limit + 1 else lines[:limit]
    return FieldView(
        path,
        lines=shown,
        hidden=len(lines) - len(shown),
        note=note,
        is_conflict=conflict,
    )
