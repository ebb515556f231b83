"""Import one module of cioform with a flip in it. No file is changed."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import CodeType, ModuleType

from typing_extensions import override

from tests.mutants.flips import Mutant, mutated_source


def install(mutant: Mutant) -> None:
    """Let the module be imported as the mutant has it, from now on."""
    name = mutant.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    assert name not in sys.modules, f"{name} was imported before its mutant"
    sys.meta_path.insert(0, _Finder(name, mutant.number))


class _Finder(MetaPathFinder):
    def __init__(self, name: str, number: int) -> None:
        self.name = name
        self.number = number

    @override
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != self.name:
            return None
        spec = PathFinder.find_spec(fullname, path)
        assert spec is not None
        assert spec.origin is not None
        spec.loader = _Loader(fullname, spec.origin, self.number)
        return spec


class _Loader(SourceFileLoader):
    def __init__(self, name: str, path: str, number: int) -> None:
        super().__init__(name, path)
        self.number = number

    @override
    def get_code(self, fullname: str) -> CodeType:
        source = self.get_data(self.path).decode("utf-8")
        return compile(mutated_source(source, self.number), self.path, "exec", dont_inherit=True)
