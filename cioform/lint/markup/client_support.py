"""Find features of HTML and CSS that important mail programs lack (caniemail.com)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final

from cioform.core.dataclasses import dataclass
from cioform.lint.markup.client_data import CLIENTS, FEATURES

_LAYOUT: Final = frozenset({"display:flex", "display:grid", "position", "float"})
"""What arranges a message, so that one program without it is enough to break the message."""
_MIN_CLIENTS: Final = 2
"""How many programs lack anything else that is reported. What only one lacks is decoration."""


@dataclass(frozen=True, slots=True)
class Feature:
    """Something in HTML or CSS that some mail programs do not support."""

    notation: str
    """`display:flex`, `position`, `var()`, `<svg>` or `[hidden]`."""
    tested: str
    """The day of the last test."""
    lacking: tuple[str, ...]
    """The mail programs that do not support it."""

    @property
    def is_layout(self) -> bool:
        """Whether it arranges a message."""
        return self.notation in _LAYOUT


@cache
def unsupported_features() -> Mapping[str, Feature]:
    """Return what the important mail programs lack, by its notation."""
    found: dict[str, Feature] = {}
    for notation, (tested, letters) in FEATURES.items():
        support = zip(CLIENTS, letters, strict=True)
        lacking = tuple(client for client, letter in support if letter == "n")
        feature = Feature(notation, tested, lacking)
        if len(lacking) >= (1 if feature.is_layout else _MIN_CLIENTS):
            found[notation] = feature
    return found
