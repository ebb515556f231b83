"""Parse a text as Liquid, once for each text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

from cioform.core import heavy
from cioform.language.liquid.dialect import TAGS
from cioform.language.liquid.notation import find_notation_errors
from cioform.language.liquid.parsed import (
    NOTHING,
    FilterUse,
    LiquidError,
    ParsedText,
    TagUse,
    Use,
)
from cioform.language.liquid.structure import SYNTAX, find_structure_errors
from cioform.language.liquid.tokens import Token, find_tokens, has_liquid

if TYPE_CHECKING:
    from cioform.language.liquid import python_liquid, walk
else:
    python_liquid = heavy.module("cioform.language.liquid.python_liquid")
    walk = heavy.module("cioform.language.liquid.walk")

_EXPECTED: Final = re.compile(r"expected (?P<wanted>.*), found (?P<found>.*)")
_WORDS: Final = {
    "end of expression": "the end",
    "word": "a name",
    "string": "a text in quotes",
    "integer": "a number",
    "float": "a number",
    "a primitive expression": "a value",
}
_REPORTED_BY_TAGS: Final = ("unexpected tag", "expected tag", "missing tag name")
"""How the library's errors begin that `structure` reports with more detail."""

_parsed: dict[str, ParsedText] = {}


def parse_liquid(text: str) -> ParsedText:
    """Return what a text says in Liquid. Each text is parsed once in the life of the program."""
    if not has_liquid(text):
        return NOTHING
    found = _parsed.get(text)
    if found is None:
        found = _parsed[text] = _parse(text)
    return found


def _parse(text: str) -> ParsedText:
    tokens = tuple(find_tokens(text))
    errors = [*find_structure_errors(tokens), *find_notation_errors(tokens)]
    tree, problems = python_liquid.parse(text)
    errors += _library_errors(problems, tokens, errors)
    uses: Iterable[Use] = ()
    filters: Iterable[FilterUse] = ()
    assigned: Iterable[str] = ()
    if tree is not None:
        walker = walk.Walker(tree)
        uses, filters, assigned = walker.uses, walker.filters, walker.assigned
    return ParsedText(
        uses=tuple(sorted(uses, key=lambda use: use.offset)),
        filters=tuple(sorted(filters, key=lambda use: use.offset)),
        tags=tuple(TagUse(t.name, t.arguments, t.start) for t in tokens if t.is_tag),
        errors=tuple(sorted(errors, key=lambda error: (error.offset, error.rule))),
        assigned=tuple(assigned),
        is_complete=tree is not None and not problems,
    )


def _library_errors(
    problems: Iterable[tuple[str, int | None]],
    tokens: Sequence[Token],
    reported: Iterable[LiquidError],
) -> Iterator[LiquidError]:
    """Yield the errors of the library in tags and outputs where no other error was found."""
    places = [error.offset for error in reported]
    if not problems or (places and any(not token.is_closed for token in tokens)):
        return  # What follows an open delimiter is not read as it was meant.
    sound = [t for t in tokens if not any(t.start <= at < t.end for at in places)]
    for message, offset in problems:
        if message.startswith(_REPORTED_BY_TAGS) and places:
            continue
        if offset is None:
            offset = next((t.start for t in sound if t.is_rendered and _is_wrong(t)), None)
        elif not any(t.start <= offset < t.end for t in sound):
            continue
        if offset is not None:
            yield LiquidError(SYNTAX, _sentence(message), offset)


def _is_wrong(token: Token) -> bool:
    """Return whether the library rejects a tag or an output that stands alone."""
    rule = TAGS.get(token.name)
    if token.is_output:
        text = f"{{{{ {token.arguments} }}}}"
    elif token.name in ("elsif", "when"):
        begin, end = ("if true", "endif") if token.name == "elsif" else ("case 1", "endcase")
        text = f"{{% {begin} %}}{{% {token.name} {token.arguments} %}}{{% {end} %}}"
    elif rule is None:
        return False
    else:
        end = f"{{% {rule.end} %}}" if rule.end else ""
        text = f"{{% {token.name} {token.arguments} %}}{end}"
    return bool(python_liquid.parse(text)[1])


def _sentence(message: str) -> str:
    """Return an error of the library as a sentence."""
    if (match := _EXPECTED.fullmatch(message)) is not None:
        wanted, found = (_in_words(match[name]) for name in ("wanted", "found"))
        return f"This is not valid Liquid: {found} stands where {wanted} belongs. Correct it."
    if message == "missing expression":
        return "This tag needs a value or a condition. Write one."
    return f"This is not valid Liquid: {message}. Correct it."


def _in_words(name: str) -> str:
    return _WORDS.get(name) or (f"`{name[1:-1]}`" if name.startswith("'") else f"`{name}`")
