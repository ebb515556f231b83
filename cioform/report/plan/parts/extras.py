"""The details of a change that only some formats show: users, journey and bodies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cioform.core.dataclasses import dataclass

if TYPE_CHECKING:
    from cioform.report.journey.model import Journey


@dataclass(frozen=True, slots=True)
class UserRow:
    """An object that uses what changes, as a row of a table."""

    name: str
    state: str
    people: int | None = None
    through: str = ""
    """The shared objects between the two."""


@dataclass(frozen=True, slots=True)
class BodyPair:
    """The HTML of a message before and after a change; None where there is none."""

    title: str
    """Its path in the file: `welcome.email.body`."""
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class ItemExtras:
    """What only some formats show of a change."""

    users: tuple[UserRow, ...] = ()
    """Those that may be live first."""
    journey: Journey | None = None
    """The journey after the change, with its marks."""
    bodies: tuple[BodyPair, ...] = ()


NO_EXTRAS: Final = ItemExtras()
EXTRAS_LIMIT: Final = 100
"""How many journeys a report draws at most. The first ones are drawn."""
