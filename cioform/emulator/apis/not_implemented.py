"""Known operations of the App, Track and Journeys APIs for which the emulator returns 501."""

import re
from collections.abc import Iterable
from importlib.resources import files

from cioform.core.dataclasses import dataclass
from cioform.emulator.protocol import surfaces
from cioform.emulator.protocol.request import Handler, Request, Response
from cioform.emulator.protocol.route import Route
from cioform.emulator.protocol.surfaces import Surface
from cioform.emulator.wire.errors import ApiError

PATH_PARAMETER = re.compile(r"\{(\w+)\}")
PLACEHOLDER = re.compile(r"<(?:\w+:)?\w+>|\{\w+\}")
SURFACES = {each.name: each for each in surfaces.SURFACES}
WORKSPACE_PATH = "/v1/environments/{environment_id}"


@dataclass(frozen=True)
class DocumentedOperation:
    """One documented operation. `name` is its ID in the documentation, or says what it does."""

    surface: Surface
    method: str
    path: str
    name: str


def documented_operations() -> list[DocumentedOperation]:
    """Return all known operations, whether the emulator implements them or not.

    Those of the App and Track APIs are documented (app facts, the list of operations). Those of the
    Journeys API are the 204 routes of the official CLI, and others that the facts name
    (corrections 2026-11, Journeys API); `~` stands for the path of the workspace.
    """
    text = (files("cioform.emulator") / "operations.txt").read_text(encoding="utf-8")
    rows = (line.split(maxsplit=3) for line in text.splitlines())
    return [
        DocumentedOperation(SURFACES[api], method, path.replace("~", WORKSPACE_PATH), name)
        for api, method, path, name in rows
    ]


def routes(implemented: Iterable[Route]) -> list[Route]:
    """Return a route for each documented operation that is not among the implemented routes."""
    patterns = {(each.method, _path_pattern(each.path)) for each in implemented}
    return [
        Route(
            each.surface,
            each.method,
            _route_path(each.path),
            _handler(each),
            reads_body=False,
        )
        for each in documented_operations()
        if (each.method, _path_pattern(each.path)) not in patterns
    ]


def _handler(operation: DocumentedOperation) -> Handler:
    name = f"{operation.name} ({operation.method} {operation.path})"

    def not_implemented(_request: Request) -> Response:
        """Raise 501, because the emulator does not implement this operation."""
        raise ApiError(501, f"the sandbox does not serve {name}", code="not_served")

    return not_implemented


def _route_path(path: str) -> str:
    in_workspace = path.replace("{environment_id}", "<int:environment>")
    return PATH_PARAMETER.sub(r"<\1>", in_workspace)


def _path_pattern(path: str) -> str:
    return PLACEHOLDER.sub("*", path)
