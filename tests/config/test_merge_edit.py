"""An edit keeps the lines that it does not touch, however a person laid them out."""

from __future__ import annotations

import pytest

from cioform.config.write.editing.merge_edit import merge_edit


@pytest.mark.parametrize(
    ("written", "dumped", "edited", "merged"),
    [
        ("a: 1\n", "a: 1\n", "a: 2\n", "a: 2\n"),
        ("a:  1\nb:  2\nc:  3", "a: 1\nb: 2\nc: 3", "a: 1\nb: 4\nc: 3", "a:  1\nb: 4\nc:  3"),
        ("a:\n- x:  1\n- y", "a:\n  - x: 1\n  - y", "a:\n  - x: 1\n  - z", "a:\n- x:  1\n- z"),
        ("a:\n      b: 1\n", "a:\n  b: 1\n", "a:\n  b: |\n    x\n", "a:\n      b: |\n        x\n"),
        ("a: 1\n\n\n", "a: 1\n", "a: 1\nb: 2\n", "a: 1\nb: 2\n\n\n"),
        ("x: [1,\n 2]\ny: 1\n", "x: [1, 2]\ny: 1\n", "x: [1, 2]\ny: 2\n", "x: [1,\n 2]\ny: 2\n"),
    ],
)  # fmt: skip
def test_only_the_edit_is_carried_over(written: str, dumped: str, edited: str, merged: str) -> None:
    assert merge_edit(written, dumped, edited) == merged


def test_an_edit_among_lines_of_another_format_is_refused() -> None:
    assert merge_edit("[1,\n2,\n3]\n", "- 1\n- 2\n- 3\n", "- 1\n- 4\n- 3\n") is None
