"""Paths and their text are the inverse of each other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cioform.core.data.paths import (
    PathError,
    format_path,
    format_pattern,
    parse_path,
    parse_pattern,
)

PATHS = st.lists(
    st.one_of(
        st.text(),
        st.sampled_from(["remind", "push", "*", "a.b", "[0]", "X-A", ""]),
        st.integers(0, 999),
    ),
    min_size=1,
).map(tuple)


@given(PATHS)
def test_the_text_of_a_path_is_that_path(path: tuple[str | int, ...]) -> None:
    text = format_path(path)
    assert parse_path(text) == path
    assert text.isprintable()


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (("remind", "push", "sending"), "remind.push.sending"),
        (("remind", "only_if", "any", 1), "remind.only_if.any[1]"),
        (("welcome", "email", "headers", "X-Ab.c"), 'welcome.email.headers."X-Ab.c"'),
        (("a", "über", "first-name", "0"), "a.über.first-name.0"),
        (("a", "*"), 'a."*"'),
        (("a", "b\u200b"), 'a."b\\u200b"'),
    ],
)
def test_how_paths_read(path: tuple[str | int, ...], text: str) -> None:
    assert format_path(path) == text
    assert parse_path(text) == path


def test_a_star_is_any_name_in_a_pattern_only() -> None:
    assert parse_pattern("*.push.link") == ("*", "push", "link")
    assert format_pattern(("*", "push", "link")) == "*.push.link"
    with pytest.raises(PathError, match="must name one value"):
        parse_path("*.push.link")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is empty"),
        (".a", "begins with a dot"),
        ("a.", "lacks a name"),
        ("a..b", "lacks a name"),
        ("a[x]", "needs a position"),
        ("a[01]", "needs a position"),
        ("a b", "double quotes"),
        ("a[0]b", "double quotes"),
        ('a."b', "double quotes"),
        (r'a."\q"', "escape"),
    ],
)
def test_what_is_no_path(text: str, reason: str) -> None:
    with pytest.raises(PathError, match=reason):
        parse_path(text)
