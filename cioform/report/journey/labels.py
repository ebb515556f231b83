"""How a step is said in a picture: its word, what it says or asks, and when each way is taken."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum
from typing import Final

from cioform.core.json_value import UNKNOWN, Attributes, JsonValue
from cioform.language.workflow import MESSAGE_KEYWORDS, STEP_KEYWORDS, Branching, Node, branches_of
from cioform.report.journey.condition_text import condition_text, is_condition, value_text
from cioform.report.values import escape_unprintable


class Family(Enum):
    """What sort of step it is: what colour and form it gets."""

    START = "start"
    MESSAGE = "message"
    WAIT = "wait"
    CHOICE = "choice"
    DATA = "data"
    EXIT = "exit"


_MESSAGE_TEXT_FIELDS: Final = ("subject", "title", "message", "text", "body", "name", "url")
"""Of what a message says, the first that there is stands for all."""
_NAME_FIELDS: Final = ("name", "event", "event_name", "segment", "collection", "attribute_name")
"""Of what another step says, the first that there is stands for all."""
_SHARE_FIELDS: Final = ("percent", "percentage", "share", "weight")
_ACTION_BRANCH_LABELS: Final = {"conditional_branch_action": ("yes", "no")}
_MESSAGE_WORDS: Final = (*MESSAGE_KEYWORDS, "twilio", "ab_test")
_LIQUID_TAG: Final = re.compile(r"\s*\{%.*?%\}\s*", re.DOTALL)
"""A Liquid tag. A picture shows that there are variants; the file says which."""
_GENERATED_ID: Final = re.compile(r"(.+)_\d+")


def single_line(text: str) -> str:
    """Give `text` on one line, with nothing in it that a terminal would obey."""
    return escape_unprintable(" ".join(text.split()))


def step_label(word: str) -> str:
    """Give the word that stands on a stop. An action type outside our words loses its tail."""
    return single_line(
        word if word in STEP_KEYWORDS else word.removesuffix("_action").replace("_", " ")
    )


def family_of(word: str) -> Family:
    """Give the family of a word, or of an action type by what its name says."""
    shape, stem = STEP_KEYWORDS.get(word), word.removesuffix("_action")
    if shape is Branching.END or stem == "exit":
        return Family.EXIT
    if stem in _MESSAGE_WORDS:
        return Family.MESSAGE
    if "wait" in stem or "delay" in stem or "period" in stem:
        return Family.WAIT
    if (
        shape in (Branching.TWO_WAY, Branching.CASES, Branching.RANDOM)
        or "branch" in stem
        or "split" in stem
    ):
        return Family.CHOICE
    return Family.DATA


def display_id(node: Node) -> str:
    """Give the id of a step as it is shown: empty where it only counts, as in `wait_1`."""
    counted = _GENERATED_ID.fullmatch(node.id)
    if family_of(node.keyword) is Family.EXIT or (counted and counted[1] == node.keyword):
        return ""
    return single_line(node.id)


def message_summary(content: JsonValue) -> str:
    """Give the line that stands for all a message says; empty for what is no message."""
    if not isinstance(content, Mapping):
        return ""
    said = (content.get(key) for key in _MESSAGE_TEXT_FIELDS)
    return single_line(
        _LIQUID_TAG.sub("…", next((text for text in said if isinstance(text, str) and text), ""))
    )


def step_summary(node: Node) -> str:
    """Give what a step is about: a time, a condition, what it sets."""
    value, shape = node.fields.get(node.keyword), STEP_KEYWORDS.get(node.keyword)
    if value is None or value in ({}, [], ""):
        return ""
    if shape is Branching.TWO_WAY:
        return single_line(condition_text(value))
    if isinstance(value, list) and shape in (Branching.CASES, Branching.RANDOM):
        return f"{len(value)} ways"
    return single_line(_step_value_text(node.keyword, value))


def branch_label(node: Node, branch: int | None) -> str:
    """Give when the way out of `node` at `branch` is taken: `yes`, `no`, `30 %`, `after 3d`."""
    if branch is None:
        return ""
    ways = branches_of(node.fields)
    if branch >= len(ways):
        said = _ACTION_BRANCH_LABELS.get(node.keyword, ())
        return said[branch] if branch < len(said) else f"way {branch + 1}"
    path, _ = ways[branch]
    if len(path) > 1:
        return single_line(_option_text(node.fields[str(path[0])][path[1]], branch))
    return single_line(_named_branch_label(node, str(path[0])))


def trigger_text(attributes: Attributes) -> str:
    """Give what brings people in."""
    trigger = attributes.get("trigger")
    if trigger is None and isinstance(attributes.get("raw_trigger"), Mapping):
        return single_line(
            f"on {attributes['raw_trigger'].get('type', 'something')}".replace("_", " ")
        )
    if isinstance(trigger, Mapping) and "event" in trigger:
        text = f"on event {trigger['event']}"
        if "where" in trigger:
            text += f" where {condition_text(trigger['where'])}"
        if "audience" in trigger:
            text += f", for people: {condition_text(trigger['audience'])}"
        return single_line(text)
    if trigger is None or trigger is UNKNOWN or not trigger:
        return ""
    return single_line(f"{'when' if is_condition(trigger) else 'on'} {condition_text(trigger)}")


def journey_notes(attributes: Attributes) -> tuple[str, ...]:
    """Give who comes in again and who leaves before the end."""
    return tuple(
        single_line(text)
        for text in (_reentry_text(attributes.get("reentry")), _exit_text(attributes.get("exit")))
        if text
    )


def _reentry_text(reentry: JsonValue) -> str:
    if not isinstance(reentry, Mapping):
        return ""
    if mode := reentry.get("mode"):
        return f"comes in again: {mode}"
    if not reentry.get("every_match"):
        return "everybody comes in once"
    after = reentry.get("at_least_after")
    return "comes in again on every match" + (f", {after} later at the earliest" if after else "")


def _exit_text(leaving: JsonValue) -> str:
    if not isinstance(leaving, Mapping):
        return ""
    reasons = [condition_text(leaving["when"])] if leaving.get("when") else []
    if leaving.get("on_trigger_unmatched"):
        reasons.append("the trigger is no longer met")
    return "leaves early when " + ", or when ".join(reasons) if reasons else ""


def _step_value_text(word: str, value: JsonValue) -> str:
    if isinstance(value, list):
        return ", ".join(
            _option_text(item, n) if isinstance(item, Mapping) else value_text(item)
            for n, item in enumerate(value)
        )
    if not isinstance(value, Mapping):
        return value_text(value)
    if word == "set_attributes":
        return ", ".join(f"{key} = {value_text(item)}" for key, item in value.items())
    named = next((value[key] for key in _NAME_FIELDS if isinstance(value.get(key), str)), None)
    return named.removeprefix("segment.") if named is not None else value_text(value)


def _named_branch_label(node: Node, way: str) -> str:
    if way == "else" and STEP_KEYWORDS[node.keyword] is Branching.CASES:
        return "otherwise"
    if node.keyword == "if" and way in ("then", "else"):
        return "yes" if way == "then" else "no"
    if way == "then":
        return "in time"
    # Whatever the other way of a wait is called, it is taken when the time is over.
    timeout = node.fields.get("timeout")
    return f"after {value_text(timeout)}" if timeout else way.replace("_", " ")


def _option_text(option: JsonValue, branch: int) -> str:
    """Give the name, the share or the condition of one of several branches, whatever its member
    is called."""
    if not isinstance(option, Mapping):
        return f"way {branch + 1}"
    name = str(option.get("name") or option.get("id") or "")
    rest = {k: v for k, v in option.items() if k not in ("then", "id", "name", *_SHARE_FIELDS)}
    share = next((f"{value_text(option[key])} %" for key in _SHARE_FIELDS if key in option), "")
    condition = ""
    if not share and not name and rest:
        only = next(iter(rest.values())) if len(rest) == 1 else None
        condition = condition_text(only if isinstance(only, (Mapping, list)) else rest)
    return " · ".join(filter(None, (name, share, condition)))
