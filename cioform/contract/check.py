"""Check data against what messages need and what is declared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sized
from typing import Final, TypeGuard

from cioform.contract.evidence import DataType
from cioform.contract.needs import Need, Status
from cioform.contract.shape import Shape, type_of_value
from cioform.core.data.json_value import Json, as_list, as_mapping
from cioform.core.dataclasses import dataclass
from cioform.language.liquid.parsed import ELEMENT, Segments
from cioform.language.liquid.show import show_path


@dataclass(frozen=True, slots=True)
class DataProblem:
    """What is wrong with data."""

    path: Segments
    text: str
    """Without a subject: `is missing`."""
    need: Need | None = None
    """What needs the value; None if it is declared."""

    @property
    def sentence(self) -> str:
        """The problem as people read it: `event.total` is missing."""
        return f"`{show_path(self.path)}` {self.text}"


def unmet_needs(data: Mapping[str, Json], needs: Iterable[Need]) -> Iterator[DataProblem]:
    """Yield a problem for each need that `data`, the data of a variable, does not meet.

    A message would fail for it. A number in place of a list is a problem too: the message would
    lack what is in the loop. A text is a list of one text.
    """
    for need in needs:
        if need.status is not Status.REQUIRED:
            continue
        if _is_missing(data, need.path[1:]):
            yield DataProblem(need.path, "is missing", need)
        elif need.type is DataType.ARRAY and any(
            isinstance(value, int | float) for value in _values(data, need.path[1:])
        ):
            yield DataProblem(need.path, "is not a list", need)


def declaration_mismatches(
    data: Mapping[str, Json], shape: Shape, path: Segments, *, is_complete: bool = True
) -> Iterator[DataProblem]:
    """Yield where data differs from what is declared. Fields that are not declared are accepted.

    Data that is not complete, such as some attributes of a person, may lack required fields.
    """
    for name, child in shape.fields.items():
        place = (*path, name)
        if name not in data or data[name] is None:
            if child.required and is_complete:
                yield DataProblem(place, "is missing, and its declaration requires it")
        else:
            yield from _mismatches(data[name], child, place)


def fits_type(value: Json, wanted: DataType) -> bool:
    """Return whether a value has a type. A text that spells a number counts as one."""
    found = type_of_value(value)
    if wanted is DataType.DATE:
        return found in (DataType.NUMBER, DataType.STRING)
    if wanted is DataType.NUMBER and isinstance(value, str):
        return _is_number(value)
    return found is wanted or (wanted is DataType.STRING and found in _PRINTED_AS_TEXT)


_ENDS: Final[Mapping[str | int | None, int]] = {"first": 0, "last": -1}
_PRINTED_AS_TEXT: Final = (DataType.NUMBER, DataType.BOOLEAN)


def _mismatches(value: Json, shape: Shape, path: Segments) -> Iterator[DataProblem]:
    if shape.type is not None and not fits_type(value, shape.type):
        found = type_of_value(value)
        yield DataProblem(path, f"is {_NAMES[found]}, and is declared as {_NAMES[shape.type]}")
    elif isinstance(value, Mapping):
        yield from declaration_mismatches(value, shape, path)
    elif isinstance(value, list) and shape.items is not None:
        for item in value:
            yield from _mismatches(item, shape.items, (*path, ELEMENT))


_NAMES: Final[Mapping[DataType | None, str]] = {
    DataType.STRING: "a text",
    DataType.NUMBER: "a number",
    DataType.BOOLEAN: "true or false",
    DataType.DATE: "a date",
    DataType.ARRAY: "a list",
    DataType.OBJECT: "an object",
    None: "null",
}


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _is_missing(value: Json, path: Segments) -> bool:
    """Return whether a value lacks what is at a path.

    For what each element of a list needs, a list that is missing has no elements. The list itself
    is another need, unless the text does without it.
    """
    if ELEMENT in path and (at := path.index(ELEMENT)) > 0:
        return not _is_missing(value, path[:at]) and any(
            _is_missing(each, path[at:]) for each in _values(value, path[:at])
        )
    if not path:
        return False
    step, rest = path[0], path[1:]
    if step == ELEMENT:
        return any(_is_missing(item, rest) for item in _elements(value))
    if isinstance(step, int):
        items = as_list(value)
        return not -len(items) <= step < len(items) or _is_missing(items[step], rest)
    if isinstance(value, list) and step in _ENDS:
        return not value or _is_missing(value[_ENDS[step]], rest)
    if step == "size" and _has_size(value):
        return bool(rest)
    inside = isinstance(value, Mapping) and step in value
    return not inside or _is_missing(as_mapping(value)[str(step)], rest)


def _values(value: Json, path: Segments) -> Iterator[Json]:
    """Yield the values at a path that is not missing."""
    if not path:
        yield value
    elif path[0] == ELEMENT:
        for item in _elements(value):
            yield from _values(item, path[1:])
    elif isinstance(value, list) and path[0] in _ENDS:
        yield from _values(value[_ENDS[path[0]]], path[1:])
    elif path[0] == "size" and _has_size(value):
        yield len(value)
    else:
        yield from _values(as_mapping(value)[str(path[0])], path[1:])


def _has_size(value: Json) -> TypeGuard[Sized]:
    """Return whether Liquid counts what is in a value: a field of an object comes first."""
    return isinstance(value, list | str) or (isinstance(value, Mapping) and "size" not in value)


def _elements(value: Json) -> list[Json]:
    """Return what a loop goes through: a text that is not empty counts as one element."""
    if isinstance(value, list):
        return value
    return [value] if isinstance(value, str) and value else []
