"""Fields of older formats are renamed in place, and nothing else of a file changes."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import ClassVar

import pytest
from pydantic import BaseModel, ValidationError

from cioform.config.read.checks.validation import ValidatedDocument, to_diagnostics
from cioform.config.write.yaml.yaml_style import round_trip_yaml
from cioform.core.data.json_value import Json, JsonValue
from cioform.model.fields.upgrading import rename_field, upgrade_fields
from cioform.model.resource import ResourceModel

OLD = """\
# above all
name: x  # the name

# above recipient
recipient: "007"  # beside recipient
# above headers
headers:
  # inside
  a: 1
flow: {recipient: b, other: c}
"""


class _Inner(ResourceModel):
    old_fields: ClassVar[Mapping[str, str]] = {"recipient": "to"}

    to: str


class _Other(BaseModel):
    kind: str


class _Outer(ResourceModel):
    old_fields: ClassVar[Mapping[str, str]] = {"settings": "options"}

    one: _Inner | _Other | str = ""
    options: tuple[_Inner, ...] = ()
    by_name: dict[str, _Inner] | None = None
    free: dict[str, str] | None = None


def test_a_renamed_field_keeps_its_place_and_its_comments() -> None:
    yaml = round_trip_yaml()
    document = yaml.load(OLD)
    assert rename_field(document, "recipient", "to")
    assert rename_field(document["flow"], "recipient", "to")
    out = io.StringIO()
    yaml.dump(document, out)
    assert out.getvalue() == OLD.replace("recipient: ", "to: ")


@pytest.mark.parametrize(
    ("mapping", "expected"),
    [({"a": 1, "b": 2}, {"new": 1, "b": 2}), ({"a": 1, "new": 2}, {"a": 1, "new": 2}), ({}, {})],
)
def test_a_plain_mapping(mapping: dict[str, Json], expected: dict[str, Json]) -> None:
    rename_field(mapping, "a", "new")
    assert list(mapping.items()) == list(expected.items())


def test_fields_are_renamed_at_every_depth() -> None:
    document: dict[str, JsonValue] = {
        "one": {"recipient": "a"},
        "settings": [{"recipient": "b"}],
        "by_name": {"recipient": {"recipient": "c"}},
        "free": {"recipient": "d", "settings": "e"},
    }
    upgrade_fields(_Outer, document)
    assert document == {
        "one": {"to": "a"},
        "options": [{"to": "b"}],
        "by_name": {"recipient": {"to": "c"}},
        "free": {"recipient": "d", "settings": "e"},
    }
    assert list(document) == ["one", "options", "by_name", "free"]


@pytest.mark.parametrize(
    ("value", "line"),
    [
        ("sales", "to: sales"),
        ("#sales", 'to: "#sales"'),
        (7, "to: 7"),
        (True, "to: true"),
        ({"file": "x"}, "to: {file: x}"),
    ],
)
def test_an_old_field_is_an_error_with_the_new_line(value: JsonValue, line: str) -> None:
    with pytest.raises(ValidationError) as caught:
        _Inner.model_validate({"recipient": value})
    document = ValidatedDocument({"recipient": value}, _Inner, lambda _: None)
    (problem,) = to_diagnostics(caught.value, document)
    assert problem.detail == (
        f"`recipient` is called `to` now. Write:\n\n    {line}\n\n"
        "If all files of the workspace are older than format 1, remove `format` from "
        "`workspace.yaml` and run `cioform fmt --upgrade`."
    )
