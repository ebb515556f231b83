"""The kinds, one module for each. A module of this package is found because it has a `KIND`."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from cioform.model.kind import Kind
from cioform.model.registry import Registry


@cache
def find_kinds() -> Registry:
    """Return every kind of this package."""
    modules = (
        importlib.import_module(f"{__name__}.{module.name}")
        for module in pkgutil.iter_modules(__path__)
    )
    return Registry(kind for module in modules if isinstance(kind := module.KIND, Kind))
