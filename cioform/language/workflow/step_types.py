"""The step types of a workflow, one row each. All that lists step types derives from these rows.

`docs/adding-a-step.md` shows how to add one.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from cioform.core.dataclasses import dataclass


class StepFamily(StrEnum):
    """What a group of step types has in common. It decides shape and color in pictures."""

    MESSAGE = "message"
    WAIT = "wait"
    CHOICE = "choice"
    DATA = "data"
    EXIT = "exit"


class PictureText(StrEnum):
    """What a picture shows of the value of a step."""

    VALUE = "the value as a file has it, or the name in it"
    CONDITION = "the value is a condition, shown as a sentence"
    TIME_WINDOW = "hours, days and a time zone, shown as a phrase"
    BRANCH_COUNT = "the number of branches"
    ASSIGNMENTS = "each name of the value with what it is set to"


@dataclass(frozen=True, slots=True)
class StepBranch:
    """A list of steps beside the keyword, which people enter under one circumstance."""

    key: str
    """The field that holds the steps: `then`, `on_timeout`."""
    label: str
    """What a picture writes on the way there. `{name}` stands for the field `name` of the step."""


@dataclass(frozen=True, slots=True)
class StepType:
    """One row: all that is known of a step type outside of its own fields."""

    keyword: str
    """The field that makes a mapping a step of this type."""
    action_type: str
    """Customer.io's type of the action (journeys facts, section 4, Actions)."""
    family: StepFamily
    summary: str
    """What the step does, as the documentation says it; completes "this step ..."."""
    example: str
    """A complete step in YAML, for the documentation and for error messages."""
    is_message: bool = False
    """Whether the value is the content of one message, with a template of its own."""
    has_options: bool = False
    """Whether the value is a list of branches, each with its steps in `then`."""
    branches: tuple[StepBranch, ...] = ()
    """The lists of steps beside the keyword, in the order of branches, after those of options."""
    picture_text: PictureText = PictureText.VALUE

    @property
    def has_branches(self) -> bool:
        """Whether people leave the step on one of several ways, which then meet again."""
        return self.has_options or bool(self.branches)

    @property
    def ends_journey(self) -> bool:
        """Whether no step follows."""
        return self.family is StepFamily.EXIT

    @property
    def continues(self) -> bool:
        """Whether everybody continues with the next step."""
        return not self.has_branches and not self.ends_journey

    @property
    def branch_keys(self) -> tuple[str, ...]:
        """The fields that hold lists of steps beside the keyword."""
        return tuple(branch.key for branch in self.branches)


def _message(keyword: str, action_type: str, summary: str, content: str) -> StepType:
    example = f"- id: hello\n  {keyword}: {{{content}}}"
    return StepType(keyword, action_type, StepFamily.MESSAGE, summary, example, is_message=True)


