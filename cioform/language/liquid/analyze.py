"""Find the references, filters, tags and errors in the Liquid of a text.

Slow to import, as python-liquid is: use it through `parse`, which loads it when it is needed.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Final

from cioform.core.text.lazy_pattern import lazy_pattern
from cioform.language.liquid import python_liquid
from cioform.language.liquid.dialect import NESTING_LIMIT, TAGS
from cioform.language.liquid.parsed import FilterUse, LiquidError, ParsedText, TagUse, Use
from cioform.language.liquid.syntax.notation import find_notation_errors
from cioform.language.liquid.syntax.structure import SYNTAX, find_structure_errors
from cioform.language.liquid.syntax.tokens import Token, find_tokens, tokens_of

if TYPE_CHECKING:
    from liquid.template import BoundTemplate

_TOO_DEEP: Final = "block nesting limit reached"
_EXPECTED: Final = lazy_pattern(r"expected (?P<wanted>.*), found (?P<found>.*)")
_WORDS: Final = {
    "end of expression": "the end",
    "word": "a name",
    "string": "a text in quotes",
    "integer": "a number",
    "float": "a number",
    "a primitive expression": "a value",
}
_UNEXPECTED: Final = lazy_pattern(r"""unexpected ["'](.)["']""")
_CALCULATION: Final = {
    "+": "plus",
    "-": "minus",
    "*": "times",
    "/": "divided_by",
    "%": "modulo",
}
_REPORTED_BY_TAGS: Final = ("unexpected tag", "expected tag", "missing tag name")
"""How the library's errors begin that `structure` reports with more detail."""

_JUMPS: Final = frozenset({"break", "continue", "liquid"})
"""The tags that may leave a loop: the last one may contain the others."""
_MAX_LENGTH: Final = 10_000
"""How many characters a tag or an output may have."""
_MAX_ERRORS: Final = 10_000
"""How many errors of one kind are kept of a text: more than anybody reads."""


def analyze(text: str) -> ParsedText:
    """Return the references, filters, tags and errors in the Liquid of a text."""
    tokens = tokens_of(text)
    errors = [
        *islice(find_structure_errors(tokens), _MAX_ERRORS),
        *islice(find_notation_errors(text, tokens), _MAX_ERRORS),
        *(_too_long(token) for token in tokens if _is_too_long(token)),
    ]
    tree: BoundTemplate | None = None
    problems: Sequence[tuple[str, int | None]] = ()
    if _is_readable(tokens):
        tree, problems = python_liquid.parse(tokens)
    uses: Iterable[Use] = ()
    indirect: Iterable[Use] = ()
    filters: Iterable[FilterUse] = ()
    assigned: Iterable[str] = ()
    if tree is not None:
        try:
            has_breaks = any(token.name in _JUMPS for token in tokens)
            walker = python_liquid.Walker(tree, has_breaks=has_breaks)
            uses, indirect = walker.uses, walker.indirect_uses
            filters, assigned = walker.filters, walker.assigned
        except RecursionError:
            tree, problems = None, [("it is nested too deeply", None)]
    errors += _library_errors(problems, tokens, errors)
    return ParsedText(
        uses=tuple(sorted(uses, key=lambda use: use.offset)),
        indirect_uses=tuple(sorted(indirect, key=lambda use: use.offset)),
        filters=tuple(sorted(filters, key=lambda use: use.offset)),
        tags=tuple(TagUse(t.name, t.arguments, t.start) for t in tokens if t.is_tag),
        errors=tuple(sorted(errors, key=lambda error: (error.offset, error.rule))),
        assigned=tuple(assigned),
        is_complete=tree is not None and not problems,
    )


def _is_readable(tokens: Sequence[Token]) -> bool:
    """Return whether the library reads a text once, and not again from every open delimiter."""
    last = tokens[-1] if tokens else None
    ends_verbatim = last is not None and (last.is_verbatim or last.name in ("raw", "comment"))
    return not ends_verbatim and all(
        token.is_verbatim or (token.is_closed and not _is_too_long(token)) for token in tokens
    )


def _is_too_long(token: Token) -> bool:
    return token.end - token.start > _MAX_LENGTH


def _too_long(token: Token) -> LiquidError:
    text = f"This tag has more than {_MAX_LENGTH:,} characters. Assign parts of it first."
    return LiquidError(SYNTAX, text, token.start)


def _library_errors(
    problems: Iterable[tuple[str, int | None]],
    tokens: Sequence[Token],
    reported: Iterable[LiquidError],
) -> Iterator[LiquidError]:
    """Yield the errors of the library in tags and outputs where no other error was found."""
    places = [error.offset for error in reported]
    if not problems or (places and any(not token.is_closed for token in tokens)):
        return  # What follows an open delimiter is not read as it was meant.
    for message, offset in problems:
        if message == _TOO_DEEP:
            text = f"Blocks are nested more than {NESTING_LIMIT} deep. Move some to a snippet."
            yield LiquidError(SYNTAX, text, offset or 0)
            return  # What follows is not read.
    wrong_places = sorted(places)
    sound = [t for t in tokens if not _has_place(t, wrong_places)]
    starts = [t.start for t in sound]
    for message, offset in problems:
        if message.startswith(_REPORTED_BY_TAGS) and places:
            continue
        if offset is None:
            wrong = (t.start for t in sound if t.is_rendered and _is_wrong(t))
            offset = next(wrong, None if places else 0)
        elif (at := bisect_right(starts, offset)) == 0 or offset >= sound[at - 1].end:
            continue
        if offset is not None:
            yield LiquidError(SYNTAX, _sentence(message), offset)


def _has_place(token: Token, places: Sequence[int]) -> bool:
    """Return whether one of the places, which are sorted, is in a token."""
    at = bisect_left(places, token.start)
    return at < len(places) and places[at] < token.end


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
    return bool(python_liquid.parse(find_tokens(text))[1])


def _sentence(message: str) -> str:
    """Return an error of the library as a sentence."""
    if (match := _EXPECTED.fullmatch(message)) is not None:
        wanted, found = (_in_words(match[name]) for name in ("wanted", "found"))
        return f"This is not valid Liquid: {found} stands where {wanted} belongs. Correct it."
    if message == "missing expression":
        return "This tag needs a value or a condition. Write one."
    if (match := _UNEXPECTED.fullmatch(message)) is not None:
        if (sign := match[1]) in "\"'":
            return f"A text in quotes is not closed. Write `{sign}` after it."
        if sign in _CALCULATION:
            example = f"`{{{{ a | {_CALCULATION[sign]}: b }}}}`"
            return f"Liquid has no `{sign}`. Calculate with a filter, as in {example}."
    return f"This is not valid Liquid: {message}. Correct it."


def _in_words(name: str) -> str:
    return _WORDS.get(name) or (f"`{name[1:-1]}`" if name.startswith("'") else f"`{name}`")
