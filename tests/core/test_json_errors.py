"""What is wrong with a text that is not JSON is said in cioform's own words."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cioform.core.data.json_errors import describe_json_error


def error_of(text: str) -> ValueError | RecursionError:
    """Return the error of the parser for a text that is not JSON."""
    try:
        json.loads(text)
    except (ValueError, RecursionError) as error:
        return error
    pytest.fail("the text is JSON")


@pytest.mark.parametrize(
    ("text", "described"),
    [
        ("{x}", "a name in double quotes is expected here (column 2)"),
        ('{"a": 1,\n x}', "a name in double quotes is expected here (line 2, column 2)"),
        ("", "a value is expected here, and text needs double quotes (at the end)"),
        ("[a]", "a value is expected here, and text needs double quotes (column 2)"),
        ('{"a" 1}', "a colon is expected here (column 6)"),
        ('{"a": 1', "a comma or a closing bracket is expected here (at the end)"),
        ("{} {}", "the JSON ends here, but more text follows (column 4)"),
        ('["a', "the text that begins here has no closing quote (column 2)"),
        ('["a\tb"]', r"a line break or tab in a text is written as `\n` or `\t` (column 4)"),
        (r'["\q"]', "there is no such escape; a backslash itself is written as two (column 3)"),
        ("[" * 100_000, "it is nested too deeply"),
        ("1" * 5_000, "a number is too long"),
    ],
)
def test_the_parsers_errors_in_our_words(text: str, described: str) -> None:
    assert describe_json_error(error_of(text)) == described


def test_what_json_cannot_hold() -> None:
    with pytest.raises(ValueError, match="Out of range") as nan:
        json.dumps(float("nan"), allow_nan=False)
    assert describe_json_error(nan.value) == "NaN and Infinity are not JSON"
    with pytest.raises(UnicodeEncodeError) as half:
        "\ud800".encode()
    assert describe_json_error(half.value) == "it has an incomplete Unicode character"


@given(st.text(alphabet='{}[]":,\\ax1 \n\t', max_size=12).filter(lambda text: not is_json(text)))
def test_no_sentence_of_the_parser_is_shown(text: str) -> None:
    error = error_of(text)
    assert not describe_json_error(error).startswith(str(error).split(":")[0])


def is_json(text: str) -> bool:
    """Return whether a text is JSON."""
    try:
        json.loads(text)
    except ValueError:
        return False
    return True
