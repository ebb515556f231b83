"""Time zones in files: the names of the IANA database, and those that Customer.io shows."""

from __future__ import annotations

from typing import Final

import pytest
from pydantic import TypeAdapter, ValidationError

from cioform.language.time_zone import FallbackTimeZone, TimeZone

ADAPTERS: Final = (TypeAdapter[str](TimeZone), TypeAdapter[str](FallbackTimeZone))


@pytest.mark.parametrize(
    "name",
    [
        *("Europe/London", "UTC", "EST5EDT"),
        *("(GMT-08:00) Pacific Time (US & Canada)", "(GMT+05:30) Kolkata", "(GMT+00:00) London"),
    ],
)
def test_a_known_zone_is_accepted(name: str) -> None:
    assert [each.validate_python(name) for each in ADAPTERS] == [name, name]


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("(GMT+99:00) Nowhere", "Use a name such as"),
        ("(GMT-08:00) Nowhere Land", "Use a name such as"),
        ("(GMT-05:00) Pacific Time (US & Canada)", "Did you mean `America/Los_Angeles`?"),
        ("Pacific Time (US & Canada)", "Did you mean `America/Los_Angeles`?"),
        *(("localtime", "Use a name such as"), ("Factory", "Use a name such as")),
    ],
)
def test_a_zone_that_does_not_exist_is_refused(name: str, hint: str) -> None:
    for adapter in ADAPTERS:
        with pytest.raises(ValidationError) as error:
            adapter.validate_python(name)
        assert hint in str(error.value)
