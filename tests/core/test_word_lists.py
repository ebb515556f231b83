"""Words in a sentence."""

from __future__ import annotations

import pytest

from cioform.core.text.word_lists import join_first, join_names, join_words, with_article
from cioform.services.kinds import known_kinds


@pytest.mark.parametrize(
    ("words", "text"), [(["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_words_are_joined(words: list[str], text: str) -> None:
    assert join_words(words) == text


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, ""), (1, "0"), (2, "0 and 1"), (3, "0, 1 and 1 more"), (1204, "0, 1 and 1,202 more")],
)
def test_the_first_words_are_joined_and_the_others_counted(count: int, text: str) -> None:
    assert join_first(range(count), 2) == text


def test_names_are_marked_as_code() -> None:
    assert join_names("abc") == "`a`, `b`, `c`"
    assert join_names("abc", "or") == "`a`, `b` or `c`"
    assert join_names("") == ""


def test_every_kind_has_its_article() -> None:
    articles = {kind.name: with_article(kind.name).split()[0] for kind in known_kinds()}
    assert {name for name, article in articles.items() if article == "an"} == {"object_type"}