_ROWS: Final = (
    _message("email", "email_action", "sends an e-mail", "subject: Welcome, body: Hello"),
    _message("push", "push_action", "sends a push notification", "title: Welcome, body: Hello"),
    _message("sms", "twilio_action", "sends a text message", "body: Hello"),
    _message("whatsapp", "whatsapp_action", "sends a WhatsApp message", "body: Hello"),
    _message("in_app", "in_app_action", "shows a message in the app", "content: {text: Hello}"),
    _message("slack", "slack_action", "posts to a Slack channel", "body: Hello"),
    _message("webhook", "webhook_action", "calls another system", "url: https://example.com/hook"),
    StepType(
        "ab_test",
        "split_randomized_action",
        StepFamily.MESSAGE,
        "sends one of several messages, chosen at random",
        "- id: subject_line\n"
        "  ab_test:\n"
        "    - {id: short, percent: 50, email: {subject: Hi, body: Hello}}\n"
        "    - {id: long, percent: 50, email: {subject: Welcome to Acme, body: Hello}}",
    ),
    StepType(
        "wait",
        "delay_seconds_action",
        StepFamily.WAIT,
        "waits for a fixed time",
        "- {id: pause, wait: 2d}",
    ),
    StepType(
        "wait_window",
        "delay_time_window_action",
        StepFamily.WAIT,
        "waits for certain hours on certain days",
        "- id: daytime\n"
        '  wait_window: {from: "09:00", to: "18:00", time_zone: Europe/London}',
        picture_text=PictureText.TIME_WINDOW,
    ),
    StepType(
        "wait_random",
        "randomized_delay_action",
        StepFamily.WAIT,
        "waits for a random time between two limits",
        "- {id: spread, wait_random: {min: 5m, max: 2h}}",
    ),
    StepType(
        "wait_until",
        "conditional_wait_action",
        StepFamily.WAIT,
        "waits until a condition is met",
        "- id: bought\n  wait_until: {event: purchased}\n  timeout: 3d  # or never",
        branches=(
            StepBranch("then", "condition met"),
            StepBranch("on_timeout", "after {timeout}"),
        ),
        picture_text=PictureText.CONDITION,
    ),
    StepType(
        "if",
        "conditional_branch_action",
        StepFamily.CHOICE,
        "tests a condition",
        "- id: on_trial\n  if: {attribute: plan, is: trial}\n  then:\n    - {id: pause, wait: 2d}",
        branches=(StepBranch("then", "yes"), StepBranch("else", "no")),
        picture_text=PictureText.CONDITION,
    ),
    StepType(
        "branches",
        "multi_split_branch_action",
        StepFamily.CHOICE,
        "tests several conditions; the first that is met decides",
        "- id: who\n"
        "  branches:\n"
        "    - if: {segment: vip}\n"
        "      then:\n"
        "        - {id: pause, wait: 2d}",
        has_options=True,
        branches=(StepBranch("else", "else"),),
        picture_text=PictureText.BRANCH_COUNT,
    ),
    StepType(
        "random_branches",
        "random_cohort_branch_action",
        StepFamily.CHOICE,
        "sends people into branches at random",
        "- id: half\n"
        "  random_branches:\n"
        "    - {percent: 50, then: [{id: pause, wait: 2d}]}\n"
        "    - {percent: 50}",
        has_options=True,
        picture_text=PictureText.BRANCH_COUNT,
    ),
    StepType(
        "set_attributes",
        "attribute_update_action",
        StepFamily.DATA,
        "sets an attribute of the person",
        "- {id: remember, set_attributes: {onboarding: done}}",
        picture_text=PictureText.ASSIGNMENTS,
    ),
    StepType(
        "send_event",
        "create_event_action",
        StepFamily.DATA,
        "sends an event for the person",
        "- {id: tell, send_event: onboarding_finished}",
    ),
    StepType(
        "add_to_segment",
        "static_seg_update_action",
        StepFamily.DATA,
        "adds the person to a manual segment",
        "- {id: join, add_to_segment: vip}",
    ),
    StepType(
        "remove_from_segment",
        "static_seg_update_action",
        StepFamily.DATA,
        "removes the person from a manual segment",
        "- {id: leave, remove_from_segment: vip}",
    ),
    StepType(
        "query_collection",
        "collection_query_action",
        StepFamily.DATA,
        "looks up entries of a collection for the messages that follow",
        "- {id: prices, query_collection: {collection_id: 7, filters: []}}",
    ),
    StepType(
        "batch_update",
        "batch_update_action",
        StepFamily.DATA,
        "changes many attributes or objects at once",
        "- {id: seats, batch_update: {object_type_id: 1}}",
    ),
    StepType(
        "exit",
        "exit_action",
        StepFamily.EXIT,
        "ends the journey",
        "- exit",
    ),
)  # fmt: skip

STEP_TYPES: Final[Mapping[str, StepType]] = {row.keyword: row for row in _ROWS}
"""The step types by keyword, in the order in which the documentation lists them."""

KEYWORDS_BY_ACTION_TYPE: Final[Mapping[str, tuple[str, ...]]] = {
    row.action_type: tuple(other.keyword for other in _ROWS if other.action_type == row.action_type)
    for row in _ROWS
}
"""The keywords that an action of a type may have. Two keywords of one type are one step: changing
one to the other is not a replacement."""

MESSAGE_KEYWORDS: Final = tuple(row.keyword for row in _ROWS if row.is_message)

BRANCH_KEYS: Final = tuple(dict.fromkeys(key for row in _ROWS for key in row.branch_keys))
"""Every field that holds a list of steps beside some keyword."""

ACTION: Final = "action"
"""The field of a step that no keyword expresses: Customer.io's type of its action."""

WAYS: Final = "ways"
"""The branches of such a step, each a list of steps. A step without it has no branches, and
the next step follows it."""

UNKNOWN_STEP_EXAMPLE: Final = "- {id: ai, action: llm_action, raw: {prompt: Hello}}"


def next_step_text(row: StepType) -> str:
    """Return where people go after a step, for the table of the documentation."""
    if row.ends_journey:
        return "nowhere"
    if not row.has_branches:
        return "to the next step"
    ways = [f"`{key}`" for key in row.branch_keys]
    ways = ["the `then` of one branch", *ways] if row.has_options else ways
    return f"into {' or '.join(ways)}, then to the next step"
