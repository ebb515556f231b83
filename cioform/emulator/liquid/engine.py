"""Liquid as the service renders it: strict, with its own tags (content facts, 1.2, 1.4, 3.1).

python-liquid differs from the real engine in places; `eased` makes up for those that decide
whether a message is sent. Import late: the library is not cheap.
"""

from collections.abc import Callable, Mapping
from typing import Any, TextIO

from liquid import Environment
from liquid.ast import Node
from liquid.builtin.expressions import FilteredExpression
from liquid.builtin.output import OutputNode
from liquid.builtin.tags.if_tag import IfTag
from liquid.builtin.tags.unless_tag import UnlessTag
from liquid.context import RenderContext
from liquid.exceptions import LiquidError, UndefinedError, UnknownFilterError
from liquid.mode import Mode
from liquid.stream import TokenStream
from liquid.tag import Tag
from liquid.template import BoundTemplate
from liquid.token import TOKEN_EXPRESSION, TOKEN_TAG, Token
from liquid.undefined import FalsyStrictUndefined
from liquid.utils import ReadOnlyChainMap

from cioform.emulator.liquid.compat import MAX_ITERATIONS, apply_compat
from cioform.emulator.liquid.filters import build_filters

TagRenderer = Callable[[str, Mapping[str, Any]], str]
"""What a tag prints, from the text after its name and the names in scope."""

FILTER_ERRORS = (
    ValueError,
    TypeError,
    ArithmeticError,
    LookupError,
    AttributeError,
    RecursionError,
)
"""What filters, ours and the library's, raise over a value that they are not made for."""
MAX_TEXT_SIZE = 10_000_000
UNSUPPORTED_FILTERS = {f"expected word, found {name}": name for name in ("limit", "contains")}
"""What the library says of two filters whose names are words of its grammar."""


class RenderError(Exception):
    """A text that cannot be rendered: the delivery fails with these words."""


class IsolatedContext(RenderContext):
    """What a template sees: only what it is given. The library's `now` and `today` are no
    variables of the service, and would be the machine's clock."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.scope = ReadOnlyChainMap(self.locals, self.globals, self.counters)


class LiquidTemplate(BoundTemplate):
    """A template that sees `Names`."""

    context_class = IsolatedContext


class LiquidEnvironment(Environment):
    """The language with those templates. Its bounds are ours: a store waits for a text."""

    template_class = LiquidTemplate
    loop_iteration_limit = MAX_ITERATIONS
    output_stream_limit = MAX_TEXT_SIZE
    local_namespace_limit = MAX_TEXT_SIZE


class StrictIfTag(IfTag):
    """`if` that refuses `else if`, as LiquidJS does (content facts, 3.2)."""

    mode = Mode.STRICT


class StrictUnlessTag(UnlessTag):
    """`unless` that refuses it."""

    mode = Mode.STRICT


class NestedLiquidNode(OutputNode):
    """Liquid held inside a value: run, and printed."""

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        """Print it with the names that are in scope."""
        held = apply_compat(context.env.from_string(str(self.expression.evaluate(context))))
        held.render_with_context(context, buffer)
        return 0


class RenderLiquidTag(Tag):
    """`{% render_liquid journey.body %}` (content facts, 1.2)."""

    name = "render_liquid"
    block = False

    def parse(self, stream: TokenStream) -> Node:
        """The node of a tag."""
        token = stream.eat(TOKEN_TAG)
        inner = stream.into_inner(tag=token, eat=False)
        return NestedLiquidNode(token, FilteredExpression.parse(self.env, inner))


class LiquidEngine:
    """Renders texts of one moment; a text that comes again is not parsed again."""

    def __init__(self, now: int) -> None:
        self._environment = LiquidEnvironment(undefined=FalsyStrictUndefined)
        for tag in (StrictIfTag, StrictUnlessTag, RenderLiquidTag):
            self._environment.add_tag(tag)
        for name, printed in TAGS.items():
            self._environment.add_tag(_make_tag(name, printed))
        for name, work in build_filters(now).items():
            self._environment.add_filter(name, work)
        self._parsed: dict[str, BoundTemplate] = {}

    def render(self, text: str, scope: Mapping[str, Any]) -> str:
        """`text` with `scope` put in; raises Unrenderable, which names what is missing. Whatever
        else goes wrong fails this message and no other (content facts, 1.4)."""
        if "{" not in text:
            return text
        try:
            if text not in self._parsed:
                self._parsed[text] = apply_compat(self._environment.from_string(text))
            return str(self._parsed[text].render(**scope))
        except UndefinedError as error:
            name = str(error.args[0]).removesuffix(" is undefined").strip("'")
            raise RenderError(f"Variable '{name}' is missing") from None
        except UnknownFilterError as error:
            raise RenderError(f"the sandbox knows no filter: {error.args[0]}") from None
        except LiquidError as error:
            told = str(error.args[0])
            if told in UNSUPPORTED_FILTERS:
                raise RenderError(
                    f"the sandbox knows no filter: {UNSUPPORTED_FILTERS[told]}"
                ) from None
            raise RenderError(f"Liquid error: {told}") from None
        except FILTER_ERRORS as error:
            raise RenderError(f"Liquid error: {error}") from None


def _make_tag(name: str, printed: TagRenderer) -> type[Tag]:
    """A tag class for a tag that only prints."""

    class Printing(Node):
        __slots__ = ("words",)

        def __init__(self, token: Token, words: str) -> None:
            super().__init__(token)
            self.words = words
            self.blank = False

        def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
            return buffer.write(printed(self.words, context.scope))

    class PrintingTag(Tag):
        block = False

        def parse(self, stream: TokenStream) -> Node:
            # Whoever called steps over the last token of the tag, so a tag without words must
            # not: what follows it would be lost.
            token = stream.current
            if stream.peek.kind != TOKEN_EXPRESSION:
                return Printing(token, "")
            next(stream)
            return Printing(token, stream.current.value)

    PrintingTag.name = name
    return PrintingTag


def _link_tag(name: str) -> TagRenderer:
    def printed(_: str, scope: Mapping[str, Any]) -> str:
        return f"https://sandbox.invalid/{name}/{scope['delivery_id']}"

    return printed


def _unsubscribe_link(_: str, scope: Mapping[str, Any]) -> str:
    return f'<a href="https://sandbox.invalid/unsubscribe/{scope["delivery_id"]}">unsubscribe</a>'


def _cio_link(words: str, _: Mapping[str, Any]) -> str:
    named = dict(each.partition(":")[::2] for each in words.split())
    return named.get("url", "")


def _delivery_id(_: str, scope: Mapping[str, Any]) -> str:
    return str(scope["delivery_id"])


def _empty(_: str, __: Mapping[str, Any]) -> str:
    return ""


TAGS: Mapping[str, TagRenderer] = {
    "unsubscribe_url": _link_tag("unsubscribe"),
    "unsubscribe": _unsubscribe_link,
    "manage_subscription_preferences_url": _link_tag("preferences"),
    "view_in_browser_url": _link_tag("view"),
    "tracking_consent_url": _link_tag("consent"),
    "cio_link": _cio_link,
    "cio_link_id": _delivery_id,
    "generate_uuid": _delivery_id,
    "subscription_topic_name": _empty,
    "countdown": _empty,
    "random": _empty,
}
