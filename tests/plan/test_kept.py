"""Conflicts that are kept as they are in the workspace, and for how long."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from cioform.core.address import Address
from cioform.core.data.json_value import Attributes
from cioform.kinds import find_kinds
from cioform.model.resource import Resource
from cioform.plan.change import FieldChange, Origin
from cioform.plan.compare.diff import file_differences
from cioform.plan.compare.kept import keep_conflicts, still_kept

KINDS = find_kinds()
SEGMENT = KINDS["segment"]
RULE = {"attribute": "plan", "is": "pro"}


def segment(**more: Any) -> Attributes:
    return SEGMENT.attributes(SEGMENT.model.model_validate({"name": "Vip", **more}))


def resource(attributes: Attributes) -> Resource:
    return Resource(Address("segment", "vip"), attributes)


def conflict(field: str, before: Any, after: Any) -> FieldChange:
    return FieldChange((field,), before, after, Origin.CONFLICT)


def test_only_what_is_in_conflict_is_kept() -> None:
    wanted = segment(description="ours", conditions=RULE)
    changes = (
        conflict("description", "theirs", "ours"),
        FieldChange(("name",), "Old", "Vip", Origin.CONFIG),
    )
    live = {**wanted, "description": "theirs", "name": "Old"}
    assert set(keep_conflicts(SEGMENT, changes, resource(wanted), live)) == {"description"}
    assert keep_conflicts(SEGMENT, changes[1:], resource(wanted), live) == {}


def test_where_both_sides_cannot_be_mixed_all_that_differs_is_kept() -> None:
    """With the push of the workspace, the file would have two messages."""
    kind = KINDS["transactional"]
    email, push = {"subject": "Hi", "body": "b"}, {"title": "Hi", "body": "b"}
    wanted: Attributes = {"name": "Receipt", "email": email}
    live: Attributes = {"name": "Receipt", "push": push}
    changes = (
        conflict("push", push, None),
        FieldChange(("email",), None, email, Origin.CONFIG),
    )
    kept = keep_conflicts(kind, changes, resource(wanted), live)
    assert set(kept) == {"email", "push"}


CAMPAIGN = KINDS["campaign"]


def welcome(*steps: str, subject: str = "Hi") -> Attributes:
    """Return a campaign of messages, the last of which has the subject."""
    subjects = dict.fromkeys(steps, "Hi") | {steps[-1]: subject}
    emails = {each: {"subject": text, "body": "<p>Hi</p>"} for each, text in subjects.items()}
    workflow = [{"id": each, "email": email} for each, email in emails.items()]
    fields = {"name": "Welcome", "trigger": {"event": "signed_up"}, "workflow": workflow}
    return CAMPAIGN.attributes(CAMPAIGN.model.model_validate(fields))


def changes_between(live: Attributes, wanted: Attributes, in_conflict: str) -> list[FieldChange]:
    found = file_differences(CAMPAIGN, live, wanted)
    return [
        replace(each, origin=Origin.CONFLICT if each.path[0] == in_conflict else Origin.CONFIG)
        for each in found
    ]


@pytest.mark.parametrize(
    ("wanted", "live", "in_conflict"),
    [
        (welcome("hello"), welcome("hello", "more", subject="Theirs"), "messages"),
        (welcome("hello", "new"), welcome("hello", "more", subject="Theirs"), "messages"),
        (welcome("hello", "more", subject="Ours"), welcome("hello"), "messages"),
        (welcome("hello", "more"), welcome("hello"), "workflow"),
        (welcome("hello"), welcome("hello", "more"), "workflow"),
    ],
)
def test_a_message_is_kept_with_its_step(
    wanted: Attributes, live: Attributes, in_conflict: str
) -> None:
    changes = changes_between(live, wanted, in_conflict)
    kept = keep_conflicts(CAMPAIGN, changes, resource(wanted), live)
    assert {text for text in kept if "." not in text} == {"messages", "workflow"}
    assert still_kept(CAMPAIGN, kept, resource(wanted), live, live) == (kept, ())


def test_a_step_is_not_kept_without_its_message() -> None:
    wanted, live = welcome("hello"), welcome("hello", "more", subject="Theirs")
    changes = changes_between(live, wanted, "messages")
    kept = keep_conflicts(CAMPAIGN, changes, resource(wanted), live)
    edited = welcome("hello", subject="Ours")
    held, asked = still_kept(CAMPAIGN, kept, resource(edited), live, live)
    assert held == {}
    assert set(asked) == {("workflow",), ("messages", "more")}


def test_a_message_of_a_step_on_both_sides_is_kept_alone() -> None:
    wanted, live = welcome("more", "hello", subject="Ours"), welcome("hello", subject="Theirs")
    changes = [FieldChange(("messages", "hello", "subject"), "Theirs", "Ours", Origin.CONFLICT)]
    kept = keep_conflicts(CAMPAIGN, changes, resource(wanted), live)
    assert set(kept) == {"messages.hello.subject"}


def test_a_field_is_kept_until_a_side_changes_it() -> None:
    ours, theirs = segment(description="ours", conditions=RULE), "theirs"
    live = {**ours, "description": theirs}
    kept = keep_conflicts(SEGMENT, [conflict("description", theirs, "ours")], resource(ours), live)
    assert still_kept(SEGMENT, kept, resource(ours), live, live) == (kept, ())
    changed = segment(description="ours again", conditions=RULE)
    assert still_kept(SEGMENT, kept, resource(changed), live, live) == ({}, ())
    assert still_kept(SEGMENT, kept, resource(ours), live, {**live, "description": "new"}) == (
        {},
        (),
    )
    assert still_kept(SEGMENT, kept, resource(ours), live, {**live, "name": "New"}) == (kept, ())
    assert still_kept(SEGMENT, kept, resource(ours), None, live) == (kept, ())  # half-made
    assert still_kept(SEGMENT, {}, resource(ours), live, live) == ({}, ())


@pytest.mark.parametrize(
    ("before", "after", "fields"),
    [
        ({"description": "a"}, {"description": "a"}, []),
        ({"description": "a"}, {"description": "b"}, ["description"]),
        ({"description": "a"}, {}, ["description"]),
    ],
)
def test_files_differ_where_one_has_another_value(
    before: dict[str, str], after: dict[str, str], fields: list[str]
) -> None:
    one, other = (segment(conditions=RULE, **each) for each in (before, after))
    assert [change.path[0] for change in file_differences(SEGMENT, one, other)] == fields


@pytest.mark.parametrize(
    ("live", "kept"),
    [
        ({"email": {"subject": "theirs", "body": "b"}}, "email.subject"),
        ({"email": {"body": "b"}}, "email"),
    ],
)
def test_a_field_is_kept_as_deep_as_both_sides_have_it(live: Attributes, kept: str) -> None:
    wanted: Attributes = {"name": "Receipt", "email": {"subject": "ours", "body": "b"}}
    change = FieldChange(("email", "subject"), "theirs", "ours", Origin.CONFLICT)
    found = keep_conflicts(KINDS["transactional"], [change], resource(wanted), live)
    assert min(found, key=len) == kept
