"""What is shown of a field that changes: one line where it fits, else the lines that differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cioform.core.json_value import JsonValue
from cioform.plan.change import Action, FieldChange, Origin
from cioform.report.plan.text_diff import DiffLine, DiffMark, diff_lines, mark_lines
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
    Origin.CONFLICT: "both changed",
}


@dataclass(frozen=True, slots=True)
class DisplayOptions:
    """How much is shown."""

    context: int = 1
    """Unchanged lines around a changed one."""
    full: bool = False
    """Whether long values are shown whole."""
    new_lines: int = 6
    """Lines shown of a value that is new as a whole."""
    changed_lines: int = 80
    """Lines shown of a difference."""
    width: int = 88
    """What a field may take to be shown on one line."""


@dataclass(frozen=True, slots=True)
class FieldView:
    """A field: `before -> after` on one line, or `lines` of which `hidden` more are not shown."""

    path: str
    before: str | None = None
    after: str | None = None
    lines: tuple[DiffLine, ...] = ()
    hidden: int = 0
    note: str = ""
    is_conflict: bool = False


def view_fields(
    action: Action, fields: Sequence[FieldChange], detail: DisplayOptions
) -> tuple[FieldView, ...]:
    """Give what to show of the fields of a change. A new object shows its values, each once."""
    if action is Action.CREATE:
        return tuple(_view_new_field(item, detail) for item in fields)
    mixed = len({item.origin for item in fields}) > 1
    return tuple(_view_changed_field(item, detail, mixed) for item in fields)


def _view_new_field(item: FieldChange, detail: DisplayOptions) -> FieldView:
    path, short = format_path(item.path), format_inline(item.after)
    if short is not None and len(path) + len(short) <= detail.width:
        return FieldView(path, after=short)
    lines, folded = _folded_lines(item.after)
    note = "folded to be read" if folded else ""
    return _truncated_view(
        path, mark_lines(DiffMark.SHOWN, lines), detail.new_lines, note, False, detail
    )


def _view_changed_field(item: FieldChange, detail: DisplayOptions, mixed: bool) -> FieldView:
    path = format_path(item.path)
    conflict = item.origin is Origin.CONFLICT
    # Where all of a change is drift, its reason has said so.
    note = _ORIGIN_NOTES[item.origin] if mixed or conflict else ""
    before, after = format_inline(item.before), format_inline(item.after)
    if (
        before is not None
        and after is not None
        and len(path) + len(before) + len(after) <= detail.width
    ):
        return FieldView(path, before, after, note=note, is_conflict=conflict)
    lines, folded = _diff_values(item, detail.context)
    note = ", ".join(filter(None, (note, "folded to be read" if folded else "")))
    return _truncated_view(path, lines, detail.changed_lines, note, conflict, detail)


def _diff_values(item: FieldChange, context: int) -> tuple[tuple[DiffLine, ...], bool]:
    if item.before is None:
        lines, folded = _folded_lines(item.after)
        return mark_lines(DiffMark.ADDED, lines), folded
    if item.after is None:
        lines, folded = _folded_lines(item.before)
        return mark_lines(DiffMark.REMOVED, lines), folded
    before, folded_before = _folded_lines(item.before)
    after, folded_after = _folded_lines(item.after)
    if before == after:  # text against data that reads the same
        before, after = [format_scalar(item.before)], [format_scalar(item.after)]
    folded = folded_before or folded_after
    return diff_lines(before, after, context, numbered=not folded), folded


def _folded_lines(value: JsonValue) -> tuple[list[str], bool]:
    """Give the lines of a value, and whether any was too long and had to be folded."""
    lines = [piece for line in format_lines(value) for piece in fold_line(line)]
    return lines, isinstance(value, str) and any(
        len(x) > MAX_LINE_LENGTH for x in value.split("\n")
    )


def _truncated_view(
    path: str,
    lines: tuple[DiffLine, ...],
    limit: int,
    note: str,
    conflict: bool,
    detail: DisplayOptions,
) -> FieldView:
    # One line more than the limit takes no more room than saying that it is not shown.
    shown = lines if detail.full or len(lines) <= limit + 1 else lines[:limit]
    return FieldView(
        path,
        lines=shown,
        hidden=len(lines) - len(shown),
        note=note,
        is_conflict=conflict,
    )
