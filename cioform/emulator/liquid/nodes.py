"""Tags of the service as syntax trees of python-liquid."""

from random import Random
from typing import TextIO

from liquid.ast import Node
from liquid.builtin.expressions import FilteredExpression
from liquid.builtin.output import OutputNode
from liquid.builtin.tags.if_tag import IfTag
from liquid.builtin.tags.tablerow_tag import TableRow, TablerowNode, TablerowTag
from liquid.builtin.tags.unless_tag import UnlessTag
from liquid.context import RenderContext
from liquid.exceptions import (
    BreakLoop,
    ContinueLoop,
    FilterArgumentError,
    LiquidError,
)
from liquid.mode import Mode
from liquid.stream import TokenStream
from liquid.tag import Tag
from liquid.token import TOKEN_EXPRESSION, TOKEN_TAG, Token
from typing_extensions import override

from cioform.emulator.liquid.compat import apply_compat
from cioform.emulator.liquid.filters.own import random_below
from cioform.emulator.liquid.javascript import number_of
from cioform.emulator.liquid.notation import prepare
from cioform.emulator.liquid.tags import TAGS, TagRenderer

MAX_NESTED_RENDERS = 20
"""How often a text may render Liquid that is in a value of it."""


class LiquidValueError(FilterArgumentError):
    """A filter or a tag cannot work with its values."""


class StrictIfTag(IfTag):
    """An `if` that rejects `else if`, as LiquidJS does (content facts, 3.2)."""

    mode = Mode.STRICT


class StrictUnlessTag(UnlessTag):
    """An `unless` that rejects `else if`."""

    mode = Mode.STRICT


class PlainTablerowNode(TablerowNode):
    """A table as LiquidJS writes it: without line breaks between its rows."""

    @override
    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        items, length = self.expression.evaluate(context)
        columns = self.expression.cols
        width = int(number_of(columns.evaluate(context))) if columns else length
        context.raise_for_loop_limit(length)
        row = TableRow(self.expression.identifier, items, length, width or length)
        namespace: dict[str, object] = {"tablerowloop": row}
        with context.loop(namespace, row):
            for item in row:
                namespace[self.expression.identifier] = item
                if row.col_first:
                    buffer.write(f'<tr class="row{row.row}">')
                is_broken = self._render_cell(row, context, buffer)
                if row.col_last or row.last or is_broken:
                    buffer.write("</tr>")
                if is_broken:
                    break
        return 1

    def _render_cell(self, row: TableRow, context: RenderContext, buffer: TextIO) -> bool:
        """Write a cell, and return whether it ends the loop."""
        buffer.write(f'<td class="col{row.col}">')
        is_broken = False
        try:
            self.block.render(context=context, buffer=buffer)
        except BreakLoop:
            is_broken = True
        except ContinueLoop:
            pass
        buffer.write("</td>")
        return is_broken


class PlainTablerowTag(TablerowTag):
    """`{% tablerow %}`."""

    node_class = PlainTablerowNode


class NestedLiquidNode(OutputNode):
    """Liquid in the value of an expression, which is rendered with the variables in scope."""

    @override
    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        source = str(self.expression.evaluate(context))
        depth = int(getattr(context, "nested_renders", 0)) + 1
        context.nested_renders = depth  # type: ignore[attr-defined]
        if depth > MAX_NESTED_RENDERS:
            raise LiquidValueError("render_liquid renders itself", token=self.token)
        try:
            template = apply_compat(context.env.from_string(prepare(source)))
            template.render_with_context(context, buffer)
        except LiquidError as error:
            error.token = self.token  # nobody can look at a line of the value
            raise
        return 0


class RenderLiquidTag(Tag):
    """`{% render_liquid journey.body %}` (content facts, 1.2)."""

    name = "render_liquid"
    block = False
    node_class: type[OutputNode] = NestedLiquidNode

    @override
    def parse(self, stream: TokenStream) -> Node:
        token = stream.eat(TOKEN_TAG)
        inner = stream.into_inner(tag=token, eat=False)
        return self.node_class(token, FilteredExpression.parse(self.env, inner))


LATEST_TAGS: tuple[type[Tag], ...] = (StrictIfTag, StrictUnlessTag, PlainTablerowTag)
"""The tags that python-liquid parses or renders differently from LiquidJS."""


def own_tags(random: Random) -> list[type[Tag]]:
    """Return the classes of the tags that Customer.io adds."""
    plain = (_make_tag(name, render_tag, random) for name, render_tag in TAGS.items())
    return [RenderLiquidTag, _random_tag(random), *plain]


def _random_tag(random: Random) -> type[Tag]:
    class RandomNode(OutputNode):
        @override
        def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
            try:
                return buffer.write(str(random_below(random, self.expression.evaluate(context))))
            except ValueError as error:
                raise LiquidValueError(str(error), token=self.token) from None

    class RandomTag(RenderLiquidTag):
        name = "random"
        node_class = RandomNode

    return RandomTag


def _make_tag(name: str, render_tag: TagRenderer, random: Random) -> type[Tag]:
    """Return the class of a tag that only writes the text that `render_tag` returns."""

    class TextNode(Node):
        __slots__ = ("arguments",)

        def __init__(self, token: Token, arguments: str) -> None:
            super().__init__(token)
            self.arguments = arguments
            self.blank = False

        @override
        def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
            arguments = self.arguments
            try:
                if "{{" in arguments:
                    nested = apply_compat(context.env.from_string(prepare(arguments)))
                    arguments = nested.render(**context.scope)
                return buffer.write(render_tag(arguments, context.scope, random))
            except ValueError as error:
                raise LiquidValueError(str(error), token=self.token) from None
            except LiquidError as error:
                error.token = self.token
                raise

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
