"""Find the uses of variables and filters in a syntax tree of python-liquid.

Slow to import, as python-liquid is: use it through `core.heavy`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from liquid.ast import BlockNode, ConditionalBlockNode, Node
from liquid.builtin.expressions import (
    FilteredExpression,
    LoopExpression,
    Path,
)
from liquid.builtin.expressions.filtered import Filter
from liquid.builtin.output import OutputNode
from liquid.builtin.tags.assign_tag import AssignNode
from liquid.builtin.tags.case_tag import CaseNode, MultiExpressionBlockNode
from liquid.builtin.tags.for_tag import ForNode
from liquid.builtin.tags.if_tag import IfNode
from liquid.builtin.tags.tablerow_tag import TablerowNode
from liquid.builtin.tags.unless_tag import UnlessNode
from liquid.context import RenderContext
from liquid.expression import Expression
from liquid.template import BoundTemplate

from cioform.language.liquid.dialect import LOOP_ROOTS
from cioform.language.liquid.guards import Paths, proof_of, segments_of
from cioform.language.liquid.parsed import FilterUse, Role, Segments, Use
from cioform.language.liquid.python_liquid import MASKED_FILTERS

_NONE: Final[Paths] = frozenset()


class Walker:
    """Walks through a syntax tree and collects what it uses."""

    def __init__(self, template: BoundTemplate) -> None:
        self._context = RenderContext(template)
        self.uses: list[Use] = []
        self.filters: list[FilterUse] = []
        self.assigned: dict[str, None] = {}
        self._locals: list[frozenset[str]] = [LOOP_ROOTS]
        self._walk(template.nodes, _NONE)

    def _walk(self, nodes: Iterable[Node], guarded: Paths) -> None:
        for node in nodes:
            if isinstance(node, IfNode | UnlessNode):
                self._choice(node, guarded)
            elif isinstance(node, CaseNode):
                self._case(node, guarded)
            elif isinstance(node, ForNode | TablerowNode):
                self._loop(node, guarded)
            else:
                self._plain(node, guarded)

    def _plain(self, node: Node, guarded: Paths) -> None:
        role = Role.CONDITION
        if isinstance(node, AssignNode):
            role = Role.ASSIGN
        elif isinstance(node, OutputNode):
            role = Role.OUTPUT
        for expression in node.expressions():
            self._expression(expression, role, guarded)
        for name in node.template_scope():
            self.assigned[str(name)] = None
        self._locals.append(frozenset(map(str, node.block_scope())))
        self._walk(node.children(self._context, include_partials=False), guarded)
        self._locals.pop()

    def _choice(self, node: IfNode | UnlessNode, guarded: Paths) -> None:
        self._expression(node.condition, Role.CONDITION, guarded)
        proof = proof_of(node.condition)
        inside, otherwise = proof.if_true, proof.if_false
        if isinstance(node, UnlessNode):
            inside, otherwise = otherwise, inside
        self._block(node.consequence, guarded | inside)
        rest = guarded | otherwise
        for alternative in node.alternatives:
            self._expression(alternative.expression, Role.CONDITION, rest)
            proof = proof_of(alternative.expression)
            self._block(alternative.block, rest | proof.if_true)
            rest |= proof.if_false
        if node.default is not None:
            self._block(node.default, rest)

    def _case(self, node: CaseNode, guarded: Paths) -> None:
        self._expression(node.expression, Role.CONDITION, guarded)
        value = node.expression
        proved = frozenset({segments_of(value)}) if isinstance(value, Path) else _NONE
        for block in node.blocks:
            if isinstance(block, MultiExpressionBlockNode):
                self._expression(block.expression, Role.CONDITION, guarded)
                self._block(block.block, guarded | proved)
            else:
                self._block(block, guarded)

    def _loop(self, node: ForNode | TablerowNode, guarded: Paths) -> None:
        self._expression(node.expression, Role.LOOP, guarded)
        self._locals.append(frozenset({*map(str, node.block_scope())}))
        iterable = node.expression.iterable
        inside = frozenset({segments_of(iterable)}) if isinstance(iterable, Path) else _NONE
        self._block(node.block, guarded | inside)
        self._locals.pop()
        default = getattr(node, "default", None)
        if default is not None:
            self._block(default, guarded)

    def _block(self, block: BlockNode | ConditionalBlockNode, guarded: Paths) -> None:
        self._walk(block.children(self._context, include_partials=False), guarded)

    def _expression(
        self, found: Expression, role: Role, guarded: Paths, filters: tuple[str, ...] = ()
    ) -> None:
        if isinstance(found, FilteredExpression):
            self._filtered(found, role, guarded)
        elif isinstance(found, LoopExpression):
            self._expression(found.iterable, Role.LOOP, guarded)
            for each in (found.limit, found.offset, found.cols):
                if each is not None:
                    self._expression(each, Role.ARGUMENT, guarded)
        elif isinstance(found, Path):
            self._path(found, role, guarded, filters)
        else:
            for child in found.children():
                self._expression(child, role, guarded)

    def _filtered(self, found: FilteredExpression, role: Role, guarded: Paths) -> None:
        chain: list[Filter] = found.filters or []
        names = tuple(_filter_name(each) for each in chain)
        for each, name in zip(chain, names, strict=True):
            self.filters.append(FilterUse(name, each.token.start_index, len(each.args)))
            for argument in each.children():
                self._expression(argument, Role.ARGUMENT, guarded)
        self._expression(found.left, role, guarded, names)

    def _path(self, path: Path, role: Role, guarded: Paths, filters: tuple[str, ...]) -> None:
        found = segments_of(path)
        for step in path.path:
            if isinstance(step, Path):
                self._expression(step, Role.ARGUMENT, guarded)
        if found[0] in self.assigned or any(found[0] in scope for scope in self._locals):
            return
        is_guarded = any(_is_within(found, known) for known in guarded)
        self.uses.append(Use(found, path.token.start_index, role, filters, is_guarded))


def _is_within(path: Segments, proved: Segments) -> bool:
    """Return whether a value that is there proves one on the way to it: `a` for `a.b`."""
    return proved[: len(path)] == path


def _filter_name(found: Filter) -> str:
    return MASKED_FILTERS.get(found.name, found.name)
