"""Format YAML documents without a change of meaning or a lost comment."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from cioform.config.write.yaml.rewrite import rewrite_yaml
from cioform.config.write.yaml.typed_documents import RoundTripDocument
from cioform.model.kind import Kind
from cioform.model.parts import HasParts
from cioform.model.registry import Registry

_FIRST_FIELDS: Final = (
    "kind", "id", "was", "remote_id", "protect", "ignore", "because", "until",
)  # fmt: skip
"""The fields of a document of any kind, which come before those of its own kind."""


def format_yaml(
    text: str, kind: Kind | None = None, file: str = "", registry: Registry | None = None
) -> str:
    """Return `text` in the one form of documents.

    Fields have the order of the kind's model, or keep theirs if the kind is not known; a document
    may name a kind of the registry that is not that of its folder. Formatting is idempotent.
    Raises ConfigError if `text` is not valid YAML; `file` is its name in messages.
    """

    def complete(document: RoundTripDocument) -> None:
        found = kind_of(document, kind, registry)
        if isinstance(found, HasParts):
            found.fill_missing_ids(document)

    result = rewrite_yaml(text, file, complete, order_by(kind, registry), is_settings=kind is None)
    return text if result.lost_comments or result.difference else result.text


def kind_of(
    document: RoundTripDocument, kind: Kind | None, registry: Registry | None
) -> Kind | None:
    """Return the kind that the document names, or `kind`, that of its folder."""
    written = document.get("kind")
    return registry[written] if registry is not None and written in registry else kind


def order_by(
    kind: Kind | None, registry: Registry | None = None
) -> Callable[[RoundTripDocument], None]:
    """Return the function that gives the fields of a document their order, in place."""

    def order(document: RoundTripDocument) -> None:
        found = kind_of(document, kind, registry)
        _reorder(document, field_order(found, list(document)))
        if found is not None and found.leading_fields:
            _move_forward(document, found.leading_fields)

    return order


def field_order(kind: Kind | None, names: Sequence[str]) -> list[str]:
    """Return the names of a document's fields in their canonical order."""
    known = list(kind.model.yaml_field_names()) if kind is not None else []
    own = [name for name in names if name not in _FIRST_FIELDS]
    own.sort(key=lambda name: known.index(name) if name in known else len(known))
    return [*(name for name in _FIRST_FIELDS if name in names), *own]


def _move_forward(value: RoundTripDocument, leading: Sequence[str]) -> None:
    """Move fields to the front of every mapping inside `value`."""
    for item in value.values() if isinstance(value, dict) else value:
        if isinstance(item, dict):
            first = [name for name in leading if name in item]
            _reorder(item, [*first, *(name for name in item if name not in first)])
        if isinstance(item, dict | list):
            _move_forward(item, leading)


def _reorder(mapping: RoundTripDocument, order: Sequence[str]) -> None:
    if list(mapping) == list(order):
        return
    values = [(name, mapping[name]) for name in order]
    for name in order:
        del mapping[name]
    for name, value in values:
        mapping[name] = value
