"""Which edits to a document take drift into the file, touching nothing else in it."""

from __future__ import annotations

from collections.abc import Collection

from cioform.core.json_value import UNKNOWN, Attributes, JsonValue
from cioform.model.kind import Kind
from cioform.model.resource import FieldPath, Resource
from cioform.plan import diff


def document_edits(
    kind: Kind, resource: Resource, live: Attributes, in_place_fields: Collection[str] = ()
) -> dict[FieldPath, JsonValue]:
    """Give the values to put into the document of `resource` so that it says what is there, by
    path; None takes one out. A value is replaced whole, except where texts inside it stand in
    files of their own, or its field is one of `inside`: then only what differs in it. Ignored and
    unreadable fields stay."""
    # A kind may spread one field of a document over several of its canonical form, as campaigns
    # do with the messages in their workflow: what differs is decided there, and then spelt.
    changed = {
        str(item.path[0])
        for item in diff.compare(kind, None, resource.attributes, live, resource.ignore)
    }
    there = {k: live.get(k) if k in changed and live.get(k) is not UNKNOWN else v
             for k, v in resource.attributes.items()}  # fmt: skip
    before, after = kind.to_document(resource.attributes), kind.to_document(there)
    in_place_fields = {*in_place_fields, *(str(path[0]) for path in resource.body_files)}
    found: dict[FieldPath, JsonValue] = {}
    for name in before.keys() | after.keys():
        if name in in_place_fields:
            found |= _nested_edits((name,), before.get(name), after.get(name))
        elif before.get(name) != after.get(name):
            found[(name,)] = after.get(name)
    return found


def baseline_after_pull(
    kind: Kind, resource: Resource, live: Attributes, last_applied: Attributes | None
) -> Attributes:
    """Give what files and workspace both say by now. Of the rest what we `last` wrote stays, so
    that what was not pulled is the drift or the conflict that it was."""
    apart = {
        str(item.path[0])
        for item in diff.compare(kind, None, resource.attributes, live, resource.ignore)
    }
    said = {name: v for name, v in resource.attributes.items() if name not in apart}
    return said | {name: v for name, v in (last_applied or {}).items() if name in apart}


def _nested_edits(
    path: FieldPath, before: JsonValue, after: JsonValue
) -> dict[FieldPath, JsonValue]:
    if before == after:
        return {}
    if isinstance(before, dict) and isinstance(after, dict):
        steps: list[str | int] = sorted(before.keys() | after.keys())
        return _child_edits(path, steps, before.get, after.get)
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        return _child_edits(path, list(range(len(before))), before.__getitem__, after.__getitem__)
    return {path: after}


def _child_edits(
    path: FieldPath, steps: list[str | int], before: JsonValue, after: JsonValue
) -> dict[FieldPath, JsonValue]:
    found: dict[FieldPath, JsonValue] = {}
    for step in steps:
        found |= _nested_edits((*path, step), before(step), after(step))
    return found
