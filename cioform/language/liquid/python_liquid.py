"""The dialect as an environment of python-liquid. Slow to import: load it with `lazy_module`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

import liquid.exceptions
from liquid import Environment
from liquid.ast import Node
from liquid.builtin.expressions import FilteredExpression
from liquid.builtin.output import OutputNode
from liquid.mode import Mode
from liquid.stream import TokenStream
from liquid.tag import Tag
from liquid.template import BoundTemplate
from liquid.token import TOKEN_EXPRESSION, TOKEN_OUTPUT, TOKEN_TAG, Token
from typing_extensions import override

from cioform.core.text.lazy_pattern import lazy_pattern
from cioform.language.liquid.analysis.walk import Walker as Walker
from cioform.language.liquid.dialect import NESTING_LIMIT, TAGS
from cioform.language.liquid.syntax import tokens

_KEYWORD_FILTERS: Final = lazy_pattern(r"(?<=\|)(\s*)(limit|contains)\b")
_ESCAPED_QUOTE: Final = lazy_pattern(r"\\[\"']")


class _TextNode(Node):
    """A tag whose arguments are no expression."""

    @override
    def render_to_output(self, *_: object) -> int:
        raise NotImplementedError("texts are only analyzed")


class _TextTag(Tag):
    """A tag with arguments in Customer.io's own notation."""

    block = False

    @override
    def parse(self, stream: TokenStream) -> Node:
        token = stream.current
        if stream.peek.kind == TOKEN_EXPRESSION:
            next(stream)
        return _TextNode(token)


class _ExpressionTag(Tag):
    """A tag with an expression: `{% random 100 %}`, `{% render_liquid journey.body %}`."""

    block = False

    @override
    def parse(self, stream: TokenStream) -> Node:
        token = stream.eat(TOKEN_TAG)
        inner = stream.into_inner(tag=token, eat=False)
        return OutputNode(token, FilteredExpression.parse(self.env, inner))


class AnalysisEnvironment(Environment):
    """An environment that collects the errors of a text instead of raising the first."""

    block_nesting_limit = NESTING_LIMIT
    logical_not_operator = True

    def __init__(self) -> None:
        super().__init__(tolerance=Mode.WARN)
        self.collected: list[tuple[str, int | None]] = []
        self.found: Iterable[tokens.Token] = ()
        for name, rule in TAGS.items():
            if rule.takes_text or name in ("random", "render_liquid"):
                base = _TextTag if rule.takes_text else _ExpressionTag
                self.add_tag(type(f"{name}_tag", (base,), {"name": name}))

    @override
    def tokenizer(self) -> Callable[[str], Iterator[Token]]:
        """Return what gives the parser the tokens that were found, without a second search."""
        return lambda _: _library_tokens(self.found)

    @override
    def error(self, exc: object, msg: str | None = None, token: Token | None = None) -> None:
        found = getattr(exc, "token", None) or token
        text = msg or (exc.args[0] if isinstance(exc, Exception) and exc.args else exc)
        at = found.start_index if found is not None and found.start_index >= 0 else None
        self.collected.append((str(text), at))


_ENVIRONMENT: Final = AnalysisEnvironment()


def parse(
    found: Iterable[tokens.Token],
) -> tuple[BoundTemplate | None, list[tuple[str, int | None]]]:
    """Return the syntax tree of a text with these tokens, and its errors: a message and an offset.

    The tree has no nodes for what is between the tokens. It is None if it is nested too deeply.
    """
    _ENVIRONMENT.collected, _ENVIRONMENT.found = [], found
    try:
        template = _ENVIRONMENT.from_string("")
    except (liquid.exceptions.LiquidError, RecursionError) as error:
        message = str(error.args[0]) if error.args else "nested too deeply"
        return None, [*_ENVIRONMENT.collected, (message, None)]
    return template, _ENVIRONMENT.collected


def _library_tokens(found: Iterable[tokens.Token]) -> Iterator[Token]:
    """Yield tokens as the library has them.

    What is not rendered says nothing, and of a tag with outputs in its arguments only these do.
    """
    is_raw = False
    for token in found:
        if token.is_verbatim or token.has_outputs:
            continue
        if token.name == "raw" or (token.name == "endraw" and is_raw):
            is_raw = token.name == "raw"  # the library knows these two as one token
            continue
        kind = TOKEN_OUTPUT if token.is_output else TOKEN_TAG
        yield Token(kind, token.name, token.start, "")
        if token.arguments or token.is_output:
            yield Token(TOKEN_EXPRESSION, _mask(token.arguments), token.arguments_start, "")


def _mask(arguments: str) -> str:
    """Return a text of the same length without what only the service's own engines parse."""
    if "\\" in arguments:
        arguments = _ESCAPED_QUOTE.sub("__", arguments)
    if "limit" in arguments or "contains" in arguments:
        arguments = _KEYWORD_FILTERS.sub(lambda m: f"{m[1]}{m[2][:-1]}_", arguments)
    return arguments
