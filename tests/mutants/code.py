"""Exchange the code of functions that are imported already. No file is changed."""

from __future__ import annotations

import ast
import gc
from collections.abc import Iterator
from functools import _lru_cache_wrapper, cache
from inspect import CO_OPTIMIZED
from pathlib import Path
from types import CodeType, FunctionType
from typing import Final

from tests.mutants.flips import Mutant, mutated_tree

ROOT: Final = Path(__file__).resolve().parents[2]


def install(mutant: Mutant) -> None:
    """Let every function of the mutant's file behave as the mutant has it, from now on."""
    path = str(ROOT / mutant.path)
    tree = mutated_tree(Path(path).read_text(encoding="utf-8"), mutant.number)
    codes = {_key(code): code for code in _functions(_compile(tree, path))}
    functions = [
        each
        for each in _objects()
        if isinstance(each, FunctionType) and each.__code__.co_filename == path
    ]
    if not functions:
        raise LookupError(f"No function of {path} is imported: nothing can be exchanged.")
    for function in functions:
        function.__code__ = codes[_key(function.__code__)]
    clear_caches()


def clear_caches() -> None:
    """Forget every result that a function of cioform keeps."""
    for each in _cached_functions():
        each.cache_clear()


@cache
def _cached_functions() -> list[_lru_cache_wrapper[object]]:
    return [
        each
        for each in _objects()
        if isinstance(each, _lru_cache_wrapper) and each.__module__.startswith("cioform.")
    ]


def _objects() -> list[object]:
    """Return every object, with those that the tests have frozen."""
    gc.unfreeze()
    return gc.get_objects()


def functions_by_line(path: str) -> dict[int, str]:
    """Return the name of the outermost function or method that has each line of a file."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    names: dict[int, str] = {}
    for code in _functions(_compile(tree, path)):
        for *_, line in code.co_lines():
            names.setdefault(line or 0, f"{path}:{code.co_qualname.split('.<locals>')[0]}")
    return names


def _compile(tree: ast.Module, path: str) -> CodeType:
    code: CodeType = compile(tree, path, "exec", dont_inherit=True)
    return code


def _functions(code: CodeType) -> Iterator[CodeType]:
    """Yield the code of every function in some code, at any depth."""
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            if constant.co_flags & CO_OPTIMIZED:  # the body of a class is not
                yield constant
            yield from _functions(constant)


def _key(code: CodeType) -> tuple[object, ...]:
    """Return what tells the functions of a file apart, and is the same with a flip in one."""
    return code.co_qualname, code.co_firstlineno, code.co_names, code.co_varnames
