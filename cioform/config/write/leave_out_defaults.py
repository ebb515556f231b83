"""Documents without the values that the settings' defaults give them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cioform.core.address import NONE
from cioform.core.data.json_value import UNKNOWN, Attributes, Json, JsonValue
from cioform.core.data.nested import has_value, with_value, without_value
from cioform.core.data.paths import FieldPath
from cioform.language.messages.defaults import NONE_IS_A_VALUE, default_values
from cioform.model.kind import Kind
from cioform.model.paths.file_paths import file_form, place_of, value_in_file
from cioform.model.remote_access.capabilities import TakesDefaults

_MISSING = object()


def leave_out_defaults(
    kind: Kind,
    document: dict[str, JsonValue],
    attributes: Attributes,
    layers: Sequence[Mapping[str, Json]],
) -> dict[str, JsonValue]:
    """Return the document of `attributes` that loads as them where `layers` are the defaults.

    The first layer is the nearest. A value that equals its default is left out; one that differs
    is written, even if a document without defaults would leave it out.
    """
    if not isinstance(kind, TakesDefaults) or not any(layers):
        return document
    form = file_form(kind, attributes)
    changed: JsonValue = document
    for place, group in list(kind.default_places(document)):
        named = place_of(kind, document, place)
        for inner, default in _nearest(layers, group).items():
            value = _value(kind, form, (*named, *inner))
            if value is UNKNOWN:
                continue
            at = (*place, *inner)
            if value is _MISSING:
                if default != NONE:
                    changed = with_value(changed, (*place, inner[0]), NONE)
            elif value != default:
                changed = with_value(changed, at, value)
            elif has_value(changed, at):
                changed = without_value(changed, at)
    return dict(changed)


def _nearest(layers: Sequence[Mapping[str, Json]], group: str) -> dict[FieldPath, Json]:
    """Return the defaults that apply; those that are set to `none` do not."""
    found: dict[FieldPath, Json] = {}
    for layer in layers:
        for inner, value in default_values(layer, group):
            found.setdefault(inner, value)
    return {
        inner: value
        for inner, value in found.items()
        if value != NONE or inner[0] in NONE_IS_A_VALUE
    }


def _value(kind: Kind, form: Attributes, path: FieldPath) -> JsonValue:
    try:
        return value_in_file(kind, form, path)
    except KeyError:
        return _MISSING
