"""Filters of LiquidJS for lists."""

import json
from collections.abc import Callable, Iterable, Mapping
from functools import cmp_to_key
from math import isnan
from typing import Any

from liquid.exceptions import UndefinedError

from cioform.emulator.liquid.filters.filter_type import Filter
from cioform.emulator.liquid.javascript import (
    NOTHING,
    array_of,
    is_equal,
    is_less,
    is_list,
    is_nil,
    items_of,
    join,
    parse_number,
    plain_number,
    text_of,
)

Values = Callable[[Any], Any]
_MISSING = object()


def value_at(item: Any, path: Any) -> Any:
    """Return the value of an item at a path such as `address.city`; NOTHING if it has none."""
    for name in text_of(path).split("."):
        if isinstance(item, Mapping):
            item = item.get(name, len(item) if name == "size" else NOTHING)
        elif is_list(item) and name.removeprefix("-").isdigit():
            item = item[int(name)] if -len(item) <= int(name) < len(item) else NOTHING
        elif is_list(item) and name in ("first", "last"):
            item = item[0 if name == "first" else -1] if item else NOTHING
        elif name == "size" and isinstance(item, str | list):
            item = len(item)
        else:
            return None if item is None else NOTHING
    return item


def _present_value(item: Any, path: Any) -> Any:
    """Return the value of an item at a path. Raises UndefinedError if it is not there.

    LiquidJS evaluates the path as a variable, which is strict. Its other filters, such as `map`,
    look it up without an error.
    """
    value = value_at(item, path)
    if value is NOTHING:
        raise UndefinedError(f"'{text_of(path)}' is undefined", token=None)
    return value


def _compare(first: Any, second: Any) -> int:
    if is_nil(first) or is_nil(second):
        return is_nil(first) - is_nil(second)
    return -1 if is_less(first, second) else int(is_less(second, first))


def _sort(items: Any, path: Any = None) -> list[Any]:
    """Return the items in order; a list with a null keeps its order (content facts, 1.1)."""
    values = [value_at(item, path) if path else item for item in array_of(items)]
    return array_of(items) if any(map(is_nil, values)) else _sorted(items, path)


def _sorted(items: Any, path: Any, *, prepare: Values = lambda value: value) -> list[Any]:
    def key(item: Any) -> Any:
        value = value_at(item, path) if path else item
        return value if is_nil(value) else prepare(value)

    return sorted(array_of(items), key=cmp_to_key(lambda a, b: _compare(key(a), key(b))))


def _sum(items: Any, path: Any = None) -> float:
    numbers = (parse_number(value_at(item, path) if path else item) for item in array_of(items))
    return plain_number(sum(0 if isnan(number) else number for number in numbers))


def _unique(items: Any) -> list[Any]:
    found: list[Any] = []
    for item in array_of(items):
        if not any(item is known or is_equal(item, known) for known in found):
            found.append(item)
    return found


def _matcher(path: Any, expected: Any) -> Callable[[Any], bool]:
    def matches(item: Any) -> bool:
        value = _present_value(item, path)
        if expected is _MISSING:
            return not is_nil(value) and value is not False
        return is_equal(value, expected)

    return matches


def _where(items: Any, path: Any, expected: Any = _MISSING) -> list[Any]:
    return list(filter(_matcher(path, expected), array_of(items)))


def reject(items: Any, path: Any, expected: Any = _MISSING) -> list[Any]:
    """Return the items whose value at a path differs."""
    matches = _matcher(path, expected)
    return [item for item in array_of(items) if not matches(item)]


def _position(items: Any, path: Any, expected: Any = _MISSING) -> Any:
    matches = _matcher(path, expected)
    return next((at for at, item in enumerate(array_of(items)) if matches(item)), NOTHING)


def _find(items: Any, path: Any, expected: Any = _MISSING) -> Any:
    matches = _matcher(path, expected)
    return next((item for item in array_of(items) if matches(item)), NOTHING)


def _end(items: Any, at: int) -> Any:
    if is_list(items):
        return items[at] if items else NOTHING
    return items[at] if isinstance(items, str) and items else ""


def groups_of(pairs: Iterable[tuple[Any, Any]]) -> list[dict[str, Any]]:
    """Return groups of items, given pairs of the name of a group and an item."""
    groups: list[dict[str, Any]] = []
    for name, item in pairs:
        known = next((each for each in groups if is_equal(each["name"], name)), None)
        if known is None:
            groups.append(known := {"name": name, "items": []})
        known["items"].append(item)
    return groups


def _group_by(items: Any, path: Any) -> list[dict[str, Any]]:
    return groups_of((_present_value(item, path), item) for item in items_of(items))


def to_json(value: Any, indent: Any = 0) -> str:
    """Return a value as JSON without blanks, or indented."""
    if value is NOTHING:
        return ""
    spaces = min(int(indent), 10) if isinstance(indent, int | float) and indent > 0 else None
    separators = (",", ": " if spaces else ":")
    return json.dumps(
        value, ensure_ascii=False, indent=spaces, separators=separators, default=_json_value
    )


def _json_value(value: Any) -> Any:
    return list(value) if is_list(value) else dict(value) if isinstance(value, Mapping) else None


def _default(value: Any, fallback: Any = "", *, allow_false: Any = False) -> Any:
    if is_list(value) or isinstance(value, str):
        return value if len(value) else fallback
    if value is False and allow_false:
        return False
    return fallback if is_nil(value) or value is False else value


LIST_FILTERS: Mapping[str, Filter] = {
    "join": lambda items, by=None: join(array_of(items), " " if is_nil(by) else text_of(by)),
    "first": lambda items: _end(items, 0),
    "last": lambda items: _end(items, -1),
    "reverse": lambda items: array_of(items)[::-1],
    "sort": _sort,
    "sort_natural": lambda items, path=None: _sorted(
        items, path, prepare=lambda value: text_of(value).lower()
    ),
    "size": lambda value: len(value) if is_list(value) or isinstance(value, str) else 0,
    "map": lambda items, path: [value_at(item, path) for item in array_of(items)],
    "sum": _sum,
    "compact": lambda items: [item for item in array_of(items) if not is_nil(item)],
    "concat": lambda items, others=None: array_of(items) + array_of(others),
    "push": lambda items, item: [*array_of(items), item],
    "unshift": lambda items, item: [item, *array_of(items)],
    "pop": lambda items: array_of(items)[:-1],
    "shift": lambda items: array_of(items)[1:],
    "uniq": _unique,
    "where": _where,
    "reject": reject,
    "find": _find,
    "find_index": _position,
    "has": lambda *values: _position(*values) is not NOTHING,
    "group_by": _group_by,
    "json": to_json,
    "jsonify": to_json,
    "inspect": to_json,
    "default": _default,
}
