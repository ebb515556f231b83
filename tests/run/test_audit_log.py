"""What the entries of the audit log say, whatever form they have."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from cioform.core.data.json_value import JsonValue
from cioform.kinds import find_kinds
from cioform.model.objects.live_object import RemoteObject
from cioform.model.remote_access.conversation import Api, Request, Response
from cioform.plan.change import Editor
from cioform.run.reading.history.audit_log import (
    AuditLog,
    attributes_of,
    editor_of,
    is_about,
    is_by_program,
    part_of,
    read_log_pages,
    time_of,
)
from tests.support.fake_provider import FakeProvider

CAMPAIGN = find_kinds()["campaign"]
WELCOME = RemoteObject("7", "Welcome", Api.JOURNEYS, {})


class Log(FakeProvider):
    """A provider whose audit log has `pages`, each found by the cursor that the last one names."""

    def __init__(self, pages: Sequence[tuple[JsonValue, JsonValue]]) -> None:
        self._pages = list(pages)
        self.cursors: list[Any] = []

    def send(self, request: Request) -> Response:
        cursor = (request.query or {}).get("cursor")
        self.cursors.append(cursor)
        rows, following = self._pages[int(str(cursor or 0)) % len(self._pages)]
        return Response(200, {"audit_logs": rows, "meta": {"next_cursor": following}})


@pytest.mark.parametrize(
    ("pages", "cursors"),
    [
        ([([{"n": 1}], None)], [None]),
        ([([{"n": 1}], "1"), ([{"n": 2}], None)], [None, "1"]),
        ([([{"n": 1}], "1"), ([{"n": 2}], "1")], [None, "1"]),
        ([([{"n": 1}], "1"), ([], "2")], [None, "1"]),
        ([("no list", "1")], [None]),
        ([([None, 5], "1")], [None]),
        ([([{"n": 1}], 1), ([{"n": 2}], {"after": 2})], [None, "1"]),
        ([([{"n": 1}], "1"), ([{"n": 2}], "2"), ([{"n": 3}], "1")], [None, "1", "2"]),
    ],
)
def test_pages_are_read_until_one_names_no_other(pages: Any, cursors: list[Any]) -> None:
    log = Log(pages)
    assert len(list(read_log_pages(log))) == len(cursors)
    assert log.cursors == cursors


@pytest.mark.parametrize(("count", "to_its_end"), [(1, True), (9, True), (10, False), (11, False)])
def test_a_log_of_many_pages_is_not_read_to_its_end(count: int, to_its_end: bool) -> None:
    pages = [([{"n": n}], str(n + 1) if n + 1 < count else None) for n in range(count)]
    log = AuditLog(Log(pages))
    assert len(list(log.pages())) == min(count, 10)
    assert log.was_read_to_its_end is to_its_end


@pytest.mark.parametrize(
    ("entry", "about"),
    [
        ({"campaign_id": 7}, True),
        ({"campaign_id": "7", "object_type": "action"}, True),
        ({"campaign_id": 8}, False),
        ({"object_type": "campaign", "object_id": 7}, True),
        ({"object_type": "campaign", "object_name": "Welcome"}, True),
        ({"object_type": "campaign", "object_id": 8, "object_name": "Other"}, False),
        ({"object_type": "segment", "object_id": 7, "object_name": "Welcome"}, False),
        ({}, False),
    ],
)
def test_an_entry_is_about_an_object_by_its_id_or_its_name(
    entry: dict[str, JsonValue], about: bool
) -> None:
    assert is_about(entry, CAMPAIGN, WELCOME) is about


@pytest.mark.parametrize(
    ("entry", "names"),
    [
        ({"attribute_names": ["a", "b"]}, {"a", "b"}),
        ({"attribute_name": "a"}, {"a"}),
        ({"attribute_names": [], "attribute_name": "a"}, {"a"}),
        ({"attribute_names": "a", "attribute_name": "b"}, {"a"}),
        ({"attribute_names": {"a": 1}}, set()),
        ({}, set()),
    ],
)
def test_the_attributes_of_an_entry(entry: dict[str, JsonValue], names: set[str]) -> None:
    assert attributes_of(entry) == names


@pytest.mark.parametrize(("at", "found"), [(5, 5), (True, None), ("5", None), (None, None)])
def test_a_time_is_a_number(at: JsonValue, found: int | None) -> None:
    assert time_of({"created_at": at}) == found


@pytest.mark.parametrize(
    ("entry", "editor", "by_program"),
    [
        ({"user_email": "jane@acme.com", "user_id": 3, "source": "UI", "created_at": 5},
         Editor("jane@acme.com", 5, "UI"), False),
        ({"user_id": 3}, Editor("user_id 3", None, ""), False),
        ({"service_account_name": "ci", "service_account_id": 4}, Editor("ci", None, ""), True),
        ({"service_account_id": 4}, Editor("service_account_id 4", None, ""), True),
        ({"source": "API"}, Editor("API", None, "API"), True),
        ({"user_id": 0}, Editor("somebody", None, ""), True),
    ],
)  # fmt: skip
def test_the_editor_is_the_best_name_that_an_entry_has(
    entry: dict[str, JsonValue], editor: Editor, by_program: bool
) -> None:
    assert editor_of(entry) == editor
    assert is_by_program(entry) is by_program


def test_an_entry_without_a_type_is_about_something_unknown() -> None:
    assert part_of({"object_type": "action", "object_id": 4}) == ("action", "4")
    assert part_of({}) == ("None", "None")
