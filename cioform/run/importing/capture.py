"""Capture live objects as resources: their addresses, bindings and fields."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from typing import Final

from pydantic import ValidationError

from cioform.config.read.checks.validation import ValidatedDocument, to_diagnostics
from cioform.config.write.unwritable import unwritable_text
from cioform.core.address import Address
from cioform.core.data.json_value import Attributes, without_unknown
from cioform.core.data.paths import format_path
from cioform.core.dataclasses import dataclass, replace
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
from cioform.model.objects.unnamed_ids import HasUnnamedIds
from cioform.model.paths.file_paths import place_of
from cioform.model.registry import Registry
from cioform.model.unknown_members import unknown_fields
from cioform.plan.building.dependencies import referenced_addresses
from cioform.plan.compare import diff
from cioform.plan.matching.match import match_resources
from cioform.plan.matching.pair import MatchedPair, MatchResult
from cioform.plan.selecting.scope import Scope
from cioform.plan.selecting.selection import AddressesOnly
from cioform.remote.provider import Provider
from cioform.run.events import Listener, ignore_events
from cioform.run.importing.assign_addresses import assign_addresses
from cioform.run.importing.bind_by_id import BindRequest, bind_by_id
from cioform.run.importing.captured import CapturedResources
from cioform.run.importing.unresolved import ids_in_raw, unresolved_references
from cioform.run.reading.read import read_listing, read_live
from cioform.run.reading.unlisted import with_unlisted

_NOT_IN_FILES: Final = (
    "which must not be in a file. Replace it in Customer.io, or write the file by hand, with a "
    "sensitive variable in its place."
)
_NO_FILES: Final = "What is imported has no files yet, so they cannot tell what to select."


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

    If the file of an object will be written, objects without a file that it refers to are captured
    too, because a reference to nothing could not be loaded. With `force`, the files of all objects
    are written. An object gets the address of its file or its binding, otherwise an address made of
    its name. `bind` binds an address to an object by its ID instead. An object whose new file would
    contain one of `secrets`, or a text that looks like a secret, is left out, with the objects that
    refer to it. Raises UsageError for a target that fits neither an object nor a file.
    """
    capturing = _Capturing(
        registry, desired, applied, provider, scope, bind, force, secrets, listener
    )
    listing = read_listing(registry, applied, provider)
    while True:
        captured = capturing.of(listing)
        written = {a: captured.attributes[a] for a in capturing.written(captured)}
        references = (r for a, value in written.items() for r in registry[a.kind].references(value))
        known, listing = listing, with_unlisted(registry, listing, references, provider)
        if listing.found == known.found:
            unresolved = unresolved_references(registry, written, listing)
            in_raw = ids_in_raw(registry, written, captured.names)
            return replace(captured, unresolved=unresolved, ids_in_raw=in_raw)


@dataclass(frozen=True, slots=True)
class _Capturing:
    """The arguments of `capture_resources`, and its steps."""

    registry: Registry
    desired: DesiredState
    applied: AppliedState
    provider: Provider
    scope: Scope
    bind: BindRequest | None
    force: bool
    secrets: Collection[Secret] | None
    listener: Listener

    def of(self, listing: Listing) -> CapturedResources:
        """Return the listed objects in scope, and the objects that they refer to."""
        registry, desired = self.registry, self.desired
        bindings = assign_addresses(registry, listing, self.applied, desired)
        if self.bind is not None:
            bindings = bind_by_id(self.bind, listing, self.applied, bindings)
        known = (*bindings, *desired.resources)
        scope = self.scope.resolve(AddressesOnly(known, registry.names, _NO_FILES))
        # Without files no identity is looked up, so nothing can be ambiguous in this workspace.
        bound = AppliedState(self.applied.lineage, 0, bindings)
        match = match_resources(registry, DesiredState({}), bound, listing, workspace="")
        to_read = [pair for pair in match.pairs if scope.includes(pair.address)]
        seen = {*desired.resources, *(pair.address for pair in to_read)}
        captured = self._read(match, listing, to_read, seen)
        excluded = (a for a in bindings if a not in seen and scope.excludes(a))
        if self.secrets is not None:
            captured = _without_references_to_left(registry, desired, captured)
        return replace(
            captured,
            same_name=_objects_of_same_name(listing, captured.bindings),
            excluded=tuple(sorted(excluded)),
        )

    def _read(
        self,
        match: MatchResult,
        listing: Listing,
        to_read: Sequence[MatchedPair],
        seen: set[Address],
    ) -> CapturedResources:
        """Return the objects to read, with those they refer to, which are added to `seen`."""
        pairs = {pair.address: pair for pair in match.pairs}
        bindings = {pair.address: pair.binding for pair in match.pairs if pair.binding}
        captured = CapturedResources({}, {}, {})
        while to_read:
            live = read_live(self.registry, match, listing, self.provider, self.listener, to_read)
            batch = _to_captured(self.registry, live, bindings)
            if self.secrets is not None:
                batch = _without_secrets(self.registry, self.desired, batch, self.secrets)
            captured |= batch
            references = _referenced_addresses(self.registry, batch, self.written(batch))
            new = [address for address in references if address in pairs and address not in seen]
            seen.update(new)
            to_read = [pairs[address] for address in new]
        return captured

    def written(self, captured: CapturedResources) -> list[Address]:
        """Return the captured resources whose file will be written."""
        return [a for a in captured.attributes if self.force or a not in self.desired.resources]


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
    return captured.without(left)


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
        captured = captured.without(found)
    return captured


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
        attributes, captured, left, unreadable, unnamed, unknown,
        stamps=stamps, names=live.names,
    )  # fmt: skip


def _unreadable_fields(attributes: Attributes) -> str:
    """Return the fields that could not be read, in one text: `email.layout`."""
    return join_names(diff.unreadable_fields(attributes, attributes))


def _unnamed_ids(kind: Kind, live: LiveObject) -> str:
    """Return the paths of IDs that no file can contain, as one text."""
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
