"""Whether data has what a text needs. The renderer is the witness for each case."""

from __future__ import annotations

import pytest

from cioform.contract.check import unmet_needs
from cioform.core.json_value import JsonValue
from cioform.emulator.liquid.engine import LiquidEngine
from cioform.emulator.liquid.render_error import RenderError
from tests.data_contract.test_inference import contract_of

LOOP = "{% for item in event.items %}{{ item }}{% endfor %}"
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


def test_a_number_is_no_list() -> None:
    [problem] = unmet_needs({"items": 3}, contract_of(LOOP).needs)
    assert problem.sentence == "`event.items` is not a list"
