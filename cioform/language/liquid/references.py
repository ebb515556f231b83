"""Find the names that a text takes from a collection in Liquid: `{{ snippets.footer }}`."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache
from typing import Final

from cioform.core.data.json_value import Json
from cioform.core.dataclasses import dataclass
from cioform.core.text.lazy_pattern import lazy_pattern
from cioform.language.liquid.constant_names import computed_starts, find_constant_names
from cioform.language.liquid.parse import parse_liquid
from cioform.language.liquid.parsed import ELEMENT, ParsedText, Role, Use

ANY_NAME: Final = ""
"""Stands for a name that is only known when a message is rendered."""
_TAG: Final = lazy_pattern(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_WITHOUT_TEXTS: Final = frozenset({bool, int, float, type(None)})


@dataclass(frozen=True, slots=True)
class LiquidName:
    """A name that a text takes from a collection."""

    name: str
    is_certain: bool = True
    """Whether the name is in a complete tag that is rendered, not in a comment or broken Liquid."""
    start: str = ""
    """The known beginning of the names for which ANY_NAME stands."""

    def fits(self, name: str) -> bool:
        """Return whether it is a name, or can be that name when a message is rendered."""
        return name.startswith(self.start) if self.name == ANY_NAME else name == self.name


def names_in_text(text: str, collection: str) -> Iterator[LiquidName]:
    """Yield each name that `text` looks up in `collection`, in a tag or in what looks like a tag.

    A name in a variable is found if the text assigns it as a constant. For a name that is only
    known when a message is rendered, as in `snippets[customer.plan]`, ANY_NAME is yielded.
    """
    if collection not in text or "{" not in text:
        return
    parsed = parse_liquid(_only_tags(text, collection))
    found: set[str] = set()
    uses = [*parsed.uses, *parsed.indirect_uses] if parsed.is_complete else []
    names = dict.fromkeys(_names_in_uses(uses, collection))
    found.update(names)
    yield from map(LiquidName, names)
    is_computed = any(use.path[:2] == (collection, None) for use in uses)
    for start in sorted(_starts(text, collection, parsed)):
        yield LiquidName(ANY_NAME, is_certain=False, start=start)
    # Broken Liquid may compute a name too.
    if is_computed or not parsed.is_complete:
        for each in find_constant_names(text, collection):
            if each.name not in found:
                found.add(each.name)
                yield LiquidName(each.name, is_certain=each.is_only_value and is_computed)
    for match in _pattern(collection).finditer(text):
        name = match["dotted"] or match["double"] or match["single"]
        if name not in found:
            found.add(name)
            yield LiquidName(name, is_certain=False)


def names_in_values(value: Json, collection: str) -> Iterator[LiquidName]:
    """Yield the names in all texts of nested data; a name may come several times."""
    todo = [value]
    while todo:
        item = todo.pop()
        if isinstance(item, str):
            if collection in item:  # few texts name anything
                yield from names_in_text(item, collection)
        elif isinstance(item, dict):  # the common cases, which are quick to test, come first
            todo.extend(item.values())
        elif isinstance(item, list):
            todo.extend(item)
        elif item.__class__ in _WITHOUT_TEXTS:
            continue
        elif isinstance(item, Mapping):
            todo.extend(item.values())
        elif isinstance(item, Iterable):
            todo.extend(item)


def _only_tags(text: str, collection: str) -> str:
    """Return the tags of a text without what names nothing: other outputs, and what is between.

    Messages that differ only in what they say are then parsed once. A text with a tag that does
    not end is returned as it is.
    """
    tags: list[str] = _TAG.findall(text)
    if len(tags) != text.count("{{") + text.count("{%"):
        rest = _TAG.sub("", text)
        if "{{" in rest or "{%" in rest:
            return text
    if any(tag[1] == "%" and _bare(collection).search(tag) for tag in tags if collection in tag):
        return text  # The collection has another name too.
    return "".join(tag for tag in tags if tag[1] == "%" or collection in tag)


def _starts(text: str, collection: str, parsed: ParsedText) -> Collection[str]:
    """Return the known beginnings of the names that a text computes for a collection."""
    if not parsed.is_complete:
        return computed_starts(text, collection, has_other_names=False)
    if any(_takes_everything(use, collection) for use in (*parsed.uses, *parsed.indirect_uses)):
        return ("",)
    indirect = {use.path[:2] for use in parsed.indirect_uses}
    if (collection, ELEMENT) in indirect:
        return ("",)
    is_indirect = (collection, None) in indirect
    is_computed = is_indirect or any(use.path[:2] == (collection, None) for use in parsed.uses)
    return computed_starts(text, collection, has_other_names=is_indirect) if is_computed else ()


def _takes_everything(use: Use, collection: str) -> bool:
    """Return whether a text takes the whole collection, as in `{{ snippets | to_json }}`."""
    is_value = use.role in (Role.OUTPUT, Role.ARGUMENT) or bool(use.filters)
    return use.path == (collection,) and is_value


def _names_in_uses(uses: Iterable[Use], collection: str) -> Iterator[str]:
    for use in uses:
        name = use.path[1] if use.root == collection and len(use.path) > 1 else None
        if isinstance(name, str) and name != ELEMENT:
            yield name


@cache
def _bare(collection: str) -> re.Pattern[str]:
    """Return the pattern of a collection from which nothing is taken: `assign s = snippets`."""
    return re.compile(rf"(?<![\w.-]){re.escape(collection)}(?![\w-])(?!\s*[.\[])")


@cache
def _pattern(collection: str) -> re.Pattern[str]:
    quoted = r"""\[\s*(?:"(?P<double>[^"]+)"|'(?P<single>[^']+)')\s*\]"""
    name = re.escape(collection)
    # What stands before the name is tested after it: a pattern that begins with a text is quick.
    return re.compile(rf"{name}(?<![\w.-]{name})\s*(?:\.\s*(?P<dotted>[\w-]*\w)|{quoted})")
