"""The parts of an object that differ between two of its forms."""

from __future__ import annotations

from collections.abc import Container

from cioform.core.data.json_value import Attributes
from cioform.model.kind import Kind
from cioform.model.part_change import PartAction
from cioform.model.parts import HasParts


def changed_parts(
    kind: Kind, before: Attributes, after: Attributes, actions: Container[PartAction]
) -> set[str]:
    """Return the names of the parts with one of `actions`; none for a kind without parts."""
    if not isinstance(kind, HasParts) or before == after:
        return set()
    changes = kind.changed_parts(before, after)
    return {each.part for each in changes if each.action in actions}
