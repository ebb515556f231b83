"""Other texts for the references of a resource, in its canonical form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cioform.core.data.json_value import Attributes, Json
from cioform.model.references.names import Names, Reference

FieldAndText = tuple[str, str]


def field_of(reference: Reference) -> str:
    """Return the field that holds a reference. It may be an item of a list there."""
    return next(step for step in reversed(reference.path) if isinstance(step, str))


def with_texts(attributes: Attributes, texts: Mapping[FieldAndText, str]) -> Attributes:
    """Return attributes with each text of a reference replaced, by its field and old text."""
    return {name: _replaced(value, texts, name) for name, value in attributes.items()}


def with_names(attributes: Attributes, references: Iterable[Reference], names: Names) -> Attributes:
    """Return attributes whose references call each object by one name.

    A live object is shown with these names, so that `topic#5` would differ from `Newsletter`, and
    `Team <team@acme.com>` from `team@acme.com`.
    """
    texts = {
        (field_of(reference), reference.text): name
        for reference in references
        if (name := names.canonical_name(reference.kind, reference.text)) != reference.text
    }
    return with_texts(attributes, texts) if texts else attributes


def _replaced(value: Json, texts: Mapping[FieldAndText, str], field: str) -> Json:
    if isinstance(value, str):
        return texts.get((field, value), value)
    if isinstance(value, dict):
        return {key: _replaced(item, texts, key) for key, item in value.items()}
    if isinstance(value, list):
        return [_replaced(item, texts, field) for item in value]
    return value
