"""When plans may be applied: hours, days, blackouts, and the days when clocks change."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cioform.model.settings.apply_window import ApplyHours, ApplyWindow, Blackout, WindowStatus

BERLIN = "Europe/Berlin"
WEEK = frozenset(range(7))


def at(text: str) -> float:
    """Return a moment in UTC as Unix seconds."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def shown(window: ApplyWindow, text: str) -> str:
    status = window.status(at(text))
    assert status is not None
    return status.text


def hours(begin: str, end: str, days: frozenset[int] = WEEK, zone: str = BERLIN) -> ApplyWindow:
    return ApplyWindow(ApplyHours(days, begin, end, zone))


def test_without_limits_there_is_no_status() -> None:
    assert ApplyWindow().status(0) is None


@pytest.mark.parametrize(
    ("now", "text"),
    [
        (
            "2026-11-27 07:59",
            "the apply window is closed until Fri 2026-11-27 09:00 (Europe/Berlin)",
        ),
        ("2026-11-27 08:00", "may be applied until Fri 2026-11-27 17:00 (Europe/Berlin)"),
        ("2026-11-27 15:59", "may be applied until Fri 2026-11-27 17:00 (Europe/Berlin)"),
        (
            "2026-11-27 16:00",
            "the apply window is closed until Mon 2026-11-30 09:00 (Europe/Berlin)",
        ),
    ],
)
def test_working_hours(now: str, text: str) -> None:
    assert shown(hours("09:00", "17:00", frozenset(range(5))), now) == text


def test_hours_over_midnight_belong_to_the_day_on_which_they_begin() -> None:
    friday_night = hours("22:00", "04:00", frozenset({4}))
    assert shown(friday_night, "2026-11-28 02:30").startswith(
        "may be applied until Sat 2026-11-28 04:00"
    )
    assert shown(friday_night, "2026-11-27 02:30").startswith(
        "the apply window is closed until Fri"
    )


def test_a_whole_day_ends_where_the_next_one_begins() -> None:
    assert shown(hours("00:00", "24:00"), "2026-11-27 12:00") == "may be applied now"
    weekdays = hours("00:00", "24:00", frozenset(range(5)))
    assert "until Sat 2026-11-28 00:00" in shown(weekdays, "2026-11-23 12:00")


@pytest.mark.parametrize(
    ("begin", "end", "now", "text"),
    [
        # 2026-10-25: at 03:00 clocks go back to 02:00, so 02:30 is there twice.
        ("01:00", "02:30", "2026-10-25 00:29", "may be applied until Sun 2026-10-25 02:30"),
        ("01:00", "02:30", "2026-10-25 00:31", "closed until Mon 2026-10-26 01:00"),
        ("02:30", "05:00", "2026-10-25 00:31", "closed until Sun 2026-10-25 02:30"),
        ("02:30", "05:00", "2026-10-25 01:31", "may be applied until Sun 2026-10-25 05:00"),
        # 2026-03-29: at 02:00 clocks go forward to 03:00, so 02:30 is not there.
        ("02:30", "05:00", "2026-03-29 00:59", "closed until Sun 2026-03-29 03:30"),
        ("02:30", "05:00", "2026-03-29 02:59", "may be applied until Sun 2026-03-29 05:00"),
    ],
)  # fmt: skip
def test_days_when_clocks_change(begin: str, end: str, now: str, text: str) -> None:
    assert text in shown(hours(begin, end), now)


def test_a_blackout_says_why() -> None:
    sale = Blackout(int(at("2026-11-27 00:00")), int(at("2026-12-01 00:00")), "Black Friday", "UTC")
    window = ApplyWindow(None, (sale,))
    assert shown(window, "2026-11-26 12:00") == "may be applied until Fri 2026-11-27 00:00 (UTC)"
    assert shown(window, "2026-11-28 12:00") == (
        "the apply window is closed (Black Friday) until Tue 2026-12-01 00:00 (UTC)"
    )
    both = ApplyWindow(hours("09:00", "17:00", frozenset({1}), "UTC").hours, (sale,))
    assert "until Tue 2026-12-01 09:00" in shown(both, "2026-11-28 12:00")


def test_a_window_that_does_not_open() -> None:
    always = Blackout(0, int(at("2099-01-01 00:00")), "frozen", "UTC")
    window = ApplyWindow(hours("09:00", "17:00").hours, (always,))
    assert "closed (frozen) until Thu 2099-01-01 08:00 (UTC)" in shown(window, "2098-12-31 00:00")
    for each in (window, ApplyWindow(None, (always,))):
        text = shown(each, "2026-11-28 12:00")
        assert "closed (frozen) and does not open within a year" in text


@given(
    st.integers(int(at("2026-01-01 00:00")), int(at("2027-12-31 00:00"))),
    st.sets(st.integers(0, 6), min_size=1),
    st.integers(0, 1439),
    st.integers(1, 1439),
)
def test_a_status_holds_until_its_moment_and_not_at_it(
    now: int, days: set[int], begin: int, minutes: int
) -> None:
    end = (begin + minutes) % 1440
    window = hours(_time(begin), _time(end), frozenset(days))
    status = window.status(now)
    assert status is not None
    if status.until is None:
        return
    just_before, then = window.status(status.until - 1), window.status(status.until)
    assert isinstance(just_before, WindowStatus)
    assert isinstance(then, WindowStatus)
    assert just_before.is_open == status.is_open
    assert then.is_open != status.is_open


def _time(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
