"""The suggestion for a misspelled word."""

from __future__ import annotations

import pytest

from cioform.core.address import Address
from cioform.core.suggest import closest, did_you_mean, did_you_mean_address, suggest

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
    assert near == " Did you mean `a.bd` or `a.bc`?" == suggest("a.bd", "a.bc")
    assert did_you_mean("sgmt", KINDS, cutoff=0.9) == suggest() == ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("welcome", " Did you mean `campaign.welcome` or `transactional.welcome`?"),
        ("welcom", " Did you mean `campaign.welcome` or `transactional.welcome`?"),
        ("receipt", " Did you mean `transactional.receipt`?"),
        ("campaign.welcom", " Did you mean `campaign.welcome`?"),
        ("zzz", ""),
    ],
)
def test_a_bare_name_means_the_addresses_that_have_it(text: str, expected: str) -> None:
    known = map(
        Address.parse, ("campaign.welcome", "transactional.welcome", "transactional.receipt")
    )
    assert did_you_mean_address(text, known) == expected
