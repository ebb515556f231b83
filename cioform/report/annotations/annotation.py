"""A remark about a place in the files, as CI systems and code scanners show it."""

from __future__ import annotations

from enum import StrEnum

from cioform.core.dataclasses import dataclass
from cioform.core.diagnostic import Location


class Level(StrEnum):
    """How much a remark matters. A note is no problem."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Annotation:
    """One remark."""

    rule: str
    """What tells its kind apart: `LQ001`, `plan-update`."""
    title: str
    """Its kind in a few words."""
    level: Level
    message: str
    address: str
    location: Location | None = None
    """Its place in the files; None for what no file has."""
    distinction: tuple[str, ...] = ()
    """What tells it apart from others of its kind and address, also after other lines changed."""
