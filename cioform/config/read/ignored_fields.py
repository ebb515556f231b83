"""The paths of `ignore`, and what they name in the canonical form."""

from __future__ import annotations

from collections.abc import Iterable

from cioform.core.data.json_value import Attributes, as_mapping
from cioform.core.data.nested import get_value
from cioform.core.data.paths import WILDCARD, FieldPath, PathError, format_pattern, parse_pattern
from cioform.core.suggest import did_you_mean
from cioform.model.fields.upgrading import outdated_syntax_message
from cioform.model.kind import Kind
from cioform.model.paths.file_paths import (
    canonical_only_fields,
    canonical_patterns,
    field_names,
    file_form,
    file_path,
    part_places,
)
from cioform.model.unknown_members import RAW


class IgnoreError(Exception):
    """A path that ignores nothing. Its message is the end of a sentence about the path."""

    def __init__(self, summary: str, detail: str) -> None:
        super().__init__(detail)
        self.summary = summary


def ignored_patterns(kind: Kind, text: str, attributes: Attributes) -> Iterable[FieldPath]:
    """Return what a path of `ignore` names in the canonical form. Raises IgnoreError."""
    try:
        pattern = parse_pattern(text)
    except PathError as error:
        raise IgnoreError("Invalid path", f"which is not a path: it {error}.") from None
    if any(isinstance(step, int) for step in pattern):
        raise IgnoreError(
            "Invalid path", "but an entry of a list cannot be ignored. Ignore the whole list."
        )
    head = str(pattern[0])
    form = file_form(kind, attributes)
    if head in canonical_only_fields(kind) and len(pattern) > 1:
        now = format_pattern(file_path(kind, pattern, (form,)))
        problem = "but paths name steps by their IDs now."
        raise IgnoreError("Outdated path", outdated_syntax_message(problem, f"ignore: [{now}]"))
    steps = part_places(kind, form)
    if head == RAW and head not in steps:
        return (pattern,)
    if head not in field_names(kind.model) and head not in steps and head != WILDCARD:
        known = (*field_names(kind.model), *steps)
        what = "field or step" if steps else "field"
        raise IgnoreError(
            "Unknown field",
            f"but the kind `{kind.name}` has no such {what}.{did_you_mean(head, known)}"
            if not steps
            else f"but there is no such {what}.{did_you_mean(head, known)}",
        )
    found = tuple(canonical_patterns(kind, pattern, attributes))
    if not found and len(pattern) == 1:
        raise IgnoreError(
            "Invalid path",
            "but a whole step cannot be ignored. Name what is edited elsewhere, such as "
            f"`{text}.name`.",
        )
    if not found:
        raise IgnoreError("Unknown field", _not_in_step(kind, pattern, attributes))
    return found


def _not_in_step(kind: Kind, pattern: FieldPath, attributes: Attributes) -> str:
    form = file_form(kind, attributes)
    place = part_places(kind, form).get(str(pattern[0]))
    if place is None:
        return f"but no step has `{pattern[1]}`."
    step = as_mapping(get_value(form, place))
    return (
        f"but the step `{pattern[0]}` has no `{pattern[1]}`."
        f"{did_you_mean(str(pattern[1]), [name for name in step if name != 'id'])}"
    )
