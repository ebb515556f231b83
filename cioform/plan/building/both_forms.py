"""The differences of a change in two forms: as people see them and as they are sent."""

from __future__ import annotations

from typing import TypedDict

from cioform.core.json_value import Attributes
from cioform.model.kind import Kind
from cioform.plan.change import FieldChange
from cioform.plan.compare import diff
from cioform.plan.file_changes import file_changes


class BothForms(TypedDict):
    """Two fields of a change."""

    fields: tuple[FieldChange, ...]
    """By the paths of the file."""
    differences: tuple[FieldChange, ...]
    """By the paths of the canonical form."""


def in_both_forms(
    kind: Kind, found: tuple[FieldChange, ...], before: Attributes | None, after: Attributes
) -> BothForms:
    """Return differences in both forms. `before` is spelled as in the file."""
    managed = diff.managed_fields(kind, before or {}, after)
    return {"fields": file_changes(kind, found, managed, after), "differences": found}
