"""Sensitive values: placeholders go in, values come out, and nothing else changes."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cioform.core.errors import PlanError
from cioform.core.json_value import JsonValue
from cioform.core.secret import SensitiveSecret
from cioform.core.sensitive import SensitiveValues, wrong_value

VALUE = "s3cr3t-VALUE+4711"
FORMER = "0ld-s3cr3t-VALUE"


def vault(*values: str) -> SensitiveValues:
    return SensitiveValues("acme", (SensitiveSecret(f"v{at}", v) for at, v in enumerate(values)))


def test_the_same_value_has_the_same_placeholder_in_one_workspace_only() -> None:
    one, same = vault(VALUE), vault(VALUE)
    assert one.placeholder_of("v0", VALUE) == same.placeholder_of("v0", VALUE)
    others = [
        vault(FORMER).placeholder_of("v0", FORMER),
        one.placeholder_of("v1", VALUE),
        SensitiveValues("other").placeholder_of("v0", VALUE),
    ]
    assert one.placeholder_of("v0", VALUE) not in others


def test_values_are_masked_wherever_they_are() -> None:
    values = vault(VALUE, f"{VALUE}-longer")
    response = {"a": [f"x{VALUE}y"], f"key-{VALUE}": f"{VALUE}-longer", "n": 1, "none": None}
    masked = values.masked(response)
    assert VALUE not in str(masked)
    assert values.revealed(masked) == response


PLACEHOLDER = vault(VALUE).placeholder_of("v0", VALUE)
PIECES = st.sampled_from(
    [VALUE, PLACEHOLDER, "sensitive.", "sensitive.!", "sensitive.v0.", "0123456789abcdef", "!", " "]
)


@settings(max_examples=60)
@given(st.lists(PIECES).map("".join))
def test_what_was_read_is_written_back_unchanged(text: str) -> None:
    values = vault(VALUE)
    assert values.revealed(values.masked(text)) == text


def test_a_placeholder_that_somebody_typed_is_not_filled_in() -> None:
    values = vault(VALUE)
    typed = values.placeholder_of("v0", VALUE)
    assert values.revealed(values.masked({"subject": typed})) == {"subject": typed}


@pytest.mark.parametrize("text", ["{}", "Bearer {}", "https://acme.com/{}/x", "{}:{}"])
def test_a_former_value_is_masked_where_it_was_written(text: str) -> None:
    values = vault(VALUE)
    former = values.placeholder_of("v0", FORMER)
    values.learn({"headers": [text.format(former, values.placeholder_of("v0", VALUE))]})
    response: JsonValue = {"h": text.format(FORMER, VALUE), "later": f"also {FORMER}"}
    masked = values.masked(response)
    assert FORMER not in str(masked)
    assert former in masked["h"]
    assert values.revealed(masked) == response


def test_another_text_in_the_same_place_is_not_masked() -> None:
    values = vault(VALUE)
    values.learn(f"Bearer {values.placeholder_of('v0', FORMER)}")
    assert values.masked("Bearer something-else") == "Bearer something-else"


def test_an_unknown_placeholder_is_never_sent() -> None:
    values = vault(VALUE)
    with pytest.raises(PlanError, match="had another value"):
        values.revealed({"a": values.placeholder_of("v0", FORMER)})
    with pytest.raises(PlanError):
        values.check_known([{"a": values.placeholder_of("v0", FORMER)}])


def test_texts_for_people_have_no_value_in_any_spelling() -> None:
    hidden = vault("s3cr3t&+VALUE").hidden(
        "a=s3cr3t%26%2BVALUE b=s3cr3t&amp;+VALUE c=s3cr3t&+VALUE"
    )
    assert "VALUE" not in hidden


@pytest.mark.parametrize(
    "value",
    ["short", "with blank in it", "quo'te-quote", "back\\slash", "{{liquid}}", "ümläüts!", ""],
)
def test_values_that_could_not_be_found_again_are_wrong(value: str) -> None:
    assert wrong_value(value)
    assert not wrong_value(VALUE)
