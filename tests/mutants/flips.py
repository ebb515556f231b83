"""Flips of source code: a comparison, a boolean operator or value, or a branch the other way.

Only the code of functions is flipped, which can be exchanged in a process that has imported it.
Decorators are not changed: whether a dataclass is frozen or has slots changes no result. So is the
`strict` of `zip`, which asserts what holds anyway.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_OPPOSITES: Final[dict[type[ast.cmpop], type[ast.cmpop]]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}


@dataclass(frozen=True, order=True)
class Mutant:
    """One flip of one file: the number of the flip in it, and what it does there."""

    path: str
    number: int
    line: int
    text: str
    """What is there instead."""

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.text}"


def mutants_of(path: Path, name: str) -> list[Mutant]:
    """Return every flip of a file, which is called `name`."""
    return [
        Mutant(name, number, flip.line, flip.text)
        for number, flip in enumerate(_flips(ast.parse(path.read_text(encoding="utf-8"))))
    ]


def mutated_tree(source: str, number: int) -> ast.Module:
    """Return the tree of source code with one of its flips made. Its lines stay as they are."""
    tree = ast.parse(source)
    list(_flips(tree))[number].make()
    return ast.fix_missing_locations(tree)


@dataclass(frozen=True)
class _Flip:
    line: int
    text: str
    make: Callable[[], None]
    """Changes the tree."""


def _flips(tree: ast.AST) -> Iterator[_Flip]:
    decorators = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef | ast.FunctionDef)
        for decorator in node.decorator_list
        for inner in ast.walk(decorator)
    }
    for node in _inside_of_functions(tree):
        if node in decorators or (isinstance(node, ast.keyword) and node.arg == "strict"):
            continue
        if isinstance(node, ast.If | ast.While | ast.IfExp):
            if ast.unparse(node.test) != "TYPE_CHECKING":
                yield _branch(node)
        elif isinstance(node, ast.Compare):
            yield from _comparisons(node)
        elif isinstance(node, ast.BoolOp):
            yield _boolean_operator(node)
        elif isinstance(node, ast.comprehension):
            yield from (_filter(node, at) for at in range(len(node.ifs)))
        elif isinstance(node, ast.Return | ast.keyword) and _is_boolean(node.value):
            assert isinstance(node.value, ast.Constant)
            yield _boolean_value(node.value)


def _inside_of_functions(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield what is in the body of a function, each node once."""
    seen: set[ast.AST] = set()
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef | ast.Lambda):
            body = function.body if isinstance(function.body, list) else [function.body]
            for node in (inner for part in body for inner in ast.walk(part)):
                if node not in seen:
                    seen.add(node)
                    yield node


def _is_boolean(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, bool)


def _branch(node: ast.If | ast.While | ast.IfExp) -> _Flip:
    def make() -> None:
        node.test = ast.UnaryOp(ast.Not(), node.test)

    return _Flip(node.test.lineno, f"not ({ast.unparse(node.test)})", make)


def _filter(node: ast.comprehension, at: int) -> _Flip:
    def make() -> None:
        node.ifs[at] = ast.UnaryOp(ast.Not(), node.ifs[at])

    return _Flip(node.ifs[at].lineno, f"if not ({ast.unparse(node.ifs[at])})", make)


def _comparisons(node: ast.Compare) -> Iterator[_Flip]:
    for at, operator in enumerate(node.ops):
        yield _comparison(node, at, _OPPOSITES[type(operator)]())


def _comparison(node: ast.Compare, at: int, opposite: ast.cmpop) -> _Flip:
    flipped = ast.Compare(
        node.left, [*node.ops[:at], opposite, *node.ops[at + 1 :]], node.comparators
    )

    def make() -> None:
        node.ops[at] = opposite

    return _Flip(node.lineno, ast.unparse(flipped), make)


def _boolean_operator(node: ast.BoolOp) -> _Flip:
    other = ast.Or() if isinstance(node.op, ast.And) else ast.And()

    def make() -> None:
        node.op = other

    return _Flip(node.lineno, ast.unparse(ast.BoolOp(other, node.values)), make)


def _boolean_value(node: ast.Constant) -> _Flip:
    def make() -> None:
        node.value = not node.value

    return _Flip(node.lineno, f"{not node.value}", make)
