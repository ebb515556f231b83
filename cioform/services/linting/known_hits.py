"""Keep in `.cioform/cache` what rules found in texts, so that each is checked once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from cioform.lint.hit_store import HitStore
from cioform.lint.rule import Rule, TextRule
from cioform.services.project.text_cache import PARSER, TextCache

_RULES: Final = (*PARSER, "cioform.lint", "cioform.lint.rules")
"""What decides what the rules that look at nothing but a text find in it."""


@contextmanager
def cached_hits(root: Path, rules: Iterable[Rule], *, adds: bool) -> Iterator[HitStore]:
    """Yield what the rules found in texts in earlier runs; with `adds`, keep what is new."""
    cache = TextCache(root, "hits.json", _RULES)
    local = (rule for rule in rules if isinstance(rule, TextRule) and rule.is_local)
    store = HitStore(local, cache.load, adds=adds)
    yield store
    if store.new:
        cache.save(store.loaded, store.new)
