"""Find names that a text takes from a collection through a variable with a constant value."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Final, NamedTuple

from cioform.core.text.lazy_pattern import lazy_pattern

_KEY: Final = lazy_pattern(r"(?P<from>[\w-]+)\s*\[\s*(?P<variable>[A-Za-z_][\w-]*)\s*\]")
_SET: Final = lazy_pattern(
    r"""\b(?:
        assign\s+(?P<assigned>[\w-]+)\s*=\s*(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)')?
            \s*(?P<filter>\|)?
        |capture\s+(?P<captured>[\w-]+)\s*-?%\}(?:(?P<text>[^{]*)\{%-?\s*endcapture)?
        |(?:for|tablerow|increment|decrement)\s+(?P<changed>[\w-]+)
    )""",
    re.VERBOSE,
)


_LOOKUP: Final = lazy_pattern(
    r"""(?<![\w.-])(?P<from>[\w-]+)\s*\[\s*(?P<key>[^"'\]\s\d][^\]]*?)\s*\]"""
)
_APPENDED: Final = lazy_pattern(
    r"""(?:[ \t]*\|[ \t]*append[ \t]*:[ \t]*(?:"[^"]*"|'[^']*'|[\w.-]+(?:\[[^\]|]*\])?))+
    [ \t]*(?:-?%\}|\n|\Z)""",
    re.VERBOSE,
)


class ConstantName(NamedTuple):
    """A value of a variable that names something."""

    name: str
    is_only_value: bool
    """Whether the variable has no other value, and is a key of the collection itself."""


def find_constant_names(text: str, collection: str) -> Iterator[ConstantName]:
    """Yield the texts that `text` assigns to the variables in `collection[variable]`.

    The collection may have another name too (`assign s = snippets`), so every key counts.
    """
    keys: dict[str, bool] = {}
    for match in _KEY.finditer(text):
        is_direct = match["from"] == collection
        keys[match["variable"]] = is_direct or keys.get(match["variable"], False)
    if not keys:
        return
    matches = list(_SET.finditer(text))
    times = Counter(each["assigned"] or each["captured"] or each["changed"] for each in matches)
    for match in matches:
        variable = match["assigned"] or match["captured"]
        value = (match["double"] or match["single"] or match["text"] or "").strip()
        if value and variable in keys:
            is_only = times[variable] == 1 and not match["filter"] and keys[variable]
            yield ConstantName(value, is_only)


def computed_starts(text: str, collection: str, *, has_other_names: bool) -> set[str]:
    """Return the known beginnings of the computed names that are looked up in `collection`.

    A beginning is empty if nothing is known of the name. With `has_other_names`, the collection is
    assigned to variables, so every key counts.
    """
    keys = {
        match["key"]
        for match in _LOOKUP.finditer(text)
        if has_other_names or match["from"] == collection
    }
    starts: dict[str, set[str]] = defaultdict(set)
    for match in _SET.finditer(text) if keys else ():
        name = match["assigned"] or match["captured"] or match["changed"]
        constant = match["double"] or match["single"] or match["text"]
        is_computed = match["filter"] or not constant
        starts[name] |= {_start(text, match)} if is_computed else set()
    return {start for key in keys for start in starts.get(key, ("",))}


def _start(text: str, match: re.Match[str]) -> str:
    """Return the known beginning of a computed value that is assigned to a variable."""
    if match["captured"]:
        return text[match.end() :].partition("{")[0].strip()
    is_appended_to = match["filter"] and _APPENDED.match(text, match.end("filter") - 1)
    return (match["double"] or match["single"] or "") if is_appended_to else ""
