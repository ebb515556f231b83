"""The first sentence of a message."""

from __future__ import annotations

import pytest

from cioform.core.text.sentences import first_sentence


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("`a.b`: It is Customer.io's. Remove it.", "`a.b`: It is Customer.io's."),
        ('"One. Two" is not base64. Copy it.', '"One. Two" is not base64.'),
        ("`a. b` is wrong.\n\n    a: 1", "`a. b` is wrong."),
        ("An open ` quote. More", "An open ` quote. More"),
        ("No stop", "No stop"),
    ],
)
def test_first_sentence(text: str, expected: str) -> None:
    assert first_sentence(text) == expected
