"""Find the names that a text takes from a collection in Liquid: `{{ snippets.footer }}`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from cioform.core.json_value import Json

_SKIPPED: Final = re.compile(
    r"\{%-?\s*(comment|raw)\s*-?%\}.*?\{%-?\s*end\1\s*-?%\}", re.DOTALL
)  # fmt: skip
_TAG: Final = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_TEXT: Final = re.compile(r""""[^"\n]*"|'[^'\n]*'""")


@dataclass(frozen=True, slots=True)
class LiquidName:
    """A name that a text takes from a collection."""

    name: str
    is_certain: bool = True
    """Whether the name is in a complete tag that is rendered, not in a comment or broken Liquid."""


def names_in_text(text: str, collection: str) -> Iterator[LiquidName]:
    """Yield each name that `text` takes from `collection`, in a tag or in what looks like one.

    A name that is only known when a message is rendered, as in `snippets[customer.plan]`, cannot
    be found.
    """
    if collection not in text:
        return
    use = _pattern(collection)
    expressions = "\n".join(_TAG.findall(_SKIPPED.sub("", text)))
    certain = dict.fromkeys(_find(use, _without_other_texts(use, expressions)))
    yield from map(LiquidName, certain)
    if "{" in text:
        for name in dict.fromkeys(_find(use, text)):
            if name not in certain:
                yield LiquidName(name, is_certain=False)


def names_in_values(value: Json, collection: str) -> Iterator[LiquidName]:
    """Yield the names in all texts of nested data; a name may come several times."""
    todo = [value]
    while todo:
        item = todo.pop()
        if isinstance(item, str):
            yield from names_in_text(item, collection)
        elif isinstance(item, Mapping):
            todo.extend(item.values())
        elif isinstance(item, Iterable):
            todo.extend(item)


def _find(use: re.Pattern[str], text: str) -> Iterator[str]:
    for match in use.finditer(text):
        yield match["dotted"] or match["double"] or match["single"]


def _without_other_texts(use: re.Pattern[str], expressions: str) -> str:
    """Return expressions without the texts in quotes that are no name of a use."""
    both = re.compile(rf"(?P<use>{use.pattern})|{_TEXT.pattern}")
    return both.sub(lambda match: match["use"] or "", expressions)


@cache
def _pattern(collection: str) -> re.Pattern[str]:
    quoted = r"""\[\s*(?:"(?P<double>[^"]+)"|'(?P<single>[^']+)')\s*\]"""
    return re.compile(
        rf"(?<![\w.-]){re.escape(collection)}\s*(?:\.\s*(?P<dotted>[\w-]*\w)|{quoted})"
    )
