"""Sensitive values: placeholders go in, values come out, and nothing else changes."""

from __future__ import annotations

from base64 import b64encode, urlsafe_b64encode
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cioform.core.data.json_value import Json, JsonValue
from cioform.core.errors import PlanError
from cioform.core.secrets.encoded_forms import encoded_forms
from cioform.core.secrets.secret import SensitiveSecret
from cioform.core.secrets.secret_scan import find_secrets
from cioform.core.secrets.sensitive import SensitiveValues, wrong_value

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
    response: Json = {"a": [f"x{VALUE}y"], f"key-{VALUE}": f"{VALUE}-longer", "n": 1, "none": None}
    masked = values.masked(response)
    assert VALUE not in str(masked)
    assert values.revealed(masked) == response


PLACEHOLDER = vault(VALUE).placeholder_of("v0", VALUE)
PIECES = st.sampled_from(
    [
        VALUE,
        *encoded_forms(VALUE),
        PLACEHOLDER,
        "sensitive.",
        "sensitive.!",
        "sensitive.v0.",
        "0123456789abcdef",
        "!",
        " ",
    ]
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
    values.remember({"headers": [text.format(former, values.placeholder_of("v0", VALUE))]})
    response: JsonValue = {"h": text.format(FORMER, VALUE), "later": f"also {FORMER}"}
    masked: JsonValue = values.masked(response)
    assert FORMER not in str(masked)
    assert former in masked["h"]
    assert values.revealed(masked) == response


def test_another_text_in_the_same_place_is_not_masked() -> None:
    values = vault(VALUE)
    values.remember(f"Bearer {values.placeholder_of('v0', FORMER)}")
    assert values.masked("Bearer something-else") == "Bearer something-else"


def test_an_unknown_placeholder_is_never_sent() -> None:
    values = vault(VALUE)
    with pytest.raises(PlanError, match="had another value"):
        values.revealed({"a": values.placeholder_of("v0", FORMER)})
    with pytest.raises(PlanError):
        values.check_known([{"a": values.placeholder_of("v0", FORMER)}])


ODD: Final = "s3cr3t&/+VALUE=x"
SPELLED: Final = {
    "as it is": ODD,
    "in a URL": "s3cr3t%26%2F%2BVALUE%3Dx",
    "in a URL, in small letters": "s3cr3t%26%2f%2bVALUE%3dx",
    "in the path of a URL": "s3cr3t%26/%2BVALUE%3Dx",
    "in HTML": "s3cr3t&amp;/+VALUE=x",
    "in HTML by number": "s3cr3t&#38;/+VALUE=x",
    "in JSON": "s3cr3t&\\/+VALUE=x",
    "in JSON for HTML": "s3cr3t\\u0026/+VALUE=x",
    "in base64": b64encode(ODD.encode()).decode(),
    "in a Basic header": b64encode(f"u:{ODD}".encode()).decode(),
    "in another Basic header": b64encode(f"bot:{ODD}!".encode()).decode(),
    "in base64 of a URL": urlsafe_b64encode(f"bots:{ODD}?".encode()).decode(),
}


@pytest.mark.parametrize("name", SPELLED)
def test_no_spelling_of_a_value_is_shown_or_stored(name: str) -> None:
    values, text = vault(ODD), f"<a b='{SPELLED[name]}'>"
    middle = SPELLED[name][5:-6]
    assert middle not in values.hidden(text)
    masked = values.masked({"x": text})
    assert middle not in str(masked)
    assert values.revealed(masked) == {"x": text}
    # A plan file has it, and another process applies that plan.
    assert vault(ODD).revealed(masked) == {"x": text}
    vault(ODD).check_known(masked)
    # Another spelling is another text: to write the value there would be a change.
    assert (masked == vault(ODD).masked({"x": f"<a b='{ODD}'>"})) == (name == "as it is")


@pytest.mark.parametrize("name", SPELLED)
def test_no_spelling_of_a_value_may_be_in_a_file(name: str) -> None:
    text = f"a: 1\nb: x{SPELLED[name]}\n"
    [problem] = find_secrets(text, "a.yaml", [SensitiveSecret("v0", ODD)])
    assert problem.location is not None
    assert problem.location.line == 2
    assert "VALUE" not in problem.detail


@pytest.mark.parametrize(
    "value",
    ["short", "with blank in it", "quo'te-quote", "back\\slash", "{{liquid}}", "ümläüts!", ""],
)
def test_values_that_could_not_be_found_again_are_wrong(value: str) -> None:
    assert wrong_value(value)
    assert not wrong_value(VALUE)
