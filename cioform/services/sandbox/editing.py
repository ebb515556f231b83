"""Edit a live object of the sandbox as a person would in Customer.io's UI."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from cioform.config.read.parsing.parse import parse_first
from cioform.config.read.parsing.scalars import parse_plain_scalar
from cioform.core.address import NONE, Address
from cioform.core.data.json_value import Attributes, Json
from cioform.core.data.paths import FieldPath, PathError, format_path, parse_path
from cioform.core.errors import ConfigError, UsageError
from cioform.core.suggest import did_you_mean
from cioform.core.text.word_lists import with_article
from cioform.model.kind import Kind
from cioform.model.objects.live_object import LiveObject
from cioform.model.parts import HasParts
from cioform.model.paths.file_paths import (
    canonical_patterns,
    canonical_place,
    field_names,
    file_form,
    part_places,
)
from cioform.model.references.names import Names
from cioform.model.remote_access.capabilities import HasLifecycle
from cioform.model.remote_access.conversation import Api
from cioform.model.router import choose_route
from cioform.model.routing.routes import UpdateRoute
from cioform.model.values.value_errors import echo
from cioform.plan.change import FieldChange
from cioform.plan.compare.diff import plan_value
from cioform.remote.provider import Provider
from cioform.services.sandbox.live_field import LiveField
from cioform.services.workspace import Workspace, open_workspace


def edit_in_sandbox(
    root: Path, name: str, address: Address, field: str, value: str, actor: str
) -> FieldChange:
    """Set one field of a live object, as the person `actor`.

    The other arguments and the errors are those of `edit_live_object`.
    """
    with open_workspace(root, name, apis=frozenset({Api.JOURNEYS}), actor=actor) as workspace:
        return edit_live_object(workspace, address, field, value)


def edit_live_object(workspace: Workspace, address: Address, field: str, value: str) -> FieldChange:
    """Set one field of a live object in a workspace that is open.

    `field` is a path of the file such as `welcome.email.subject`, or `state`; `value` is read as a
    plain YAML scalar, or as a list or mapping for a field that holds no text. An empty value clears
    the field. Raises UsageError when there is no such object or field, or when the value is wrong.
    """
    read = workspace.live(address)
    if field == "state":
        kind = workspace.kinds[address.kind]
        return _set_state(workspace.provider, kind, read[0], value)
    return _set_field(workspace, address, read, field, value)


def _set_state(provider: Provider, kind: Kind, live: LiveObject, value: str) -> FieldChange:
    if not isinstance(kind, HasLifecycle):
        raise UsageError.of("Unknown field", f"`state` cannot be set on {with_article(kind.name)}.")
    if value not in kind.states:
        raise UsageError.of(
            "Invalid value",
            f"`state` cannot be {echo(value)}.{did_you_mean(value, kind.states)} It is one of "
            f"{', '.join(f'`{state}`' for state in kind.states)}.",
        )
    provider.send(kind.state_request(live.remote_id, value))
    return FieldChange(("state",), live.decoded.reach.state, value)


def _set_field(
    workspace: Workspace, address: Address, read: tuple[LiveObject, Names], field: str, text: str
) -> FieldChange:
    kind, live = workspace.kinds[address.kind], read[0]
    path = _parse_path(field)
    shown = workspace.shown(address, live)  # with the groups of the file, which the path names
    changed = tuple(canonical_patterns(kind, path, shown))
    place = canonical_place(kind, shown, path)
    if place is None or not ({path[0], place[0]} & _fields_of(kind, live)):
        raise _no_such_field_error(kind, live, path)
    route = choose_route(kind, UpdateRoute, workspace.apis, changed)
    if route is None:
        raise UsageError.of("Field cannot be edited", _not_editable_text(kind, field))
    edited = LiveField(workspace, address, read, field, path, place, shown, changed, route)
    if not text:
        edited.clear()
        return FieldChange(path, plan_value(edited.before), None)
    value = _parse_value(text, edited.before)
    if value is None:
        raise UsageError.of(
            "Invalid value", f"`{field}` needs a value. To clear the field, write `{field}=`."
        )
    if not _can_hold(shown, place):
        raise _no_such_field_error(kind, live, path)
    edited.write(value)
    return FieldChange(path, plan_value(edited.before), value)


def _fields_of(kind: Kind, live: LiveObject) -> set[str | int]:
    return {*live.attributes, *field_names(kind.model)}


def _not_editable_text(kind: Kind, field: str) -> str:
    fields = sorted({n for r in kind.routes if isinstance(r, UpdateRoute) for n in r.fields or ()})
    text = f"No API can change `{field}` of {with_article(kind.name)}."
    if not fields:
        return f"{text} Nothing of {with_article(kind.name)} can be edited in the sandbox."
    return f"{text} These fields can be edited: {', '.join(f'`{name}`' for name in fields)}."


def _parse_value(text: str, before: object) -> Json:
    """Return the value of a plain YAML scalar, or of a list or mapping on one line.

    A field that holds text takes what looks like a list as text.
    """
    if text[:1] in ("{", "[") and (before == NONE or not isinstance(before, str)):
        with suppress(ConfigError, RecursionError):
            found: Json = parse_first(text, "")
            return found
    return parse_plain_scalar(text)


def _parse_path(field: str) -> FieldPath:
    try:
        return parse_path(field)
    except PathError as error:
        raise UsageError.of("Invalid path", f"`{field}` {error}.") from None


def _no_such_field_error(kind: Kind, live: LiveObject, path: FieldPath) -> UsageError:
    steps = part_places(kind, kind.to_document(live.attributes))
    known = [*field_names(kind.model), *steps]
    fields = [name for name in file_form(kind, live.attributes) if name in field_names(kind.model)]
    if path[0] in fields:
        is_of_parts = isinstance(kind, HasParts) and path[0] == kind.parts_field
        parts = "`, `".join(steps) if is_of_parts else ""
        inner = f" Begin with the ID of a step: `{parts}`." if parts else ""
        return UsageError.of(
            "Unknown field", f"There is nothing to set at `{format_path(path)}`.{inner}"
        )
    if len(path) == 1 and path[0] in steps:
        raise UsageError.of(
            "Unknown field",
            f"`{path[0]}` is a step. Name one of its fields, as in `{path[0]}.name`.",
        )
    hint = did_you_mean(path[0], known) if path[0] not in known else ""
    return UsageError.of(
        "Unknown field",
        f"There is no field `{format_path(path)}`.{hint} The top-level fields are "
        f"{', '.join(f'`{name}`' for name in sorted(fields))}.",
    )


def _can_hold(attributes: Attributes, place: FieldPath) -> bool:
    """Return whether there is something that could hold a value at a place.

    A mapping that is missing, or is `none`, can be added.
    """
    holder: Json = attributes
    for step in place:
        if holder in (None, NONE, {}):
            break
        if isinstance(holder, dict):
            holder = holder.get(step)
        elif isinstance(holder, list) and isinstance(step, int) and step < len(holder):
            holder = holder[step]
        else:
            return False
    return True
