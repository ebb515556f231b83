"""The owners of resources and of their fields, who have to approve changes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Final

from cioform.core.address import Address
from cioform.core.data.json_value import Json
from cioform.core.data.paths import FieldPath
from cioform.core.dataclasses import dataclass, field
from cioform.core.diagnostic import Location


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
        "amp", "body", "buttons", "fields", "html", "link", "media", "message", "plain",
        "preheader", "subject", "text", "title", "value",
    }),
    FieldClass.AUDIENCE: frozenset({
        "ab_test", "branches", "conditions", "edges", "else", "exit", "filter", "goal", "if",
        "manual", "only_if", "random_branches", "reentry", "sending", "then", "timeout", "trigger",
        "wait", "wait_random", "wait_until", "wait_window", "where",
    }),
    FieldClass.LEGAL: frozenset({
        "bcc", "cc", "from", "message_limits", "reply_to", "send_to_unsubscribed", "topic", "track",
    }),
}  # fmt: skip
"""The fields of each class, with everything inside of them."""
_WITH_STEPS: Final = frozenset({"ab_test", "branches", "else", "random_branches", "then"})
"""Those of them that contain steps, which may be of another class."""
_TRANSLATIONS: Final = "translations"
_MESSAGES: Final = ("email", "in_app", "push", "slack", "sms", "webhook", "whatsapp")
_CONTAINERS: Final = frozenset({"graph", "nodes", _TRANSLATIONS, "workflow", *_MESSAGES})
"""The fields that are of the class of what is in them."""
_RAW: Final = "raw"
_EVERY_CLASS: Final = frozenset(FieldClass)


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
    places: Mapping[str, Location | None] = field(default_factory=dict, compare=False)
    """Where each pattern is written; the one that stands for every address is not among them."""

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
    sides = [side for side in (before, after) if side is not None]
    places = {(*path, *inner) for side in sides or (None,) for inner in _places_in(side)}
    return frozenset().union(*(_classes_at(each, unseen) for each in places))


def _classes_at(place: FieldPath, unseen: Collection[str]) -> frozenset[FieldClass]:
    """Return what a value is about: what the outermost field is about that has a class.

    The author of a file chooses the names inside of other fields, such as those of headers.
    """
    names = [step for step in place if isinstance(step, str)]
    if names[-1:] == ["id"] or (place and place[0] in unseen):
        return frozenset()
    if _RAW in names:
        return _EVERY_CLASS
    found: set[FieldClass] = set()
    for at, name in enumerate(names):
        before = names[at - 1] if at else ""
        if before == _TRANSLATIONS:
            continue  # the name is a language
        own = {each for each, fields in _NAMES.items() if name in fields}
        found |= own
        if own and name not in _WITH_STEPS:
            return frozenset(found)
        if not own and name not in _CONTAINERS:
            is_of_branch = before in _WITH_STEPS and at == len(names) - 1
            return frozenset(found) if is_of_branch else _EVERY_CLASS
    return frozenset(found) or _EVERY_CLASS


def _places_in(value: Json) -> Iterator[FieldPath]:
    """Yield the places of the innermost values; that of the value itself is empty."""
    items: Iterable[tuple[str | int, Json]] = ()
    if isinstance(value, Mapping):
        items = value.items()
    elif isinstance(value, list):
        items = enumerate(value)
    found = [(name, *inner) for name, item in items for inner in _places_in(item)]
    yield from found or [()]
