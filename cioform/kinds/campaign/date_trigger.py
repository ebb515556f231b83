"""The trigger that a date in an attribute of the person sets off."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field, model_validator
from typing_extensions import override

from cioform.kinds.campaign.steps.wait_window import PERSON_ZONE, WIRE_PERSON_ZONE, TimeOfDay
from cioform.kinds.campaign.trigger_model import (
    EMPTY_VALUES,
    AudienceTrigger,
    Trigger,
    decode_audience,
    encode_audience,
)
from cioform.kinds.campaign.wire_types import WireCampaign, WireFields
from cioform.model.names import Names

_WIRE_NAMES: Final = {
    "repeats": "frequency",
    "at": "start_time",
    "zone": "zone",
    "fallback": "fallback_zone",
    "offset": "lead_days",
}
_PREFIX: Final = "date_triggered_"
"""How the members of a date trigger begin. It is recorded for the attribute and likely for the
others, so that both spellings are read (journeys facts, section 4, Types)."""


class DateTrigger(AudienceTrigger):
    """A date in an attribute starts the campaign."""

    keyword = "date"
    wire_types = ("date",)

    date: Annotated[str, Field(min_length=1)]
    """The attribute that holds the date."""
    repeats: Literal["once", "monthly", "yearly"] = "once"
    at: TimeOfDay = "09:00"
    """The time of day."""
    zone: Annotated[str, Field(min_length=1)]
    """The time zone, such as `Europe/London`; `person` for each person's own."""
    fallback: Annotated[str | None, Field(min_length=1)] = None
    """The time zone of people whose own is unknown."""
    days_before: Annotated[int | None, Field(ge=1)] = None
    days_after: Annotated[int | None, Field(ge=1)] = None

    @model_validator(mode="after")
    def _check_offset_and_fallback(self) -> DateTrigger:
        if self.days_before is not None and self.days_after is not None:
            raise ValueError("use either `days_before` or `days_after`, not both")
        if self.fallback is not None and self.zone != PERSON_ZONE:
            raise ValueError("`fallback` is only for `zone: person`; remove it")
        return self

    @override
    @classmethod
    def encode(cls, trigger: Trigger, names: Names, current: WireCampaign, /) -> WireFields:
        values: WireFields = {
            "frequency": trigger["repeats"],
            "start_time": trigger["at"],
            "zone": WIRE_PERSON_ZONE if trigger["zone"] == PERSON_ZONE else trigger["zone"],
            "fallback_zone": trigger.get("fallback", ""),
            "lead_days": trigger.get("days_before", -trigger.get("days_after", 0)),
        }
        no_prefix = any(current.get(name) not in EMPTY_VALUES for name in _WIRE_NAMES.values())
        return {
            _PREFIX + "attribute": trigger["date"],
            **{name if no_prefix else _PREFIX + name: value for name, value in values.items()},
            **encode_audience(trigger, names),
        }

    @override
    @classmethod
    def decode(cls, campaign: WireCampaign, names: Names, /) -> Trigger | None:
        values = {
            field: campaign.get(_PREFIX + name) or campaign.get(name)
            for field, name in _WIRE_NAMES.items()
        }
        trigger: Trigger = {"date": campaign.get(_PREFIX + "attribute")}
        for field in ("repeats", "at"):
            if values[field] not in EMPTY_VALUES:
                trigger[field] = values[field]
        zone = values["zone"]
        trigger["zone"] = PERSON_ZONE if zone == WIRE_PERSON_ZONE else zone
        if values["fallback"]:
            trigger["fallback"] = values["fallback"]
        if offset := values["offset"]:
            trigger["days_before" if offset > 0 else "days_after"] = abs(offset)
        return trigger | decode_audience(campaign, names)
