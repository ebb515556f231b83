"""The re-entry of a campaign: conversion between its fields in a file and in the API.

Source: journeys facts, section 4, Re-entry.
"""

from collections.abc import Mapping
from copy import deepcopy
from typing import Annotated, Any, ClassVar, Final, Literal, Self

from pydantic import Field, model_validator

from cioform.core.data.json_value import JsonValue
from cioform.core.suggest import did_you_mean
from cioform.kinds.campaign.settings.field_types import (
    DurationText,
    duration_to_seconds,
    flow_mapping,
    flow_value,
    is_writable_duration,
    normalize_durations,
    only_members,
    seconds_to_duration,
)
from cioform.kinds.campaign.upgrading import OLD_REENTRY_FIELDS, upgrade_reentry
from cioform.model.fields.upgrading import outdated_syntax_message
from cioform.model.resource import ResourceModel
from cioform.model.schema.schema_docs import DocumentedSchemaGenerator
from cioform.model.values.text_pattern import NonBlank
from cioform.model.values.value_errors import echo, form_error, format_value

ONCE: Final = "once"
EVERY_MATCH: Final = "every_match"
_MODES: Final = (ONCE, EVERY_MATCH)
_OTHER_MODES: Final[Mapping[str, str]] = {
    **dict.fromkeys(("always", "every_time", "each_time", "unlimited", "multiple"), EVERY_MATCH),
    **dict.fromkeys(("yes", "allow", "allowed", "rematch", "every_re-match"), EVERY_MATCH),
    **dict.fromkeys(("never", "no", "one_time", "one-time", "disallow", "only_once"), ONCE),
}
"""What other tools call the modes."""
_WIRE_EVERY_MATCH: Final = "rematch"
_NO_FREQUENCY_CAP: Final = "no_cap"
_RAW: Final = only_members(restart_mode=str, restart_min_interval=int)


class Reentry(ResourceModel):
    """Whether people may enter again, where one keyword does not say all of it."""

    other_names: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(("min_interval", "interval", "minimum_time", "at_least"), "cooldown"),
        **dict.fromkeys(("after", "every", "wait"), "cooldown"),
    }

    mode: Literal["once", "every_match"] | None = None
    """`once`, or `every_match` to enter again on each new match."""
    cooldown: DurationText | None = None
    """The minimum time since the person last entered; only with `every_match`."""
    frequency_cap: NonBlank | None = None
    """The frequency cap of its messages, as Customer.io calls it."""
    raw: Annotated[dict[str, Any] | None, _RAW] = Field(default=None, min_length=1)
    """Another mode, as Customer.io returns it: `restart_mode` and `restart_min_interval`."""

    @model_validator(mode="after")
    def _check_combination(self) -> Self:
        if (self.mode is None) == (self.raw is None):
            raise ValueError(
                "needs either `mode`, or `raw` for a mode of Customer.io without a keyword:"
                "\n\n    reentry: {mode: every_match, cooldown: 1d}"
            )
        if self.cooldown is not None and self.mode != EVERY_MATCH:
            raise ValueError(
                "`cooldown` is the time between two entries, and only `every_match` lets people "
                f"enter again:\n\n    reentry: {{mode: every_match, cooldown: {self.cooldown}}}"
            )
        if self.cooldown is not None and not duration_to_seconds(self.cooldown):
            raise ValueError("a cooldown of 0 is none:\n\n    reentry: every_match")
        if self.raw is not None and (keyword := _keyword_for(self.raw)) is not None:
            raise ValueError(f"there is a keyword for it:\n\n    reentry: {flow_value(keyword)}")
        return self


def _keyword_for(raw: Mapping[str, JsonValue]) -> JsonValue:
    decoded = decode_reentry(raw)
    return None if isinstance(decoded, Mapping) and "raw" in decoded else decoded


