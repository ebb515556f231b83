"""Descriptions with the stamp of the file that manages the object, and without it."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from cioform.core.data.json_value import Attributes
from cioform.model.kind import Kind
from cioform.model.objects.live_object import Decoded
from cioform.model.objects.stamp import Stamp, read_stamp, write_stamp

_FIELD: Final = "description"


def with_stamp(kind: Kind, attributes: Attributes, stamp: Stamp | None) -> Attributes:
    """Return a canonical form as it is sent: with the stamp, if objects of the kind have one."""
    text = attributes.get(_FIELD)
    if not (kind.has_description_stamp and isinstance(text, str)):
        return attributes
    return {**attributes, _FIELD: write_stamp(text, stamp)}


def without_stamp(kind: Kind, decoded: Decoded) -> Decoded:
    """Return what was decoded, with the stamp beside the description and not in it."""
    text = decoded.attributes.get(_FIELD)
    if not (kind.has_description_stamp and isinstance(text, str)):
        return decoded
    unstamped, stamp = read_stamp(text)
    if unstamped == text:
        return decoded
    return replace(decoded, attributes={**decoded.attributes, _FIELD: unstamped}, stamp=stamp)
