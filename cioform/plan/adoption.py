"""Which edits to a document take drift into the file, touching nothing else in it."""

from __future__ import annotations

from collections.abc import Collection

from cioform.core.json_value import UNKNOWN, Attributes, Plain
from cioform.model.kind import Kind
from cioform.model.resource import Path, Resource
from cioform.plan import diff


def edits(
    kind: Kind, resource: Resource, live: Attributes, inside: Collection[str] = ()
) -> dict[Path, Plain]:
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
    before, after = kind.document(resource.attributes), kind.document(there)
    inside = {*inside, *(str(path[0]) for path in resource.bodies)}
    found: dict[Path, Plain] = {}
    for name in before.keys() | after.keys():
        if name in inside:
            found |= _inside((name,), before.get(name), after.get(name))
        elif before.get(name) != after.get(name):
            found[(name,)] = after.get(name)
    return found


def agreed(kind: Kind, resource: Resource, live: Attributes, last: Attributes | None) -> Attributes:
    """Give what files and workspace both say by now. Of the rest what we `last` wrote stays, so
    that what was not pulled is the drift or the conflict that it was."""
    apart = {
        str(item.path[0])
        for item in diff.compare(kind, None, resource.attributes, live, resource.ignore)
    }
    said = {name: v for name, v in resource.attributes.items() if name not in apart}
    return said | {name: v for name, v in (last or {}).items() if name in apart}


def _inside(path: Path, before: Plain, after: Plain) -> dict[Path, Plain]:
    if before == after:
        return {}
    if isinstance(before, dict) and isinstance(after, dict):
        steps: list[str | int] = sorted(before.keys() | after.keys())
        return _merged(path, steps, before.get, after.get)
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        return _merged(path, list(range(len(before))), before.__getitem__, after.__getitem__)
    return {path: after}


def _merged(path: Path, steps: list[str | int], before: Plain, after: Plain) -> dict[Path, Plain]:
    found: dict[Path, Plain] = {}
    for step in steps:
        found |= _inside((*path, step), before(step), after(step))
    return found
