"""Changed fields as a diff that keeps the nesting of YAML: scalars as `-` and `+` lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cioform.core.data.paths import FieldPath, format_path
from cioform.core.text.quantities import pluralize
from cioform.report.plan.parts.fields import ORDER_NOTE, FieldView
from cioform.report.plan.parts.text_diff import DiffLine, DiffMark, common_prefix_length
from cioform.report.values import ABSENT, escape_unprintable

_SIGNS = {DiffMark.SAME: " ", DiffMark.SHOWN: "+", DiffMark.ADDED: "+", DiffMark.REMOVED: "-"}


def field_lines(fields: Sequence[FieldView]) -> Iterator[str]:
    """Yield the lines of a diff. What several fields are inside of is there once."""
    shown: tuple[str, ...] = ()
    for field in fields:
        *outer, name = _names(field.keys)
        same = common_prefix_length(shown, outer)
        for depth, key in enumerate(outer[same:], same):
            yield f"  {'  ' * depth}{key}:"
        shown = tuple(outer)
        suffix = ORDER_NOTE if field.is_order else ""
        yield from _value_lines(field, f"{'  ' * len(outer)}{name}{suffix}:")


def _value_lines(field: FieldView, head: str) -> Iterator[str]:
    note = f"  # {field.note}" if field.note else ""
    if field.is_conflict:
        yield f"! {head}{note}"
    if not field.lines:
        values = {"-": field.before, "+": field.after}
        for sign, value in values.items():
            if value not in (None, ABSENT):
                yield f"{sign} {head} {value}{'' if field.is_conflict else note}"
        return
    if not field.is_conflict:
        yield f"{_sign_of_all(field.lines)} {head}{note}"
    indent = " " * (len(head) - len(head.lstrip()) + 2)
    yield from (_diff_line(line, indent) for line in field.lines)
    if field.hidden:
        yield f"  {indent}… {pluralize(field.hidden, 'more line', 'more lines')}"


def _sign_of_all(lines: Sequence[DiffLine]) -> str:
    """Return the sign for the name of a value that is added or removed as a whole."""
    [mark, *others] = {line.mark for line in lines}
    whole = mark in (DiffMark.ADDED, DiffMark.REMOVED) and not others
    return _SIGNS[mark] if whole else " "


def _diff_line(line: DiffLine, indent: str) -> str:
    if line.mark is DiffMark.HUNK:
        return line.text
    return f"{_SIGNS[line.mark]} {indent}{line.text}".rstrip()


def _names(path: FieldPath) -> list[str]:
    """Return the names of a path; a position belongs to the name before it: `any[1]`."""
    names: list[str] = []
    for step in path:
        if isinstance(step, int) and names:
            names[-1] += f"[{step}]"
        else:
            names.append(escape_unprintable(format_path((step,))))
    return names or [""]
