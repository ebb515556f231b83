"""Every row of the table of step types has what it needs."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from cioform.kinds.campaign.model import Campaign
from cioform.kinds.campaign.steps import STEP_MODELS
from cioform.language.messages.message import MESSAGE_TYPES
from cioform.language.messages.template_message import decode_template, encode_template
from cioform.language.workflow import (
    KEYWORDS_BY_ACTION_TYPE,
    MESSAGE_KEYWORDS,
    STEP_TYPES,
    StepFamily,
    StepType,
    expand_exits,
    keyword_of,
    workflow_problems,
)
from cioform.model.references.names import Names

ROWS = [pytest.param(row, id=row.keyword) for row in STEP_TYPES.values()]


def test_every_row_has_a_model_and_no_model_is_without_a_row() -> None:
    assert set(STEP_MODELS) == set(STEP_TYPES)
    for keyword, model in STEP_MODELS.items():
        assert keyword in model.yaml_field_names()


def test_every_message_has_content_that_a_template_holds() -> None:
    assert set(MESSAGE_TYPES) == set(MESSAGE_KEYWORDS)
    for keyword in MESSAGE_KEYWORDS:
        content: dict[str, Any] = {
            "type": keyword,
            "title": "T",
            "subject": "S",
            "url": "u",
            "body": "B",
        }
        content |= {"content": {"text": "x"}}
        template: Any = encode_template(content, Names())
        decoded = decode_template(keyword, template, Names())
        assert decoded.get("body", "B") == "B"


def test_only_the_two_changes_of_a_segment_share_an_action_type() -> None:
    shared = [words for words in KEYWORDS_BY_ACTION_TYPE.values() if len(words) > 1]
    assert shared == [("add_to_segment", "remove_from_segment")]


@pytest.mark.parametrize("row", ROWS)
def test_the_example_of_a_row_is_a_valid_step(row: StepType) -> None:
    steps: Any = expand_exits(yaml.safe_load(row.example))
    assert [keyword_of(step) for step in steps] == [row.keyword]
    assert workflow_problems(steps) == []
    fields: Any = {"name": "T", "trigger": {"event": "e"}, "workflow": steps}
    Campaign.model_validate(fields)


@pytest.mark.parametrize("row", ROWS)
def test_a_step_continues_ends_or_has_branches(row: StepType) -> None:
    assert [row.continues, row.ends_journey, row.has_branches].count(True) == 1
    assert row.ends_journey == (row.family is StepFamily.EXIT)
    assert not row.is_message or row.continues
