"""What a write does to the record of unmanaged fields."""

from __future__ import annotations

from typing import Any

import pytest

from cioform.core.address import Address
from cioform.core.data.json_value import UNKNOWN, Attributes
from cioform.kinds import find_kinds
from cioform.model.objects.snapshot import Binding
from cioform.model.references.names import Names
from cioform.plan.compare.unmanaged_fields.live_fields import LiveFields
from cioform.plan.compare.unmanaged_fields.seen_unmanaged import SeenUnmanaged
from cioform.plan.compare.unmanaged_fields.unmanaged_record import (
    new_record,
    next_record,
    record_after_write,
)

WANTED: dict[str, Any] = {"name": "M", "email": {"subject": "S"}}


def live(**email: Any) -> LiveFields:
    attributes: Attributes = {"name": "M", "email": {"subject": "S", **email}}
    return LiveFields(find_kinds()["transactional"], "7", attributes, Names())


def test_what_a_write_changes_itself_is_recorded_as_it_is_then() -> None:
    before, after = live(cc="a"), live(cc="b")
    planned = new_record(before, WANTED)
    assert record_after_write(planned, before, after, WANTED) == new_record(after, WANTED)
    assert record_after_write(planned, before, live(cc=""), WANTED) == {}


def test_what_a_write_leaves_keeps_its_record() -> None:
    planned = new_record(live(cc="a"), WANTED)
    edited = live(cc="b", bcc="c")
    assert record_after_write(planned, edited, edited, WANTED) == planned


def test_a_message_of_another_type_is_recorded_as_it_is() -> None:
    kind = find_kinds()["campaign"]
    flows: list[Attributes] = [
        {"name": "C", "workflow": [{"id": "a", word: {}}]} for word in ("email", "push")
    ]
    email, push = flows
    applied: dict[str, Any] = {**email, "messages": {"a": {"type": "email", "subject": "S"}}}
    message = {"type": "push", "title": "T", "body": "B"}
    wanted: Attributes = {**push, "messages": {"a": message}}
    there = {"a": {**message, "link": "app://x"}}
    now = LiveFields(kind, "7", {**push, "messages": there}, Names())
    binding = Binding(
        Address("campaign", "c"), "7", "C", applied, unmanaged={"messages.a.bcc": "0" * 16}
    )
    assert next_record(now, binding, wanted) == new_record(now, wanted)
    assert "messages.a.link" in (new_record(now, wanted) or {})


@pytest.mark.parametrize(
    ("cc", "applied", "expected"),
    [
        (UNKNOWN, WANTED, True),
        ("a@acme.com", WANTED, False),
        (UNKNOWN, None, False),  # was not applied yet
        (
            UNKNOWN,
            {"name": "M", "email": {"subject": "S", "cc": "a@acme.com"}},
            False,
        ),  # is managed
    ],
)
def test_only_unmanaged_fields_that_nobody_can_read_are_unreadable(
    cc: Any, applied: Attributes | None, *, expected: bool
) -> None:
    binding = Binding(Address("transactional", "m"), "7", "M", applied)
    assert SeenUnmanaged.compare(live(cc=cc), binding, None).is_partly_unreadable is expected
    assert not SeenUnmanaged.compare(live(cc=cc), None, None).is_partly_unreadable
