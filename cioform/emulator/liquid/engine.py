"""Liquid as the service renders it: strict, with its own tags (content facts, 1.2, 1.4, 3.1).

python-liquid differs from the real engine in places; `compat` corrects the differences that decide
whether a message is sent. Import this module only to render: the library is slow to import.
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
from typing_extensions import override

from cioform.emulator.liquid.compat import MAX_ITERATIONS, apply_compat
from cioform.emulator.liquid.filters import build_filters

TagRenderer = Callable[[str, Mapping[str, Any]], str]
"""Returns the output of a tag, given the text after its name and the variables in scope."""

FILTER_ERRORS = (
    ValueError,
    TypeError,
    ArithmeticError,
    LookupError,
    AttributeError,
    RecursionError,
)
"""What filters, ours and the library's, raise for a value of an unsuitable type."""
MAX_TEXT_SIZE = 10_000_000
"""The maximum size of a rendered text, and of the variables that a template assigns."""
UNSUPPORTED_FILTERS = {f"expected word, found {name}": name for name in ("limit", "contains")}
"""The library's errors for two filters whose names are keywords of its grammar."""


class RenderError(Exception):
    """A text cannot be rendered; the delivery fails with this message."""


class IsolatedContext(RenderContext):
    """A context that contains only the variables that are passed in.

    The library adds `now` and `today` from the clock of the machine; the service has no such
    variables.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.scope = ReadOnlyChainMap(self.locals, self.globals, self.counters)


class LiquidTemplate(BoundTemplate):
    """A template that is rendered in an `IsolatedContext`."""

    context_class = IsolatedContext


class LiquidEnvironment(Environment):
    """An environment of such templates, with limits, since rendering blocks the store."""

    template_class = LiquidTemplate
    loop_iteration_limit = MAX_ITERATIONS
    output_stream_limit = MAX_TEXT_SIZE
    local_namespace_limit = MAX_TEXT_SIZE


class StrictIfTag(IfTag):
    """An `if` that rejects `else if`, as LiquidJS does (content facts, 3.2)."""

    mode = Mode.STRICT


class StrictUnlessTag(UnlessTag):
    """An `unless` that rejects `else if`."""

    mode = Mode.STRICT


class NestedLiquidNode(OutputNode):
    """Liquid in the value of an expression, which is rendered with the variables in scope."""

    @override
    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        source = str(self.expression.evaluate(context))
        template = apply_compat(context.env.from_string(source))
        template.render_with_context(context, buffer)
        return 0


class RenderLiquidTag(Tag):
    """`{% render_liquid journey.body %}` (content facts, 1.2)."""

    name = "render_liquid"
    block = False

    @override
    def parse(self, stream: TokenStream) -> Node:
        token = stream.eat(TOKEN_TAG)
        inner = stream.into_inner(tag=token, eat=False)
        return NestedLiquidNode(token, FilteredExpression.parse(self.env, inner))


class LiquidEngine:
    """Renders texts at one point in time, and caches the parsed templates."""

    def __init__(self, now: int) -> None:
        self._environment = LiquidEnvironment(undefined=FalsyStrictUndefined)
        for tag in (StrictIfTag, StrictUnlessTag, RenderLiquidTag):
            self._environment.add_tag(tag)
        for name, render_tag in TAGS.items():
            self._environment.add_tag(_make_tag(name, render_tag))
        for name, filter_function in build_filters(now).items():
            self._environment.add_filter(name, filter_function)
        self._templates: dict[str, BoundTemplate] = {}

    def render(self, text: str, scope: Mapping[str, Any]) -> str:
        """Return `text` rendered with the variables of `scope`.

        Raise RenderError, which names a missing variable or the error in the text. It fails this
        message only (content facts, 1.4).
        """
        if "{" not in text:
            return text
        try:
            if text not in self._templates:
                self._templates[text] = apply_compat(self._environment.from_string(text))
            return str(self._templates[text].render(**scope))
        except UndefinedError as error:
            name = str(error.args[0]).removesuffix(" is undefined").strip("'")
            raise RenderError(f"Variable '{name}' is missing") from None
        except UnknownFilterError as error:
            raise _unsupported_filter(str(error.args[0])) from None
        except LiquidError as error:
            message = str(error.args[0])
            if message in UNSUPPORTED_FILTERS:
                raise _unsupported_filter(UNSUPPORTED_FILTERS[message]) from None
            raise RenderError(f"Liquid error: {message}") from None
        except FILTER_ERRORS as error:
            raise RenderError(f"Liquid error: {error}") from None


def _unsupported_filter(name: str) -> RenderError:
    return RenderError(f"the sandbox does not support the filter: {name}")


def _make_tag(name: str, render_tag: TagRenderer) -> type[Tag]:
    """Return the class of a tag that only writes the text that `render_tag` returns."""

    class TextNode(Node):
        __slots__ = ("arguments",)

        def __init__(self, token: Token, arguments: str) -> None:
            super().__init__(token)
            self.arguments = arguments
            self.blank = False

        @override
        def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
            return buffer.write(render_tag(self.arguments, context.scope))

    class TextTag(Tag):
        block = False

        @override
        def parse(self, stream: TokenStream) -> Node:
            # The caller skips the current token, which must be the last one of the tag. In a tag
            # without arguments that is the name.
            token = stream.current
            if stream.peek.kind != TOKEN_EXPRESSION:
                return TextNode(token, "")
            next(stream)
            return TextNode(token, stream.current.value)

    TextTag.name = name
    return TextTag


def _link_tag(name: str) -> TagRenderer:
    def render_link(_arguments: str, scope: Mapping[str, Any]) -> str:
        return f"https://sandbox.invalid/{name}/{scope['delivery_id']}"

    return render_link


def _unsubscribe_link(_arguments: str, scope: Mapping[str, Any]) -> str:
    return f'<a href="https://sandbox.invalid/unsubscribe/{scope["delivery_id"]}">unsubscribe</a>'


def _cio_link(arguments: str, _scope: Mapping[str, Any]) -> str:
    named_arguments = dict(part.partition(":")[::2] for part in arguments.split())
    return named_arguments.get("url", "")


def _delivery_id(_arguments: str, scope: Mapping[str, Any]) -> str:
    return str(scope["delivery_id"])


def _empty(_arguments: str, _scope: Mapping[str, Any]) -> str:
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
