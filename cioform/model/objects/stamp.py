"""The stamp in the description of an object: which file of which repository manages it."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote, unquote

from cioform.core.dataclasses import dataclass
from cioform.core.text.lazy_pattern import lazy_pattern

_SAFE: Final = "/+"
_PART: Final = r"[A-Za-z0-9_.~%/+-]+"
"""What `quote` writes. Anything else, such as markup in a forged stamp, makes it plain text."""
_BEGINNING: Final = "[managed-by: cioform"
_PATTERN: Final = lazy_pattern(rf"\[managed-by: cioform(?: ({_PART}) ({_PART}))?\]")
_NOBODY: Final = "[managed-by: cioform]"
"""Ends a text that would otherwise be read as one with a stamp."""
_SPACE: Final = "\n\n"
"""Between the text and the stamp."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """Where an object is managed. Both parts are as in the description."""

    repository: str
    """The host and the path of the repository: `github.com/acme/messages`."""
    path: str
    """The path of the file in the repository."""

    @classmethod
    def of(cls, repository: str, path: str) -> Stamp:
        """Return the stamp of a file, with everything quoted that has no place in a stamp."""
        return cls(quote(repository, safe=_SAFE), quote(path, safe=_SAFE))

    @property
    def place(self) -> str:
        """The repository and the path as one text, for people."""
        return f"{self.repository}/{self.path}"

    def is_in(self, place: str) -> bool:
        """Return whether the file is at or below a place: a repository, a folder or a file."""
        return _comparable(self.place).startswith(_comparable(place))


def _comparable(place: str) -> str:
    """Return a place as text that is the same however it is quoted."""
    return quote(unquote(place), safe=_SAFE).rstrip("/").casefold() + "/"


def write_stamp(text: str, stamp: Stamp | None) -> str:
    """Return a description with a stamp, or as it is without one.

    `read_stamp` returns the same text, whatever the text contains.
    """
    if stamp is None and not _PATTERN.search(text):
        return text
    written = _NOBODY if stamp is None else f"[managed-by: cioform {stamp.repository} {stamp.path}]"
    return f"{text}{_SPACE}{written}" if text else written


def read_stamp(text: str) -> tuple[str, Stamp | None]:
    """Return a description without its last stamp, and that stamp.

    The text around it stays as it is, also what somebody has written after it.
    """
    # Nearly no description has one, and looking for its beginning is faster than the pattern.
    stamps = list(_PATTERN.finditer(text)) if _BEGINNING in text else []
    if not stamps:
        return text, None
    found = stamps[-1]
    repository, path = found.groups()
    stamp = Stamp(repository, path) if repository else None
    return text[: found.start()].removesuffix(_SPACE) + text[found.end() :], stamp
