"""Takes credentials and personal data out of any text that leaves the door."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from cioform.core.secret import Secret

_REDACTIONS: Final = (
    (re.compile(r"\bsa_(live|sandbox|test)_[\w-]+"), r"sa_\1_***"),
    (re.compile(r"\beyJ[\w-]+\.[\w-]+\.[\w-]*"), "***"),
    (re.compile(r"\b(Bearer|Basic)\s+[\w.~+/=-]+", re.IGNORECASE), r"\1 ***"),
    (re.compile(r"[\w.+-]+(@|%40)[\w-]+(\.[\w-]+)+", re.IGNORECASE), "***@***"),
    (re.compile(r"(?<![\w+])(\+|%2B)\d[\d ()-]{6,}\d", re.IGNORECASE), "+***"),
)
_MIN_SECRET_LENGTH = 4
"""A secret this short is a test's; starring it would garble every other word."""


class Redactor:
    """Knows the secrets of one workspace."""

    def __init__(self, secrets: Iterable[Secret]) -> None:
        texts = {secret.reveal() for secret in secrets}
        self._secrets = sorted(
            (t for t in texts if len(t) >= _MIN_SECRET_LENGTH), key=len, reverse=True
        )

    def __call__(self, text: str) -> str:
        """Give `text` with stars for secrets, tokens, e-mail addresses and telephone numbers."""
        for secret in self._secrets:
            text = text.replace(secret, "***")
        for pattern, stars in _REDACTIONS:
            text = pattern.sub(stars, text)
        return text
