"""Whether data has what a text needs. The renderer is the witness for each case."""

from __future__ import annotations

import pytest

from cioform.contract.check import unmet_needs
from cioform.contract.evidence import DataType
from cioform.contract.shape import Shape, shape_of_needs
from cioform.core.data.json_value import JsonValue
from cioform.emulator.liquid.engine import LiquidEngine
from cioform.emulator.liquid.render_error import RenderError
from tests.data_contract.test_inference import contract_of

LOOP = "{% for item in event.items %}{{ item }}{% endfor %}"
FIRST = "{{ event.items.first.name }}"
SIZES = "{% for item in event.items %}{{ item.size }}{% endfor %}"
MAPPED = "{% assign all = event.items | map: 'name' %}{% for name in all %}{{ name }}{% endfor %}"
OPEN = '{{ event.items | where: "state", "open" | map: "name" | join: ", " }}'
NAMES = "{% for item in event.items %}{{ item.name }}{% endfor %}"


@pytest.mark.parametrize(
    ("text", "items", "fits"),
    [
        (LOOP, ["a"], True),
        (LOOP, None, True),
        (LOOP, "a text", True),
        (NAMES, [], True),
        (NAMES, "", True),
        (NAMES, "a text", False),
        (NAMES, [{"name": "a"}, {}], False),
        (FIRST, [{"name": "a"}, {}], True),
        (FIRST, [{}, {"name": "a"}], False),
        (FIRST, [], False),
        (FIRST, {"first": {"name": "a"}}, True),
        (OPEN, [{"state": "open"}, {"state": None, "name": "a"}], True),
        (OPEN, [{"state": "open"}, {"name": "a"}], False),
        (SIZES, ["a", [1, 2], {"size": "L"}], True),
        (SIZES, [{"a": 1}], True),
        (SIZES, [3], False),
        (MAPPED, [{"name": "a"}, {"name": None}], True),
        (MAPPED, [{"name": "a"}, {}], False),
    ],
)
def test_data_fits_where_it_can_be_rendered(text: str, items: JsonValue, fits: bool) -> None:
    data: dict[str, JsonValue] = {"items": items}
    assert (not list(unmet_needs(data, contract_of(text).needs))) is fits
    try:
        LiquidEngine(0).render(text, {"event": data})
    except RenderError:
        assert not fits
    else:
        assert fits


@pytest.mark.parametrize("text", [MAPPED, f"{{% assign open = {OPEN[3:-3]} %}}{{{{ open }}}}"])
def test_a_list_that_a_filter_makes_is_there_without_data(text: str) -> None:
    assert not list(unmet_needs({}, contract_of(text).needs))
    assert LiquidEngine(0).render(text, {"event": {}}) == ""


def test_a_declared_list_of_texts_has_sizes() -> None:
    shape = Shape(DataType.OBJECT)
    shape.fields["items"] = Shape(DataType.ARRAY, items=Shape(DataType.STRING))
    [need] = (n for n in contract_of(SIZES).needs if n.path[-1] == "size")
    found = shape.find(need.path[1:])
    assert found is not None
    assert found.type is DataType.NUMBER


def test_a_number_is_no_list() -> None:
    [problem] = unmet_needs({"items": 3}, contract_of(LOOP).needs)
    assert problem.sentence == "`event.items` is not a list"


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("{{ event.items.first.name }}{{ event.items.last.price | plus: 1 }}", {"name", "price"}),
        ("{{ event.items.first.name }}{{ event.items | map: 'price' }}", {"name", "price"}),
        ("{{ event.items[0].name }}", {"name"}),
    ],
)
def test_what_has_a_first_element_is_a_list(text: str, fields: set[str]) -> None:
    items = shape_of_needs(contract_of(text).needs, "event").fields["items"]
    assert items.type is DataType.ARRAY
    assert items.items is not None
    assert set(items.items.fields) == fields
    assert not items.fields


def test_the_name_of_a_person_is_no_list() -> None:
    text = "{{ customer.name.first }} {{ customer.name.middle }}"
    name = shape_of_needs(contract_of(text).needs, "customer").fields["name"]
    assert (name.type, [*name.fields], name.items) == (DataType.OBJECT, ["first", "middle"], None)
