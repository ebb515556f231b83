"""The settings of a campaign in the language of before `format: 1`, rewritten in place.

Each rule acts on outdated fields only, except the one for `exit`, whose default has changed.
"""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from typing import Final

from cioform.core.data.json_value import JsonValue
from cioform.core.time.duration import Duration
from cioform.language.conditions import decompile_encoded_filter, upgrade_condition
from cioform.model.fields.upgrading import rename_field
from cioform.model.references.names import Names

Fields = MutableMapping[str, JsonValue]

OLD_REENTRY_FIELDS: Final = frozenset({"every_match", "at_least_after"})
OLD_ZONE_FIELDS: Final = {"zone": "time_zone", "fallback": "fallback_time_zone"}
_TYPES_WITHOUT_KEYWORD: Final = ("seg_attr", "behavioral")
"""Customer.io's types of triggers that are a condition of segments and attributes."""
_KEYWORDS_OF_OTHER_TRIGGERS: Final = frozenset(
    {"event", "date", "form", "object", "relationship", "webhook", "api"}
)
_TRIGGERS_WITHOUT_REENTRY: Final = frozenset({"relationship", "api"})
_FIELDS_WITH_MEMBERS: Final = ("raw", "query_collection", "batch_update")
"""The fields of steps that hold members of an action as they are."""
_CONDITIONS_OF_TRIGGERS: Final = ("where", "audience", "behavioral")
_CONDITIONS_OF_STEPS: Final = ("if", "when", "wait_until", "only_if")
_MESSAGES_APART: Final = "messages"
"""Canonical attributes have this field, and documents do not."""


def upgrade_settings(document: Fields) -> None:
    """Rewrite a document or canonical attributes, all but most of the steps."""
    _upgrade_trigger(document)
    upgrade_reentry(document)
    _upgrade_exit(document)
    if isinstance(goal := document.get("goal"), MutableMapping):
        rename_field(goal, "counted_from", "after")
    for mapping in _mappings_in_steps(document):
        if isinstance(window := mapping.get("wait_window"), MutableMapping):
            _rename_zones(window)
        _upgrade_wait_of_nothing(mapping)
        _upgrade_raw_condition(mapping)
        for field in _CONDITIONS_OF_STEPS:
            upgrade_condition(mapping.get(field))


def _rename_zones(fields: Fields) -> None:
    for old, new in OLD_ZONE_FIELDS.items():
        rename_field(fields, old, new)


def _upgrade_trigger(document: Fields) -> None:
    if isinstance(raw := document.get("raw_trigger"), MutableMapping):
        rename_field(document, "raw_trigger", "trigger")
        document["trigger"] = {"raw": raw}
    trigger = document.get("trigger")
    if isinstance(trigger, MutableMapping) and "date" in trigger:
        _rename_zones(trigger)
    if _is_trigger_of_segments(trigger):
        upgrade_condition(trigger)
    if isinstance(trigger, MutableMapping):
        for field in _CONDITIONS_OF_TRIGGERS:
            upgrade_condition(trigger.get(field))


def upgrade_reentry(document: Fields) -> None:
    """Rewrite `reentry` to one keyword, or to a mapping with `mode` or `raw`.

    It is removed where the trigger never had any.
    """
    trigger, reentry = document.get("trigger"), document.get("reentry")
    if isinstance(trigger, MutableMapping) and not _TRIGGERS_WITHOUT_REENTRY.isdisjoint(trigger):
        document.pop("reentry", None)
        return
    if not isinstance(reentry, MutableMapping) or not _is_old_reentry(reentry):
        return
    _flatten_every_match(reentry)
    every_match, mode = bool(reentry.get("every_match")), reentry.get("mode")
    interval = reentry.get("at_least_after")
    seconds = Duration.parse(str(interval)).seconds if interval is not None else 0
    raw = {"restart_mode": mode} if mode not in (None, "", "rematch") else {}
    if raw or (seconds and not every_match and not mode):
        raw |= {"restart_min_interval": seconds} if seconds else {}
        for name in ("every_match", "at_least_after", "mode"):
            reentry.pop(name, None)
        reentry["raw"] = raw
        return
    keyword = "every_match" if every_match or mode else "once"
    if not seconds:
        reentry.pop("at_least_after", None)
    if set(reentry) <= {"every_match", "mode"}:
        document["reentry"] = keyword
        return
    if "every_match" in reentry:
        reentry.pop("mode", None)
        rename_field(reentry, "every_match", "mode")
    reentry["mode"] = keyword
    rename_field(reentry, "at_least_after", "cooldown")


def _flatten_every_match(reentry: Fields) -> None:
    """Move what is below `every_match` beside it, where older files had it."""
    nested = reentry.get("every_match")
    if isinstance(nested, str):
        nested = {"at_least_after": nested}
    if isinstance(nested, MutableMapping):
        reentry.update({"every_match": True, **nested})


def _is_old_reentry(reentry: Fields) -> bool:
    has_new_mode = reentry.get("mode") in ("once", "every_match") or "raw" in reentry
    return not OLD_REENTRY_FIELDS.isdisjoint(reentry) or not has_new_mode


def _upgrade_exit(document: Fields) -> None:
    """Rename the old field, and write the old default where the new one is another."""
    exit_settings = document.get("exit")
    if isinstance(exit_settings, MutableMapping):
        upgrade_condition(exit_settings.get("when"))
        rename_field(exit_settings, "on_trigger_unmatched", "stops_matching")
    if _MESSAGES_APART in document or not _is_trigger_of_segments(document.get("trigger")):
        return
    if exit_settings is None:
        document["exit"] = {"stops_matching": False}
    elif isinstance(exit_settings, MutableMapping):
        exit_settings.setdefault("stops_matching", False)


def _is_trigger_of_segments(trigger: JsonValue) -> bool:
    if not isinstance(trigger, MutableMapping | list):
        return False
    raw = trigger.get("raw") if isinstance(trigger, MutableMapping) else None
    if isinstance(raw, MutableMapping) and isinstance(raw.get("type"), str):
        return raw["type"] in _TYPES_WITHOUT_KEYWORD
    return _KEYWORDS_OF_OTHER_TRIGGERS.isdisjoint(trigger)


def _mappings_in_steps(document: Fields) -> Iterator[Fields]:
    """Yield every mapping of the workflow, in whatever format they are."""
    todo: list[JsonValue] = [document.get("workflow"), document.get("graph")]
    while todo:
        value = todo.pop()
        if isinstance(value, MutableMapping):
            yield value
            todo += value.values()
        elif isinstance(value, list):
            todo += value


def _upgrade_wait_of_nothing(step: Fields) -> None:
    """Write a wait of no time as the action that it is: it may exist, but has no keyword."""
    duration = step.get("wait")
    if isinstance(duration, str) and _is_zero(duration):
        rename_field(step, "wait", "action")
        step["action"] = "delay_seconds_action"
        step["raw"] = {"delay": 0}


def _upgrade_raw_condition(step: Fields) -> None:
    """Write the condition of a data step, which was one of its raw members, as a condition."""
    if "action" in step:
        return
    for name in _FIELDS_WITH_MEMBERS:
        members = step.get(name)
        if not isinstance(members, MutableMapping) or "preconditions" not in members:
            continue
        wire = members.pop("preconditions")
        condition = decompile_encoded_filter(wire, Names()) if isinstance(wire, str) else {}
        if condition not in ({}, {"all": []}):
            step["only_if"] = condition
        if not members and name == "raw":
            del step["raw"]


def _is_zero(text: str) -> bool:
    try:
        return Duration.parse(text).seconds == 0
    except ValueError:
        return False
