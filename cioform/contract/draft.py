"""Draft declarations from what messages use and from what a workspace has seen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cioform.contract.evidence import DataType
from cioform.contract.needs import Contract
from cioform.contract.shape import Shape, shape_of_needs
from cioform.core.data.json_value import Json


def draft_shape(
    contracts: Iterable[Contract],
    root: str,
    known: Shape | None = None,
    seen: Mapping[str, str] | None = None,
) -> Shape:
    """Return what `contracts` use of a variable, together with what is declared already.

    What is declared is kept as it is. `seen` has the descriptions of fields that the workspace has
    received, by name.
    """
    drafted = Shape(DataType.OBJECT)
    for contract in contracts:
        drafted.merge(shape_of_needs(contract.needs, root))
    for name, description in (seen or {}).items():
        field = drafted.fields.setdefault(name, Shape())
        field.description = field.description or description
    if known is not None:
        drafted = _with_known(drafted, known)
    return drafted


def _with_known(drafted: Shape, known: Shape) -> Shape:
    names = (*known.fields, *(name for name in drafted.fields if name not in known.fields))
    fields = {}
    for name in names:
        old, new = known.fields.get(name), drafted.fields.get(name)
        if old is not None and new is not None and not old.is_open:
            fields[name] = _with_known(new, old)
        else:
            fields[name] = old or new or Shape()
    items = known.items or (None if known.is_open else drafted.items)
    if known.items is not None and drafted.items is not None:
        items = _with_known(drafted.items, known.items)
    return Shape(known.type, known.required, known.description, known.sample, fields, items)


def declaration_of(shape: Shape) -> dict[str, Json]:
    """Return a field as a file declares it. A value of an unknown type is a text."""
    declared: dict[str, Json] = {"type": str(shape.type or DataType.STRING)}
    if shape.required:
        declared["required"] = True
    if shape.description:
        declared["description"] = shape.description
    if shape.sample is not None:
        declared["sample"] = shape.sample
    if shape.fields and shape.type in (None, DataType.OBJECT):
        declared["type"] = "object"
        declared["fields"] = {name: declaration_of(each) for name, each in shape.fields.items()}
    if shape.items is not None and shape.type is DataType.ARRAY:
        declared["items"] = declaration_of(shape.items)
    return declared
