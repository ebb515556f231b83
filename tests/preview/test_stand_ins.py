"""The values that stand in for the data of a message."""

from typing import Any

import pytest

from cioform.contract.evidence import DataType
from cioform.contract.shape import Shape
from cioform.services.preview.stand_ins import STAND_INS, stand_in_data

TYPICAL, BLANK, LONGEST, *_ = STAND_INS


def data(person=TYPICAL, **fields: Shape) -> Any:
    return stand_in_data(person, {"event": Shape(DataType.OBJECT, fields=fields)})["event"]


@pytest.mark.parametrize(
    ("name", "shape", "value"),
    [
        ("city", Shape(DataType.STRING), "Oslo"),
        ("home_city", Shape(), "Oslo"),
        ("quiz_name", Shape(), "Quiz name"),
        ("paid_at", Shape(), 1767261600),
        ("x", Shape(DataType.DATE), 1767261600),
        ("total", Shape(), 29.5),
        ("x", Shape(DataType.NUMBER), 3),
        ("is_new", Shape(), True),
        ("x", Shape(DataType.BOOLEAN), True),
        ("x", Shape(DataType.STRING, sample="Known"), "Known"),
        ("x", Shape(DataType.OBJECT, fields={"city": Shape()}), {"city": "Oslo"}),
        ("cities", Shape(DataType.ARRAY, items=Shape(DataType.NUMBER)), [3, 3, 3]),
    ],
)
def test_a_value_fits_its_name_and_its_type(name: str, shape: Shape, value: object) -> None:
    assert data(**{name: shape}) == {name: value}


def test_a_blank_person_has_only_identifiers() -> None:
    shapes = {root: Shape(DataType.OBJECT, fields={"x": Shape()}) for root in ("customer", "event")}
    found: Any = stand_in_data(BLANK, shapes)
    assert set(found["customer"]) == {"id", "email", "cio_id"}
    assert found["event"] == {"x": ""}


def test_a_long_list_has_twelve_items_with_names_of_their_own() -> None:
    item = Shape(DataType.OBJECT, fields={"name": Shape()})
    items = data(LONGEST, items=Shape(DataType.ARRAY, items=item))["items"]
    assert len({item["name"] for item in items}) == 12


def test_a_sample_is_the_typical_value_only() -> None:
    shape = Shape(DataType.STRING, sample="Known")
    assert [data(person, x=shape)["x"] == "Known" for person in STAND_INS] == [True] + [False] * 4
