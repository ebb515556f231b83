"""A preview: messages as several people get them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from cioform.core.dataclasses import dataclass, field, replace

PHONE_CHANNELS: Final = frozenset({"push", "sms", "whatsapp", "in_app", "inbox"})
"""The channels that a preview shows on a phone."""


@dataclass(frozen=True, slots=True)
class View:
    """A message as one person gets it."""

    person: str
    note: str
    subject: str = ""
    """The subject line, or the title of a push notification."""
    preheader: str = ""
    sender: str = ""
    to: str = ""
    body: str = ""
    more: Mapping[str, str] = field(default_factory=dict)
    """Other texts by their field: `link`."""
    failure: str = ""
    """Why it cannot be rendered, so that this person gets nothing."""


class _Texts(dict[str, str]):
    """Texts by name that can be compared as a part of a view."""

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(tuple(self.items()))


@dataclass(frozen=True, slots=True)
class Side:
    """The views of a message in one state."""

    label: str
    """`before`, `after`; empty if only one state is shown."""
    views: tuple[View, ...]


@dataclass(frozen=True, slots=True)
class PreviewedMessage:
    """A message of a resource in one language."""

    title: str
    channel: str
    is_html: bool
    sides: tuple[Side, ...]
    notes: tuple[str, ...] = ()
    """What the preview cannot show."""

    def groups(self) -> list[tuple[list[View], int]]:
        """Return the views of people who get the same, and the place of the first of them."""
        groups: dict[tuple[View, ...], tuple[list[View], int]] = {}
        for at, view in enumerate(self.sides[0].views):
            shown = tuple(
                replace(side.views[at], person="", note="", more=_Texts(side.views[at].more))
                for side in self.sides
            )
            groups.setdefault(shown, ([], at))[0].append(view)
        return list(groups.values())


@dataclass(frozen=True, slots=True)
class Preview:
    """The messages of one resource."""

    workspace: str
    address: str
    messages: tuple[PreviewedMessage, ...]
    versions: tuple[str, ...]
    """What rendered them: `LiquidJS 10.30.1`."""
