"""Other names of objects in the attributes of what refers to them."""

from __future__ import annotations

from collections.abc import Mapping

from cioform.core.data.json_value import Attributes
from cioform.model.kind import Kind
from cioform.model.references.names import Names
from cioform.model.references.reference_texts import field_of, with_texts
from cioform.model.registry import Registry
from cioform.model.remote_access.capabilities import CreatesOnDemand, HasOwnNames


def renamed_in(
    kind: Kind, attributes: Attributes, renamed: Kind, renames: Mapping[str, str]
) -> Attributes:
    """Return attributes that have the new names of objects of the kind `renamed`.

    References call most objects by their addresses, which may be equal to former names.
    """
    texts = {
        (field_of(each), each.text): renames[each.text]
        for each in (kind.references(attributes) if isinstance(renamed, HasOwnNames) else ())
        if each.kind == renamed.name and each.text in renames
    }
    if isinstance(kind, CreatesOnDemand):
        named = {name for of, name in kind.creates_on_demand(attributes) if of == renamed.name}
        texts |= {
            (field, name): renames[name]
            for field, value in attributes.items()
            if isinstance(value, list | tuple)
            for name in named & renames.keys()
            if name in value
        }
    return with_texts(attributes, texts) if texts else attributes


def with_names_of_created(
    kind: Kind, attributes: Attributes, registry: Registry, names: Names
) -> Attributes:
    """Return attributes that call each object which the kind creates on demand by one name.

    A live object is shown with these names, as with those of references.
    """
    if not isinstance(kind, CreatesOnDemand):
        return attributes
    renames: dict[str, dict[str, str]] = {}
    for created, text in kind.creates_on_demand(attributes):
        remote_id = names.known.get(created, {}).get(text)
        if remote_id is not None and (name := names.name_of(created, remote_id)) != text:
            renames.setdefault(created, {})[text] = name
    for created, own in renames.items():
        attributes = renamed_in(kind, attributes, registry[created], own)
    return attributes
