"""The rules, one module for each. A module of this package is found because it has a `RULE`."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from cioform.lint.rule import Rule


@cache
def find_rules() -> tuple[Rule, ...]:
    """Return every rule of this package, sorted by ID."""
    modules = (
        importlib.import_module(f"{__name__}.{module.name}")
        for module in pkgutil.iter_modules(__path__)
    )
    rules = (module.RULE for module in modules)
    return tuple(sorted((rule for rule in rules if isinstance(rule, Rule)), key=lambda r: r.id))
