"""Which API does what: the first route that fits the credentials at hand, or the way out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from cioform.core.json_value import Attributes
from cioform.core.paths import format_path
from cioform.model.conversation import Api
from cioform.model.kind import Kind, Route, Verb
from cioform.model.resource import FieldPath

_REQUIRED_CREDENTIALS: Final[Mapping[Api, str]] = {
    Api.APP: "an App API key (`app_api_key`)",
    Api.JOURNEYS: "a service account token (`service_account_token`)",
    Api.TRACK: "a site id and a Track API key (`site_id`, `track_api_key`)",
}
_ALL_APIS: Final = frozenset(Api)


def choose_route(
    kind: Kind,
    verb: Verb,
    apis: frozenset[Api],
    paths: Sequence[FieldPath] = (),
    wanted: Attributes | None = None,
) -> Route | None:
    """Give the route to take, or None when there is none.

    A write takes the first route that covers all of `paths`, documented before undocumented;
    `wanted` is what the object is to be, for routes that depend on it.
    Listing and reading stay on one API, since an object is read with what its list said: the one
    that sees most of the model. None for READ where that API's list says it all.
    """
    routes = _matching_routes(kind, verb, apis, paths, wanted)
    if verb in (Verb.LIST, Verb.READ):
        api = reading_api(kind, apis)
        routes = [route for route in routes if route.api is api]
    return routes[0] if routes else None


def reading_api(kind: Kind, apis: frozenset[Api]) -> Api | None:
    """Give the API that lists `kind` and, with its list and its reading, sees most of the model's
    fields; of equals the first. None when none at hand lists it."""
    listing = [r.api for r in kind.routes if r.verb is Verb.LIST and r.api in apis]
    return max(listing, key=lambda api: _count_readable_fields(kind, api), default=None)


def unsupported_hint(
    kind: Kind,
    verb: Verb,
    apis: frozenset[Api],
    paths: Sequence[FieldPath] = (),
    wanted: Attributes | None = None,
) -> str:
    """Give, in full sentences, why no route fits and what to do: which credential is missing,
    or that no API can."""
    missing = [
        r.api for r in _matching_routes(kind, verb, _ALL_APIS, paths, wanted) if r.api not in apis
    ]
    if missing:
        needs = " or ".join(_REQUIRED_CREDENTIALS[api] for api in dict.fromkeys(missing))
        return f"This needs {needs} under `credentials` in `workspace.yaml`."
    by_hand = kind.hint or "Do it by hand in Customer.io, then plan again."
    what = f"{verb.value} a {kind.name}"
    if any(route.verb is verb for route in kind.routes):
        out_of_reach = ", ".join(
            f"`{format_path(path)}`" for path in _unsupported_paths(kind, verb, paths)
        )
        if out_of_reach:
            return f"No API of Customer.io can set {out_of_reach} of a {kind.name}. {by_hand}"
        return f"No single API of Customer.io can {what} with all these fields at once. {by_hand}"
    return f"No API of Customer.io can {what}. {by_hand}"


def _matching_routes(
    kind: Kind,
    verb: Verb,
    apis: frozenset[Api],
    paths: Sequence[FieldPath],
    wanted: Attributes | None,
) -> list[Route]:
    return [
        route
        for route in kind.routes
        if route.verb is verb
        and route.api in apis
        and all(route.covers(path, wanted) for path in paths)
    ]


def _unsupported_paths(kind: Kind, verb: Verb, paths: Sequence[FieldPath]) -> Iterable[FieldPath]:
    """Give the paths that no route of the verb covers, on any API."""
    routes = [route for route in kind.routes if route.verb is verb]
    return (path for path in paths if not any(route.covers(path) for route in routes))


def _count_readable_fields(kind: Kind, api: Api) -> tuple[int, int]:
    """Give how many of the model's fields an API's list and reading see whole, then in part."""
    reading = [r for r in kind.routes if r.api is api and r.verb in (Verb.LIST, Verb.READ)]
    whole = [
        name
        for name in kind.model.yaml_field_names()
        if any(route.covers((name,)) for route in reading)
    ]
    heads = {pattern.split(".")[0] for route in reading for pattern in route.fields or ()}
    return len(whole), len(heads - set(whole))