def parse_reentry(value: Any) -> JsonValue:
    """Return re-entry in canonical form: a keyword, or a mapping if it has more settings.

    Raises ValidationError or ValueError if it is invalid.
    """
    if isinstance(value, str):
        if value not in _MODES:
            meant = _OTHER_MODES.get(value.lower())
            hint = did_you_mean(value, _MODES) if meant is None else f" Write `{meant}`."
            raise form_error(f"must be `once` or `every_match`, not {echo(value)}.{hint}")
        return value
    if not isinstance(value, Mapping):
        raise form_error(f"must be `once` or `every_match`, not {format_value(value)}")
    if not OLD_REENTRY_FIELDS.isdisjoint(value):
        new = deepcopy({"reentry": dict(value)})
        upgrade_reentry(new)
        raise ValueError(
            outdated_syntax_message(
                "re-entry is one keyword now, or a mapping with `mode`.", flow_mapping(new)[1:-1]
            )
        )
    reentry = Reentry.model_validate(dict(value)).model_dump(mode="json", exclude_none=True)
    if set(reentry) == {"mode"}:
        raise ValueError(f"one keyword is enough:\n\n    reentry: {reentry['mode']}")
    return reentry


def reentry_schema() -> dict[str, Any]:
    """Return the JSON schema of re-entry: a keyword or a mapping."""
    mapping = Reentry.model_json_schema(schema_generator=DocumentedSchemaGenerator)
    return {"anyOf": [{"enum": list(_MODES)}, mapping]}


def encode_reentry(reentry: JsonValue, current: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """Return the members of update type `recipients` that re-entry decides.

    `current` is the campaign as read. A frequency cap that the file leaves out stays.
    """
    fields = as_mapping(reentry)
    members: dict[str, JsonValue] = dict(fields.get("raw") or {})
    if fields.get("mode") == EVERY_MATCH:
        members["restart_mode"] = _WIRE_EVERY_MATCH
    if "cooldown" in fields:
        members["restart_min_interval"] = duration_to_seconds(fields["cooldown"])
    elif current.get("restart_min_interval") is not None:
        members.setdefault("restart_min_interval", 0)
    cap = fields.get("frequency_cap") or current.get("frequency_cap_mode")
    return members | ({"frequency_cap_mode": cap} if cap else {})


def decode_reentry(campaign: Mapping[str, JsonValue]) -> JsonValue:
    """Return re-entry in canonical form; `raw` where no keyword expresses the mode."""
    mode, seconds = campaign.get("restart_mode"), campaign.get("restart_min_interval")
    fields: dict[str, JsonValue] = {}
    if mode == _WIRE_EVERY_MATCH and is_writable_duration(seconds or 0):
        fields["mode"] = EVERY_MATCH
        if seconds:
            fields["cooldown"] = seconds_to_duration(seconds)
    elif mode or seconds:
        fields["raw"] = _set_members({"restart_mode": mode, "restart_min_interval": seconds})
    else:
        fields["mode"] = ONCE
    if campaign.get("frequency_cap_mode") not in (None, "", _NO_FREQUENCY_CAP):
        fields["frequency_cap"] = campaign["frequency_cap_mode"]
    return _shortest(fields)


def normalize_reentry(reentry: JsonValue) -> JsonValue:
    """Return a form in which re-entry settings of the same meaning are equal."""
    fields = normalize_durations(as_mapping(reentry), {"cooldown"})
    if "raw" in fields:
        fields["raw"] = _set_members(fields["raw"])
    return _shortest(
        {k: v for k, v in fields.items() if (k, v) != ("frequency_cap", _NO_FREQUENCY_CAP)}
    )


def project_reentry_onto(live: JsonValue, wanted: JsonValue) -> JsonValue:
    """Return live re-entry without the frequency cap, if `wanted` leaves it unmanaged."""
    if "frequency_cap" in as_mapping(wanted):
        return live
    return _shortest({k: v for k, v in as_mapping(live).items() if k != "frequency_cap"})


def as_mapping(reentry: JsonValue) -> Mapping[str, JsonValue]:
    """Return re-entry in canonical form as a mapping."""
    return reentry if isinstance(reentry, Mapping) else {"mode": reentry}


def _set_members(raw: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """Return the members that are set; every campaign has empty ones."""
    return {name: value for name, value in raw.items() if value}


def _shortest(fields: dict[str, JsonValue]) -> JsonValue:
    return fields["mode"] if set(fields) == {"mode"} else fields
