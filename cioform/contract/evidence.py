"""The type of a value, as the uses of it show it."""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache
from typing import Final

from cioform.language.liquid.parsed import ELEMENT, Role, Segments, Use


class DataType(StrEnum):
    """The type of a value in the data of an event, of a send or of a person."""

    STRING = "string"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    """Unix seconds, or a text that can be read as a date."""
    ARRAY = "array"
    OBJECT = "object"


_NUMBER_FILTERS: Final = """
    plus minus times divided_by modulo round ceil floor abs at_least at_most currency
    rounded_currency format_number pluralize to_integer
"""
_DATE_FILTERS: Final = """
    date date_to_string date_to_long_string date_to_rfc822 date_to_xmlschema timezone add_day
    add_month add_year subtract_day subtract_month subtract_year
"""
_ARRAY_FILTERS: Final = """
    join first last map sort sort_natural where where_not where_exp uniq compact concat sum
    group_by group_by_exp push pop shift unshift find find_exp reject limit
    array_to_sentence_string
"""
_STRING_FILTERS: Final = """
    upcase downcase capitalize titlecase append prepend replace replace_first remove
    remove_first split strip lstrip rstrip strip_html strip_newlines truncate truncatewords
    escape escape_once url_encode url_decode newline_to_br slugify md5 sha1 sha256
    hmac_sha256 base64_encode base64_decode from_json
"""
_FILTERS: Final = {
    **dict.fromkeys(_NUMBER_FILTERS.split(), DataType.NUMBER),
    **dict.fromkeys(_DATE_FILTERS.split(), DataType.DATE),
    **dict.fromkeys(_ARRAY_FILTERS.split(), DataType.ARRAY),
    **dict.fromkeys(_STRING_FILTERS.split(), DataType.STRING),
}
"""The type that a filter takes. Filters that take several types are not listed."""
ENDS: Final = ("first", "last")
"""The members that Liquid adds to lists for their first and their last element."""


@lru_cache(maxsize=4096)
def data_path(path: Segments) -> Segments:
    """Return the part of a path that data must have.

    It ends before a name that is computed, and before the `size` that Liquid adds.
    """
    known = path[: path.index(None)] if None in path else path
    for at in range(2, len(known)):
        if known[at] == "size" and known[at - 1] != ELEMENT:
            return known[:at]
    return known


def type_of_use(use: Use, known: Segments) -> tuple[DataType | None, str]:
    """Return the type that a use shows, and how: `the filter plus`. None if it shows none.

    `known` is the part of its path that data must have.
    """
    if known != use.path:
        is_computed = use.path[len(known)] is None
        return (DataType.OBJECT, "a computed name") if is_computed else (None, "")
    if use.role is Role.LOOP:
        return DataType.ARRAY, "a loop"
    name = next((each for each in use.filters if each != "default"), "")
    if name in _FILTERS:
        return _FILTERS[name], f"the filter `{name}`"
    if use.compared_as:
        return DataType(use.compared_as), f"a comparison with a {use.compared_as}"
    return None, ""
