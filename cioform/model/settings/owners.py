"""The owners of resources and of their fields, who have to approve changes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Final

from cioform.core.address import Address
from cioform.core.data.json_value import Json
from cioform.core.data.paths import FieldPath
from cioform.core.dataclasses import dataclass


class FieldClass(StrEnum):
    """What a change of a field is about."""

    COPY = "copy"
    """What people read: subjects and bodies."""
    AUDIENCE = "audience"
    """Who receives a message, and when: triggers, conditions, exits, waits."""
    LEGAL = "legal"
    """What people have agreed to, and the texts that all messages share, such as footers."""


_NAMES: Final[Mapping[FieldClass, frozenset[str]]] = {
    FieldClass.COPY: frozenset({
        "amp", "body", "buttons", "fields", "headers", "html", "link", "media", "message", "plain",
        "preheader", "subject", "text", "title", "translations", "value",
    }),
    FieldClass.AUDIENCE: frozenset({
        "ab_test", "branches", "conditions", "exit", "filter", "goal", "if", "manual", "only_if",
        "random_branches", "reentry", "sending", "timeout", "trigger", "wait", "wait_random",
        "wait_until", "wait_window", "where",
    }),
    FieldClass.LEGAL: frozenset({
        "bcc", "cc", "from", "message_limits", "reply_to", "send_to_unsubscribed", "topic", "track",
    }),
}  # fmt: skip
"""The fields of each class, at whatever depth they are."""


@dataclass(frozen=True, slots=True)
class Owner:
    """A group of people, and what nobody else may change alone."""

    name: str
    people: tuple[str, ...]
    """Their names in the system where they approve: `jane`."""
    approvals: int
    """How many of them have to approve a change."""
    addresses: tuple[str, ...]
    """Patterns of the addresses that it owns."""
    classes: tuple[FieldClass, ...]
    """The classes of fields that it owns; none means every field."""

    def owns(self, address: Address) -> bool:
        """Return whether it owns a resource, or fields of it."""
        return any(fnmatchcase(str(address), each) for each in self.addresses)


def classes_of(
    path: FieldPath, before: Json, after: Json, unseen: Collection[str] = ()
) -> frozenset[FieldClass]:
    """Return what a changed field is about; nothing if it is one of those that are `unseen`.

    A field that changes as a whole is about everything in it. `raw` and what no class names may be
    about anything.
    """
    names = {*map(str, path), *_names_in(before), *_names_in(after)}
    found = {each for each, own in _NAMES.items() if not names.isdisjoint(own)}
    is_unknown = not found and (not path or path[0] not in unseen)
    return frozenset(FieldClass) if "raw" in names or is_unknown else frozenset(found)


def _names_in(value: Json) -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield name
            yield from _names_in(inner)
    elif isinstance(value, list):
        for item in value:
            yield from _names_in(item)
