"""Edit a live object of the sandbox as a person would in Customer.io's UI."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

from pydantic import ValidationError

from cioform.config.read.parsing.scalars import parse_plain_scalar
from cioform.config.read.validation import describe_at
from cioform.core.address import Address
from cioform.core.errors import UsageError
from cioform.core.json_value import Attributes, JsonValue
from cioform.core.nested import get_value
from cioform.core.paths import PathError, format_path, parse_path
from cioform.core.suggest import did_you_mean
from cioform.core.word_lists import with_article
from cioform.model.description_stamp import with_stamp
from cioform.model.file_paths import (
    canonical_patterns,
    canonical_place,
    field_names,
    file_form,
    part_places,
)
from cioform.model.kind import Kind
from cioform.model.names import Names
from cioform.model.objects.live_object import LiveObject
from cioform.model.remote_access.capabilities import HasLifecycle
from cioform.model.remote_access.conversation import Api
from cioform.model.resource import FieldPath
from cioform.model.router import choose_route
from cioform.model.routing.operations import WriteContext
from cioform.model.routing.routes import UpdateRoute
from cioform.model.values.value_errors import describe_errors, echo
from cioform.plan.change import FieldChange
from cioform.plan.compare.differences import value_at
from cioform.remote.provider import Provider
from cioform.run.reading.driver import run_conversation
from cioform.services.workspace import Workspace, open_workspace


def edit_in_sandbox(
    root: Path, name: str, address: Address, field: str, value: str, actor: str
) -> FieldChange:
    """Set one field of a live object, as the person `actor`.

    `field` is a path of the file such as `welcome.email.subject`, or `state`; `value` is read as a
    plain YAML scalar, or as JSON for a field that holds no text. Raises UsageError when there is no
    such object or field.
    """
    with open_workspace(root, name, apis=frozenset({Api.JOURNEYS}), actor=actor) as workspace:
        live, names = workspace.live(address)
        kind = workspace.kinds[address.kind]
        if field == "state":
            return _set_state(workspace.provider, kind, live, value)
        return _set_field(workspace, kind, live, names, field, value)


def _set_state(provider: Provider, kind: Kind, live: LiveObject, value: str) -> FieldChange:
    if not isinstance(kind, HasLifecycle):
        raise UsageError.of("No such field", f"`state` cannot be set on {with_article(kind.name)}.")
    if value not in kind.states:
        raise UsageError.of(
            "Wrong value",
            f"`state` cannot be {echo(value)}.{did_you_mean(value, kind.states)} It is one of "
            f"{', '.join(f'`{state}`' for state in kind.states)}.",
        )
    provider.send(kind.state_request(live.remote_id, value))
    return FieldChange(("state",), live.decoded.reach.state, value)


def _set_field(
    workspace: Workspace,
    kind: Kind,
    live: LiveObject,
    names: Names,
    field: str,
    text: str,
) -> FieldChange:
    path = _parse_path(field)
    changed = tuple(canonical_patterns(kind, path, live.attributes))
    place = canonical_place(kind, live.attributes, path)
    if place is None or not ({path[0], place[0]} & _fields_of(kind, live)):
        raise _no_such_field(kind, live, path)
    route = choose_route(kind, UpdateRoute, workspace.apis, changed)
    if route is None:
        raise UsageError.of(
            "Field cannot be edited",
            f"No API can set `{field}` of {with_article(kind.name)}."
            f"{did_you_mean(path[0], live.attributes)}",
        )
    value = _parse_value(text, value_at(live.attributes, place))
    edited, before = _with_value(live.attributes, place, value) or (None, None)
    if edited is None:
        raise _no_such_field(kind, live, path)
    try:
        # Whoever edits in the browser leaves the stamp in the description.
        model = kind.parse(with_stamp(kind, edited, live.decoded.stamp))
    except ValidationError as error:
        [first, *_] = error.errors(include_url=False)
        at = format_path(first["loc"]) if first["loc"][: len(path)] == path else field
        problem = describe_errors([first], value)
        raise UsageError.of("Wrong value", describe_at(at, problem)) from None
    except (AttributeError, LookupError, TypeError):
        raise UsageError.of(
            "Wrong value", f"`{field}` is a mapping or a list, and the value is {text!r}."
        ) from None
    context = WriteContext(names, list(changed), None)
    run_conversation(route.operation(live, model, context), workspace.provider)
    return FieldChange(path, before, value)


def _fields_of(kind: Kind, live: LiveObject) -> set[str | int]:
    return {*live.attributes, *field_names(kind.model)}


def _parse_value(text: str, before: object) -> JsonValue:
    """Return the value of a plain YAML scalar, or of JSON for a field that holds no text."""
    if text[:1] in ("{", "[") and not isinstance(before, str):
        with suppress(ValueError, RecursionError):
            parsed: JsonValue = json.loads(text)
            return parsed
    return parse_plain_scalar(text)


def _parse_path(field: str) -> FieldPath:
    try:
        return parse_path(field)
    except PathError as error:
        raise UsageError.of("Wrong path", f"`{field}` {error}.") from None


def _no_such_field(kind: Kind, live: LiveObject, path: FieldPath) -> UsageError:
    form = file_form(kind, live.attributes)
    known = [*field_names(kind.model), *part_places(kind, form)]
    fields = [name for name in form if name in field_names(kind.model)]
    if path[0] in fields:
        parts = "`, `".join(part_places(kind, form))
        inner = f" Begin with the id of a step: `{parts}`." if parts else ""
        return UsageError.of(
            "No such field", f"There is nothing to set at `{format_path(path)}`.{inner}"
        )
    hint = did_you_mean(path[0], known) if path[0] not in known else ""
    return UsageError.of(
        "No such field",
        f"There is no field `{format_path(path)}`.{hint} The top-level fields are "
        f"{', '.join(f'`{name}`' for name in sorted(fields))}.",
    )


def _with_value(
    attributes: Attributes, place: FieldPath, value: JsonValue
) -> tuple[Attributes, JsonValue] | None:
    """Return a copy of the attributes with one value set, and the value before.

    Return None if there is nothing that could hold the value.
    """
    copy = json.loads(json.dumps(attributes))
    try:
        parent = get_value(copy, place[:-1])
        before = parent.get(place[-1]) if isinstance(parent, dict) else parent[place[-1]]
    except (KeyError, IndexError, TypeError, AttributeError):
        return None
    parent[place[-1]] = value
    return copy, before
