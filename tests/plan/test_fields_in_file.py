"""The paths of fields in the file of their resource."""

from __future__ import annotations

import pytest

from cioform.core.address import Address
from cioform.kinds import find_kinds
from cioform.model.resource import Resource
from cioform.plan.fields_in_file import kept_in_file

ONE, TWO, THREE = ({"id": name, "wait": "1d"} for name in ("one", "two", "three"))


@pytest.mark.parametrize(
    ("live", "fields"),
    [
        ([ONE, THREE, TWO], ("workflow",)),
        ([{**ONE, "wait": "9d"}, TWO, THREE], ("one.wait",)),
    ],
)
def test_what_differs_in_a_field_that_is_kept_whole(
    live: list[dict[str, str]], fields: tuple[str, ...]
) -> None:
    kind = find_kinds()["campaign"]
    own, other = (
        kind.attributes(
            kind.model.model_validate(
                {"name": "Welcome", "trigger": {"event": "signed_up"}, "workflow": steps}
            )
        )
        for steps in ([ONE, TWO, THREE], live)
    )
    resource = Resource(Address("campaign", "welcome"), own)
    assert kept_in_file(["workflow"], kind, resource, other) == fields
