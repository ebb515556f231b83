"""Every live object gets one address: that of its file, of its binding, or one made of its name."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from cioform.core.address import Address
from cioform.kinds import find_kinds
from cioform.model.objects.live_object import RemoteObject
from cioform.model.objects.snapshot import AppliedState, Binding, DesiredState, Listing
from cioform.model.remote_access.conversation import Api
from cioform.model.resource import Resource
from cioform.run.importing.assign_addresses import assign_addresses


def layout(name: str) -> Address:
    return Address("layout", name)


@pytest.mark.parametrize(
    ("files", "bindings", "live", "expected"),
    [
        ({}, {}, {"1": "Main page"}, {"main_page": "1"}),
        ({}, {"mine": "1"}, {"1": "Main"}, {"mine": "1"}),
        ({"ours": "Main"}, {}, {"1": "Main"}, {"ours": "1"}),
        ({"ours": "Main"}, {"mine": "1"}, {"1": "Main"}, {"ours": "1"}),
        ({"ours": "Other"}, {"ours": "1"}, {"1": "Main"}, {"ours": "1"}),
        ({"ours": "Other"}, {"ours": "9"}, {"1": "Main", "2": "Other"}, {"ours": "2", "main": "1"}),
        ({}, {"mine": "1", "main": "2"}, {"1": "Main", "2": "Other"}, {"mine": "1", "main": "2"}),
        ({}, {"main": "1"}, {"1": "Other", "2": "Main"}, {"main": "1", "main_2": "2"}),
        ({}, {"a": "1", "b": "1"}, {"1": "Main"}, {"a": "1"}),
        ({}, {}, {"10": "Main", "9": "Main"}, {"main": "9", "main_10": "10"}),
        ({}, {}, {"1": "!"}, {"layout_1": "1"}),
    ],
)
def test_the_file_decides_before_the_binding_and_that_before_the_name(
    files: Mapping[str, str],
    bindings: Mapping[str, str],
    live: Mapping[str, str],
    expected: Mapping[str, str],
) -> None:
    found = tuple(RemoteObject(i, name, Api.JOURNEYS, {}) for i, name in live.items())
    bound = {layout(a): Binding(layout(a), i, "was") for a, i in bindings.items()}
    desired = {layout(a): Resource(layout(a), {"name": name}) for a, name in files.items()}
    assigned = assign_addresses(
        find_kinds(), Listing({"layout": found}), AppliedState("l", 1, bound), DesiredState(desired)
    )
    assert {a.name: binding.remote_id for a, binding in assigned.items()} == expected
    assert all(binding.address == address for address, binding in assigned.items())
