"""A value of an enum that no source records is imported, loads, and plans nothing."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest

from cioform.emulator.store.record_types import ACTION, CAMPAIGN, TEMPLATE, RecordType
from tests.support.sandbox_project import SandboxProject

DOCUMENT: dict[str, Any] = {
    "name": "C",
    "trigger": {"event": "e"},
    "goal": {"event": "bought", "within": "7d"},
    "workflow": [
        {"id": "hello", "email": {"subject": "Hi", "body": "<p>Hi</p>"}},
        {"id": "text", "sms": {"body": "Hi"}},
        {"id": "hook", "webhook": {"url": "https://a.example", "body": "{}"}},
        {
            "id": "test",
            "ab_test": [
                {"id": "a", "percent": 50, "email": {"subject": "A", "body": "b"}},
                {"id": "b", "percent": 50, "email": {"subject": "B", "body": "b"}},
            ],
        },
        {
            "id": "window",
            "wait_window": {"days": ["mon"], "from": "09:00", "to": "17:00", "time_zone": "UTC"},
        },
        {"id": "pause", "wait": "1d"},
    ],
}
PROJECT = SandboxProject(Path(tempfile.mkdtemp()))
PROJECT.write("campaigns/c.yaml", DOCUMENT)
assert PROJECT.apply().complete
DATA = PROJECT.store.workspace_data("acme")
ENUMS: dict[RecordType, tuple[str, ...]] = {
    CAMPAIGN: ("conversion_type", "conversion_action", "type", "frequency"),
    ACTION: ("sending_state", "frequency_cap_mode", "sub_type", "type"),
    TEMPLATE: ("request_method", "editor", "preprocessor", "template_engine"),
}
PLACES = [
    pytest.param(record_type, at, member, id=f"{record_type.collection}-{at}-{member}")
    for record_type, members in ENUMS.items()
    for at, record in enumerate(DATA.all(record_type))
    for member in members
    if member in record
]


@pytest.mark.parametrize(("record_type", "at", "member"), PLACES)
def test_a_value_that_is_not_known_is_imported(
    record_type: RecordType, at: int, member: str
) -> None:
    record = DATA.all(record_type)[at]
    DATA.save(record_type, {**record, member: "unheard_of"})
    try:
        copy = PROJECT.second_checkout(Path(tempfile.mkdtemp()))
        with copy.open() as session:
            made = session.import_()
        assert made.left == ()
        plan = copy.plan()
        assert (plan.changes, plan.blocked, plan.drift) == ((), (), ())
    finally:
        DATA.save(record_type, record)
