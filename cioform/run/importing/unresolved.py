"""References by ID: to objects that no list names, as `segment#12`, and those in `raw`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from cioform.core.address import Address
from cioform.core.data.json_value import Attributes
from cioform.core.text.word_lists import join_words
from cioform.model.kind import Kind
from cioform.model.objects.snapshot import Listing
from cioform.model.paths.file_paths import shown_path
from cioform.model.references.names import Names, Reference, referenced_id
from cioform.model.registry import Registry


def unresolved_references(
    registry: Registry, attributes: Mapping[Address, Attributes], listing: Listing
) -> dict[Address, str]:
    """Return a sentence about each resource with references to what was not found, and why."""
    found = (
        (address, _clauses(registry[address.kind], fields, listing))
        for address, fields in attributes.items()
    )
    return dict(_sentences(found))


def ids_in_raw(
    registry: Registry, attributes: Mapping[Address, Attributes], names: Names
) -> dict[Address, str]:
    """Return a sentence about each resource with IDs in `raw`, which names their objects."""
    found = (
        (address, _raw_clauses(registry[address.kind], fields, names))
        for address, fields in attributes.items()
    )
    return dict(_sentences(found))


def _sentences(found: Iterable[tuple[Address, Iterable[str]]]) -> Iterator[tuple[Address, str]]:
    for address, clauses in found:
        if unique := sorted(set(clauses)):
            yield address, f"{address}: {join_words(unique)}."


def _clauses(kind: Kind, attributes: Attributes, listing: Listing) -> Iterator[str]:
    for reference in kind.references(attributes):
        if (remote_id := referenced_id(reference)) is not None and not reference.in_raw:
            path = shown_path(kind, attributes, reference.path)
            yield f"`{path}` is `{reference.text}`, {_reason(reference, remote_id, listing)}"


def _raw_clauses(kind: Kind, attributes: Attributes, names: Names) -> Iterator[str]:
    for reference in kind.references(attributes):
        if reference.in_raw:
            name = names.canonical_name(reference.kind, reference.text)
            called = "" if name == reference.text else f" ({name})"
            path = shown_path(kind, attributes, reference.path)
            yield f"`{path}` has the ID `{reference.text}`{called}"


def _reason(reference: Reference, remote_id: str, listing: Listing) -> str:
    if (reference.kind, remote_id) in listing.absent:
        return f"but the workspace has no {reference.kind} with that ID"
    return f"a {reference.kind} that the credentials cannot read"
