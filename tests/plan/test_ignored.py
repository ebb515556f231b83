"""What `ignore` names is neither compared nor written, at any depth of a workflow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from cioform.config.read.ignored_fields import ignored_patterns
from cioform.core.address import Address
from cioform.core.data.json_value import UNKNOWN, Attributes
from cioform.kinds.campaign import KIND
from cioform.kinds.campaign.canonical import with_inline_messages
from cioform.kinds.campaign.model import Campaign
from cioform.model.resource import Resource
from cioform.plan.compare import diff
from cioform.plan.compare.ignored import hide_ignored, merge_ignored_fields

STEPS: list[Any] = [
    {"id": "welcome", "email": {"subject": "Hi", "body": "<p>Hi</p>"}},
    {"id": "again", "email": {"subject": "Again", "body": "<p>Hi</p>"}},
    {
        "id": "paying",
        "if": {"attribute": "plan", "is": "pro"},
        "then": [
            {"id": "pause", "wait": "2d"},
            {"id": "thanks", "push": {"title": "T", "body": "B"}},
        ],
        "else": [],
    },
]


def canonical(
    changes: Mapping[str, Mapping[str, Any]] | None = None, **fields: Any
) -> dict[str, Any]:
    """Return the canonical form with some fields of steps replaced, by the id of the step."""

    def change(step: Any) -> Any:
        step = {**step, **(changes or {}).get(step["id"], {})}
        return step | {"then": [change(s) for s in step["then"]]} if "then" in step else step

    basis = {"name": "T", "trigger": {"event": "e"}, "workflow": [change(s) for s in STEPS]}
    return KIND.attributes(Campaign.model_validate({**basis, **fields}))


EMAIL = {"email": {"subject": "Edited", "body": "<p>Hi</p>"}}


@pytest.mark.parametrize(
    ("path", "edited"),
    [
        ("welcome.email.subject", canonical({"welcome": EMAIL})),
        ("welcome.email", canonical({"welcome": EMAIL})),
        ("*.email.subject", canonical({"welcome": EMAIL, "again": EMAIL})),
        ("*.*.subject", canonical({"welcome": EMAIL, "again": EMAIL})),
        ("pause.wait", canonical({"pause": {"wait": "9d"}})),
        ("paying.if", canonical({"paying": {"if": {"attribute": "plan", "is": "team"}}})),
        ("description", canonical(description="Edited")),
        ("workflow", canonical({"welcome": EMAIL, "pause": {"wait": "9d"}})),
    ],
)
def test_an_ignored_edit_is_no_difference_and_stays(path: str, edited: dict[str, Any]) -> None:
    desired = canonical()
    assert diff.compare(KIND, desired, desired, edited)
    ignore = tuple(ignored_patterns(KIND, path, desired))
    assert diff.compare(KIND, desired, desired, edited, ignore) == ()
    resource = Resource(Address("campaign", "a"), desired, ignore=ignore)
    merged = merge_ignored_fields(resource, edited, desired)
    assert with_inline_messages(merged) == with_inline_messages(edited)


def test_other_differences_are_not_ignored() -> None:
    desired = canonical()
    edited = canonical({"welcome": EMAIL, "pause": {"wait": "9d"}})
    ignore = tuple(ignored_patterns(KIND, "pause.wait", desired))
    [change] = diff.compare(KIND, desired, desired, edited, ignore)
    assert change.path == ("messages", "welcome", "subject")


def test_an_older_path_is_rewritten() -> None:
    ignore = ["messages.welcome.subject", "messages.*.from", "messages.gone.body", "description"]
    document = {"name": "T", "workflow": STEPS, "ignore": ignore}
    KIND.upgrade(document)
    assert document["ignore"] == ["welcome.email.subject", "*.*.from", "gone.*.body", "description"]
    KIND.upgrade(document)
    assert document["ignore"][0] == "welcome.email.subject"


@pytest.mark.parametrize("other", [None, "a text", 5, ["a list"], UNKNOWN])
@pytest.mark.parametrize("path", [("a", "b"), ("a", "b", "c"), ("*", "b")])
def test_what_is_a_mapping_on_one_side_only_stays(other: Any, path: tuple[str, ...]) -> None:
    own: Attributes = {"a": {"b": {"c": 1}, "d": 2}}
    odd: Attributes = {"a": other}
    for wanted, live in ((own, odd), (odd, own)):
        resource = Resource(Address("campaign", "c"), wanted, ignore=(path,))
        assert merge_ignored_fields(resource, live, live) == wanted
    assert hide_ignored(odd, own, [path]) == odd


@pytest.mark.parametrize("other", [None, "a text", ["a list"]])
def test_a_field_that_the_file_has_no_room_for_is_hidden(other: Any) -> None:
    live: Attributes = {"a": {"b": {"c": 1}, "d": 2}}
    assert hide_ignored(live, {"a": other}, [("a", "b")]) == {"a": {"d": 2}}
    assert hide_ignored(live, {"a": other}, [("a", "b", "c")]) == {"a": {"b": {}, "d": 2}}


def test_a_step_that_only_the_file_has_is_not_hidden() -> None:
    wanted: Attributes = {"workflow": STEPS}
    empty: list[Attributes] = [{}, {"workflow": None}, {"workflow": "nothing"}]
    for live in empty:
        assert hide_ignored(live, wanted, [("workflow", "welcome", "email", "subject")]) == live


def test_the_name_of_a_step_alone_hides_nothing() -> None:
    live: Attributes = {"workflow": [{"id": "welcome", "wait": "2d"}]}
    assert hide_ignored(live, {"workflow": STEPS}, [("workflow", "welcome")]) == live


def test_a_list_of_parts_on_one_side_only_stays() -> None:
    path = ("workflow", "welcome", "email", "subject")
    none: Attributes = {}
    steps: Attributes = {"workflow": STEPS}
    for wanted, live in ((none, steps), (steps, none)):
        resource = Resource(Address("campaign", "c"), wanted, ignore=(path,))
        assert merge_ignored_fields(resource, live, live) == wanted


def test_the_name_of_a_step_alone_takes_nothing_from_the_workspace() -> None:
    wanted: Attributes = {"workflow": [{"id": "welcome", "wait": "2d"}]}
    resource = Resource(Address("campaign", "c"), wanted, ignore=(("workflow", "welcome"),))
    assert merge_ignored_fields(resource, {"workflow": STEPS}, {}) == wanted
