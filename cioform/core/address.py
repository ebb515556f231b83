"""The name of a resource in files, plans and state: `segment.trial_users`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final, NamedTuple

from cioform.core.lazy_modules import lazy_module
from cioform.core.text.lazy_pattern import lazy_pattern
from cioform.core.text.quoted import quoted
from cioform.core.text.word_lists import join_words

if TYPE_CHECKING:
    import unicodedata

    import anyascii
else:
    anyascii = lazy_module("anyascii")
    unicodedata = lazy_module("unicodedata")

_NAME_PATTERN = r"[a-z0-9][a-z0-9_-]*"
_NAME = lazy_pattern(_NAME_PATTERN)
NONE: Final = "none"
"""What files write for no layout, no topic, no goal and so on, so it cannot be a name."""
_MAX_SLUG: Final = 100
"""Characters. A file's name may have 255 bytes, with its ending and the language of a body."""
_DEVICE_NAME = lazy_pattern(
    r"(?:con|conin\$|conout\$|prn|aux|nul|(?:com|lpt)[0-9\u00b9\u00b2\u00b3])", re.IGNORECASE
)
_ADDRESS = lazy_pattern(rf"([a-z][a-z_]*)\.({_NAME_PATTERN})")


class Address(NamedTuple):
    """A kind and a name, unique in a workspace.

    It is the key of nearly every mapping here; tuples are hashed and compared several times
    faster than instances of other classes.
    """

    kind: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind}.{self.name}"

    @classmethod
    def parse(cls, text: str) -> Address:
        """Return the address that `text` means. Raises ValueError."""
        match = _ADDRESS.fullmatch(text)
        if match is None:
            raise ValueError(f"{quoted(text)} is not an address; write it as kind.name")
        return cls(match[1], match[2])


def is_address(text: str) -> bool:
    """Return whether `text` has the form of an address."""
    return _ADDRESS.fullmatch(text) is not None


def is_name(text: str) -> bool:
    """Return whether `text` can be the name in an address: lower case, digits, `_` and `-`."""
    return _NAME.fullmatch(text) is not None and text != NONE


def slugify(text: str) -> str:
    """Return the valid name nearest to any text: `Straße & Söhne` -> `strasse_sohne`.

    Other scripts are transliterated: `Возврат` -> `vozvrat`. It is empty where the text has no
    letter, digit or emoji.
    """
    if not text.isascii():
        text = anyascii.anyascii(unicodedata.normalize("NFKC", text))
    name = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")[:_MAX_SLUG].rstrip("_")
    return f"{name}_" if name == NONE or is_device_name(name) else name


def is_device_name(file_name: str) -> bool:
    """Return whether Windows takes a file of this name, with any extension, for a device."""
    return _DEVICE_NAME.fullmatch(file_name.partition(".")[0].strip()) is not None


def join_addresses(addresses: Iterable[Address]) -> str:
    """Return addresses as a list in a sentence, in their order."""
    return join_words(map(str, sorted(addresses)))
