"""What is shown of a field that changes: one line where it fits, else the lines that differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cioform.core.json_value import Plain
from cioform.plan.change import Action, FieldChange, Origin
from cioform.report.plan.text_diff import Line, Mark, all_lines, diff_lines
from cioform.report.values import FOLD_AT, fold, lines_of, one_line, path_text, scalar

_NOTES = {
    Origin.CONFIG: "",
    Origin.DRIFT: "changed in the workspace",
    Origin.CONFLICT: "both changed",
}


@dataclass(frozen=True, slots=True)
class Detail:
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
    lines: tuple[Line, ...] = ()
    hidden: int = 0
    note: str = ""
    is_conflict: bool = False


def field_views(
    action: Action, fields: Sequence[FieldChange], detail: Detail
) -> tuple[FieldView, ...]:
    """Give what to show of the fields of a change. A new object shows its values, each once."""
    if action is Action.CREATE:
        return tuple(_new(item, detail) for item in fields)
    mixed = len({item.origin for item in fields}) > 1
    return tuple(_changed(item, detail, mixed) for item in fields)


def _new(item: FieldChange, detail: Detail) -> FieldView:
    path, short = path_text(item.path), one_line(item.after)
    if short is not None and len(path) + len(short) <= detail.width:
        return FieldView(path, after=short)
    lines, folded = _lines(item.after)
    note = "folded to be read" if folded else ""
    return _cut(path, all_lines(Mark.SHOWN, lines), detail.new_lines, note, False, detail)


def _changed(item: FieldChange, detail: Detail, mixed: bool) -> FieldView:
    path = path_text(item.path)
    conflict = item.origin is Origin.CONFLICT
    # Where all of a change is drift, its reason has said so.
    note = _NOTES[item.origin] if mixed or conflict else ""
    before, after = one_line(item.before), one_line(item.after)
    if (
        before is not None
        and after is not None
        and len(path) + len(before) + len(after) <= detail.width
    ):
        return FieldView(path, before, after, note=note, is_conflict=conflict)
    lines, folded = _difference(item, detail.context)
    note = ", ".join(filter(None, (note, "folded to be read" if folded else "")))
    return _cut(path, lines, detail.changed_lines, note, conflict, detail)


def _difference(item: FieldChange, context: int) -> tuple[tuple[Line, ...], bool]:
    if item.before is None:
        lines, folded = _lines(item.after)
        return all_lines(Mark.ADDED, lines), folded
    if item.after is None:
        lines, folded = _lines(item.before)
        return all_lines(Mark.REMOVED, lines), folded
    before, folded_before = _lines(item.before)
    after, folded_after = _lines(item.after)
    if before == after:  # text against data that reads the same
        before, after = [scalar(item.before)], [scalar(item.after)]
    folded = folded_before or folded_after
    return diff_lines(before, after, context, numbered=not folded), folded


def _lines(value: Plain) -> tuple[list[str], bool]:
    """Give the lines of a value, and whether any was too long and had to be folded."""
    lines = [piece for line in lines_of(value) for piece in fold(line)]
    return lines, isinstance(value, str) and any(len(x) > FOLD_AT for x in value.split("\n"))


def _cut(
    path: str, lines: tuple[Line, ...], limit: int, note: str, conflict: bool, detail: Detail
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
