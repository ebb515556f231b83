"""Edits to a document that take the live values into the file and change nothing else in it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import TypeAlias

from cioform.core.data.json_value import UNKNOWN, Attributes, Json, as_mapping
from cioform.core.data.paths import FieldPath
from cioform.model.kind import Kind
from cioform.model.parts import HasParts
from cioform.model.resource import Resource
from cioform.plan.compare import diff
from cioform.plan.compare.differing_values import with_differing_values
from cioform.plan.compare.ignored import change_item, items_with_id

ToDocument: TypeAlias = Callable[[Attributes], Mapping[str, Json]]
"""Returns a canonical form as the document of a file, as `Kind.to_document` does."""


def document_edits(
    kind: Kind,
    resource: Resource,
    live: Attributes,
    in_place_fields: Collection[str] = (),
    to_document: ToDocument | None = None,
    added: Collection[str] = (),
) -> dict[FieldPath, Json]:
    """Return the values, by path, that make the document of `resource` equal to `live`.

    `to_document` is that of the kind, or one that leaves out what the settings give the document.
    None removes a value. A field is replaced as a whole, unless it is one of `in_place_fields` or
    contains texts that are in files of their own: then only what differs in it is replaced.
    Ignored and unreadable fields stay as they are. The fields in `added` have something in `live`
    that the document leaves unmanaged, and gets now.
    """
    before, after = document_forms(kind, resource, live, to_document or kind.to_document, added)
    in_place_fields = {*in_place_fields, *(str(path[0]) for path in resource.body_files)}
    edits: dict[FieldPath, Json] = {}
    for name in before.keys() | after.keys():
        if name in in_place_fields:
            edits |= _nested_edits((name,), before.get(name), after.get(name))
        elif before.get(name) != after.get(name):
            edits[(name,)] = after.get(name)
    return edits


def document_forms(
    kind: Kind,
    resource: Resource,
    live: Attributes,
    to_document: ToDocument,
    added: Collection[str] = (),
) -> tuple[Mapping[str, Json], Mapping[str, Json]]:
    """Return the document of `resource` as it is, and as it would be with the values of `live`.

    Ignored and unreadable fields are the same in both, and so is the notation of what means the
    same.
    """
    # A kind may spread one field of a document over several canonical fields, as campaigns do
    # with the messages in their workflow. So the differences are found in the canonical form and
    # only then written as a document.
    changed = {*_changed_fields(kind, resource, live), *added}
    live = kind.rewrite_like(live, resource.attributes)
    if not added:
        live = with_differing_values(kind, resource.attributes, live, resource.ignore)
    own = {**dict.fromkeys(added), **resource.attributes}
    merged = {
        name: _readable_or_own(live.get(name), value) if name in changed else value
        for name, value in own.items()
    }
    return to_document(resource.attributes), to_document(merged)


def _readable_or_own(live: Json, own: Json) -> Json:
    """Return the live value with the file's own value wherever the live one is not readable."""
    if live is UNKNOWN:
        return own
    if not isinstance(live, dict):
        return live
    own_members = own if isinstance(own, dict) else {}
    return {
        name: _readable_or_own(member, own_members.get(name))
        for name, member in live.items()
        if member is not UNKNOWN or name in own_members
    }


def with_unmanaged(
    kind: Kind, own: Attributes, live: Attributes, paths: Iterable[FieldPath]
) -> Attributes:
    """Return what a file says, and of `live` the unmanaged fields that have values at `paths`.

    The paths are those of a record. A field is taken as a whole: a file that has one header of a
    message has all of them.
    """
    for path in paths:
        own = {**as_mapping(_with_live_value(_with_implied_part(kind, own, path), live, path))}
    return own


def _with_implied_part(kind: Kind, own: Attributes, path: FieldPath) -> Attributes:
    """Return the attributes of a file, with the part at a path if its parts imply it."""
    parts = own.get(str(path[0]))
    if not isinstance(kind, HasParts) or not isinstance(parts, list) or len(path) == 1:
        return own
    is_listed = any(items_with_id(parts, path[1]))
    part = None if is_listed else kind.implied_part(parts, path[1])
    return own if part is None else {**own, str(path[0]): [*parts, part]}


def _with_live_value(own: Json, live: Json, path: FieldPath) -> Json:
    step, rest = path[0], path[1:]
    name, members = str(step), as_mapping(live)
    if isinstance(own, Mapping) and step in own and rest:
        return {**own, name: _with_live_value(own[name], members.get(name), rest)}
    if (item := next(items_with_id(live, step), None)) is not None:
        return change_item(own, step, lambda mine: _with_live_value(mine, item, rest))
    if not isinstance(own, Mapping):
        return live
    # The record of a state may name what the object does not have.
    return {**own, name: members[name]} if name in members else own


def baseline_after_pull(
    kind: Kind, resource: Resource, live: Attributes, last_applied: Attributes | None
) -> Attributes:
    """Return what counts as last applied after a pull.

    That is what the files and the workspace agree on, and for the other fields `last_applied`, so
    that what was not pulled stays the drift or the conflict that it was.
    """
    changed = _changed_fields(kind, resource, live)
    agreed = {name: v for name, v in resource.attributes.items() if name not in changed}
    return agreed | {name: v for name, v in (last_applied or {}).items() if name in changed}


def _changed_fields(kind: Kind, resource: Resource, live: Attributes) -> set[str]:
    changes = diff.compare(kind, None, resource.attributes, live, resource.ignore)
    return {str(change.path[0]) for change in changes}


def _nested_edits(path: FieldPath, before: Json, after: Json) -> dict[FieldPath, Json]:
    if before == after:
        return {}
    pairs: list[tuple[str | int, Json, Json]]
    if isinstance(before, dict) and isinstance(after, dict):
        names = sorted(before.keys() | after.keys())
        pairs = [(name, before.get(name), after.get(name)) for name in names]
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        pairs = [(n, *pair) for n, pair in enumerate(zip(before, after, strict=True))]
    else:
        return {path: after}
    edits: dict[FieldPath, Json] = {}
    for step, old, new in pairs:
        edits |= _nested_edits((*path, step), old, new)
    return edits
