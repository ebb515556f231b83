"""Find the values of two JSON documents that differ, by path."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import TYPE_CHECKING, Final, TypeAlias

from cioform.core.data.json_value import UNKNOWN, Json
from cioform.core.data.paths import FieldPath
from cioform.core.lazy_modules import lazy_module
from cioform.model.paths.file_paths import ORDER_KEY

if TYPE_CHECKING:
    import deepdiff
else:
    deepdiff = lazy_module("deepdiff")


class Absent(Enum):
    """Stands for a value that does not exist, where None may be a value."""

    ABSENT = "(absent)"


ABSENT: Final = Absent.ABSENT
Value: TypeAlias = Json | Absent
Pair: TypeAlias = tuple[Value, Value]
Difference: TypeAlias = tuple[FieldPath, Value, Value]
"""Where two values differ, and both values there."""


def differences(before: Json, after: Json) -> Iterator[Difference]:
    """Yield every path at which two values differ, with both values, in a stable order.

    Setting the second value at every path makes `after` of `before`.
    """
    scalars = _scalar_differences(before, after)
    found = _structural_differences(before, after) if scalars is None else scalars
    for path in sorted(found, key=lambda path: [str(step) for step in path]):
        yield path, *found[path]


def innermost_differences(before: Value, after: Value) -> list[Difference]:
    """Return where two values differ and what is there, if it is one place or single values.

    Otherwise return them whole: what is inside of them cannot be distinguished.
    """
    whole: list[Difference] = [((), before, after)]
    if before is ABSENT or after is ABSENT:
        return whole
    found = [_list_of_values(before, after, each) for each in differences(before, after)]
    if any(ORDER_KEY in path for path, *_ in found):
        return whole
    found = list({each[0]: each for each in found}.values())
    is_each_shown = len(found) == 1 or all(
        value is not ABSENT and not _has_parts(value) for _, *values in found for value in values
    )
    return found if is_each_shown else whole


def _list_of_values(before: Json, after: Json, found: Difference) -> Difference:
    """Return the whole list of single values that has got another length, else `found`."""
    path, *values = found
    if not path or ABSENT not in values:
        return found
    old, new = (value_at(side, path[:-1]) for side in (before, after))
    are_lists = isinstance(old, list) and isinstance(new, list)
    return (
        (path[:-1], old, new) if are_lists and not (_has_parts(old) or _has_parts(new)) else found
    )


def _has_parts(value: Value) -> bool:
    """Return whether a value is a mapping, or a list of other than single values."""
    items = value if isinstance(value, list) else [value]
    return any(isinstance(item, dict | list) for item in items)


def value_at(value: Json, path: FieldPath) -> Value:
    """Return the value at a path: ABSENT if there is none, UNKNOWN below an unknown one."""
    for step in path:
        if value is UNKNOWN:
            return UNKNOWN
        if isinstance(value, dict):
            if step not in value:
                return ABSENT
            value = value[step]
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return ABSENT
    return value


def _scalar_differences(before: Json, after: Json) -> dict[FieldPath, Pair] | None:
    """Return the scalars that differ, or None if lists or the names of fields differ too.

    Nearly all changes are of this sort, and need no deepdiff.
    """
    if not isinstance(before, dict) or not isinstance(after, dict):
        plain = not isinstance(before, dict | list) and not isinstance(after, dict | list)
        return {(): (before, after)} if plain else None
    if before.keys() != after.keys():
        return None
    found: dict[FieldPath, Pair] = {}
    for name, value in before.items():
        if value != after[name] or type(value) is not type(after[name]):
            inner = _scalar_differences(value, after[name])
            if inner is None:
                return None
            found |= {(name, *path): pair for path, pair in inner.items()}
    return found


def _structural_differences(before: Json, after: Json) -> dict[FieldPath, Pair]:
    tree = deepdiff.DeepDiff(
        before,
        after,
        view="tree",
        verbose_level=2,
        # Without this option, names that begin with `__` are skipped.
        ignore_private_variables=False,
        # Without it, mappings with few names in common are reported as one difference, which can
        # be the whole document.
        threshold_to_diff_deeper=0,
        # Without it, an insertion is reported at a place where the two lists have other items.
        zip_ordered_iterables=True,
    )
    paths = (tuple(item.path(output_format="list")) for items in tree.values() for item in items)
    return {path: (value_at(before, path), value_at(after, path)) for path in paths}
