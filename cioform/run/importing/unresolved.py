"""References to objects that no list names, so that a file has their IDs: `segment#12`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cioform.core.address import Address
from cioform.core.data.json_value import Attributes
from cioform.core.data.paths import format_path
from cioform.core.text.word_lists import join_words
from cioform.model.kind import Kind
from cioform.model.objects.snapshot import Listing
from cioform.model.paths.file_paths import place_of
from cioform.model.references.names import Reference, referenced_id
from cioform.model.registry import Registry


def unresolved_references(
    registry: Registry, attributes: Mapping[Address, Attributes], listing: Listing
) -> dict[Address, str]:
    """Return a sentence about each resource with such references, which says why."""
    sentences: dict[Address, str] = {}
    for address, fields in attributes.items():
        clauses = sorted(set(_clauses(registry[address.kind], fields, listing)))
        if clauses:
            sentences[address] = f"{address}: {join_words(clauses)}."
    return sentences


def _clauses(kind: Kind, attributes: Attributes, listing: Listing) -> Iterator[str]:
    document = kind.to_document(attributes)
    for reference in kind.references(attributes):
        if (remote_id := referenced_id(reference)) is not None:
            path = format_path(place_of(kind, document, reference.path))
            yield f"`{path}` is `{reference.text}`, {_reason(reference, remote_id, listing)}"


def _reason(reference: Reference, remote_id: str, listing: Listing) -> str:
    if (reference.kind, remote_id) in listing.absent:
        return f"but the workspace has no {reference.kind} with that ID"
    return f"a {reference.kind} that the credentials cannot read"
