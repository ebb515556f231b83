"""Time zones in a file: names of the IANA database, or the name that Customer.io itself shows."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Annotated, Final
from zoneinfo import available_timezones

from pydantic import AfterValidator, BeforeValidator, Field

from cioform.core.data.json_value import JsonValue
from cioform.core.suggest import closest_matches, suggest
from cioform.core.time.rails_zones import zone_of_place
from cioform.language.shown_zones import is_shown_zone
from cioform.model.values.value_errors import echo, format_value, type_error

PERSON_ZONE: Final = "person"
"""The `time_zone` that stands for each person's own time zone."""
WIRE_PERSON_ZONE: Final = "customer_time_zone"
"""What Customer.io calls it."""
_OF_THE_MACHINE: Final = frozenset({"Factory", "localtime", "posixrules"})
"""Files of the IANA database that are not time zones."""
_OTHER_WORDS_FOR_PERSON: Final = frozenset(
    {"customer", "customer_time_zone", "local", "own", "recipient", "user"}
)


@cache
def _known_zones() -> Mapping[str, str]:
    """Return the zones of the IANA database by their names in lower case."""
    return {name.lower(): name for name in available_timezones() - _OF_THE_MACHINE}


def _require_text(value: JsonValue) -> JsonValue:
    if isinstance(value, str):
        return value
    raise type_error(
        f"must be the name of a time zone, such as `Europe/London`, not {format_value(value)}."
    )


def _check_fallback_zone(text: str) -> str:
    if _known_zones().get(text.lower()) == text or is_shown_zone(text):
        return text
    raise ValueError(f"there is no time zone {echo(text)}.{_hint(text)}")


def _check_zone(text: str) -> str:
    if text in _OTHER_WORDS_FOR_PERSON:
        raise ValueError(
            "each person's own time zone is written `person`:\n\n    time_zone: person"
        )
    return text if text == PERSON_ZONE else _check_fallback_zone(text)


def _hint(text: str) -> str:
    if (of_place := zone_of_place(text.partition(") ")[2] or text)) is not None:
        return suggest(of_place)
    zones = _known_zones()
    if (exact := zones.get(text.replace(" ", "_").lower())) is not None:
        return suggest(exact)
    city = text.replace(" ", "_").lower().rpartition("/")[2]
    # Abbreviations such as `EST` are rarely what a misspelled name meant.
    zones = {key: name for key, name in zones.items() if "/" in key}
    same_city = sorted(name for key, name in zones.items() if key.rpartition("/")[2] == city)
    by_city = {key.rpartition("/")[2]: name for key, name in zones.items()}
    near = [zones[key] for key in closest_matches(text.lower(), zones, limit=1)]
    near += [by_city[key] for key in closest_matches(city, by_city, limit=1, cutoff=0.8)]
    found = next(iter([*same_city, *near]), None)
    if found is None:
        return " Use a name such as `Europe/London` or `UTC`."
    return suggest(found)


TimeZone = Annotated[
    str,
    BeforeValidator(_require_text),
    AfterValidator(_check_zone),
    Field(examples=["Europe/London", PERSON_ZONE]),
]
"""A time zone, or `person`."""
FallbackTimeZone = Annotated[
    str,
    BeforeValidator(_require_text),
    AfterValidator(_check_fallback_zone),
    Field(examples=["Europe/London"]),
]


def check_fallback(zone: str, fallback: str | None) -> None:
    """Raise ValueError for a fallback beside a time zone that needs none."""
    if fallback is not None and zone != PERSON_ZONE:
        raise ValueError("`fallback_time_zone` is only for `time_zone: person`; remove it")


def encode_zone(zone: str) -> str:
    """Return Customer.io's notation of a time zone."""
    return WIRE_PERSON_ZONE if zone == PERSON_ZONE else zone


def decode_zone(wire: str) -> str:
    """Return a time zone as files write it."""
    return PERSON_ZONE if wire == WIRE_PERSON_ZONE else wire
