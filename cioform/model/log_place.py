"""Where the audit log says that a field of a file was changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from cioform.core.dataclasses import dataclass
from cioform.core.paths import FieldPath


@dataclass(frozen=True, slots=True)
class LogPlace:
    """What the entries about a field have in common."""

    attributes: frozenset[str]
    """The names that the log may have for the field."""
    parts: frozenset[tuple[str, str]] = frozenset()
    """The types and ids of the parts that hold it; empty for a field of the object itself."""


MESSAGE_ATTRIBUTES: Final[Mapping[str, tuple[str, ...]]] = {
    "preheader": ("preheader_text",),
    "from": ("from_identity_id",),
    "reply_to": ("reply_to_identity_id",),
    "to": ("recipient",),
    "layout": ("layout_id",),
    "plain": ("body_plain",),
    "amp": ("body_amp",),
    "image": ("image_url",),
    "title": ("body_json", "subject"),
    "method": ("request_method",),
    "sending": ("sending_state",),
}
"""The members of templates and actions, by the field of a message (journeys facts, section 5)."""


def log_attributes(path: FieldPath, names: Mapping[str, tuple[str, ...]]) -> frozenset[str]:
    """Return the names that the log may have for a path: its first and last step, translated.

    Which names the log uses is an open fact; those of the API are the likely ones.
    """
    words = {str(step) for step in (path[:1] + path[-1:])}
    return frozenset(words.union(*(names.get(word, ()) for word in words)))
