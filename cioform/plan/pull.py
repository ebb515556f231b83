"""Which edits to a document take drift into the file, touching nothing else in it."""

from __future__ import annotations

from cioform.base.value import UNKNOWN, Attributes, Plain
from cioform.model.kind import Kind
from cioform.model.resource import Path, Resource
from cioform.plan import diff


def edits(kind: Kind, resource: Resource, live: Attributes) -> dict[Path, Plain]:
    """Give the values to put into the document of `resource` so that it says what is there, by
    path; None takes one out. A value is replaced whole, except where texts inside it stand in
    files of their own: then only what differs in it. Ignored and unreadable fields stay."""
    changed = {
        str(item.path[0])
        for item in diff.compare(kind, None, resource.attributes, live, resource.ignore)
    }
    there = {k: live.get(k) if live.get(k) is not UNKNOWN else v
             for k, v in resource.attributes.items()}  # fmt: skip
    before, after = kind.document(resource.attributes), kind.document(there)
    with_files = {str(path[0]) for path in resource.bodies}
    found: dict[Path, Plain] = {}
    for name in before.keys() | after.keys():
        if before.get(name) == after.get(name) or not _concerned(name, changed, with_files):
            continue
        if name in with_files:
            found |= _inside((name,), before.get(name), after.get(name))
        else:
            found[(name,)] = after.get(name)
    return found


def _concerned(name: str, changed: set[str], with_files: set[str]) -> bool:
    # A kind may spread one field of a document over several of its canonical form, as campaigns
    # do with the messages in their workflow; those are the ones with files.
    return name in changed or name in with_files


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
