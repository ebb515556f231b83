"""Editors: which entries of the audit log are about an object."""

from __future__ import annotations

from typing import Any

import pytest

from cioform.core.address import Address
from cioform.core.data.json_value import Json
from cioform.kinds import find_kinds
from cioform.model.objects.snapshot import Binding, LastSeen
from cioform.model.remote_access.conversation import Request, Response
from cioform.plan.change import Drift
from cioform.plan.matching.pair import MatchedPair
from cioform.run.reading.history.audit import with_editors
from cioform.run.reading.history.audit_log import AuditLog
from cioform.run.reading.history.timeline import LogReader
from tests.support.fake_provider import FakeProvider


class Log(FakeProvider):
    """A provider that answers every request with one entry of the audit log."""

    def __init__(self, **entry: Any) -> None:
        self._entry = {**entry, "user_email": "jane@acme.com"}

    def send(self, request: Request) -> Response:
        del request
        return Response(200, {"audit_logs": [self._entry], "meta": {"next_cursor": None}})


def names_the_editor(kind: str, **entry: Any) -> bool:
    """Return whether the entry names the editor of the object `Receipt` with the id 5."""
    address = Address(kind, "receipt")
    pair = MatchedPair(address, None, Binding(address, "5", "Receipt"), None)
    [drift] = with_editors([Drift(address, "5", ())], [pair], find_kinds(), Log(**entry))
    return drift.editor is not None


@pytest.mark.parametrize(
    ("kind", "object_type"),
    [("campaign", "campaign"), ("transactional", "transactional_message"), ("sender", "identity")],
)
def test_an_object_is_matched_by_id_or_by_name(kind: str, object_type: str) -> None:
    assert names_the_editor(kind, object_type=object_type, object_id=5)
    assert names_the_editor(kind, object_type=object_type, object_id="x", object_name="Receipt")
    assert not names_the_editor(kind, object_type=object_type, object_id=6)
    assert not names_the_editor(kind, object_type="template", object_id=5, object_name="Receipt")


@pytest.mark.parametrize(
    ("kind", "owner"),
    [("campaign", "campaign_id"), ("transactional", "transactional_message_id")],
)
def test_an_entry_of_a_part_is_about_its_owner(kind: str, owner: str) -> None:
    assert names_the_editor(kind, object_type="template", object_id="101", **{owner: 5})
    assert not names_the_editor(kind, object_type="template", object_id="101", **{owner: 6})
    assert not names_the_editor(kind, object_type="template", object_id="101", **{owner: None})


@pytest.mark.parametrize(
    ("entry", "name"),
    [
        ({"object_type": "campaign", "object_id": 7}, "campaign.welcome"),
        ({"object_type": "template", "object_id": 5, "campaign_id": 7}, "campaign.welcome"),
        ({"object_type": "snippet", "object_id": 9, "object_name": "None"}, "snippet.none"),
        ({"object_type": "template", "object_id": 5, "campaign_id": 8}, "template 5"),
        ({"object_type": "template", "object_id": 5}, "template 5"),
        ({"object_type": "template", "object_id": 5, "object_name": "T"}, 'template "T" (ID 5)'),
    ],
    ids=str,
)
def test_an_entry_of_the_timeline_names_what_it_is_about(entry: dict[str, Any], name: str) -> None:
    bound = {
        ("campaign", "7"): Address("campaign", "welcome"),
        ("snippet", "None"): Address("snippet", "none"),
        ("campaign", "None"): Address("campaign", "none"),
    }
    reader = LogReader(find_kinds(), bound, (), {})
    assert reader.entry({**entry, "user_email": "jane@acme.com"}).objects == (name,)


class LogOf(Log):
    """A provider of an audit log of some entries, the newest first."""

    def __init__(self, *entries: dict[str, Any]) -> None:
        self._entries = entries

    def send(self, request: Request) -> Response:
        del request
        body: Json = {"audit_logs": [*self._entries], "meta": {"next_cursor": None}}
        return Response(200, body)


def entry_of(who: str, at: int | None) -> dict[str, Any]:
    """Return an entry about the object with the id 5, by a program unless `who` has an `@`."""
    key = "user_email" if "@" in who else "service_account_name"
    return {"object_type": "campaign", "object_id": 5, "created_at": at, key: who}


@pytest.mark.parametrize(
    ("applied_at", "entries", "editor"),
    [
        (1000, [("bot", 1061), ("jane@acme.com", 1030)], "bot"),
        (1000, [("bot", 1060), ("jane@acme.com", 1030)], "jane@acme.com"),
        (1000, [("bot", None), ("jane@acme.com", 1030)], "jane@acme.com"),
        (1000, [("jane@acme.com", None), ("bot", 1030)], "jane@acme.com"),
        (1000, [("jane@acme.com", 1030), ("bot", 1061)], "jane@acme.com"),
        (1000, [("bot", 1030)], None),
        (1000, [("bot", 1000)], None),
        (1000, [("bot", 999), ("jane@acme.com", 1030)], None),
        (None, [("bot", 1030), ("jane@acme.com", 1020)], "bot"),
    ],
)
def test_what_a_program_did_soon_after_an_apply_may_be_that_apply(
    applied_at: int | None, entries: list[tuple[str, int | None]], editor: str | None
) -> None:
    address = Address("campaign", "receipt")
    binding = Binding(address, "5", "Receipt", last_seen=LastSeen(at=applied_at))
    pair = MatchedPair(address, None, binding, None)
    log = LogOf(*(entry_of(who, at) for who, at in entries))
    [drift] = with_editors([Drift(address, "5", ())], [pair], find_kinds(), log)
    assert (drift.editor and drift.editor.who) == editor


@pytest.mark.parametrize(("action", "is_named"), [("deleted", 1), ("updated", 0), ("", 1)])
def test_who_updated_an_object_is_not_said_to_have_deleted_it(action: str, is_named: bool) -> None:
    address = Address("campaign", "receipt")
    pair = MatchedPair(address, None, Binding(address, "5", "Receipt"), None)
    log = Log(object_type="campaign", object_id=5, action=action)
    [drift] = with_editors([Drift(address, "5", (), gone=True)], [pair], find_kinds(), log)
    assert (drift.editor is not None) == is_named


class LongLog(Log):
    """A provider of an audit log of so many pages."""

    def __init__(self, pages: int) -> None:
        super().__init__(object_type="campaign")
        self.pages = pages

    def send(self, request: Request) -> Response:
        del request
        self.count += 1
        following = str(self.count) if self.count < self.pages else None
        body: Json = {"audit_logs": [self._entry], "meta": {"next_cursor": following}}
        return Response(200, body)


@pytest.mark.parametrize("pages", [1, 9, 10, 99])
def test_a_log_of_more_pages_than_are_read_is_not_whole(pages: int) -> None:
    log = AuditLog(LongLog(pages))
    assert len(list(log.pages())) == min(pages, 10)
    assert log.was_read_to_its_end == (pages < 10)
