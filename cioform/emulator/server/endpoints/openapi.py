"""The OpenAPI document of the Journeys API, built from the routes."""

import re
from typing import Any

from cioform.emulator.protocol.route import Route, Shape
from cioform.emulator.routes import IMPLEMENTED_ROUTES
from cioform.emulator.validation.action_rules import MESSAGE_CHANNELS

PARAMETER_PATTERN = re.compile(r"<(?:\w+:)?(\w+)>")
PARAMETER_NAMES = {"environment": "environment_id", "account": "account_id"}


def openapi_document(conditions_described: str = "messages") -> dict[str, Any]:
    """Return an OpenAPI 3.1.0 document of the Journeys API, as the real one serves it.

    It lists `preconditions` for actions that are messages, or for all of them.
    """
    paths: dict[str, dict[str, Any]] = {}
    for route in IMPLEMENTED_ROUTES:
        if route.surface.is_journeys:
            paths.setdefault(_path_template(route), {})[route.method.lower()] = _operation(route)
    if conditions_described == "messages":
        _describe_conditions_of_messages_only(
            paths["/v1/environments/{environment_id}/actions/{id}"]
        )
    return {
        "openapi": "3.1.0",
        "info": {"title": "Customer.io UI API (emulator)", "version": "1"},
        "paths": paths,
    }


def _describe_conditions_of_messages_only(actions: dict[str, Any]) -> None:
    body = actions["put"]["requestBody"]["content"]["application/json"]["schema"]
    action = body["properties"]["action"]
    condition = action["properties"].pop("preconditions")
    types = {"type": "string", "enum": sorted(MESSAGE_CHANNELS)}
    message = {"type": "object", "properties": {"type": types, "preconditions": condition}}
    action["anyOf"] = [message, {"type": "object"}]


def _path_template(route: Route) -> str:
    return PARAMETER_PATTERN.sub(lambda match: "{" + _parameter_name(match[1]) + "}", route.path)


def _parameter_name(name: str) -> str:
    return PARAMETER_NAMES.get(name, name)


def _operation(route: Route) -> dict[str, Any]:
    in_path = [
        _parameter(_parameter_name(name), "path") for name in PARAMETER_PATTERN.findall(route.path)
    ]
    in_query = [_parameter(name, "query") for name in route.query]
    operation: dict[str, Any] = {
        "operationId": f"{route.handler.__module__.rpartition('.')[2]}.{route.handler.__name__}",
        "summary": (route.handler.__doc__ or "").splitlines()[0],
        "parameters": in_path + in_query,
        "responses": {"200": {"description": "OK", "content": {"application/json": {}}}},
    }
    if route.method == "DELETE":
        operation["responses"] = {"204": {"description": "Deleted"}}
    if route.shape is not None:
        operation["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": _public_schema(route.shape)}},
        }
    return operation


def _parameter(name: str, location: str) -> dict[str, Any]:
    return {
        "name": name,
        "in": location,
        "required": location == "path",
        "schema": {"type": "string"},
    }


def _public_schema(shape: Shape) -> dict[str, Any]:
    """Return the shape without the `x-` members, which only the emulator's own checks read."""
    schema: dict[str, Any] = {}
    for key, value in shape.items():
        if key == "properties":
            schema[key] = {name: _public_schema(member) for name, member in value.items()}
        elif key == "items":
            schema[key] = _public_schema(value)
        elif not key.startswith("x-"):
            schema[key] = value
    return schema
