"""The router: which API does what with the available credentials, or how to make it possible."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Final, TypeVar

from cioform.core.data.json_value import Attributes
from cioform.core.data.paths import FieldPath, format_path
from cioform.core.text.word_lists import join_names, with_article
from cioform.model.kind import Kind
from cioform.model.paths.file_paths import file_form, file_path
from cioform.model.remote_access.conversation import Api
from cioform.model.routing.routes import ListRoute, ReadRoute, Route, Verb

RouteT = TypeVar("RouteT", bound=Route)

_REQUIRED_CREDENTIALS: Final[Mapping[Api, str]] = {
    Api.APP: "an App API key (`app_api_key`)",
    Api.JOURNEYS: "a service account token (`service_account_token`)",
    Api.TRACK: "a site ID and a Track API key (`site_id`, `track_api_key`)",
}


def choose_route(
    kind: Kind,
    route_type: type[RouteT],
    apis: frozenset[Api],
    paths: Sequence[FieldPath] = (),
    wanted: Attributes | None = None,
) -> RouteT | None:
    """Return the route to take, or None when there is none.

    A write takes the first route that covers all of `paths`, documented before undocumented.
    `wanted` is the object to be written, for routes that depend on it. Lists and reads go over the
    one API that shows most of the model, because an object is read with what its list returned. A
    kind may have no read route there, when the list returns everything.
    """
    if issubclass(route_type, ListRoute | ReadRoute):
        api = reading_api(kind, apis)
        apis = frozenset() if api is None else frozenset({api})
    routes = (route for route in kind.routes if isinstance(route, route_type))
    return next(
        (route for route in routes if route.api in apis and _covers_all(route, paths, wanted)),
        None,
    )


def reading_api(kind: Kind, apis: frozenset[Api]) -> Api | None:
    """Return the API that lists `kind` and shows most fields of its model, the first of equals.

    None when no available API lists it.
    """
    listing = [
        route.api for route in kind.routes if isinstance(route, ListRoute) and route.api in apis
    ]
    if len(listing) < 2:
        return listing[0] if listing else None
    return max(listing, key=lambda api: _count_readable_fields(kind, api))


def unsupported_hint(
    kind: Kind,
    verb: Verb,
    apis: frozenset[Api],
    paths: Sequence[FieldPath] = (),
    wanted: Attributes | None = None,
) -> str:
    """Return why there is no route and what to do, in full sentences.

    Either a credential is missing, or no API can do it.
    """
    missing = [
        route.api
        for route in _routes_of(kind, verb)
        if route.api not in apis and _covers_all(route, paths, wanted)
    ]
    if missing:
        needs = " or ".join(_REQUIRED_CREDENTIALS[api] for api in dict.fromkeys(missing))
        return f"This needs {needs} under `credentials` in `workspace.yaml`."
    by_hand = kind.hint or "Do it by hand in Customer.io, then plan again."
    what = f"{verb.value} {with_article(kind.name)}"
    if any(_routes_of(kind, verb)):
        forms = (file_form(kind, wanted or {}),)
        names = (
            format_path(file_path(kind, path, forms))
            for path in _unsupported_paths(kind, verb, paths)
        )
        unsupported = join_names(dict.fromkeys(names))
        if unsupported:
            owner = with_article(kind.name)
            return f"No API of Customer.io can set {unsupported} of {owner}. {by_hand}"
        return f"No single API of Customer.io can {what} with all these fields at once. {by_hand}"
    return f"No API of Customer.io can {what}. {by_hand}"


def _routes_of(kind: Kind, verb: Verb) -> Iterable[Route]:
    return (route for route in kind.routes if route.verb is verb)


def _covers_all(route: Route, paths: Sequence[FieldPath], wanted: Attributes | None) -> bool:
    return all(route.covers(path, wanted) for path in paths)


def _unsupported_paths(kind: Kind, verb: Verb, paths: Sequence[FieldPath]) -> Iterable[FieldPath]:
    """Yield the paths that no route of the verb covers, on any API."""
    routes = list(_routes_of(kind, verb))
    return (path for path in paths if not any(route.covers(path) for route in routes))


@cache  # asked for every kind at every read
def _count_readable_fields(kind: Kind, api: Api) -> tuple[int, int]:
    """Return how many fields of the model an API shows whole, and how many in part."""
    reading = [
        route
        for route in kind.routes
        if route.api is api and isinstance(route, ListRoute | ReadRoute)
    ]
    shown_whole = {
        name
        for name in kind.model.yaml_field_names()
        if any(route.covers((name,)) for route in reading)
    }
    shown = {pattern.split(".")[0] for route in reading for pattern in route.fields or ()}
    return len(shown_whole), len(shown - shown_whole)
