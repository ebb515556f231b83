"""The encodings of a secret in URLs, HTML, JSON and base64."""

from __future__ import annotations

import re
from base64 import b64encode
from functools import lru_cache
from urllib.parse import quote

from cioform.core.text.lazy_pattern import lazy_pattern

_PERCENT = lazy_pattern("%[0-9A-F]{2}")


@lru_cache(maxsize=1024)
def encoded_forms(value: str) -> tuple[str, ...]:
    """Return the encodings of an ASCII text that has no quotation marks, the longest first.

    The text itself is not among them. For base64, only the part that does not depend on the
    neighboring bytes is returned.
    """
    in_url = quote(value, safe="")
    found = {
        in_url, quote(value), *(_PERCENT.sub(_lower, each) for each in (in_url, quote(value))),
        *(value.replace("&", each) for each in ("&amp;", "&#38;", "&#x26;", "\\u0026")),
        value.replace("/", "\\/"),
        *_in_base64(value.encode()),
    }  # fmt: skip
    return tuple(sorted(found - {value}, key=lambda each: (-len(each), each)))


def _lower(found: re.Match[str]) -> str:
    return found[0].lower()


def _in_base64(value: bytes) -> set[str]:
    """Return the encodings for each number of bytes, modulo three, that stand before the value."""
    found = set()
    for before in range(3):
        text = b64encode(b"\0" * before + value).decode()
        # Six bits a character: those that share a byte with a neighbor are left out.
        unshared = text[-(-before * 8 // 6) : (before + len(value)) * 8 // 6]
        found |= {unshared, unshared.replace("+", "-").replace("/", "_")}
    return found
