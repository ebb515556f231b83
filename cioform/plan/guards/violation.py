"""A guard that refuses a plan."""

from __future__ import annotations

from typing import Final

from cioform.core.address import Address
from cioform.core.dataclasses import dataclass

_FLAGS: Final = {
    guard: "--" + guard.replace("_", "-")
    for guard in ("allow_delete", "allow_replace", "allow_live")
} | {"rebuilds_steps": "--allow-replace"}


@dataclass(frozen=True, slots=True)
class GuardViolation:
    """One guard that refuses a plan: why, and what would allow it."""

    guard: str
    detail: str
    hint: str
    addresses: tuple[Address, ...] = ()
    approval: str = ""
    """The ID of the policy that it takes an approval of; empty otherwise."""

    @property
    def flag(self) -> str:
        """The option that allows it for one apply; empty if there is none."""
        if self.approval:
            return f"--approve={self.approval}"
        return _FLAGS.get(self.guard, "")
