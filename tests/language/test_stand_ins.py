"""The shape of the data that texts use, and the values that stand in for it."""

from typing import Any

import pytest

from cioform.language.liquid.data_shape import Shape, shape_of
from cioform.language.liquid.stand_ins import STAND_INS, stand_in_data

AB = {"a": "A", "b": "B"}
CITIES = {"list": [{"city": "Oslo"}] * 3}
TYPICAL, BLANK, LONGEST, *_ = STAND_INS


def data(text: str, person=TYPICAL) -> Any:
    return stand_in_data(person, shape_of([text]))


@pytest.mark.parametrize(
    ("text", "root", "made_up"),
    [
        ("{{ event.order.city }}", "event", {"order": {"city": "Oslo"}}),
        ("{{ event['first name'] }}", "event", {"first name": "First name"}),
        ("{{ event.paid_at }}", "event", {"paid_at": 1767261600}),
        ("{{ event.x | date: '%d' }}", "event", {"x": 1767261600}),
        ("{{ event.total }}{{ event.x | plus: 1 }}", "event", {"total": 29.5, "x": 3}),
        ("{% if event.plan == 'gold' %}{% endif %}", "event", {"plan": "gold"}),
        ("{% if event.on == true and event.n > 2 %}{% endif %}", "event", {"on": True, "n": 3}),
        ("{% if event.is_new %}{% endif %}", "event", {"is_new": True}),
        ("{% for i in event.list %}{{ i.city }}{% endfor %}", "event", CITIES),
        ("{{ event.list[0].city }}", "event", CITIES),
        ("{{ event.list | map: 'city' | join }}", "event", CITIES),
        (
            "{% assign first = event.list | first %}{{ first.city }}",
            "event",
            CITIES,
        ),
        ("{% assign city = 'x' %}{{ city }}{{ event.a }}", "event", {"a": "A"}),
        ("{{ objects.pets.city }}", "objects", {"pets": [{"city": "Oslo"}]}),
        ("{% comment %}{{ event.b }}{% endcomment %}{{ event.a }}", "event", {"a": "A"}),
        ("{% if event.a contains 'x' %}{{ event.b.size }}{% endif %}", "event", AB),
    ],
)  # fmt: skip
def test_values_fit_their_use(text: str, root: str, made_up: object) -> None:
    assert data(text)[root] == made_up


def test_a_blank_person_has_only_identifiers() -> None:
    found = data(
        "{{ customer.name }}{{ event.x }}{% for i in event.y %}{{ i.z }}{% endfor %}", BLANK
    )
    assert set(found["customer"]) == {"id", "email", "cio_id"}
    assert found["event"] == {"x": "", "y": []}


def test_a_long_list_has_twelve_items_with_names_of_their_own() -> None:
    found = data("{% for item in event.items %}{{ item.name }}{% endfor %}", LONGEST)
    assert len({item["name"] for item in found["event"]["items"]}) == 12


def test_everybody_has_a_value_for_everything() -> None:
    shape = shape_of(["{{ event.a_b }}{{ event.url }}{{ customer.name }}{{ event.price }}"])
    person: Any
    for person in STAND_INS:
        values: Any = stand_in_data(person, shape)["event"]
        assert set(values) == {"a_b", "url", "price"}
    assert shape_of(["no Liquid"]) == Shape()
