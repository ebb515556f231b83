"""The schema of conditions: what an editor accepts, and what it finds, at every depth."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from cioform.language.conditions.grammar import KEYWORDS
from cioform.language.conditions.parsing.schema import (
    CONDITION,
    EVENT_CONDITION,
    EXIT_CONDITION,
    SEGMENT_CONDITION,
)
from cioform.services.project.project_files import editor_schema
from tests.support.known import known

RECORDED = Path(__file__).resolve().parent.parent / "language" / "conditions"


@cache
def _validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(
        {"$ref": f"#/$defs/{name}", "$defs": known(editor_schema())["$defs"]}
    )


def _recorded() -> list[Any]:
    files = sorted(RECORDED.glob("*.json"))
    return [case["grammar"] for file in files for case in json.loads(file.read_text())["cases"]]


@pytest.mark.parametrize("condition", _recorded(), ids=lambda value: json.dumps(value)[:50])
def test_every_recorded_condition_is_valid(condition: Any) -> None:
    assert list(_validator(CONDITION).iter_errors(condition)) == []


@pytest.mark.parametrize(
    "condition",
    [
        {"all": []},
        [],
        {},
        {"attribute": "plan"},
        {"attribute": "plan", "equals": "pro"},
        {"attribute": "plan", "is": "pro", "exists": True},
        {"attribute": "plan", "contains": ""},
        {"attribute": "plan", "is": "pro", "of": "accounts"},
        {"object_attribute": "seats", "exists": True},
        {"attribute": "plan", "segment": "vip"},
        {"event": "paid", "at_least": 0},
        {"event": "paid", "at_least": 1, "at_most": 2},
        {"event": "paid", "within": "3d"},
        {"event": "paid", "within_last": "3 days"},
        {"event": "paid", "where": {"segment": "vip"}},
        {"segment": 7},
        {"not": {"any": [{"all": [{"opened": "welcome", "is": 1}]}]}},
    ],
    ids=json.dumps,
)
def test_a_mistake_is_found(condition: Any) -> None:
    assert list(_validator(CONDITION).iter_errors(condition))
    assert list(_validator(CONDITION).iter_errors({"all": [{"not": condition}]}))


@pytest.mark.parametrize(
    ("name", "allowed", "refused"),
    [
        (SEGMENT_CONDITION, {"event": "paid"}, {"opened": "welcome"}),
        (EXIT_CONDITION, {"segment": "vip"}, {"attribute": "plan", "is": "pro"}),
        (EVENT_CONDITION, {"attribute": "total", "greater_than": 1}, {"segment": "vip"}),
    ],
)
def test_a_context_has_fewer_keywords_at_every_depth(name: str, allowed: Any, refused: Any) -> None:
    validator = _validator(name)
    assert list(validator.iter_errors({"any": [{"not": allowed}]})) == []
    assert list(validator.iter_errors({"any": [{"not": refused}]}))


def test_every_keyword_has_a_branch_and_every_key_a_description() -> None:
    found = known(editor_schema())["$defs"]
    for keyword in KEYWORDS:
        branch = found[f"{CONDITION}.{keyword}"]
        assert keyword in branch["required"]
        assert branch["additionalProperties"] is False
        for schema in branch["properties"].values():
            assert schema["description"].endswith(".")
            assert schema["markdownDescription"].endswith("\n```")
