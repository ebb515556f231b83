"""All routes, gathered from the files of the resources, and which of them a request meets."""

from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from pkgutil import walk_packages
from typing import Any

from werkzeug.routing import IntegerConverter, Map, Rule

from cioform.emulator import apis
from cioform.emulator.apis import not_implemented
from cioform.emulator.protocol.route import Route
from cioform.emulator.wire.json_input import parse_integer


def _discover_routes() -> Iterator[Route]:
    """Yield the routes of every module below `apis` that has some."""
    for module in walk_packages(apis.__path__, f"{apis.__name__}."):
        yield from getattr(import_module(module.name), "ROUTES", ())


IMPLEMENTED_ROUTES: tuple[Route, ...] = tuple(_discover_routes())
ROUTES: tuple[Route, ...] = (*IMPLEMENTED_ROUTES, *not_implemented.routes(IMPLEMENTED_ROUTES))


class _MatchOnlyRule(Rule):
    """A rule that requests are matched with, and no URL is ever built from.

    What builds URLs is compiled for each rule as it is bound: 200 ms for all of them, at the start
    of every command on a sandbox. Were werkzeug to name it otherwise, this would cost time only."""

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., Any]:
        del append_unknown
        return lambda *_: None


class _IntegerConverter(IntegerConverter):
    """A number in a path: ASCII digits, and one too large to be kept is nobody's."""

    regex = "[0-9]+"
    num_convert = staticmethod(parse_integer)


@cache
def url_map() -> Map:
    """Give the map of all routes; its endpoints are the routes themselves."""
    return Map(
        [_MatchOnlyRule(each.path, methods=[each.method], endpoint=each) for each in ROUTES],
        converters={"int": _IntegerConverter},
        strict_slashes=False,
        merge_slashes=False,
    )
