"""Credentials that a YAML file has in several pieces, or in escapes, and its values as a whole."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Final

from cioform.config.read.parsing.positions import Positions, nearest_location
from cioform.core.dataclasses import replace
from cioform.core.diagnostic import Diagnostic
from cioform.core.json_value import Json
from cioform.core.late_pattern import late_pattern
from cioform.core.secret import Secret
from cioform.core.secret_scan import find_secrets, text_places

_HEADER_AT_LINE_END: Final = late_pattern(r"\b(?:Bearer|Basic) *\r?\n")
"""Where YAML may put a blank in place of the line end: no other credential has one."""


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
