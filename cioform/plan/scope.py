"""Which addresses a plan is about: `--target` and `--exclude`."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase

from cioform.base.address import Address


@dataclass(frozen=True, slots=True)
class Scope:
    """Patterns such as `segment.*` or `campaign.welcome`. No target means everything."""

    target: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()

    def includes(self, address: Address) -> bool:
        """Tell whether `address` is within the scope."""
        return (not self.target or _any(self.target, address)) and not _any(self.exclude, address)


def _any(patterns: tuple[str, ...], address: Address) -> bool:
    return any(fnmatchcase(str(address), pattern) for pattern in patterns)
