"""`import --target ADDRESS --id ID` binds one address to one object."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from cioform.core.address import Address
from cioform.core.errors import UsageError
from cioform.model.objects.live_object import RemoteObject
from cioform.model.objects.snapshot import AppliedState, Binding, Listing
from cioform.model.remote_access.conversation import Api
from cioform.plan.selecting.scope import Scope
from cioform.run.importing.bind_by_id import BindRequest, bind_by_id

VIP = Address("segment", "vip")
FOUND = (
    RemoteObject("1", "Vip", Api.JOURNEYS, {}),
    RemoteObject("2", "Trial", Api.JOURNEYS, {}),
)
LISTING = Listing({"segment": FOUND, "snippet": (RemoteObject("1", "vip", Api.APP, {}),)})


def bindings(ids: Mapping[str, str]) -> dict[Address, Binding]:
    addresses = {Address.parse(address): remote_id for address, remote_id in ids.items()}
    return {a: Binding(a, remote_id, "was") for a, remote_id in addresses.items()}


def bound(
    found: Mapping[str, str], applied: Mapping[str, str] | None = None, remote_id: str = "1"
) -> dict[str, str]:
    """Bind `segment.vip` with what was found and what the state has. Return address -> id."""
    request = BindRequest("acme", VIP, remote_id)
    state = AppliedState("l", 1, bindings(applied or {}))
    result = bind_by_id(request, LISTING, state, bindings(found))
    return {str(address): binding.remote_id for address, binding in result.items()}


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ({}, {"segment.vip": "1"}),
        ({"segment.vip": "2"}, {"segment.vip": "1"}),
        ({"segment.found": "1"}, {"segment.vip": "1"}),
        ({"segment.found": "2"}, {"segment.found": "2", "segment.vip": "1"}),
        ({"snippet.vip": "1"}, {"snippet.vip": "1", "segment.vip": "1"}),
    ],
)
def test_the_object_has_this_address_and_no_other(
    found: Mapping[str, str], expected: Mapping[str, str]
) -> None:
    assert bound(found) == expected


def test_an_object_that_does_not_exist_cannot_be_bound() -> None:
    with pytest.raises(UsageError, match="The workspace acme has no segment with the ID 3"):
        bound({}, remote_id="3")


def test_the_state_may_have_the_binding_already() -> None:
    assert bound({}, {"segment.vip": "1", "segment.trial": "2", "snippet.vip": "1"}) == {
        "segment.vip": "1"
    }


@pytest.mark.parametrize(
    ("applied", "commands"),
    [
        ({"segment.old": "1"}, "    cioform state mv acme segment.old segment.vip"),
        (
            {"segment.old": "1", "segment.vip": "2"},
            """    cioform state forget acme segment.vip
    cioform state mv acme segment.old segment.vip""",
        ),
    ],
)
def test_an_object_is_not_taken_from_another_address(
    applied: Mapping[str, str], commands: str
) -> None:
    with pytest.raises(UsageError) as caught:
        bound({}, applied)
    [problem] = caught.value.diagnostics
    assert problem.summary == "Object is already bound"
    assert problem.detail.endswith(f"To bind it to segment.vip instead:\n\n{commands}")


@pytest.mark.parametrize(
    ("target", "example"),
    [
        ((), "segment.trial_users"),
        (("snippet.*",), "segment.trial_users"),
        (("snippet.*", "segment.vip"), "segment.vip"),
        (("segment.vip", "segment.trial"), "segment.vip"),
    ],
)
def test_an_id_needs_one_address(target: tuple[str, ...], example: str) -> None:
    with pytest.raises(UsageError, match=rf"import acme --target {example} --id 1$"):
        BindRequest.parse("acme", Scope(target), "1")
    with pytest.raises(UsageError, match=r"--target segment.vip --id 1$"):  # one that exists
        BindRequest.parse("acme", Scope(), "1", [VIP])
    assert BindRequest.parse("acme", Scope(("segment.vip",)), "1").address == VIP
