"""Lists of keywords outside of the table of step types have a place for every keyword."""

from __future__ import annotations

import pytest

from cioform.config.settings_file import SettingsFile
from cioform.kinds.campaign.log_names import LOG_NAMES, UNNAMED, WHOLE_STEPS
from cioform.language.messages.template_message import _ENCODERS
from cioform.language.workflow import MESSAGE_KEYWORDS, STEP_TYPES, StepFamily
from cioform.lint.rules.messages_at_once import _CHANNELS, _UNNOTICED
from cioform.lint.rules.missing_translation import _TRANSLATED
from cioform.lint.rules.wait_at_the_end import _WAITS
from cioform.model.settings.owners import _CONTAINERS, _NAMES, FieldClass
from cioform.policies.checks import MESSAGES

_DECIDING = (StepFamily.WAIT, StepFamily.CHOICE)


@pytest.mark.parametrize("keyword", STEP_TYPES)
def test_the_log_names_every_step_or_says_why_not(keyword: str) -> None:
    assert keyword in {*LOG_NAMES, *UNNAMED, *WHOLE_STEPS}


@pytest.mark.parametrize(
    "keyword", [row.keyword for row in STEP_TYPES.values() if row.family in _DECIDING]
)
def test_who_owns_the_audience_owns_every_wait_and_choice(keyword: str) -> None:
    assert keyword in _NAMES[FieldClass.AUDIENCE]


def test_owners_own_what_is_in_a_message_by_its_fields() -> None:
    assert set(MESSAGE_KEYWORDS) < _CONTAINERS


def test_policies_and_rules_know_every_message() -> None:
    assert set(MESSAGES) == set(_ENCODERS)
    assert set(MESSAGE_KEYWORDS) > _UNNOTICED
    assert {*_CHANNELS, *_UNNOTICED} == set(MESSAGE_KEYWORDS)
    assert set(MESSAGES) - _TRANSLATED == {"slack", "webhook"}  # nobody reads them in a language


def test_settings_explain_every_message_that_people_get() -> None:
    explained = {name for name, text in SettingsFile.other_names.items() if text == "defaults"}
    assert set(MESSAGE_KEYWORDS) - explained == {"webhook"}


def test_a_wait_at_the_end_is_one_without_steps_of_its_own() -> None:
    waits = {row.keyword for row in STEP_TYPES.values() if row.family is StepFamily.WAIT}
    assert waits - _WAITS == {"wait_until"}
