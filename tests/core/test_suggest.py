"""The suggestion for a misspelled word."""

from __future__ import annotations

import pytest

from cioform.core.suggest import closest, did_you_mean

KINDS = ["segment", "snippet", "campaign"]


@pytest.mark.parametrize(
    ("word", "expected"), [("segmnt", "segment"), ("campaigns", "campaign"), ("x", None)]
)
def test_the_closest_word_is_found(word: str, expected: str | None) -> None:
    assert closest(word, KINDS) == expected


def test_the_sentence_names_as_many_as_it_may() -> None:
    assert did_you_mean("segmnt", KINDS) == " Did you mean `segment`?"
    assert did_you_mean("x", KINDS) == ""
    near = did_you_mean("a.b", ["a.bc", "a.bd"], limit=3)
    assert near == " Did you mean `a.bd` or `a.bc`?"
