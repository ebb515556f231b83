"""The settings that judge a plan, and their digests."""

from __future__ import annotations

from typing import Any

import pytest

from cioform.config.judging_settings import changed_settings, judging_settings

HOURS = {"from": "09:00", "to": "17:00"}
DAYS = {"from": "2026-12-24", "to": "2026-12-26"}


@pytest.mark.parametrize(
    ("before", "after", "changed"),
    [
        ({"guards": {"max_people": 5}}, {"guards": {"max_people": 6}}, ("guards.max_people",)),
        ({"guards": {"max_people": 5}}, {}, ("guards.max_people",)),
        ({}, {"exclude": ["tag.*"]}, ("exclude",)),
        ({"variables": {"a": "b"}}, {"include": ["_shared"]}, ()),
        ({"defaults": {"time_zone": "UTC"}}, {"defaults": {"time_zone": "Asia/Tokyo"}}, ()),
    ],
)
def test_settings_that_differ(
    before: dict[str, Any], after: dict[str, Any], changed: tuple[str, ...]
) -> None:
    assert changed_settings(judging_settings(before), judging_settings(after)) == changed


@pytest.mark.parametrize(
    ("hours", "changed"),
    [
        ({"apply_window": HOURS}, ("apply_window.time_zone",)),
        ({"blackout": [DAYS]}, ("blackout",)),
        ({"apply_window": {**HOURS, "time_zone": "UTC"}, "blackout": [DAYS]}, ()),
        ({"blackout": [{**DAYS, "time_zone": "UTC"}]}, ()),
    ],
)
def test_hours_have_the_default_time_zone(hours: dict[str, Any], changed: tuple[str, ...]) -> None:
    zones = ({"defaults": {"time_zone": zone}, **hours} for zone in ("UTC", "Asia/Tokyo"))
    assert changed_settings(*map(judging_settings, zones)) == changed
