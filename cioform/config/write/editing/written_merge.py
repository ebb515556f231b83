"""Live values in the notation of a file: what did not change stays as it is there.

A file may say the same as the form of cioform in other words: with defaults, in another order, or
with texts in files of their own. So three values are compared: what the file says, and the form of
cioform before and after.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

from cioform.config.read.layering.resolve import named_file
from cioform.config.write.yaml.yaml_style import verbatim
from cioform.core.data.json_value import JsonValue
from cioform.core.data.paths import FieldPath


class _Items(list[JsonValue]):
    """A list with the number that each item has in the file; None for a new item."""

    origins: tuple[int | None, ...] = ()


def edits_of_written(
    written: Mapping[str, JsonValue],
    before: Mapping[str, JsonValue],
    after: Mapping[str, JsonValue],
) -> dict[FieldPath, JsonValue]:
    """Return the edits by which a document says `after` instead of `before`.

    `written` is the document as its file has it. None removes a value. The edits are as small as
    they can be. The caller checks what the document says then, because not every notation can be
    compared.
    """
    return dict(_edits((), written, _merged(written, before, after)))


def _merged(written: JsonValue, before: JsonValue, after: JsonValue) -> JsonValue:
    if before == after or _reads_as(before, after):
        return verbatim(written)
    if isinstance(written, dict) and isinstance(before, dict) and isinstance(after, dict):
        return _merged_mapping(written, before, after)
    if isinstance(written, list) and _is_only_all(before) and _is_only_all(after):
        return _merged_list(written, before["all"], after["all"])
    if isinstance(written, list) and isinstance(before, list) and isinstance(after, list):
        return _merged_list(written, before, after)
    return after


def _is_only_all(value: JsonValue) -> bool:
    """Return whether a value is a group that a file may have as a bare list of conditions."""
    return isinstance(value, dict) and value.keys() == {"all"} and isinstance(value["all"], list)


def _reads_as(number: JsonValue, text: JsonValue) -> bool:
    """Return whether a number or a truth value of a file reads back as this text."""
    return isinstance(number, int | float) and isinstance(text, str) and json.dumps(number) == text


def _merged_mapping(
    written: Mapping[str, JsonValue],
    before: Mapping[str, JsonValue],
    after: Mapping[str, JsonValue],
) -> dict[str, JsonValue]:
    merged: dict[str, JsonValue] = {}
    for name, value in written.items():
        if name in before and name in after:
            merged[name] = _merged(value, before[name], after[name])
        elif name in after:
            merged[name] = after[name]
        elif name not in before:
            merged[name] = verbatim(value)
    for name, value in after.items():
        if name not in written and (name not in before or before[name] != value):
            merged[name] = value
    return merged


def _merged_list(
    written: Sequence[JsonValue], before: Sequence[JsonValue], after: Sequence[JsonValue]
) -> JsonValue:
    if len(written) != len(before):
        return [*after]
    in_file = _pairs(before, written)  # the number in the file of each item before
    in_before = _pairs(after, before)
    origins = [None if at is None else in_file[at] for at in in_before]
    merged = _Items()
    for value, at, origin in zip(after, in_before, origins, strict=True):
        if at is None or origin is None:
            merged.append(value)
        else:
            merged.append(_merged(written[origin], before[at], value))
    merged.origins = tuple(origins)
    if in_before == [*range(len(before))] and None not in origins:
        return _in_order_of_file(merged)
    return merged


def _in_order_of_file(items: _Items) -> _Items:
    """Return items of which none was added, removed or moved."""
    pairs = sorted(zip(items.origins, items, strict=True), key=lambda pair: pair[0] or 0)
    arranged = _Items(item for _, item in pairs)
    arranged.origins = tuple(origin for origin, _ in pairs)
    return arranged


def _pairs(items: Sequence[JsonValue], others: Sequence[JsonValue]) -> list[int | None]:
    """Return the number of the other item that each item is, as far as that is known.

    They are the same if they are equal, have the same `id`, or are left over at the same place.
    """
    left: dict[str, list[int]] = {}
    for number, other in enumerate(others):
        left.setdefault(_name(other), []).append(number)
    found = [left[name].pop(0) if left.get(name := _name(item)) else None for item in items]
    unpaired = {number for numbers in left.values() for number in numbers}
    return [
        number if at is None and number in unpaired and not _has_id(items[number]) else at
        for number, at in enumerate(found)
    ]


def _name(item: JsonValue) -> str:
    return f"id {item['id']}" if _has_id(item) else json.dumps(item, sort_keys=True, default=str)


def _has_id(item: JsonValue) -> bool:
    return isinstance(item, dict) and "id" in item


def _edits(
    path: FieldPath, written: JsonValue, merged: JsonValue
) -> Iterator[tuple[FieldPath, JsonValue]]:
    if written == merged:
        return
    if isinstance(written, dict) and isinstance(merged, dict):
        for name in written.keys() & merged.keys():
            yield from _edits((*path, name), written[name], merged[name])
        for name in merged.keys() - written.keys():
            yield (*path, name), merged[name]
        for name in written.keys() - merged.keys():
            yield (*path, name), None
    elif isinstance(written, list) and isinstance(merged, _Items) and _keeps_order(merged):
        yield from _edits_of_items(path, written, merged)
    else:
        yield from _edits_with_files(path, written, merged)


def _keeps_order(items: _Items) -> bool:
    """Return whether items were only changed, removed, and added at the end."""
    kept = [origin for origin in items.origins if origin is not None]
    return kept == sorted(kept) and items.origins[: len(kept)] == tuple(kept)


def _edits_of_items(
    path: FieldPath, written: Sequence[JsonValue], items: _Items
) -> Iterator[tuple[FieldPath, JsonValue]]:
    kept = [origin for origin in items.origins if origin is not None]
    for item, origin in zip(items, kept, strict=False):
        yield from _edits((*path, origin), written[origin], item)
    for number in sorted(set(range(len(written))) - set(kept), reverse=True):
        yield (*path, number), None
    for number, item in enumerate(items[len(kept) :], len(kept)):
        yield (*path, number), item


def _edits_with_files(
    path: FieldPath, written: JsonValue, merged: JsonValue
) -> Iterator[tuple[FieldPath, JsonValue]]:
    """Yield the edit of a whole value, and then those of texts that stay in files of their own."""
    bodies: dict[FieldPath, JsonValue] = {}
    yield path, merged if named_file(written) else _with_files(path, written, merged, bodies)
    yield from bodies.items()


def _with_files(
    path: FieldPath, written: JsonValue, merged: JsonValue, bodies: dict[FieldPath, JsonValue]
) -> JsonValue:
    if isinstance(merged, str) and named_file(written):
        bodies[path] = merged
        return verbatim(written)
    if isinstance(written, dict) and isinstance(merged, dict):
        return {
            name: _with_files((*path, name), written.get(name), value, bodies)
            for name, value in merged.items()
        }
    if isinstance(merged, _Items):
        return [
            item if origin is None else _with_files((*path, number), written[origin], item, bodies)
            for number, (item, origin) in enumerate(zip(merged, merged.origins, strict=True))
        ]
    return merged
