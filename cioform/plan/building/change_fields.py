"""The differences that a change makes, by paths of the file and of the canonical form."""

from __future__ import annotations

from typing import TypedDict

from cioform.core.json_value import Attributes
from cioform.model.kind import Kind
from cioform.plan.change import FieldChange
from cioform.plan.compare import diff
from cioform.plan.file_changes import file_changes


class ChangeFields(TypedDict):
    """The two fields of `Change` that hold its differences."""

    fields: tuple[FieldChange, ...]
    """By the paths of the file."""
    differences: tuple[FieldChange, ...]
    """By the paths of the canonical form."""


def change_fields(
    kind: Kind, found: tuple[FieldChange, ...], before: Attributes | None, after: Attributes
) -> ChangeFields:
    """Return the differences with both kinds of paths. `before` is spelled as in the file."""
    managed = diff.managed_fields(kind, before or {}, after)
    return {"fields": file_changes(kind, found, managed, after), "differences": found}
