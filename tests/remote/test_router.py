"""The router: which API is used, given the credentials."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import pytest

from cioform.model.kind import Kind
from cioform.model.objects.live_object import Decoded, RemoteObject
from cioform.model.references.names import Names
from cioform.model.remote_access.conversation import Api
from cioform.model.resource import ResourceModel
from cioform.model.router import choose_route, reading_api, unsupported_hint
from cioform.model.routing.routes import (
    ROUTE_TYPES,
    ListRoute,
    ReadRoute,
    Route,
    UpdateRoute,
    Verb,
)

APP, JOURNEYS = frozenset({Api.APP}), frozenset({Api.JOURNEYS})
BOTH = APP | JOURNEYS


class Letter(ResourceModel):
    """A model with a field only one API sees."""

    name: str
    body: str
    conditions: str


@dataclass(frozen=True)
class Letters(Kind[Letter]):
    """A kind with the routes of a test."""

    given: tuple[Route, ...]
    name: ClassVar[str] = "letter"
    folder: ClassVar[str] = "letters"
    model = Letter

    @property
    def routes(self) -> Sequence[Route]:
        return self.given

    def decode(self, found: RemoteObject, names: Names) -> Decoded:
        raise NotImplementedError


def operation(*_arguments: object) -> Any:
    """Stand for an operation that no test of the router calls."""


def route(verb: Verb, api: Api, *fields: str) -> Route:
    [route_type] = [each for each in ROUTE_TYPES if each.verb is verb]
    found: Any = route_type
    made: Route = found(api, operation, fields=frozenset(fields) if fields else None)
    return made


KIND = Letters(
    (
        route(Verb.LIST, Api.APP, "name"),
        route(Verb.READ, Api.APP, "body"),
        route(Verb.UPDATE, Api.APP, "body", "messages.*.subject"),
        route(Verb.LIST, Api.JOURNEYS, "name"),
        route(Verb.READ, Api.JOURNEYS),
        route(Verb.CREATE, Api.JOURNEYS),
        route(Verb.UPDATE, Api.JOURNEYS, "name", "body", "messages"),
    )
)


def api_of(found: Route | None) -> Api | None:
    return found.api if found else None


@pytest.mark.parametrize(
    ("apis", "expected"), [(APP, Api.APP), (JOURNEYS, Api.JOURNEYS), (BOTH, Api.JOURNEYS)]
)
def test_the_api_that_sees_the_most_fields_reads_and_lists(apis, expected):
    assert reading_api(KIND, apis) is expected
    assert api_of(choose_route(KIND, ListRoute, apis)) is expected
    assert api_of(choose_route(KIND, ReadRoute, apis)) is expected


def test_the_documented_api_reads_if_both_see_the_same_fields():
    kind = Letters((route(Verb.LIST, Api.APP), route(Verb.LIST, Api.JOURNEYS)))
    assert reading_api(kind, BOTH) is Api.APP
    assert choose_route(kind, ReadRoute, BOTH) is None


def test_a_partly_visible_field_counts_less_than_a_visible_one():
    part = route(Verb.LIST, Api.JOURNEYS, "name", "body.text")
    assert reading_api(Letters((route(Verb.LIST, Api.APP, "name"), part)), BOTH) is Api.JOURNEYS
    assert reading_api(Letters((route(Verb.LIST, Api.APP, "name", "body"), part)), BOTH) is Api.APP


def test_reading_without_a_list_is_not_possible():
    assert reading_api(Letters((route(Verb.READ, Api.APP),)), BOTH) is None


@pytest.mark.parametrize(
    ("apis", "paths", "expected"),
    [
        (BOTH, [("body",)], Api.APP),
        (BOTH, [("messages", 0, "subject")], Api.APP),
        (BOTH, [("messages", 0, "from")], Api.JOURNEYS),
        (BOTH, [("name",), ("body",)], Api.JOURNEYS),
        (APP, [("name",)], None),
        (BOTH, [("conditions",)], None),
    ],
)
def test_a_write_takes_the_first_route_that_covers_everything(apis, paths, expected):
    assert api_of(choose_route(KIND, UpdateRoute, apis, paths)) is expected


def test_the_hint_names_the_credential():
    assert "`service_account_token`" in unsupported_hint(KIND, Verb.CREATE, APP)
    assert "`service_account_token`" in unsupported_hint(KIND, Verb.UPDATE, APP, [("name",)])


def test_the_hint_names_the_field_that_no_api_can_set():
    text = unsupported_hint(KIND, Verb.UPDATE, BOTH, [("body",), ("conditions",)])
    assert "`conditions`" in text
    assert "`body`" not in text


def test_the_hint_says_that_no_api_can():
    assert unsupported_hint(KIND, Verb.DELETE, BOTH).startswith(
        "No API of Customer.io can delete a letter."
    )
