"""The shape of data: which fields it has, of which types, and which of them must be there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from cioform.contract.evidence import DataType
from cioform.contract.needs import Need, Status
from cioform.core.dataclasses import dataclass, field
from cioform.core.json_value import JsonValue
from cioform.language.liquid.parsed import ELEMENT


@dataclass(slots=True)
class Shape:
    """A value: its type, and what it contains."""

    type: DataType | None = None
    """None if nothing shows the type."""
    required: bool = False
    description: str = ""
    sample: JsonValue = None
    fields: dict[str, Shape] = field(default_factory=dict)
    """The fields of an object."""
    items: Shape | None = None
    """The elements of a list."""

    def child(self, step: str | int) -> Shape | None:
        """Return the shape of a field or of the elements; None if it has none."""
        return self.items if isinstance(step, int) or step == ELEMENT else self.fields.get(step)

    def find(self, path: Iterable[str | int | None]) -> Shape | None:
        """Return the shape at a path below this one; None if it has none."""
        found: Shape | None = self
        for step in path:
            if found is None or step is None:
                return None
            if found.is_open:
                return found
            found = found.child(step)
        return found

    def requires(self, path: Iterable[str | int | None]) -> bool:
        """Return whether a value at a path is always there."""
        found: Shape | None = self
        for step in path:
            if step is None or isinstance(step, int) or found is None:
                return False
            found = found.child(step)
            if found is None or not (found.required or step == ELEMENT):
                return False
        return True

    @property
    def is_open(self) -> bool:
        """Whether nothing is said of what it contains."""
        if self.type is DataType.OBJECT:
            return not self.fields
        return self.type is DataType.ARRAY and self.items is None


def shape_of_needs(needs: Iterable[Need], root: str) -> Shape:
    """Return the shape that the needs of a variable such as `event` ask for."""
    top = Shape(DataType.OBJECT, required=True)
    for need in needs:
        if need.path[0] == root:
            _add(top, need)
    return top


def _add(top: Shape, need: Need) -> None:
    shape = top
    is_required = need.status is Status.REQUIRED
    for step in need.path[1:]:
        if isinstance(step, int) or step == ELEMENT:
            shape.type = DataType.ARRAY
            shape.items = shape.items or Shape(required=True)
            shape = shape.items
        else:
            if shape.type is not DataType.ARRAY:
                shape.type = DataType.OBJECT
            shape = shape.fields.setdefault(str(step), Shape())
            shape.required = shape.required or is_required
    if shape.type is None:
        shape.type = need.type


def type_of_value(value: Any) -> DataType | None:
    """Return the type of a value; None for `null`."""
    if isinstance(value, bool):
        return DataType.BOOLEAN
    if isinstance(value, int | float):
        return DataType.NUMBER
    if isinstance(value, str):
        return DataType.STRING
    if isinstance(value, Mapping):
        return DataType.OBJECT
    return DataType.ARRAY if isinstance(value, list | tuple) else None
