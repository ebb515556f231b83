"""Names that are blank, or have line breaks where they go into a header, are refused in files."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from cioform.kinds import find_kinds
from cioform.kinds.transactional.model import Transactional
from cioform.language.messages.template.template_values import are_plain_headers, decode_headers
from cioform.model.kind import Kind


def refused(kind: Kind, **fields: Any) -> list[object]:
    """Return the first field of each problem of the kind's example with other fields."""
    try:
        kind.model.model_validate({**yaml.safe_load(kind.example), **fields})
    except ValidationError as error:
        return [each["loc"][0] for each in error.errors()]
    return []


@pytest.mark.parametrize("kind", [*find_kinds()], ids=lambda kind: kind.name)
def test_a_blank_name_is_refused(kind: Kind) -> None:
    assert refused(kind, name="A name") == []
    assert refused(kind, name=" ") == ["name"]


def test_a_sender_may_have_no_name_but_none_with_a_line_break() -> None:
    sender = find_kinds()["sender"]
    assert refused(sender, name="") == []
    assert refused(sender, name="A\r\nBcc: x@acme.com") == ["name"]


@pytest.mark.parametrize("name", [" ", "12", " A", "A ", "1 ", "A\nB"])
def test_a_trigger_name_that_customer_io_refuses_or_trims_is_refused(name: str) -> None:
    with pytest.raises(ValidationError):
        Transactional.model_validate({"name": "A", "trigger_name": name, "sms": {"body": "x"}})


@pytest.mark.parametrize("name", ["", "A", "A1", "1A", "1 2", "1A2"])
def test_a_trigger_name_is_accepted(name: str) -> None:
    Transactional.model_validate({"name": "A", "trigger_name": name, "sms": {"body": "x"}})


@pytest.mark.parametrize(("name", "value"), [("", "x"), (" ", "x"), ("A\nB", "x"), ("A", "x\r\ny")])
def test_a_header_that_no_mail_can_have_is_refused_and_imported_as_raw(
    name: str, value: str
) -> None:
    email = {"subject": "s", "body": "b", "headers": {name: value}}
    with pytest.raises(ValidationError):
        Transactional.model_validate({"name": "A", "email": email})
    wire = json.dumps([{"name": "X-Tag", "value": "a"}, {"name": name, "value": value}])
    assert not are_plain_headers(wire)
    assert decode_headers(wire) == {"X-Tag": "a"}
    Transactional.model_validate(
        {"name": "A", "email": {**email, "headers": {"X-Tag": "a"}, "raw": {"headers": wire}}}
    )


def test_headers_of_another_shape_are_not_plain() -> None:
    assert (are_plain_headers("[1]"), decode_headers("[1]")) == (False, {})
