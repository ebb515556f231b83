"""The trigger that a date in an attribute of the person sets off."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Final, Literal, Self

from pydantic import Field, model_validator
from typing_extensions import override

from cioform.core.time.duration import MAX_SECONDS
from cioform.kinds.campaign.trigger.trigger_model import (
    EMPTY_VALUES,
    AudienceTrigger,
    Trigger,
    decode_audience,
    encode_audience,
)
from cioform.kinds.campaign.upgrading import OLD_ZONE_FIELDS
from cioform.kinds.campaign.wire.wire_types import WireCampaign, WireFields
from cioform.language.hours import TimeOfDay
from cioform.language.time_zone import (
    FallbackTimeZone,
    TimeZone,
    check_fallback,
    decode_zone,
    encode_zone,
)
from cioform.model.references.names import Names
from cioform.model.values.text_pattern import NonBlank

_WIRE_NAMES: Final = {
    "repeats": "frequency",
    "at": "start_time",
    "time_zone": "zone",
    "fallback_time_zone": "fallback_zone",
    "offset": "lead_days",
}
_MAX_DAYS: Final = MAX_SECONDS // 86_400
_PREFIX: Final = "date_triggered_"
"""How the members of a date trigger begin. It is recorded for the attribute and likely for the
others, so that both spellings are read (journeys facts, section 4, Types)."""


class DateTrigger(AudienceTrigger):
    """A date in an attribute starts the campaign."""

    old_fields: ClassVar[Mapping[str, str]] = OLD_ZONE_FIELDS
    filled_by_defaults: ClassVar[frozenset[str]] = frozenset({"time_zone"})
    other_names: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(("time", "start_time"), "at"),
        **dict.fromkeys(("frequency", "repeat"), "repeats"),
        "timezone": "time_zone",
    }

    keyword = "date"
    wire_types = ("date",)

    date: NonBlank
    """The attribute that holds the date."""
    repeats: Literal["once", "monthly", "yearly"] = "once"
    at: TimeOfDay = "09:00"
    """The time of day."""
    time_zone: TimeZone
    """The time zone, such as `Europe/London`; `person` for each person's own."""
    fallback_time_zone: FallbackTimeZone | None = None
    """The time zone of people whose own is unknown."""
    days_before: Annotated[int | None, Field(ge=1, le=_MAX_DAYS)] = None
    days_after: Annotated[int | None, Field(ge=1, le=_MAX_DAYS)] = None

    @model_validator(mode="after")
    def _check_offset_and_fallback(self) -> Self:
        if self.days_before is not None and self.days_after is not None:
            raise ValueError("use either `days_before` or `days_after`, not both")
        check_fallback(self.time_zone, self.fallback_time_zone)
        return self

    @override
    @classmethod
    def encode(cls, trigger: Trigger, names: Names, current: WireCampaign, /) -> WireFields:
        values: WireFields = {
            "frequency": trigger["repeats"],
            "start_time": trigger["at"],
            "zone": encode_zone(trigger["time_zone"]),
            "fallback_zone": trigger.get("fallback_time_zone", ""),
            "lead_days": trigger.get("days_before", -trigger.get("days_after", 0)),
        }
        # As `decode` does: the spelling with the prefix comes first where both are there.
        no_prefix = _has_any(current, "") and not _has_any(current, _PREFIX)
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
        trigger["time_zone"] = decode_zone(values["time_zone"] or "")
        if values["fallback_time_zone"]:
            trigger["fallback_time_zone"] = values["fallback_time_zone"]
        if offset := values["offset"]:
            trigger["days_before" if offset > 0 else "days_after"] = abs(offset)
        return trigger | decode_audience(campaign, names)


def _has_any(campaign: WireCampaign, prefix: str) -> bool:
    """Return whether a campaign has a time of its trigger in the spelling with that prefix."""
    return any(campaign.get(prefix + name) not in EMPTY_VALUES for name in _WIRE_NAMES.values())
