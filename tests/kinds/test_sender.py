"""Senders: read over both APIs, and referred to only by a unique name."""

from __future__ import annotations

from typing import Any

from cioform.kinds.sender import KIND
from cioform.model.live_object import RemoteObject
from cioform.model.names import Names
from cioform.model.remote_access.conversation import Api, Paging, Request
from cioform.model.routes import ListRoute
from tests.support.operations import converse, route_of

ACME = {"id": 1, "name": "Acme", "email": "team@acme.com"}
ANNA = {"id": 2, "name": "Anna", "email": "team@acme.com"}
BARE = {"id": 3, "name": "", "email": "noreply@acme.com"}


def listed(api: Api, answer: Any) -> tuple[Request, list[RemoteObject]]:
    [request], found = converse(route_of(KIND, ListRoute, api).operation(), answer)
    return request, found


def test_journeys_lists_senders_of_email() -> None:
    request, [found] = listed(Api.JOURNEYS, {"identities": [ACME]})
    assert (str(request), dict(request.query)) == ("GET ~/identities", {"type": "email"})
    assert (found.remote_id, found.identity) == ("1", "team@acme.com")
    assert KIND.decode(found, Names()).attributes == {"name": "Acme", "email": "team@acme.com"}


def test_the_app_api_also_lists_phone_numbers_in_pages() -> None:
    phone = {"id": 9, "name": "Acme", "email": None, "phone": "+1555"}
    request, found = listed(Api.APP, {"sender_identities": [phone, ACME]})
    assert (request.paging, request.items) == (Paging.CURSOR, "sender_identities")
    assert [each.remote_id for each in found] == ["1"]


def test_a_shared_email_address_does_not_identify_a_sender() -> None:
    _, found = listed(Api.JOURNEYS, {"identities": [ACME, ANNA, BARE]})
    assert [each.aliases for each in found] == [
        ("Acme <team@acme.com>",),
        ("Anna <team@acme.com>",),
        ("noreply@acme.com",),
    ]


def test_two_equal_senders_have_no_name() -> None:
    _, found = listed(Api.JOURNEYS, {"identities": [ACME, {**ACME, "id": 5}]})
    assert [each.aliases for each in found] == [(), ()]


def test_senders_are_never_written() -> None:
    assert KIND.is_read_only
