"""Documented operations of the App and Track APIs that the emulator answers with 501."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files

from cioform.emulator.protocol import surfaces
from cioform.emulator.protocol.request import Handler, Request, Response
from cioform.emulator.protocol.route import Route
from cioform.emulator.protocol.surfaces import Surface
from cioform.emulator.wire.errors import ApiError

PATH_PARAMETER = re.compile(r"\{(\w+)\}")
PLACEHOLDER = re.compile(r"<(?:\w+:)?\w+>|\{\w+\}")
SURFACES = {"app": surfaces.APP, "track": surfaces.TRACK}


@dataclass(frozen=True)
class DocumentedOperation:
    """One documented operation; `operation_id` is its id in the documentation."""

    surface: Surface
    method: str
    path: str
    operation_id: str


def documented_operations() -> list[DocumentedOperation]:
    """Return all documented operations of both APIs (app facts, the list of operations)."""
    text = (files("cioform.emulator") / "operations.txt").read_text(encoding="utf-8")
    rows = (line.split() for line in text.splitlines())
    return [
        DocumentedOperation(SURFACES[api], method, path, operation_id)
        for api, method, path, operation_id in rows
    ]


def routes(implemented: Iterable[Route]) -> list[Route]:
    """Return a route for each documented operation that is not among the implemented routes."""
    patterns = {(each.method, _path_pattern(each.path)) for each in implemented}
    return [
        Route(
            each.surface,
            each.method,
            PATH_PARAMETER.sub(r"<\1>", each.path),
            _handler(each),
            reads_body=False,
        )
        for each in documented_operations()
        if (each.method, _path_pattern(each.path)) not in patterns
    ]


def _handler(operation: DocumentedOperation) -> Handler:
    name = f"{operation.operation_id} ({operation.method} {operation.path})"

    def not_implemented(_request: Request) -> Response:
        """Raise 501, because the emulator does not implement this operation."""
        raise ApiError(501, f"the sandbox does not serve {name}", code="not_served")

    return not_implemented


def _path_pattern(path: str) -> str:
    return PLACEHOLDER.sub("*", path)
