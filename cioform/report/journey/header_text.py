"""The texts above a picture: what starts a campaign, re-entry, early exit, and the goal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from cioform.core.data.json_value import Attributes, Json
from cioform.report.journey.condition_text import condition_text
from cioform.report.journey.labels import single_line
from cioform.report.journey.time_text import time_zone_text

_REPEAT_TEXTS: Final = {"monthly": ", every month", "yearly": ", every year"}
_DEFAULT_GOAL_START: Final = "receiving"
_EVERY_MATCH: Final = "every_match"


def trigger_text(attributes: Attributes) -> str:
    """Return what starts the campaign for a person; it completes "starts"."""
    trigger = attributes.get("trigger")
    if not isinstance(trigger, Mapping) or not trigger:
        return ""
    raw = trigger.get("raw")
    if isinstance(raw, Mapping) and "type" in raw:
        return single_line(f"on a raw trigger of type {raw['type']}")
    keyword = next((key for key in TRIGGER_TEXTS if key in trigger), None)
    text = TRIGGER_TEXTS[keyword](trigger) if keyword else f"when {condition_text(trigger)}"
    if keyword and "audience" in trigger:
        text += f", only if {condition_text(trigger['audience'])}"
    return single_line(text)


def journey_notes(attributes: Attributes) -> tuple[str, ...]:
    """Return who enters again, who leaves early, and the goal; one line each."""
    texts = (
        _reentry_text(attributes.get("reentry")),
        _exit_text(attributes.get("exit")),
        _goal_text(attributes.get("goal")),
    )
    return tuple(single_line(text) for text in texts if text)


def _event_text(trigger: Mapping[str, Json]) -> str:
    where = f" where {condition_text(trigger['where'])}" if "where" in trigger else ""
    return f"on event {trigger['event']}{where}"


def _date_text(trigger: Mapping[str, Json]) -> str:
    time = f" at {trigger['at']}" if "at" in trigger else ""
    time += time_zone_text(trigger)
    repeats = _REPEAT_TEXTS.get(str(trigger.get("repeats")), "")
    return f"{_offset_text(trigger)} the date in {trigger['date']}{time}{repeats}"


def _offset_text(trigger: Mapping[str, Json]) -> str:
    for field, preposition in (("days_before", "before"), ("days_after", "after")):
        if days := trigger.get(field):
            return f"{days} {'day' if days == 1 else 'days'} {preposition}"
    return "on"


TRIGGER_TEXTS: Final[Mapping[str, Callable[[Mapping[str, Json]], str]]] = {
    "event": _event_text,
    "date": _date_text,
    "form": lambda trigger: f"when form {trigger['form']} is submitted",
    "object": lambda _trigger: "on a change of an object",
    "relationship": lambda _trigger: "on a change of a relationship",
    "webhook": lambda trigger: f"when webhook {trigger['webhook']} is called",
    "api": lambda _trigger: "when triggered through the API",
    "behavioral": lambda trigger: f"when {condition_text(trigger['behavioral'])}",
}
"""By the keyword of the trigger. A trigger without a keyword is a condition."""


def _reentry_text(reentry: Json) -> str:
    if not isinstance(reentry, str | Mapping):
        return ""
    fields = {"mode": reentry} if isinstance(reentry, str) else reentry
    if isinstance(raw := fields.get("raw"), Mapping):
        return f"re-entry: {raw.get('restart_mode', 'once')}"
    if fields.get("mode") != _EVERY_MATCH:
        return "each person enters once"
    after = fields.get("cooldown")
    return "enters again on every match" + (f", after {after} at the earliest" if after else "")


def _exit_text(exit_settings: Json) -> str:
    if not isinstance(exit_settings, Mapping):
        return ""
    when = exit_settings.get("when")
    reasons = [condition_text(when)] if when else []
    if exit_settings.get("stops_matching"):
        reasons.append("the trigger no longer matches")
    return "leaves early when " + ", or when ".join(reasons) if reasons else ""


def _goal_text(goal: Json) -> str:
    if not isinstance(goal, Mapping):
        return ""
    raw = goal.get("raw")
    if isinstance(raw, Mapping):
        text = f"goal: a raw goal of type {raw.get('conversion_type', 'unknown')}"
    else:
        text = f"goal: event {goal.get('event')}"
    if "within" not in goal:
        return text
    start = str(goal.get("after", _DEFAULT_GOAL_START))
    if start == _DEFAULT_GOAL_START:
        return f"{text} within {goal['within']} of receiving a message"
    return f"{text} within {goal['within']}, counted from {start}"
