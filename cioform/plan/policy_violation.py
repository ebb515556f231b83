"""A violation of a policy by a plan."""

from __future__ import annotations

from cioform.core.address import Address
from cioform.core.dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PolicyViolation:
    """A violation of a policy. apply finds it again and does not trust a file."""

    policy: str
    needs_approval: bool
    text: str
    """What the policy demands."""
    detail: str
    """What violates it, with the place in the files."""
    address: Address
    through: tuple[Address, ...] = ()
    """The changes that it comes from."""
