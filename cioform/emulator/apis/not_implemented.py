"""Documented operations of the App and Track APIs that are not served: they say so with a 501."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files

from cioform.emulator.protocol import surfaces
from cioform.emulator.protocol.request import Handler, Request, Response
from cioform.emulator.protocol.route import Route
from cioform.emulator.protocol.surfaces import Surface
from cioform.emulator.wire.errors import ApiError

PATH_ARGUMENT = re.compile(r"\{(\w+)\}")
PLACEHOLDER = re.compile(r"<(?:\w+:)?\w+>|\{\w+\}")
SURFACES = {"app": surfaces.APP, "track": surfaces.TRACK}


@dataclass(frozen=True)
class DocumentedOperation:
    """One documented operation, by the id it has in the documents."""

    surface: Surface
    method: str
    path: str
    operation_id: str


def documented_operations() -> list[DocumentedOperation]:
    """Every documented operation of both APIs (app facts, the list of operations)."""
    text = (files("cioform.emulator") / "operations.txt").read_text(encoding="utf-8")
    rows = (line.split() for line in text.splitlines())
    return [
        DocumentedOperation(SURFACES[api], method, path, own) for api, method, path, own in rows
    ]


def is_served(operation: DocumentedOperation, served: Iterable[Route]) -> bool:
    """Whether one of the routes is that operation."""
    return (operation.method, _path_pattern(operation.path)) in _path_patterns(served)


def routes(served: Iterable[Route]) -> list[Route]:
    """A route for each operation that none of `served` is."""
    shapes = _path_patterns(served)
    return [
        Route(
            each.surface,
            each.method,
            PATH_ARGUMENT.sub(r"<\1>", each.path),
            _handler(each),
            reads_body=False,
        )
        for each in documented_operations()
        if (each.method, _path_pattern(each.path)) not in shapes
    ]


def _handler(operation: DocumentedOperation) -> Handler:
    name = f"{operation.operation_id} ({operation.method} {operation.path})"

    def unserved(request: Request) -> Response:
        """Not served."""
        del request
        raise ApiError(501, f"the sandbox does not serve {name}", code="not_served")

    return unserved


def _path_patterns(served: Iterable[Route]) -> set[tuple[str, str]]:
    return {(each.method, _path_pattern(each.path)) for each in served}


def _path_pattern(path: str) -> str:
    return PLACEHOLDER.sub("*", path)
