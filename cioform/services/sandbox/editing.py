"""Edit a live object of the sandbox as a person would in Customer.io's UI."""

from __future__ import annotations

import json
from pathlib import Path

from pydantic import ValidationError

from cioform.config.read.scalars import parse_plain_scalar
from cioform.core.address import Address
from cioform.core.errors import UsageError
from cioform.core.json_value import Attributes, JsonValue
from cioform.core.paths import format_path
from cioform.core.suggest import did_you_mean
from cioform.model.capabilities import HasLifecycle
from cioform.model.conversation import Api
from cioform.model.kind import Kind
from cioform.model.live_object import LiveObject
from cioform.model.names import Names
from cioform.model.operations import WriteContext
from cioform.model.resource import FieldPath
from cioform.model.router import choose_route
from cioform.model.routes import UpdateRoute
from cioform.model.value_errors import describe_errors
from cioform.plan.change import FieldChange
from cioform.remote.provider import Provider
from cioform.run.driver import run_conversation
from cioform.services.workspace import Workspace, open_workspace


def edit_in_sandbox(
    root: Path, name: str, address: Address, field: str, value: str, actor: str
) -> FieldChange:
    """Set one field of a live object, as the person `actor`.

    `field` is a path such as `messages.0.subject`, or `state`; `value` is read as a plain YAML
    scalar. Raises UsageError when there is no such object or field.
    """
    with open_workspace(root, name, apis=frozenset({Api.JOURNEYS}), actor=actor) as workspace:
        live, names = workspace.live(address)
        kind = workspace.kinds[address.kind]
        if field == "state":
            return _set_state(workspace.provider, kind, live, value)
        path = tuple(_path_step(part) for part in field.split("."))
        return _set_field(workspace, kind, live, names, path, parse_plain_scalar(value))


def _set_state(provider: Provider, kind: Kind, live: LiveObject, value: str) -> FieldChange:
    if not isinstance(kind, HasLifecycle):
        raise UsageError.of("No such field", f"A {kind.name} has no state.")
    provider.send(kind.state_request(live.remote_id, value))
    return FieldChange(("state",), live.decoded.reach.state, value)


def _set_field(
    workspace: Workspace,
    kind: Kind,
    live: LiveObject,
    names: Names,
    path: FieldPath,
    value: JsonValue,
) -> FieldChange:
    route = choose_route(kind, UpdateRoute, workspace.apis, [path])
    if route is None:
        raise UsageError.of(
            "Field cannot be edited",
            f"No API can set `{format_path(path)}` of a {kind.name}."
            f"{did_you_mean(path[0], live.attributes)}",
        )
    edited, before = _with_value(live.attributes, path, value)
    try:
        model = kind.parse(edited)
    except ValidationError as error:
        problem = describe_errors(error.errors(include_url=False)[:1], value)
        raise UsageError.of("Wrong value", f"`{format_path(path)}` {problem}") from None
    context = WriteContext(names, [path])
    run_conversation(route.operation(live, model, context), workspace.provider)
    return FieldChange(path, before, value)


def _with_value(
    attributes: Attributes, path: FieldPath, value: JsonValue
) -> tuple[Attributes, JsonValue]:
    """Return a copy of the attributes with one value set, and the value before."""
    copy = json.loads(json.dumps(attributes))
    parent = copy
    try:
        for step in path[:-1]:
            parent = parent[step]
        before = parent.get(path[-1]) if isinstance(parent, dict) else parent[path[-1]]
    except (KeyError, IndexError, TypeError, AttributeError) as error:
        raise UsageError.of(
            "No such field",
            f"There is no field `{format_path(path)}`. The top-level fields are "
            f"{', '.join(f'`{name}`' for name in sorted(attributes))}.",
        ) from error
    parent[path[-1]] = value
    return copy, before


def _path_step(text: str) -> str | int:
    return int(text) if text.isdecimal() else text
