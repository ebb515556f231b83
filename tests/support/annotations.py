"""The annotations of the package, with the aliases in them followed to what they stand for."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pathlib import Path

import cioform

PACKAGE = Path(str(cioform.__file__)).parent
_STANDARD = {"WSGIApplication"}
"""Types of the standard library that contain `Any` themselves."""
_TYPES = (ast.Name, ast.Attribute, ast.Subscript, ast.BinOp)


@dataclass(frozen=True)
class Module:
    """The annotations of one module, and what the names in them stand for."""

    path: Path
    tree: ast.Module
    imports: dict[str, tuple[str, str]] = field(default_factory=dict)
    """The module and the name there of each imported name."""
    aliases: dict[str, ast.expr] = field(default_factory=dict)
    """What each name of the module stands for that may be an alias of a type."""

    def annotations(self) -> Iterator[tuple[str, ast.expr]]:
        """Yield every annotation of a parameter, a result or a field, and every base class."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef):
                yield from ((node.name, each) for each in annotations_of(node))
            elif isinstance(node, ast.ClassDef):
                yield from ((node.name, base) for base in node.bases)
                fields = (each for each in node.body if isinstance(each, ast.AnnAssign))
                yield from ((f"{node.name}.{ast.unparse(f.target)}", f.annotation) for f in fields)

    def is_any(self, annotation: ast.expr, seen: frozenset[tuple[Path, str]] = frozenset()) -> bool:
        """Return whether an annotation is or contains `Any`, also by an alias."""
        return any(self._names_any(name, seen) for name in _names_in(annotation))

    def _names_any(self, name: str, seen: frozenset[tuple[Path, str]]) -> bool:
        if (self.path, name) in seen:
            return False  # a recursive type
        seen |= {(self.path, name)}
        if name in self.aliases:
            return self.is_any(self.aliases[name], seen)
        module, original = self.imports.get(name, ("", ""))
        if not module.startswith("cioform"):
            return original == "Any" or _is_imported_alias_of_any(module, original)
        return (found := _module_named(module)) is not None and found._names_any(original, seen)


def modules(folder: Path) -> Iterator[Module]:
    """Yield the modules in a folder of the package."""
    yield from (_module(path) for path in sorted(folder.rglob("*.py")))


def arguments(function: ast.FunctionDef) -> list[ast.arg]:
    """Return all parameters of a function."""
    each = function.args
    more = [one for one in (each.vararg, each.kwarg) if one is not None]
    return [*each.posonlyargs, *each.args, *each.kwonlyargs, *more]


def annotations_of(function: ast.FunctionDef) -> Iterator[ast.expr]:
    """Yield the annotations of a function."""
    found = (function.returns, *(each.annotation for each in arguments(function)))
    yield from (each for each in found if each is not None)


@cache
def _module(path: Path) -> Module:
    found = Module(path, ast.parse(path.read_text(encoding="utf-8")))
    for node in _statements(found.tree.body):
        if isinstance(node, ast.ImportFrom):
            found.imports.update(
                {each.asname or each.name: (node.module or "", each.name) for each in node.names}
            )
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            if ast.unparse(node.annotation) == "TypeAlias" and node.value is not None:
                found.aliases.setdefault(node.target.id, node.value)
        elif isinstance(node, ast.Assign) and isinstance(node.value, _TYPES):
            found.aliases.update(
                {each.id: node.value for each in node.targets if isinstance(each, ast.Name)}
            )
    return found


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield the statements of a module, those for the type checker first."""
    for node in body:
        if isinstance(node, ast.If):
            yield from _statements([*node.body, *node.orelse])
        else:
            yield node


def _module_named(name: str) -> Module | None:
    path = PACKAGE.parent / name.replace(".", "/")
    found = (path.with_suffix(".py"), path / "__init__.py")
    return next((_module(each) for each in found if each.exists()), None)


def _names_in(annotation: ast.expr) -> Iterator[str]:
    if isinstance(annotation, ast.Subscript):
        of = ast.unparse(annotation.value)
        if of == "Literal":
            return
        if of == "Annotated" and isinstance(annotation.slice, ast.Tuple):
            yield from _names_in(annotation.slice.elts[0])  # the rest are values
            return
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        yield from _names_in(ast.parse(annotation.value, mode="eval").body)
    elif isinstance(annotation, ast.Name):
        yield annotation.id
    for node in ast.iter_child_nodes(annotation):
        if isinstance(node, ast.expr):
            yield from _names_in(node)


@cache
def _is_imported_alias_of_any(module: str, name: str) -> bool:
    if name in _STANDARD or not module:
        return False
    found = getattr(import_module(module), name, None)
    return not isinstance(found, type) and "typing.Any" in repr(found)
