"""Names of steps in other tools and before format 1, and what to write instead."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from cioform.language.workflow.step_types import STEP_TYPES, UNKNOWN_STEP_EXAMPLE
from cioform.language.workflow.tree import Step
from cioform.language.workflow.upgrading import OLD_KEYWORDS, upgraded_steps
from cioform.model.fields.upgrading import field_line, outdated_syntax_message

_KEYWORDS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("delay", "sleep", "pause", "time_delay", "wait_for"), "wait"),
    **dict.fromkeys(("wait_for_event", "hold_until", "delay_until", "until"), "wait_until"),
    **dict.fromkeys(
        ("time_window", "window", "send_window", "quiet_hours", "timezone", "time_zone"),
        "wait_window",
    ),
    **dict.fromkeys(("random_delay", "randomized_delay", "jitter"), "wait_random"),
    **dict.fromkeys(
        ("true_false_branch", "true_false", "condition", "filter", "when", "decision"), "if"
    ),
    **dict.fromkeys(("conditional_branch", "conditional_split", "branch", "gate"), "if"),
    **dict.fromkeys(("multi_split", "multi_split_branch", "multi_branch", "switch"), "branches"),
    **dict.fromkeys(("choose", "case", "cases", "paths"), "branches"),
    **dict.fromkeys(("random_cohort", "random_cohort_branch", "cohort"), "random_branches"),
    **dict.fromkeys(("random_split", "percentage_split", "holdout"), "random_branches"),
    **dict.fromkeys(("ab", "a_b_test", "abtest", "experiment", "variants"), "ab_test"),
    **dict.fromkeys(("update_person", "create_or_update_person", "identify"), "set_attributes"),
    **dict.fromkeys(("set_attribute", "attributes", "update_attributes"), "set_attributes"),
    **dict.fromkeys(("attribute_update", "update_profile"), "set_attributes"),
    **dict.fromkeys(("event", "track", "trigger_event"), "send_event"),
    **dict.fromkeys(("segment", "add_segment", "manual_segment_update"), "add_to_segment"),
    **dict.fromkeys(("manual_segment", "join_segment"), "add_to_segment"),
    **dict.fromkeys(("remove_segment", "leave_segment"), "remove_from_segment"),
    **dict.fromkeys(("collection", "collection_query"), "query_collection"),
    **dict.fromkeys(("mail", "e_mail", "send_email"), "email"),
    **dict.fromkeys(("notification", "push_notification", "send_push"), "push"),
    **dict.fromkeys(("text", "text_message", "twilio", "send_sms"), "sms"),
    **dict.fromkeys(("in_app_message", "inapp"), "in_app"),
    **dict.fromkeys(("slack_message", "send_slack"), "slack"),
    **dict.fromkeys(("http", "http_request", "request", "send_and_receive_data"), "webhook"),
    **dict.fromkeys(("end", "stop", "leave", "finish"), "exit"),
}
"""The keyword that does what a step of another tool does."""

_TYPE_KEYS: Final = frozenset({"type", "step", "step_type", "kind", "action_type", "channel"})
_REPEAT: Final = (
    "Steps cannot be repeated by leading back. Send the trigger's event again at the end instead, "
    "for example the event `signed_up`:\n\n    - {id: again, send_event: signed_up}"
)
_TEXTS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("goto", "loop", "repeat", "jump", "go_to", "for_each"), _REPEAT),
    "split": (
        "To split people by a condition use `if` or `branches`, at random `random_branches`, and "
        "to compare messages `ab_test`."
    ),
    **dict.fromkeys(
        ("parallel", "fork", "concurrent"),
        "People take one way at a time. Start another campaign with an event, for example with "
        "`signed_up`:\n\n    - {id: start, send_event: signed_up}",
    ),
    **dict.fromkeys(
        ("unsubscribe", "suppress"),
        "Set the attribute by which Customer.io knows it:\n\n"
        "    - {id: unsubscribe, set_attributes: {unsubscribed: true}}",
    ),
    **dict.fromkeys(
        ("create_person", "delete_person", "call_function"),
        "Call a program of yours:\n\n    - id: tell\n      webhook: {url: https://acme.com/hooks}",
    ),
    "llm": f"Write it as a step of Customer.io's own type:\n\n    {UNKNOWN_STEP_EXAMPLE}",
}
"""The message for a step that no keyword does."""


def other_name_text(name: str, step: Step) -> str | None:
    """Return what to write for the name that another tool, or an older file, has for a step.

    Return None for an unknown name.
    """
    if name in OLD_KEYWORDS:
        return _old_keyword_text(name, step)
    if name in _TYPE_KEYS and isinstance(step[name], str):
        return _type_text(name, step[name])
    if name in _TEXTS:
        return f"Unknown step `{name}`. {_TEXTS[name]}"
    if name in _KEYWORDS:
        keyword = _KEYWORDS[name]
        example = _indented(STEP_TYPES[keyword].example)
        return f"Unknown step `{name}`. Use `{keyword}`, for example:\n\n    {example}"
    return None


def _type_text(name: str, wanted: str) -> str:
    """Return the message for a step that has its type as a value: `type: email`."""
    word = wanted.lower().replace("-", "_").replace(" ", "_")
    keyword = word if word in STEP_TYPES else _KEYWORDS.get(word)
    text = "The type of a step is the key of its own fields"
    example = STEP_TYPES[keyword or "email"].example
    return f"{text}, not `{name}`. For example:\n\n    {_indented(example)}"


def _old_keyword_text(name: str, step: Step) -> str:
    """Return the message for a keyword of an older file, with the step to write instead."""
    [new] = upgraded_steps([{key: value for key, value in step.items() if key != "name"}])
    keyword = next((key for key in new if key in STEP_TYPES), None)
    if keyword is None:
        # The upgrade leaves what was never valid.
        return (
            f"`{name}` is `add_to_segment` or `remove_from_segment` now, each with the name of one "
            "segment:\n\n    - {id: join, add_to_segment: vip}\n"
            "    - {id: leave, remove_from_segment: trial}"
        )
    line = field_line(keyword, new[keyword])
    if "id" in step and "\n" in line:
        line = f"- id: {step['id']}\n" + "\n".join(f"  {each}" for each in line.split("\n"))
    elif "id" in step:
        line = f"- {{id: {step['id']}, {line}}}"
    return outdated_syntax_message(f"`{name}` is called `{keyword}` now.", line)


def _indented(example: str) -> str:
    return example.replace("\n", "\n    ")
