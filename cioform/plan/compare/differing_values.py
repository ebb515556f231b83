"""Combine a file with the live values of its object where the two differ.

A file may have a default that the live object lacks, and lack fields that the object has.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic import ValidationError

from cioform.core.data.json_value import UNKNOWN, Attributes, Json
from cioform.core.data.paths import FieldPath, overlap
from cioform.model.kind import Kind
from cioform.plan.compare import diff
from cioform.plan.compare.keyed_list import ids_of


def with_differing_values(
    kind: Kind, own: Attributes, live: Attributes, ignore: Sequence[FieldPath] = ()
) -> Attributes:
    """Return `live` with the values of `own` where the two mean the same.

    Fields that `own` leaves unmanaged are left out. Return `live` itself if the result would be
    invalid or would not mean the same as `live`.
    """
    paths = [change.path for change in diff.compare(kind, None, own, live, ignore)]
    mixed = {
        name: _mixed(value, live[name], (name,), paths) if name in live else value
        for name, value in own.items()
    }
    mixed |= {name: value for name, value in live.items() if name not in own}
    return mixed if _is_equivalent(kind, mixed, live, ignore) else live


def _is_equivalent(
    kind: Kind, mixed: Attributes, live: Attributes, ignore: Sequence[FieldPath]
) -> bool:
    try:
        kind.parse(mixed)
    except ValidationError:
        return False
    return not diff.compare(kind, None, mixed, live, ignore)


def _mixed(own: Json, live: Json, path: FieldPath, changed: Sequence[FieldPath]) -> Json:
    near = [each for each in changed if overlap(each, path)]
    if not near:
        return own
    if live is UNKNOWN or any(len(each) <= len(path) for each in near):
        return live
    if isinstance(own, Mapping) and isinstance(live, Mapping):
        return _mixed_members(own, live, path, near)
    if isinstance(own, list) and isinstance(live, list) and ids_of(own) and ids_of(live):
        items = {str(item["id"]): item for item in own if isinstance(item, Mapping)}
        return [
            _mixed(items.get(name, item), item, (*path, name), near)
            for name, item in zip(ids_of(live) or (), live, strict=True)
        ]
    return live


def _mixed_members(
    own: Mapping[str, Json],
    live: Mapping[str, Json],
    path: FieldPath,
    changed: Sequence[FieldPath],
) -> dict[str, Json]:
    mixed: dict[str, Json] = {}
    for name in dict.fromkeys((*own, *live)):
        is_changed = any(overlap(each, (*path, name)) for each in changed)
        if name in own and name in live:
            mixed[name] = _mixed(own[name], live[name], (*path, name), changed)
        elif is_changed == (name in live):
            mixed[name] = live[name] if is_changed else own[name]
    return mixed
