"""Capture live objects as resources: their addresses, bindings and fields."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Set
from typing import Final

from pydantic import ValidationError

from cioform.config.read.checks.validation import ValidatedDocument, to_diagnostics
from cioform.config.write.unwritable import unwritable_text
from cioform.core.address import Address
from cioform.core.data.json_value import Attributes, without_unknown
from cioform.core.data.paths import format_path
from cioform.core.dataclasses import dataclass, field, replace
from cioform.core.secrets.secret import Secret
from cioform.core.secrets.secret_scan import secret_places
from cioform.core.text.sentences import first_sentence
from cioform.core.text.word_lists import join_names
from cioform.model.kind import Kind
from cioform.model.objects.live_object import LiveObject
from cioform.model.objects.snapshot import (
    AppliedState,
    Binding,
    DesiredState,
    LastSeen,
    Listing,
    LiveSnapshot,
)
from cioform.model.objects.stamp import Stamp
from cioform.model.objects.unnamed_ids import HasUnnamedIds
from cioform.model.paths.file_paths import place_of
from cioform.model.references.names import Names
from cioform.model.registry import Registry
from cioform.model.unknown_members import unknown_fields
from cioform.plan.building.dependencies import referenced_addresses
from cioform.plan.compare import diff
from cioform.plan.matching.match import match_resources
from cioform.plan.selecting.scope import Scope
from cioform.plan.selecting.selection import AddressesOnly
from cioform.remote.provider import Provider
from cioform.run.events import Listener, ignore_events
from cioform.run.importing.assign_addresses import assign_addresses
from cioform.run.importing.bind_by_id import BindRequest, bind_by_id
from cioform.run.reading.read import read_listing, read_live

_NOT_IN_FILES: Final = (
    "which must not be in a file. Replace it in Customer.io, or write the file by hand, with a "
    "sensitive variable in its place."
)
_NO_FILES: Final = "What is imported has no files yet, so they cannot tell what to select."


@dataclass(frozen=True, slots=True)
class CapturedResources:
    """The resources that were captured, and what could not be."""

    attributes: Mapping[Address, Attributes]
    """The fields of each, UNKNOWN where no credential that is set can read them."""
    bindings: Mapping[Address, Binding]
    left: Mapping[Address, str]
    """Sentences about objects that no file can describe, with the reason."""
    unreadable: Mapping[Address, str] = field(default_factory=dict)
    """Sentences about fields that the files lack, because no credential can read them."""
    unnamed: Mapping[Address, str] = field(default_factory=dict)
    """Sentences about IDs that no file can say."""
    unknown: Mapping[Address, Attributes] = field(default_factory=dict)
    """The members that no field describes, as `unknown_fields` returns them."""
    stamps: Mapping[Address, Stamp | None] = field(default_factory=dict)
    """What the descriptions of the objects say about who manages them."""
    same_name: Mapping[Address, tuple[str, ...]] = field(default_factory=dict)
    """The IDs of other objects with the name of one, for those that have any."""
    excluded: tuple[Address, ...] = ()
    """The objects without a file that the scope excludes, and nothing in it refers to."""
    names: Names = field(default_factory=Names)
    """What the references in the attributes mean."""

    def __or__(self, other: CapturedResources) -> CapturedResources:
        return CapturedResources(
            {**self.attributes, **other.attributes},
            {**self.bindings, **other.bindings},
            {**self.left, **other.left},
            {**self.unreadable, **other.unreadable},
            {**self.unnamed, **other.unnamed},
            {**self.unknown, **other.unknown},
            {**self.stamps, **other.stamps},
            {**self.same_name, **other.same_name},
            self.excluded + other.excluded,
            other.names,
        )


def capture_resources(
    registry: Registry,
    desired: DesiredState,
    applied: AppliedState,
    provider: Provider,
    scope: Scope,
    *,
    bind: BindRequest | None = None,
    force: bool = False,
    secrets: Collection[Secret] | None = None,
    listener: Listener = ignore_events,
) -> CapturedResources:
    """Return the live objects in `scope` as resources.

    Those whose file will be written, which with `force` are all, bring the objects that they refer
    to and that have no file: a reference to nothing could not be loaded. An object gets the
    address of the file or the binding it is recognized by, otherwise one made of its name. `bind`
    binds an address to an object by its ID instead. With `secrets`, what would need a new
    file with one of these, or with what looks like one, is left, and so is what refers to something
    that is left. Raises UsageError for a target that fits neither an object nor a file.
    """
    listing = read_listing(registry, applied, provider)
    bindings = assign_addresses(registry, listing, applied, desired)
    if bind is not None:
        bindings = bind_by_id(bind, listing, applied, bindings)
    scope = scope.resolve(AddressesOnly((*bindings, *desired.resources), registry.names, _NO_FILES))
    # Without files no identity is looked up, so nothing can be ambiguous in this workspace.
    match = match_resources(
        registry,
        DesiredState({}),
        AppliedState(applied.lineage, 0, bindings),
        listing,
        workspace="",
    )
    pairs = {pair.address: pair for pair in match.pairs}
    to_read = [pair for pair in match.pairs if scope.includes(pair.address)]
    seen = {*desired.resources, *(pair.address for pair in to_read)}
    captured = CapturedResources({}, {}, {})
    while to_read:
        live = read_live(registry, match, listing, provider, listener, to_read)
        batch = _to_captured(registry, live, bindings)
        if secrets is not None:
            batch = _without_secrets(registry, desired, batch, secrets)
        captured |= batch
        written = [a for a in batch.attributes if force or a not in desired.resources]
        references = _referenced_addresses(registry, batch, written)
        new = [address for address in references if address in pairs and address not in seen]
        seen.update(new)
        to_read = [pairs[address] for address in new]
    excluded = [a for a in pairs if a not in seen and scope.excludes(a)]
    if secrets is not None:
        captured = _without_references_to_left(registry, desired, captured)
    return replace(
        captured,
        same_name=_objects_of_same_name(listing, captured.bindings),
        excluded=tuple(sorted(excluded)),
    )


def _without_secrets(
    registry: Registry,
    desired: DesiredState,
    captured: CapturedResources,
    secrets: Collection[Secret],
) -> CapturedResources:
    """Leave what has a secret, because no file may have it."""
    left: dict[Address, str] = {}
    for address in captured.attributes.keys() - desired.resources.keys():
        kind = registry[address.kind]
        document = kind.to_document(captured.attributes[address])
        for place, what in secret_places(document, secrets):
            path = format_path(place_of(kind, document, place))
            left[address] = f"{address}: `{path}` contains {what}, {_NOT_IN_FILES}"
            break
    return _leave(captured, left)


def _without_references_to_left(
    registry: Registry, desired: DesiredState, captured: CapturedResources
) -> CapturedResources:
    """Leave what refers to something that is left: no file could be loaded that does."""
    while found := {
        address: f"{address}: it refers to {target}, which is skipped."
        for address in captured.attributes.keys() - desired.resources.keys()
        for target in _referenced_addresses(registry, captured, (address,))
        if target in captured.left and target not in desired.resources
    }:
        captured = _leave(captured, found)
    return captured


def _leave(captured: CapturedResources, left: Mapping[Address, str]) -> CapturedResources:
    if not left:
        return captured
    return replace(
        captured,
        attributes={a: value for a, value in captured.attributes.items() if a not in left},
        bindings={a: value for a, value in captured.bindings.items() if a not in left},
        left={**captured.left, **{address: left[address] for address in sorted(left)}},
    )


def _objects_of_same_name(
    listing: Listing, bindings: Mapping[Address, Binding]
) -> dict[Address, tuple[str, ...]]:
    ids: dict[tuple[str, str], list[str]] = defaultdict(list)
    for kind, found in listing.found.items():
        for each in found:
            ids[kind, each.identity.strip()].append(each.remote_id)
    shared = {a: ids[a.kind, b.identity.strip()] for a, b in bindings.items()}
    return {
        address: tuple(sorted(each for each in found if each != bindings[address].remote_id))
        for address, found in shared.items()
        if len(found) > 1
    }


def _referenced_addresses(
    registry: Registry, captured: CapturedResources, addresses: Iterable[Address]
) -> tuple[Address, ...]:
    """Return the addresses that some of the captured resources refer to."""
    return referenced_addresses(
        reference
        for address in addresses
        for reference in registry[address.kind].references(captured.attributes[address])
    )


def _to_captured(
    registry: Registry, live: LiveSnapshot, bindings: Mapping[Address, Binding]
) -> CapturedResources:
    attributes: dict[Address, Attributes] = {}
    captured: dict[Address, Binding] = {}
    left: dict[Address, str] = {}
    unreadable: dict[Address, str] = {}
    unnamed: dict[Address, str] = {}
    for address, live_object in sorted(live.objects.items()):
        fields = live_object.attributes
        known = without_unknown(fields)
        reason = _reason_to_leave(registry[address.kind], address, known, fields.keys() - known)
        if reason is not None:
            left[address] = f"{address}: {reason}"
            continue
        attributes[address] = fields
        if names := _unreadable_fields(fields):
            unreadable[address] = f"{address}: no credential that is set can read {names}."
        if paths := _unnamed_ids(registry[address.kind], live_object):
            unnamed[address] = f"{address}: an ID means nothing in another workspace: {paths}."
        captured[address] = Binding(
            address,
            live_object.remote_id,
            live_object.found.identity,
            known,
            dict(live_object.decoded.parts),
            bindings[address].protect,
            LastSeen(live_object.decoded.reach.lifecycle),
        )
    unknown = {a: unknown_fields(registry[a.kind], live.objects[a].found) for a in captured}
    stamps = {address: live.objects[address].decoded.stamp for address in captured}
    return CapturedResources(
        attributes, captured, left, unreadable, unnamed, unknown, stamps, names=live.names
    )


def _unreadable_fields(attributes: Attributes) -> str:
    """Return the fields that could not be read, in one text: `email.layout`."""
    return join_names(diff.unreadable_fields(attributes, attributes))


def _unnamed_ids(kind: Kind, live: LiveObject) -> str:
    """Return the paths of IDs that no file can say, in one text."""
    paths = kind.unnamed_ids(live) if isinstance(kind, HasUnnamedIds) else ()
    return join_names(format_path(path) for path in paths)


def _reason_to_leave(
    kind: Kind, address: Address, known: Attributes, unknown: Set[str]
) -> str | None:
    """Return why no file can say what an object is, None if one can.

    It is what cannot be read only if nothing that was read is wrong.
    """
    document = known
    try:
        kind.parse(document)
        document = kind.to_document(known)
        kind.model.model_validate(document)
    except ValidationError as error:
        paths = [each["loc"] for each in error.errors()]
        if unknown and all(not path or path[0] in unknown for path in paths):
            return f"no credential that is set can read its {', '.join(sorted(unknown))}."
        found = ValidatedDocument(document, kind.model, lambda _: None, address)
        # What follows the first sentence is for somebody who writes a file.
        return (
            "it has a value in Customer.io that no file can have. Change it there, and import "
            f"again. {first_sentence(to_diagnostics(error, found)[0].detail)}"
        )
    return unwritable_text(document)
