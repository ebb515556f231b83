"""Words in a sentence."""

from __future__ import annotations

import pytest

from cioform.core.word_lists import join_words, with_article
from cioform.services.kinds import known_kinds


@pytest.mark.parametrize(
    ("words", "text"), [(["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_words_are_joined(words: list[str], text: str) -> None:
    assert join_words(words) == text


def test_every_kind_has_its_article() -> None:
    articles = {kind.name: with_article(kind.name).split()[0] for kind in known_kinds()}
    assert {name for name, article in articles.items() if article == "an"} == {"object_type"}
