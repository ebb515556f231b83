"""Remove credentials and personal data from text that is shown or stored."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from cioform.core.secrets.secret import Secret
from cioform.core.secrets.secret_shapes import hide_secret_shapes
from cioform.core.secrets.sensitive import SensitiveValues

# What no file may contain is hidden by its shape. These are wider, for texts that others write.
# Every pattern is linear in the length of the text, which may be a response written by anybody:
# a match starts only where its run of characters starts, or its length has a limit.
_REDACTIONS: Final = (
    (re.compile(r"\bsa_(live|sandbox|test)_[\w-]+"), r"sa_\1_***"),
    (re.compile(r"\beyJ[\w-]{1,2000}\.[\w-]+\.[\w-]*"), "***"),
    (re.compile(r"\b(Bearer|Basic)\s+[\w.~+/=-]+", re.IGNORECASE), r"\1 ***"),
    (re.compile(r"(?<![\w.+-])[\w.+-]+(@|%40)[\w-]+(\.[\w-]+)+", re.IGNORECASE), "***@***"),
    (re.compile(r"(?<![\w+])(\+|%2B)\d[\d ()-]{6,}\d", re.IGNORECASE), "+***"),
)
_MIN_SECRET_LENGTH = 4
"""A shorter secret is a test's, and replacing it would garble ordinary words."""


class Redactor:
    """Redacts the secrets of one workspace, its sensitive values, and what looks like a person."""

    def __init__(self, secrets: Iterable[Secret], sensitive: SensitiveValues | None = None) -> None:
        self._sensitive = sensitive or SensitiveValues("")
        texts = {secret.reveal() for secret in secrets}
        self._secrets = sorted(
            (text for text in texts if len(text) >= _MIN_SECRET_LENGTH), key=len, reverse=True
        )

    def __call__(self, text: str) -> str:
        """Return `text` with secrets, tokens, e-mail addresses and telephone numbers replaced."""
        text = self._sensitive.hidden(text)
        for secret in self._secrets:
            text = text.replace(secret, "***")
        text = hide_secret_shapes(text)
        for pattern, replacement in _REDACTIONS:
            text = pattern.sub(replacement, text)
        return text
