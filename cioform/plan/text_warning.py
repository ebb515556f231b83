"""A warning about a text that a plan writes."""

from __future__ import annotations

from cioform.core.address import Address
from cioform.core.dataclasses import dataclass
from cioform.core.diagnostic import Location


@dataclass(frozen=True, slots=True)
class TextWarning:
    """What a rule says about a text that the plan writes. It refuses nothing."""

    rule: str
    """The ID of the rule: `DT101`."""
    title: str
    """What the rule finds, in a few words."""
    message: str
    """What is wrong and what to do."""
    address: Address
    location: Location | None = None
