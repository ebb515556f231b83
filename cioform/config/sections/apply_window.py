"""The `apply_window` and the `blackout` of a workspace: when plans may be applied."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from cioform.config.section_models import BlackoutSection
from cioform.config.sections.problem import SettingProblem
from cioform.config.settings_file import SettingsFile
from cioform.core.data.paths import FieldPath
from cioform.core.text.lazy_pattern import lazy_pattern
from cioform.language.hours import DAYS
from cioform.language.time_zone import PERSON_ZONE
from cioform.model.settings.apply_window import ApplyHours, ApplyWindow, Blackout

_SHOWN_ZONE: Final = lazy_pattern(r"\(GMT")
"""How Customer.io shows time zones. Nobody but Customer.io knows which zone one of them is."""
_DAY: Final = timedelta(days=1)


def read_apply_window(settings: SettingsFile) -> tuple[ApplyWindow, list[SettingProblem]]:
    """Return when plans may be applied, and what is wrong with the settings about it."""
    problems: list[SettingProblem] = []
    default = settings.defaults.time_zone if settings.defaults is not None else None
    hours, blackouts = None, []
    if (section := settings.apply_window) is not None:
        default = section.time_zone or default
        problems += _zone_problems(default, ("apply_window",))
        if not problems:
            days = frozenset(map(DAYS.index, section.days or DAYS))
            hours = ApplyHours(days, section.from_, section.to, str(default))
    for at, each in enumerate(settings.blackout):
        zone = each.time_zone or default
        wrong = _zone_problems(zone, ("blackout", at)) or _order_problems(each, ("blackout", at))
        problems += wrong
        if not wrong:
            blackouts.append(_blackout(each, str(zone)))
    return ApplyWindow(hours, tuple(blackouts)), problems


def _zone_problems(zone: str | None, path: FieldPath) -> list[SettingProblem]:
    if zone is not None and zone != PERSON_ZONE and _SHOWN_ZONE.match(zone) is None:
        return []
    problem = (
        "These hours have no time zone"
        if zone is None
        else f"The hours cannot be those of `{zone}`"
    )
    detail = f"{problem}. Add one:\n\n    time_zone: Europe/London"
    return [SettingProblem("Missing time zone", detail, path)]


def _order_problems(blackout: BlackoutSection, path: FieldPath) -> list[SettingProblem]:
    if _begin(blackout) < _end(blackout):
        return []
    detail = f"The blackout ends ({blackout.to}) before it begins ({blackout.from_})."
    return [SettingProblem("Invalid dates", detail, (*path, "to"))]


def _blackout(section: BlackoutSection, time_zone: str) -> Blackout:
    # Where clocks change at one of its moments, the blackout is the longer one.
    begin = min(_moments(_begin(section), time_zone))
    end = max(_moments(_end(section), time_zone))
    return Blackout(begin, end, section.because, time_zone)


def _moments(local: datetime, time_zone: str) -> tuple[int, int]:
    aware = local.replace(tzinfo=ZoneInfo(time_zone))
    return int(aware.timestamp()), int(aware.replace(fold=1).timestamp())


def _begin(section: BlackoutSection) -> datetime:
    return datetime.fromisoformat(section.from_)


def _end(section: BlackoutSection) -> datetime:
    end = datetime.fromisoformat(section.to)
    return end if " " in section.to else end + _DAY
