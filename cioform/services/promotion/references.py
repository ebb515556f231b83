"""References of a promoted document, and those that the target does not have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import PurePath

from cioform.config.project import SETTINGS_FILE, WORKSPACES_FOLDER
from cioform.config.read.checks.references import check_references
from cioform.config.read.parsing.positions import nearest_location
from cioform.core.address import Address
from cioform.core.data.json_value import Json
from cioform.core.diagnostic import Diagnostic, Location
from cioform.language.liquid.references import names_in_values
from cioform.model.kind import Kind
from cioform.model.own_names import with_declared_addresses
from cioform.model.references.names import Reference
from cioform.model.remote_access.capabilities import NamedInLiquid
from cioform.model.resource import Resource
from cioform.services.promotion.sides import Sides


def with_ids_of(candidate: Resource, current: Resource | None) -> tuple[Resource, dict[str, str]]:
    """Return a document with the unmanaged objects that the target's document refers to.

    `segment#12` is another object in each workspace, so that a reference in the same place keeps
    the ID of the target. Also return each text that has another one now.
    """
    if current is None:
        return candidate, {}
    unmanaged = {each.path: each for each in current.references if _has_text_with_id(each)}
    found = {
        each.text: unmanaged[each.path].text
        for each in candidate.references
        if _has_text_with_id(each)
        and each.path in unmanaged
        and unmanaged[each.path].kind == each.kind
    }
    texts = {old: new for old, new in found.items() if old != new}
    if not texts:
        return candidate, {}
    references = tuple(
        replace(each, text=texts.get(each.text, each.text)) for each in candidate.references
    )
    attributes = {name: replace_texts(v, texts) for name, v in candidate.attributes.items()}
    return replace(candidate, attributes=attributes, references=references), texts


def replace_texts(value: Json, texts: Mapping[str, str]) -> Json:
    """Return nested data in which each text that is a key of `texts` is its value."""
    if isinstance(value, str):
        return texts.get(value, value)
    if isinstance(value, Mapping):
        return {key: replace_texts(item, texts) for key, item in value.items()}
    if isinstance(value, list):
        return [replace_texts(item, texts) for item in value]
    return value


def unresolved(sides: Sides, promoted: Mapping[Address, Resource]) -> Iterator[Diagnostic]:
    """Yield what the `promoted` documents refer to and the target will not have."""
    merged = with_declared_addresses({**sides.target.desired.resources, **promoted}, sides.kinds)
    found = [
        problem
        for address in promoted
        for problem in (
            *_missing(sides, merged[address], merged),
            *_unmanaged_objects(sides, merged[address]),
            *_not_renamed(sides, merged[address]),
        )
    ]
    yield from found
    places = {(problem.address, problem.location) for problem in found}
    for problem in check_references(merged, merged.keys(), set(), sides.kinds):
        if problem.address in promoted and (problem.address, problem.location) not in places:
            yield problem


def _is_unmanaged(reference: Reference) -> bool:
    return reference.text.startswith(f"{reference.kind}#")


def _has_text_with_id(reference: Reference) -> bool:
    return _is_unmanaged(reference) and not reference.in_raw


def _missing(
    sides: Sides, resource: Resource, merged: Mapping[Address, Resource]
) -> Iterator[Diagnostic]:
    missing = list(_missing_uses(sides, resource, merged))
    if not missing:
        return
    together = " ".join(str(each) for each in _with_what_they_use(sides, resource, merged))
    for used, place in missing:
        yield _missing_problem(sides, resource, used, together, place)


def _missing_uses(
    sides: Sides, resource: Resource, merged: Mapping[Address, Resource]
) -> Iterator[tuple[Address, Location | None]]:
    """Yield what a document uses that only the source has, and where."""
    of_source = sides.source.desired.resources
    for reference in resource.references:
        used = reference.address
        if used is not None and used not in merged and used in of_source:
            yield used, _place(resource, reference)
    for kind in sides.kinds:
        if isinstance(kind, NamedInLiquid):
            promoted = _addresses_by_name(kind, merged)
            known = _addresses_by_name(kind, of_source)
            for name in names_in_values(resource.attributes, kind.liquid_collection):
                if name.is_certain and name.name in known and name.name not in promoted:
                    yield known[name.name], resource.location


def _with_what_they_use(
    sides: Sides, resource: Resource, merged: Mapping[Address, Resource]
) -> list[Address]:
    """Return a document and all that it needs in the target, except what is in shared folders."""
    of_source = sides.source.desired.resources
    found = [resource.address]
    for address in found:  # grows on the way
        for used, _ in _missing_uses(sides, of_source[address], merged):
            if used not in found and not of_source[used].is_shared:
                found.append(used)
    return found


def _missing_problem(
    sides: Sides, resource: Resource, used: Address, together: str, place: Location | None
) -> Diagnostic:
    source, target = sides.source.name, sides.target.name
    needed = sides.source.desired.resources[used]
    if needed.is_shared and needed.location is not None:
        folder = PurePath(needed.location.file).parts[1]
        hint = (
            f"It is in the shared folder `{folder}`. Add it to `include` in "
            f"`{WORKSPACES_FOLDER}/{target}/{SETTINGS_FILE}`."
        )
    else:
        hint = (
            "Promote it, too. This is the command with all that is missing:\n\n"
            f"    cioform promote {source} {target} {together}"
        )
    return Diagnostic(
        "Reference not found in the target",
        f"{target} has no `{used}`, which this document uses. {hint}",
        resource.address,
        place,
    )


def _not_renamed(sides: Sides, resource: Resource) -> Iterator[Diagnostic]:
    """Yield a problem if the target still has the document under an earlier address."""
    of_target = sides.target.desired.resources
    for earlier in resource.was if resource.address not in of_target else ():
        if earlier in of_target:
            yield Diagnostic(
                "Renamed in the source only",
                f"It was `{earlier}`, and {sides.target.name} still has that document in "
                f"`{of_target[earlier].location}`. Rename that file, so that it keeps its object, "
                "and promote again.",
                resource.address,
                resource.positions.get(("was",)) or resource.location,
            )


def _unmanaged_objects(sides: Sides, resource: Resource) -> Iterator[Diagnostic]:
    current = sides.target.desired.resources.get(resource.address)
    known = {each.text for each in current.references} if current is not None else set()
    for reference in resource.references:
        if _is_unmanaged(reference) and reference.text not in known:
            detail = (_raw_detail if reference.in_raw else _unmanaged_detail)(sides, reference)
            place = _place(resource, reference)
            yield Diagnostic("Object of another workspace", detail, resource.address, place)


def _unmanaged_detail(sides: Sides, reference: Reference) -> str:
    return (
        f"`{reference.text}` is an object of {sides.source.name} that no file describes, "
        f"and {sides.target.name} has another object with that ID, or none. Describe it in "
        "both workspaces and refer to it by its address:\n\n"
        f"    cioform import {sides.source.name} --target '{reference.kind}.*'"
    )


def _raw_detail(sides: Sides, reference: Reference) -> str:
    target = sides.target.name
    return (
        f"`raw` has the ID of `{reference.text}` in {sides.source.name}, and {target} has another "
        f"object with that ID, or none. Write the condition without `raw`, or set it in {target} "
        "in Customer.io, import it there, and do not promote this document."
    )


def _addresses_by_name(kind: Kind, resources: Mapping[Address, Resource]) -> dict[str, Address]:
    return {
        str(resource.attributes.get(kind.identity)): address
        for address, resource in resources.items()
        if address.kind == kind.name
    }


def _place(resource: Resource, reference: Reference) -> Location | None:
    return nearest_location(resource.positions, reference.path) or resource.location
