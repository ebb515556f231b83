"""The settings of a workspace for the checks of its texts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fnmatch import fnmatchcase

from cioform.core.address import Address
from cioform.core.dataclasses import dataclass, field
from cioform.core.diagnostic import Location, Severity


@dataclass(frozen=True, slots=True)
class IgnoredRule:
    """A rule that does not hold for some resources, and why."""

    rule: str
    address: str
    """A pattern, in which `*` stands for any text."""
    because: str
    until: date | None = None
    """The last day on which it is ignored."""
    location: Location | None = field(default=None, compare=False)

    def covers(self, rule: str, address: Address) -> bool:
        """Return whether the entry is about a rule and an address."""
        return self.rule == rule and fnmatchcase(str(address), self.address)

    def is_expired(self, today: date) -> bool:
        """Return whether its last day is over."""
        return self.until is not None and today > self.until


@dataclass(frozen=True, slots=True)
class LintSettings:
    """The section `lint` of the settings."""

    engine: str = "latest"
    legacy: tuple[str, ...] = ()
    """Patterns of the addresses that "legacy" renders, whatever `engine` says."""
    severities: Mapping[str, Severity | None] = field(default_factory=dict)
    """The severity of rules for which it is not their own; None for a rule that is off."""
    ignored: tuple[IgnoredRule, ...] = ()
    draft_days: int = 90
    """After how many days a draft is reported."""
    location: Location | None = field(default=None, compare=False)

    def engine_of(self, address: Address) -> str:
        """Return the engine that renders the messages of a resource."""
        is_legacy = any(fnmatchcase(str(address), pattern) for pattern in self.legacy)
        return "legacy" if is_legacy else self.engine
