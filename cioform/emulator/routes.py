"""All routes, collected from the modules below `apis`, and the maps that match requests."""

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from importlib import import_module
from pkgutil import walk_packages

from typing_extensions import override
from werkzeug.routing import IntegerConverter, Map, Rule

from cioform.emulator import apis
from cioform.emulator.apis import not_implemented
from cioform.emulator.protocol.route import Route
from cioform.emulator.wire.json_input import parse_integer


def _discover_routes() -> Iterator[Route]:
    """Yield the routes of every module below `apis` that declares `ROUTES`."""
    for module in walk_packages(apis.__path__, f"{apis.__name__}."):
        yield from getattr(import_module(module.name), "ROUTES", ())


IMPLEMENTED_ROUTES: tuple[Route, ...] = tuple(_discover_routes())


class _MatchOnlyRule(Rule):
    """A rule that matches requests, but cannot build URLs.

    werkzeug compiles a URL builder for each rule, which takes 200 ms for all of them at the start
    of every sandbox command. If werkzeug renames the method, only those 200 ms come back.
    """

    @override
    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        return lambda *_: ("", "")


class _IntegerConverter(IntegerConverter):
    """An integer in a path: ASCII digits. An integer too large for SQLite matches no ID."""

    regex = "[0-9]+"
    num_convert = staticmethod(parse_integer)


@cache
def implemented_url_map() -> Map:
    """Return the map of the implemented routes; its endpoints are the routes themselves."""
    return _make_url_map(IMPLEMENTED_ROUTES)


@cache
def not_implemented_url_map() -> Map:
    """Return the map of the known operations that are not implemented.

    It is a map of its own because few sandbox commands need it, and all would wait for it.
    """
    return _make_url_map(not_implemented.routes(IMPLEMENTED_ROUTES))


def _make_url_map(routes: Iterable[Route]) -> Map:
    return Map(
        [_MatchOnlyRule(route.path, methods=[route.method], endpoint=route) for route in routes],
        converters={"int": _IntegerConverter},
        strict_slashes=False,
        merge_slashes=False,
    )
