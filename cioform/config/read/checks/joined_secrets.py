"""Secrets in a YAML file: in its text, and in values that the text has in pieces or in escapes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Final

from cioform.config.read.parsing.parse import Document, parse_yaml
from cioform.config.read.parsing.positions import Positions, nearest_location
from cioform.core.data.json_value import Json, JsonValue
from cioform.core.dataclasses import replace
from cioform.core.diagnostic import Diagnostic
from cioform.core.errors import ConfigError
from cioform.core.secrets.secret import Secret
from cioform.core.secrets.secret_scan import find_secrets, text_places
from cioform.core.text.lazy_pattern import lazy_pattern

_HEADER_AT_LINE_END: Final = lazy_pattern(r"\b(?:Bearer|Basic) *\r?\n")
"""Where YAML may put a blank in place of the line end: no other credential has one."""


def parse_checked(text: str, file: str, secrets: Collection[Secret] = ()) -> list[Document]:
    """Return every document of `text`; `file` is its name in messages.

    Raises ConfigError for a secret too, so that nothing of the file can be shown.
    """
    if found := find_secrets(text, file, secrets):
        raise ConfigError(found)
    documents = parse_yaml(text, file)
    values = (document.value for document in documents)
    if joined := list(find_joined_secrets(text, values, file, secrets)):
        raise ConfigError(joined)
    return documents


def parse_first_checked(text: str, file: str, secrets: Collection[Secret] = ()) -> JsonValue:
    """Return the value of the first document of a file, None if it has none.

    Raises ConfigError as `parse_checked` does.
    """
    documents = parse_checked(text, file, secrets)
    return documents[0].value if documents else None


def find_all_secrets(
    text: str, values: Iterable[Json], file: str, credentials: Collection[Secret]
) -> list[Diagnostic]:
    """Return a problem for every secret of a file, those in pieces if its text shows none."""
    found = find_secrets(text, file, credentials)
    return found or list(find_joined_secrets(text, values, file, credentials))


def find_joined_secrets(
    text: str, values: Iterable[Json], file: str, credentials: Collection[Secret]
) -> Iterator[Diagnostic]:
    """Yield a problem for each value of a file that has a credential which its text does not show.

    `values` are those of its documents.
    """
    if not _may_be_joined(text):
        return
    for index, value in enumerate(values):
        for place, joined in text_places(value):
            for each in find_secrets(joined, file, credentials):
                yield replace(each, location=nearest_location(Positions(text, file, index), place))


def _may_be_joined(text: str) -> bool:
    """Return whether a text has an escape, or the start of a header at the end of a line."""
    # The pattern alone takes a hundred times as long as looking for two characters.
    return "\\" in text or ("B" in text and _HEADER_AT_LINE_END.search(text) is not None)
