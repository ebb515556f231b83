"""Find the uses of variables and filters in a syntax tree of python-liquid.

Slow to import, as python-liquid is: use it through `python_liquid`, which is loaded lazily.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Final

from liquid.ast import BlockNode, ConditionalBlockNode, Node
from liquid.builtin.expressions import (
    BooleanExpression,
    FilteredExpression,
    LoopExpression,
    Path,
    StringLiteral,
    tokenize,
)
from liquid.builtin.expressions.filtered import Filter
from liquid.builtin.expressions.logical import ContainsExpression
from liquid.builtin.expressions.primitive import RangeLiteral
from liquid.builtin.output import OutputNode
from liquid.builtin.tags.assign_tag import AssignNode
from liquid.builtin.tags.case_tag import CaseNode, MultiExpressionBlockNode
from liquid.builtin.tags.cycle_tag import CycleNode
from liquid.builtin.tags.for_tag import ForNode
from liquid.builtin.tags.if_tag import IfNode
from liquid.builtin.tags.tablerow_tag import TablerowNode
from liquid.builtin.tags.unless_tag import UnlessNode
from liquid.context import RenderContext
from liquid.exceptions import LiquidError
from liquid.expression import Expression
from liquid.stream import TokenStream
from liquid.template import BoundTemplate
from liquid.token import TOKEN_EXPRESSION, Token

from cioform.core.dataclasses import dataclass
from cioform.language.liquid.analysis.aliases import Alias, Aliases
from cioform.language.liquid.analysis.expressions import (
    LOOPS,
    fails_if_missing,
    filter_name,
    is_within,
    known_path,
    literals_of,
    may_leave_loop,
    value_after,
)
from cioform.language.liquid.analysis.filter_values import (
    COMPUTED,
    EXPRESSION_FILTERS,
    STRICT_PROPERTY_FILTERS,
    Value,
    property_steps,
)
from cioform.language.liquid.analysis.guards import (
    Paths,
    compared_type,
    proof_of,
    proof_of_equality,
    segments_of,
)
from cioform.language.liquid.dialect import LOOP_ROOTS
from cioform.language.liquid.parsed import FilterUse, Role, Use

_NONE: Final[Paths] = frozenset()
_CHOICES: Final = (IfNode, UnlessNode)
_OUTPUTS: Final = (OutputNode, CycleNode)
_NO_COMPARISON: Final = (BooleanExpression, ContainsExpression)
"""What has two parts that need not have one type: a list contains a text."""


@dataclass(frozen=True, slots=True)
class _Scope:
    """What is known of the place of an expression."""

    guarded: Paths = _NONE
    """The values that are there, because of the conditions around it."""
    depth: int = 0
    """How many conditions and loops decide whether it is rendered."""

    def inside(self, proved: Paths = _NONE) -> _Scope:
        """Return the place of a block that is rendered only if its condition holds."""
        return _Scope(self.guarded | proved, self.depth + 1)


class Walker:
    """Walks through a syntax tree and collects what it uses."""

    def __init__(self, template: BoundTemplate, *, has_breaks: bool) -> None:
        self._context = RenderContext(template)
        self._has_breaks = has_breaks
        self._aliases = Aliases()
        self.uses: list[Use] = []
        self.indirect_uses: list[Use] = []
        self.filters: list[FilterUse] = []
        self._walk(template.nodes, _Scope())

    @property
    def assigned(self) -> Iterable[str]:
        """The names that the text assigns."""
        return self._aliases.assigned

    def _walk(self, nodes: Iterable[Node], scope: _Scope) -> None:
        for node in nodes:
            if type(node) is OutputNode:  # most nodes are; `isinstance` is slow where it fails
                self._expression(node.expression, Role.OUTPUT, scope)
            elif isinstance(node, _CHOICES):
                self._choice(node, scope)
            elif isinstance(node, CaseNode):
                self._case(node, scope)
            elif isinstance(node, LOOPS):
                self._loop(node, scope)
            else:
                self._plain(node, scope)
            if self._has_breaks and may_leave_loop(node, self._context):
                scope = scope.inside()

    def _plain(self, node: Node, scope: _Scope) -> None:
        role = Role.CONDITION
        if isinstance(node, AssignNode):
            role = Role.ASSIGN
        elif isinstance(node, _OUTPUTS):
            role = Role.OUTPUT
        for expression in node.expressions():
            self._expression(expression, role, scope)
        for name in node.template_scope():
            self._aliases.assign(str(name), self._assigned_value(node), scope.depth)
        with self._aliases.scope({str(name): Alias() for name in node.block_scope()}):
            self._walk(node.children(self._context, include_partials=False), scope)

    def _choice(self, node: IfNode | UnlessNode, scope: _Scope) -> None:
        self._expression(node.condition, Role.CONDITION, scope)
        proof = proof_of(node.condition)
        inside, otherwise = proof.if_true, proof.if_false
        if isinstance(node, UnlessNode):
            inside, otherwise = otherwise, inside
        self._block(node.consequence, scope.inside(inside))
        rest = scope.inside(otherwise)
        for alternative in node.alternatives:
            self._expression(alternative.expression, Role.CONDITION, rest)
            proof = proof_of(alternative.expression)
            self._block(alternative.block, _Scope(rest.guarded | proof.if_true, rest.depth))
            rest = _Scope(rest.guarded | proof.if_false, rest.depth)
        if node.default is not None:
            self._block(node.default, rest)

    def _case(self, node: CaseNode, scope: _Scope) -> None:
        value = node.expression
        blocks = [each for each in node.blocks if isinstance(each, MultiExpressionBlockNode)]
        compared = next((compared_type(e) for b in blocks for e in b.expression.children()), "")
        self._expression(value, Role.CONDITION, scope, compared_as=compared)
        for block in node.blocks:
            if isinstance(block, MultiExpressionBlockNode):
                self._expression(block.expression, Role.CONDITION, scope)
                proofs = [proof_of_equality(value, e).if_true for e in block.expression.children()]
                self._block(block.block, scope.inside(frozenset.intersection(*proofs)))
            else:
                self._block(block, scope.inside())

    def _loop(self, node: ForNode | TablerowNode, scope: _Scope) -> None:
        self._expression(node.expression, Role.LOOP, scope)
        iterable = node.expression.iterable
        found = segments_of(iterable) if isinstance(iterable, Path) else None
        names = dict.fromkeys((*LOOP_ROOTS, *map(str, node.block_scope())), Alias())
        if found:
            value = self._aliases.value_of(found)
            if node.expression.limit or node.expression.offset:
                value = value._replace(is_partial=True)
            element = self._aliases.element(found, value, scope.depth)
            names[str(node.expression.identifier)] = element
        else:
            names[str(node.expression.identifier)] = Alias()
        with self._aliases.scope(names):
            self._block(node.block, scope.inside(frozenset({found} if found else ())))
        default = getattr(node, "default", None)
        if default is not None:
            self._block(default, scope.inside())

    def _block(self, block: BlockNode | ConditionalBlockNode, scope: _Scope) -> None:
        self._walk(block.children(self._context, include_partials=False), scope)

    def _expression(
        self,
        found: Expression,
        role: Role,
        scope: _Scope,
        filters: tuple[str, ...] = (),
        compared_as: str = "",
    ) -> None:
        if isinstance(found, Path):
            self._path(found, role, scope, filters, compared_as)
        elif type(found) is FilteredExpression:
            self._filtered(found, role, scope)
        elif isinstance(found, LoopExpression):
            if isinstance(found.iterable, RangeLiteral):
                for bound in found.iterable.children():
                    self._expression(bound, Role.ARGUMENT, scope, compared_as="number")
            else:
                self._expression(found.iterable, Role.LOOP, scope)
            for each in (found.limit, found.offset, found.cols):
                if each is not None:
                    self._expression(each, Role.ARGUMENT, scope)
        else:
            children = list(found.children())
            types = [compared_type(child) for child in children]
            is_comparison = len(children) == 2 and not isinstance(found, _NO_COMPARISON)
            for child, other in zip(children, reversed(types), strict=True):
                self._expression(child, role, scope, compared_as=other if is_comparison else "")

    def _filtered(self, found: FilteredExpression, role: Role, scope: _Scope) -> None:
        chain: list[Filter] = found.filters or []
        names = tuple(filter_name(each) for each in chain)
        left = known_path(found.left)
        value = self._value_of(found.left)
        for each, name in zip(chain, names, strict=True):
            self.filters.append(FilterUse(name, each.token.start_index, len(each.args)))
            for argument in each.children():
                self._expression(argument, Role.ARGUMENT, scope)
            if left is not None and value.path is not None:
                element = self._aliases.element(left, value, scope.depth)
                self._properties(element, name, literals_of(each), scope)
                value = value_after(value, name, each)
        self._expression(found.left, role, scope, names)

    def _properties(
        self, element: Alias, name: str, texts: Sequence[StringLiteral], scope: _Scope
    ) -> None:
        """Note what a filter takes from each element of a list: `map: "price"`."""
        if element.path is None or not texts:
            return
        if name in EXPRESSION_FILTERS and len(texts) == 2:
            with self._aliases.scope({texts[0].value: replace(element, depth=scope.depth)}):
                self._element_expression(texts[1], scope)
        elif (steps := property_steps(name, texts[0].value)) is not None:
            self.indirect_uses.append(
                Use(
                    (*element.path, *steps),
                    texts[0].token.start_index,
                    Role.ARGUMENT,
                    is_strict=name in STRICT_PROPERTY_FILTERS,
                    is_conditional=element.is_conditional or scope.depth > 0,
                )
            )

    def _element_expression(self, text: StringLiteral, scope: _Scope) -> None:
        """Note what `where_exp: "item", "item.price > 3"` uses of each element."""
        token = Token(TOKEN_EXPRESSION, text.value, text.token.start_index, "")
        with suppress(LiquidError):
            stream = TokenStream(tokenize(text.value, token))
            expression = BooleanExpression.parse(self._context.env, stream)
            # LiquidJS evaluates both sides of an `or`.
            self._expression(expression, Role.ARGUMENT, scope)

    def _path(
        self, path: Path, role: Role, scope: _Scope, filters: tuple[str, ...], compared_as: str
    ) -> None:
        found = segments_of(path)
        for step in path.path:
            if isinstance(step, Path):
                self._expression(step, Role.ARGUMENT, scope)
        alias = self._aliases.find(found[0])
        use = Use(
            found,
            path.token.start_index,
            role,
            filters,
            any(is_within(found, known) for known in scope.guarded),
            fails_if_missing(role, filters),
            self._aliases.is_conditional(found, scope.depth),
            compared_as,
        )
        if alias is None:
            self.uses.append(use)
        elif (resolved := self._aliases.value_of(found).path) is not None:
            # What a name stands for counts as present; what that value should contain does not.
            # A list that `map` gives is always there, and so is its size.
            is_inside = len(found) > 1 and not (alias.inner and found[1] == "size")
            is_strict = use.is_strict and (is_inside or (len(found) == 1 and alias.is_found))
            self.indirect_uses.append(use._replace(path=resolved, is_strict=is_strict))

    def _assigned_value(self, node: Node) -> Value:
        """Return what an assignment gives another name."""
        if not isinstance(node, AssignNode):
            return COMPUTED
        assigned: Expression = node.expression
        if not isinstance(assigned, FilteredExpression):
            return self._value_of(assigned)
        value = self._value_of(assigned.left)
        for each in assigned.filters or ():
            value = value_after(value, filter_name(each), each)
        return value

    def _value_of(self, expression: Expression) -> Value:
        found = known_path(expression)
        return COMPUTED if found is None else self._aliases.value_of(found)
