"""Count the parts of a text message, and find what makes it longer.

A message has 160 characters of the alphabet GSM 03.38, or 70 of any other. The parts of a longer
one have 153 or 67 (content facts, 1.6).
"""

from __future__ import annotations

from typing import Final

_BASIC: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED: Final = frozenset("\f^{}\\[~]|€")
"""The characters that count twice."""


def first_wide(text: str) -> int | None:
    """Return the place of the first character outside of GSM 03.38, or None."""
    known = _BASIC | _EXTENDED
    return next((at for at, character in enumerate(text) if character not in known), None)


def message_parts(text: str) -> int:
    """Return how many parts a text is sent in."""
    if first_wide(text) is None:
        units = sum(2 if character in _EXTENDED else 1 for character in text)
        single, part = 160, 153
    else:
        units = len(text.encode("utf-16-le")) // 2
        single, part = 70, 67
    return 1 if units <= single else -(-units // part)
