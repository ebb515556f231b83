"""Messages of format 0 in the current format."""

from __future__ import annotations

from typing import Any

import pytest

from cioform.kinds.campaign import KIND
from cioform.language.messages.upgrading import upgrade_message


@pytest.mark.parametrize(
    ("keyword", "old", "new"),
    [
        ("email", {"recipient": "a", "subject": "s"}, {"to": "a", "subject": "s"}),
        ("email", {"layout": "layout.main"}, {"layout": "main"}),
        ("email", {"layout": "none"}, {"layout": "none"}),
        ("slack", {"recipient": "#a"}, {"channel": "#a"}),
        ("push", {"sending": "off"}, {"sending": "never"}),
        ("push", {"sending": False}, {"sending": "never"}),
        ("push", {"sending": "automatic"}, {"sending": "automatic"}),
        ("in_app", {"content": {"recipient": "a"}}, {"content": {"recipient": "a"}}),
    ],
)
def test_messages_of_format_0(keyword: str, old: dict[str, Any], new: dict[str, Any]) -> None:
    upgrade_message(keyword, old)
    assert old == new
    upgrade_message(keyword, old)
    assert old == new


def test_messages_of_campaigns_wherever_they_are() -> None:
    mail: dict[str, Any] = {"sending": "off", "recipient": "a", "subject": "s", "body": "b"}
    upgraded = {"sending": "never", "to": "a", "subject": "s", "body": "b"}
    variant = {"id": "a", "percent": 50, "email": {**mail}}
    document: dict[str, Any] = {
        "workflow": [
            {"id": "one", "if": {"attribute": "a", "exists": True}, "then": [{"email": {**mail}}]},
            {"id": "test", "ab_test": [variant]},
        ],
        "messages": {"one": {"type": "email", **mail}},
    }
    KIND.upgrade(document)
    one, test = document["workflow"]
    assert one["then"][0]["email"] == upgraded
    assert test["ab_test"][0]["email"] == upgraded
    assert document["messages"]["one"] == {"type": "email", **upgraded}
