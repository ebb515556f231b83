"""Documented operations of the App and Track APIs that are not served: they say so with a 501."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files

from cioform.emulator.protocol.request import Call, Handler, Reply
from cioform.emulator.protocol.route import Route, Surface
from cioform.emulator.wire.errors import Refusal

ARGUMENT = re.compile(r"\{(\w+)\}")
PLACE = re.compile(r"<(?:\w+:)?\w+>|\{\w+\}")
SURFACES = {"app": Surface.APP, "track": Surface.TRACK}


@dataclass(frozen=True)
class Operation:
    """One documented operation, by the id it has in the documents."""

    surface: Surface
    method: str
    path: str
    operation_id: str


def operations() -> list[Operation]:
    """Every documented operation of both APIs (app facts, the list of operations)."""
    text = (files("cioform.emulator") / "operations.txt").read_text(encoding="utf-8")
    rows = (line.split() for line in text.splitlines())
    return [Operation(SURFACES[api], method, path, own) for api, method, path, own in rows]


def is_served(operation: Operation, served: Iterable[Route]) -> bool:
    """Whether one of the routes is that operation."""
    return (operation.method, _shape(operation.path)) in _shapes(served)


def routes(served: Iterable[Route]) -> list[Route]:
    """A route for each operation that none of `served` is."""
    shapes = _shapes(served)
    return [
        Route(
            each.surface,
            each.method,
            ARGUMENT.sub(r"<\1>", each.path),
            _handler(each),
            reads_body=False,
        )
        for each in operations()
        if (each.method, _shape(each.path)) not in shapes
    ]


def _handler(operation: Operation) -> Handler:
    name = f"{operation.operation_id} ({operation.method} {operation.path})"

    def unserved(call: Call) -> Reply:
        """Not served."""
        del call
        raise Refusal(501, f"the sandbox does not serve {name}", code="not_served")

    return unserved


def _shapes(served: Iterable[Route]) -> set[tuple[str, str]]:
    return {(each.method, _shape(each.path)) for each in served}


def _shape(path: str) -> str:
    return PLACE.sub("*", path)
