"""Defaults: what messages and time zones have where a file leaves it out."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final

from pydantic import Field, create_model, model_validator

from cioform.core.data.json_value import Json, as_mapping
from cioform.core.data.paths import FieldPath
from cioform.core.text.word_lists import join_names
from cioform.language.messages.blocks import Message
from cioform.language.messages.message import MESSAGE_TYPES
from cioform.language.messages.message_references import content_references
from cioform.language.time_zone import TimeZone
from cioform.model.fields.model_fields import field_named
from cioform.model.references.names import Reference
from cioform.model.resource import ResourceModel
from cioform.model.values.value_errors import raise_problems

DEFAULT_FIELDS: Final = ("from", "reply_to", "to", "layout", "track")
"""The fields of a message with a default: who sends it and how it looks, never its content."""


NONE_IS_A_VALUE: Final = frozenset({"reply_to", "layout"})
"""The fields that accept `none` as a value. In other fields, `none` only disables the default."""


class _MessageDefaults(ResourceModel):
    """The defaults of one type of message."""

    @model_validator(mode="before")
    @classmethod
    def _refuse_content(cls, value: object) -> object:
        names = value if isinstance(value, dict) else {}
        own = {field.alias or name for name, field in cls.model_fields.items()}
        content = [name for name in names if name not in own and _is_message_field(name)]
        raise_problems(((name,), _refusal(name, sorted(own))) for name in content)
        return value


def _is_message_field(name: str) -> bool:
    return any(field_named(model, name) is not None for model in MESSAGE_TYPES.values())


def _refusal(name: str, possible: list[str]) -> str:
    if name == "sending":
        return "a default must not send. Write `sending` in each message."
    fields = join_names(possible)
    return f"this cannot have a default. Write it in each message. Fields with defaults: {fields}."


def _defaults_of(message: type[Message]) -> type[_MessageDefaults]:
    fields: dict[str, Any] = {}
    for name in DEFAULT_FIELDS:
        info = field_named(message, name)
        if info is not None:
            alias = name if name == "from" else None
            key = f"{name}_" if name == "from" else name
            annotation: Any = info.annotation
            fields[key] = (annotation | None, Field(default=None, alias=alias))
    name = f"{message.__name__.removeprefix('Step')}Defaults"
    model = create_model(name, __base__=_MessageDefaults, __module__=__name__, **fields)
    model.documented_in = message
    return model


class Defaults(ResourceModel):
    """Values for fields of messages and for time zones that a file leaves out."""

    time_zone: TimeZone | None = None
    """The time zone of `wait_window` and of date triggers: `Europe/Berlin`."""


@cache
def all_defaults() -> type[Defaults]:
    """Return the model with a field for each type of message, too."""
    fields: dict[str, Any] = {
        keyword: (
            _defaults_of(model) | None,
            Field(default=None, description=f"Defaults for `{keyword}` messages."),
        )
        for keyword, model in MESSAGE_TYPES.items()
    }
    model = create_model("Defaults", __base__=Defaults, __module__=__name__, **fields)
    model.__doc__ = Defaults.__doc__
    return model


def default_references(defaults: Mapping[str, Json]) -> Iterator[Reference]:
    """Yield the senders and the layouts that defaults refer to, whether a message uses them."""
    for group in MESSAGE_TYPES:
        if isinstance(values := defaults.get(group), Mapping):
            yield from content_references(values, (group,))


def default_values(defaults: Mapping[str, Json], group: str) -> Iterator[tuple[FieldPath, Json]]:
    """Yield the defaults of a group by their path in a message: `("track", "opens")`.

    The group is a type of message, or empty for the time zone. What is not valid is left out.
    """
    if not group:
        if isinstance(zone := defaults.get("time_zone"), str):
            yield ("time_zone",), zone
        return
    for name, value in as_mapping(defaults.get(group)).items():
        if name not in DEFAULT_FIELDS or value is None:
            continue
        if isinstance(value, Mapping):
            yield from (((name, inner), each) for inner, each in value.items() if each is not None)
        else:
            yield (name,), value
