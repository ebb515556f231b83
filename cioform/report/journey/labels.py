"""The texts on a step of a picture: what it is, what it does, and when each branch is taken."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum
from typing import Final

from cioform.core.data.json_value import Json, as_mapping, as_text
from cioform.core.text.lazy_pattern import lazy_pattern
from cioform.core.text.quantities import pluralize
from cioform.language.workflow import (
    KEYWORDS_BY_ACTION_TYPE,
    NEVER,
    STEP_TYPES,
    WAYS,
    Node,
    PictureText,
    StepBranch,
    StepType,
    branches_of,
    variants_of,
)
from cioform.report.journey.condition_text import condition_text, value_text
from cioform.report.journey.time_text import time_window_text
from cioform.report.values import escape_unprintable


class Family(Enum):
    """What color and shape a node has: the families of step types, and the start."""

    START = "start"
    MESSAGE = "message"
    WAIT = "wait"
    CHOICE = "choice"
    DATA = "data"
    EXIT = "exit"


_MESSAGE_TEXT_FIELDS: Final = ("subject", "title", "message", "text", "body", "name")
"""The first of these fields that a message has is shown for all of it."""
_NAME_FIELDS: Final = ("name", "event", "event_name", "segment", "collection", "attribute_name")
"""The first of these fields that another step has is shown for all of it."""
_SHARE_FIELDS: Final = ("percent", "percentage", "share", "weight")
_LIQUID_TAG: Final = lazy_pattern(r"\s*\{%.*?%\}\s*", re.DOTALL)
"""A Liquid tag. A picture shows that the text varies; the file shows how."""
_GENERATED_ID: Final = lazy_pattern(r"(.+)_\d+")


def single_line(text: str) -> str:
    """Return `text` on one line, without characters that would control a terminal."""
    return escape_unprintable(" ".join(text.split()))


def step_label(keyword: str) -> str:
    """Return the keyword as it is shown; an unknown action type without its `_action`."""
    if keyword in STEP_TYPES:
        return keyword
    return single_line(keyword.removesuffix("_action").replace("_", " "))


def _step_type_of(node_keyword: str) -> StepType | None:
    """Return the step type of a node by its keyword or by its action type."""
    [keyword, *_] = KEYWORDS_BY_ACTION_TYPE.get(node_keyword, (node_keyword,))
    return STEP_TYPES.get(keyword)


def family_of(keyword: str) -> Family:
    """Return the family of a keyword or an action type; a guess by its name if it is unknown."""
    if (row := _step_type_of(keyword)) is not None:
        return Family(row.family.value)
    if any(word in keyword for word in ("wait", "delay", "period")):
        return Family.WAIT
    return Family.CHOICE if "branch" in keyword or "split" in keyword else Family.DATA


def display_id(node: Node) -> str:
    """Return the ID of a step as it is shown; empty where it is only a number, as in `wait_1`."""
    generated = _GENERATED_ID.fullmatch(node.id)
    if family_of(node.keyword) is Family.EXIT or (generated and generated[1] == node.keyword):
        return ""
    return single_line(node.id)


def message_summary(content: Json) -> str:
    """Return what people read first of a message; empty for a webhook or without a text."""
    if not isinstance(content, Mapping) or content.get("type") == "webhook":
        return ""
    texts = (content.get(key) for key in _MESSAGE_TEXT_FIELDS)
    first = next((text for text in texts if isinstance(text, str) and text), "")
    return single_line(_LIQUID_TAG.sub("…", first))


def webhook_summary(content: Json) -> str:
    """Return the method and the URL of a webhook; empty for any other content."""
    if not isinstance(content, Mapping) or content.get("type") != "webhook":
        return ""
    method = str(content.get("method", "post")).upper()
    return single_line(f"{method} {content.get('url', '')}")


def sending_summary(content: Json) -> str:
    """Return how a message is sent: `automatic`, `draft` or `never`; empty if unknown."""
    sending = content.get("sending") if isinstance(content, Mapping) else None
    return single_line(sending) if isinstance(sending, str) else ""


def condition_summary(fields: Mapping[str, Json]) -> str:
    """Return who does not skip a step or a variant: `only if ...`; empty for everybody."""
    condition = fields.get("only_if")
    if not isinstance(condition, (Mapping, list)):
        return ""
    return single_line(f"only if {condition_text(condition)}")


def variant_summaries(node: Node, messages: Mapping[str, Json]) -> tuple[str, ...]:
    """Return a line for each message that an A/B test chooses from; empty for any other step."""
    return tuple(
        _variant_text(variant, number, messages)
        for number, (_, variant) in enumerate(variants_of(node.fields))
    )


def _variant_text(variant: Json, number: int, messages: Mapping[str, Json]) -> str:
    content = messages.get(str(as_mapping(variant).get("id", "")))
    text, sending = message_summary(content), sending_summary(content)
    label = single_line(_option_text(variant, number))
    label += f': "{text}"' if text else ""
    condition = condition_summary(variant) if isinstance(variant, Mapping) else ""
    notes = (condition, f"sending: {sending}" if sending else "")
    return " · ".join((label, *filter(None, notes)))


def step_summary(node: Node) -> str:
    """Return what a step is about: a time, a condition, what it sets."""
    value, row = node.fields.get(node.keyword), STEP_TYPES.get(node.keyword)
    if row is None or row.ends_journey or value is None or value in ({}, [], ""):
        return ""
    if row.picture_text is PictureText.CONDITION:
        return single_line(condition_text(value))
    if row.picture_text is PictureText.TIME_WINDOW and isinstance(value, Mapping):
        return single_line(time_window_text(value))
    if row.picture_text is PictureText.BRANCH_COUNT and isinstance(value, list):
        return pluralize(len(value), "branch", "branches")
    if row.picture_text is PictureText.ASSIGNMENTS and isinstance(value, Mapping):
        return single_line(", ".join(f"{key} = {value_text(item)}" for key, item in value.items()))
    return single_line(_step_value_text(value))


def branch_label(node: Node, branch: int | None) -> str:
    """Return when a branch of `node` is taken: `yes`, `no`, `30 %`, `after 3d`."""
    if branch is None:
        return ""
    row, lists = _step_type_of(node.keyword), branches_of(node.fields)
    option_count = sum(1 for path, _ in lists if len(path) > 1)
    if branch < option_count:
        keyword, index = lists[branch][0][:2]
        if keyword == WAYS:
            return f"way {branch + 1}"
        return single_line(_option_text(node.fields[str(keyword)][index], branch))
    named = row.branches if row is not None else ()
    if row is None or branch - option_count >= len(named) or (row.has_options and not lists):
        return f"branch {branch + 1}"
    return single_line(_named_branch_label(node, named[branch - option_count]))


def _step_value_text(value: Json) -> str:
    if isinstance(value, list):
        return ", ".join(
            _option_text(item, n) if isinstance(item, Mapping) else value_text(item)
            for n, item in enumerate(value)
        )
    if not isinstance(value, Mapping):
        return value_text(value)
    names = (as_text(value.get(key)) for key in _NAME_FIELDS)
    name = next((each for each in names if each is not None), None)
    return name if name is not None else value_text(value)


def _named_branch_label(node: Node, branch: StepBranch) -> str:
    if branch.key == "on_timeout" and node.fields.get("timeout") == NEVER:
        return "never"
    try:
        return branch.label.format_map(node.fields)
    except KeyError:
        return branch.key.replace("_", " ")


def _option_text(option: Json, branch: int) -> str:
    """Return the name, the share or the condition of a branch, whatever its fields are called."""
    if not isinstance(option, Mapping):
        return f"branch {branch + 1}"
    name = str(option.get("name") or option.get("id") or "")
    rest = {k: v for k, v in option.items() if k not in ("then", "id", "name", *_SHARE_FIELDS)}
    share = next((f"{value_text(option[key])} %" for key in _SHARE_FIELDS if key in option), "")
    condition = ""
    if not share and not name and rest:
        only = next(iter(rest.values())) if len(rest) == 1 else None
        condition = condition_text(only if isinstance(only, (Mapping, list)) else rest)
    return " · ".join(filter(None, (name, share, condition)))
