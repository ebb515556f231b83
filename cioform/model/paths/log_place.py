"""Places in the audit log that record a change to a field."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import ClassVar, Final

from cioform.core.abstract import Abstract
from cioform.core.data.paths import FieldPath
from cioform.core.dataclasses import dataclass
from cioform.model.objects.live_object import RemoteObject


@dataclass(frozen=True, slots=True)
class LogPlace:
    """What the entries about a field have in common."""

    attributes: frozenset[str]
    """The names that the log may have for the field, and for no other one."""
    shared: frozenset[str] = frozenset()
    """The names of what holds the field and others beside it."""
    is_named: bool = True
    """Whether an entry that names its attributes has one of these names if it is about the field.
    """
    parts: frozenset[tuple[str, str]] = frozenset()
    """The types and IDs of the parts that have the field; empty if the object itself has it."""
    others: frozenset[tuple[str, str]] = frozenset()
    """The types and IDs of the other parts. Log entries about them are not about the field."""


class HasLogPlaces(Abstract):
    """A kind for whose fields the audit log has other names, or names the part they belong to."""

    log_names: ClassVar[Mapping[str, tuple[str, ...]]]
    """The names in the log by the field of the file."""

    @abstractmethod
    def log_place(self, path: FieldPath, found: RemoteObject, parts: Mapping[str, str]) -> LogPlace:
        """Return where the audit log has a change of the field at a path of the file.

        `parts` are the IDs of the parts of the object by their names.
        """


MESSAGE_ATTRIBUTES: Final[Mapping[str, tuple[str, ...]]] = {
    "preheader": ("preheader_text",),
    "from": ("from_identity_id",),
    "reply_to": ("reply_to_identity_id",),
    "to": ("recipient",),
    "layout": ("layout_id",),
    "plain": ("body_plain",),
    "amp": ("body_amp",),
    "image": ("image_url",),
    "title": ("subject", "body_json"),
    "link": ("body_json",),
    "content": ("body_json",),
    "push.body": ("body_json", "body"),
    "in_app.body": ("body", "body_json"),
    "inbox.body": ("body", "body_json"),
    "whatsapp.body": ("body", "body_json"),
    "channel": ("recipient",),
    "method": ("request_method",),
    "sending": ("sending_state", "queue_drafts"),
    "track": ("tracked", "open_tracking", "link_tracking"),
    "opens": ("tracked", "open_tracking"),
    "links": ("tracked", "link_tracking"),
}
"""The members of templates and actions, by the field of a message (journeys facts, section 5).

A key with a dot is for the field in that block only; then nothing else stands for it.
"""


def field_of_attribute(attribute: str, names: Mapping[str, tuple[str, ...]]) -> str:
    """Return the field of the file for `attribute` of the log; `attribute` itself if uncertain.

    If `reentry` and `reentry.mode` both match, it is `reentry.mode`.
    """
    fields = [field for field, attributes in names.items() if attribute in attributes]
    inner = [f for f in fields if not any(each.startswith(f"{f}.") for each in fields)]
    return inner[0] if len(inner) == 1 else attribute


UNNAMED_FIELDS: Final[Mapping[str, str]] = {
    "raw": "it may be added or removed as a whole; the log has the names of its members",
    "translations": "a language that is added or removed is a template of its own",
}
"""The fields for which the log has no name that is known, each with the reason."""

_SHARED: Final = frozenset({"body_json"})
"""The attributes that hold several fields of a message."""


def log_place(
    path: FieldPath,
    names: Mapping[str, tuple[str, ...]] = MESSAGE_ATTRIBUTES,
    unnamed: Mapping[str, str] = UNNAMED_FIELDS,
) -> LogPlace:
    """Return where the log has the field at a path of an object.

    Which names the log uses is an open fact; those of the API are the likely ones.
    """
    words = [step for step in path if isinstance(step, str)]
    if not words:
        return LogPlace(frozenset(), is_named=False)
    *outer, last = words
    # A field with one attribute for all that is in it, such as a condition, has no other names.
    holder_names = next((each for each in _holders(outer, names) if len(each) == 1), None)
    own = frozenset(holder_names if holder_names is not None else _own_names(outer, last, names))
    around = frozenset(word for each in outer for word in _around(each, names))
    shared = (own & _SHARED) | (frozenset() if holder_names is not None else around - own)
    # Below `raw` are the names of Customer.io.
    unnamed_words = {*words} - ({"raw"} & {*outer})
    return LogPlace(own - _SHARED, shared, is_named=unnamed.keys().isdisjoint(unnamed_words))


def language_of(path: FieldPath) -> str:
    """Return the language of the translation that has the field; empty for the default one."""
    return next((str(language) for word, language in pairwise(path) if word == "translations"), "")


def _holders(outer: list[str], names: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    """Yield the names of each field around another one, from the outermost on."""
    for before, word in pairwise(("", *outer)):
        yield names.get(f"{before}.{word}", names.get(word, ()))


def _own_names(outer: list[str], last: str, names: Mapping[str, tuple[str, ...]]) -> set[str]:
    for word in reversed(outer):
        if f"{word}.{last}" in names:
            return set(names[f"{word}.{last}"])
    return {last, *names.get(last, ())}


def _around(word: str, names: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    yield word
    yield from names.get(word, ())
