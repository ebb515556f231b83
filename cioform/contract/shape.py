"""The shape of data: which fields it has, of which types, and which of them must be there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from cioform.contract.evidence import ENDS, DataType
from cioform.contract.needs import Need, Status
from cioform.core.data.json_value import Json
from cioform.core.dataclasses import dataclass, field
from cioform.language.liquid.parsed import ELEMENT

_SIZED: Final = (DataType.ARRAY, DataType.STRING)
"""The types that have a size in Liquid, whatever data they hold."""


@dataclass(slots=True)
class Shape:
    """A value: its type, and what it contains."""

    type: DataType | None = None
    """None if nothing shows the type."""
    required: bool = False
    description: str = ""
    sample: Json = None
    fields: dict[str, Shape] = field(default_factory=dict)
    """The fields of an object."""
    items: Shape | None = None
    """The elements of a list."""

    def child(self, step: str | int) -> Shape | None:
        """Return the shape of a field or of the elements; None if it has none."""
        is_element = isinstance(step, int) or step == ELEMENT
        if step == "size" and self.type in _SIZED:
            return Shape(DataType.NUMBER, required=True)
        if is_element or (step in ENDS and self.type is DataType.ARRAY):
            return self.items
        return self.fields.get(str(step))

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
            if step in ENDS and found.type is DataType.ARRAY:
                return False  # the list may be empty
            found = found.child(step)
            if found is None or not (found.required or step == ELEMENT):
                return False
        return True

    def merge(self, other: Shape) -> None:
        """Add what another shape has."""
        self.required = self.required or other.required
        self.type = self.type or other.type
        for name, each in other.fields.items():
            self.fields.setdefault(name, Shape()).merge(each)
        if other.items is not None:
            self.items = self.items or Shape()
            self.items.merge(other.items)

    @property
    def is_open(self) -> bool:
        """Whether its content is unspecified."""
        if self.type is DataType.OBJECT:
            return not self.fields
        return self.type is DataType.ARRAY and self.items is None


def shape_of_needs(needs: Iterable[Need], root: str) -> Shape:
    """Return the shape that the needs of a variable such as `event` ask for."""
    top = Shape(DataType.OBJECT, required=True)
    for need in needs:
        if need.path[0] == root:
            _add(top, need)
    _join_ends(top)
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


def _join_ends(shape: Shape) -> None:
    """Make a list of what has a `first` or a `last` and no other field.

    A person's name may have both and more: it stays an object.
    """
    names = shape.fields.keys()
    if names and (shape.items is not None or names <= {*ENDS}):
        shape.type = DataType.ARRAY
        shape.items = shape.items or Shape(required=True)
        for name in ENDS:
            if name in shape.fields:
                shape.items.merge(shape.fields.pop(name))
    for child in (*shape.fields.values(), *([shape.items] if shape.items else ())):
        _join_ends(child)


def type_of_value(value: Json) -> DataType | None:
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
