"""The grammar of selectors, by which `--select` and `--exclude` name resources.

    campaign.welcome            an address, or a pattern of addresses
    kind:campaign,tag:eu        with a comma: what all of them name
    kind:campaign tag:eu        with a space: what one of them names
    +campaign.welcome           and what it uses
    segment.vip+                and its users
    state:modified@main         what differs from a revision of Git

Who knows the selection of nodes in dbt knows this one.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from functools import lru_cache
from typing import Final

from cioform.core.dataclasses import dataclass
from cioform.core.errors import UsageError
from cioform.core.suggest import did_you_mean
from cioform.core.text.word_lists import join_names, join_words

_METHOD_MARK: Final = ":"
_GRAPH_MARK: Final = "+"
_REVISION_MARK: Final = "@"
_EXAMPLE: Final = "An example is `kind:campaign,tag:eu`."


class Method(StrEnum):
    """By what a term selects."""

    ADDRESS = ""
    KIND = "kind"
    PATH = "path"
    STATE = "state"
    TAG = "tag"
    USES = "uses"


class FileState(StrEnum):
    """How the files differ from a revision: the values of the method `state`."""

    NEW = "new"
    MODIFIED = "modified"
    """Any difference: new and removed resources too."""
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Term:
    """One word of a selector, such as `+kind:campaign`."""

    text: str
    method: Method
    value: str
    """A word or a pattern of the method."""
    revision: str | None = None
    """The revision of the method `state`; None for the base."""
    with_used: bool = False
    """Whether what is selected brings what it uses."""
    with_users: bool = False

    @property
    def needs_addresses_only(self) -> bool:
        """Return whether an address says by itself if it is selected."""
        is_of_address = self.method in (Method.ADDRESS, Method.KIND)
        return is_of_address and not self.with_used and not self.with_users


@dataclass(frozen=True, slots=True)
class Selector:
    """Terms that all have to fit."""

    text: str
    terms: tuple[Term, ...]


@lru_cache(maxsize=64)
def parse_selectors(texts: tuple[str, ...]) -> tuple[Selector, ...]:
    """Return the selectors in some texts, of which one has to fit. Raises UsageError."""
    return tuple(Selector(word, tuple(_terms(word))) for text in texts for word in text.split())


def split_selectors(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Return each selector of some texts as a text of its own. Raises UsageError."""
    if any(not text.strip() for text in texts):
        raise UsageError.of("Empty selector", f"A selector names resources. {_EXAMPLE}")
    return tuple(selector.text for selector in parse_selectors(texts))


def is_address_pattern(text: str) -> bool:
    """Return whether a selector is only an address or a pattern of addresses."""
    return not any(mark in text for mark in (_METHOD_MARK, _GRAPH_MARK, ","))


def _terms(selector: str) -> Iterator[Term]:
    for word in selector.split(","):
        yield _term(word, selector)


def _term(word: str, selector: str) -> Term:
    inner = word.removeprefix(_GRAPH_MARK).removesuffix(_GRAPH_MARK)
    name, mark, value = inner.partition(_METHOD_MARK)
    method = _method(name, word) if mark else Method.ADDRESS
    value = value if mark else inner
    revision = None
    if method is Method.STATE:
        value, _, at = value.partition(_REVISION_MARK)
        revision = at or None
        _check_state(value, word)
    if not value:
        where = f" in `{selector}`" if word != selector else ""
        raise UsageError.of("Empty selector", f"`{word}`{where} is incomplete. {_EXAMPLE}")
    return Term(
        word,
        method,
        value,
        revision,
        with_used=word.startswith(_GRAPH_MARK),
        with_users=word.endswith(_GRAPH_MARK) and len(word) > 1,
    )


def _method(name: str, word: str) -> Method:
    known = [method.value for method in Method if method]
    if name in known:
        return Method(name)
    prefixes = join_names((f"{method}:" for method in known), "or")
    raise UsageError.of(
        "Unknown selector",
        f"`{name}` in `{word}` is not a selector.{did_you_mean(name, known)} A "
        f"selector is an address, or begins with {prefixes}.",
    )


def _check_state(value: str, word: str) -> None:
    known = [state.value for state in FileState]
    if value not in known:
        raise UsageError.of(
            "Unknown selector",
            f"`{word}` is not a state.{did_you_mean(value, known)} Write "
            f"{join_words((f'`state:{each}`' for each in known), 'or')}. To compare with another "
            "revision, add it after an `@`, as in `state:modified@main`.",
        )
