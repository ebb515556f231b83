"""Parse a text as Liquid, once for each text."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from cioform.core.data.json_value import JsonValue
from cioform.core.lazy_modules import lazy_module
from cioform.language.liquid.parsed import NOTHING, ParsedText, has_liquid
from cioform.language.liquid.serialize import decode, encode

if TYPE_CHECKING:
    from cioform.language.liquid import analyze
else:
    analyze = lazy_module("cioform.language.liquid.analyze")

_MAX_KEPT: Final = 100_000
"""How many texts are kept in memory."""

_parsed: dict[str, ParsedText] = {}
_store: _Store | None = None


class _Store:
    """What earlier runs of the program found, and what this one adds."""

    def __init__(self, load: Callable[[], dict[str, JsonValue]]) -> None:
        self._load = load
        self.new: dict[str, JsonValue] = {}

    @cached_property
    def loaded(self) -> dict[str, JsonValue]:
        """The texts of earlier runs by digest, read when the first is asked for."""
        return self._load()

    def parse(self, text: str) -> ParsedText:
        """Return a text as it was parsed before, or parse it."""
        digest = sha256(text.encode(errors="surrogatepass")).hexdigest()
        if digest in self.loaded:
            with suppress(ValueError, TypeError, LookupError, AttributeError):
                return decode(self.loaded[digest])
        found = analyze.analyze(text)
        self.new[digest] = encode(found)
        return found


def parse_liquid(text: str) -> ParsedText:
    """Return what a text says in Liquid. Each text is parsed once in the life of the program."""
    if not has_liquid(text):
        return NOTHING
    found = _parsed.get(text)
    if found is None:
        if len(_parsed) >= _MAX_KEPT:
            _parsed.clear()
        found = _parsed[text] = _store.parse(text) if _store else analyze.analyze(text)
    return found


def has_store() -> bool:
    """Return whether texts of earlier runs are used."""
    return _store is not None


def use_store(load: Callable[[], dict[str, JsonValue]]) -> None:
    """Use the texts that `load` returns by digest; it is called when the first is needed."""
    global _store
    _store = _Store(load)


def end_store() -> tuple[dict[str, JsonValue], dict[str, JsonValue]]:
    """Return the texts of earlier runs and the new ones, both by digest, and use them no more."""
    global _store
    store, _store = _store, None
    return ({}, {}) if store is None or not store.new else (store.loaded, store.new)
