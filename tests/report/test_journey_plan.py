"""What a plan changes in a journey, worked out from the plan alone."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from cioform.core.address import Address
from cioform.core.data.json_value import Attributes
from cioform.language.workflow import assign_ids
from cioform.model.part_change import PartAction, PartChange
from cioform.model.remote_access.conversation import Api
from cioform.plan.change import Action, BlockedChange, Change
from cioform.plan.compare.diff import compare
from cioform.plan.plan import Plan, PlanHeader
from cioform.report.journey.graph import START
from cioform.report.journey.mermaid import render_mermaid
from cioform.report.journey.model import Journey
from cioform.report.journey.overlay import planned_journey
from cioform.report.journey.revert import revert_changes
from cioform.report.journey.svg.render import render_svg
from cioform.report.journey.tree import render_tree

HEADER = PlanHeader("acme", 1, "L", 3, 1_700_000_000, apis=(Api.JOURNEYS,))
ADDRESS = Address("campaign", "x")
EXIT: dict[str, Any] = {"exit": True}
TRIAL = {"attribute": "plan", "is": "trial"}


class _AsIs:
    """A kind with no more than a comparison needs."""

    unmanaged_fields = frozenset[str]()

    def normalize(self, attributes: Attributes) -> Attributes:
        return attributes

    def overridden(self, _live: Attributes, _wanted: Attributes) -> tuple[()]:
        return ()


def as_is(attributes: Attributes) -> Attributes:
    return attributes


def campaign(*steps: dict[str, Any], **messages: str) -> dict[str, Any]:
    contents = {name: {"type": "sms", "body": text} for name, text in messages.items()}
    return {
        "name": "X",
        "workflow": assign_ids(steps),
        "messages": contents,
        "trigger": {"event": "e"},
    }


def planned(before: Attributes, after: Attributes, action: Action = Action.UPDATE) -> Journey:
    fields = compare(_AsIs(), before, after, before)  # type: ignore[arg-type]
    change = Change(ADDRESS, action, "7", differences=fields, wanted=deepcopy(after))
    return planned_journey(Plan(HEADER, (change,)), ADDRESS, after, as_is)


def marks(journey: Journey) -> dict[str, str]:
    return {node.id: node.mark.value for node in journey.nodes.values() if node.mark != " "}


BEFORE = campaign(
    {"id": "hi", "sms": {}},
    {"id": "pause", "wait": "2d"},
    {
        "id": "active",
        "if": TRIAL,
        "then": [{"id": "thanks", "sms": {}}, EXIT],
        "else": [{"id": "inner", "if": TRIAL, "then": [{"id": "deep", "sms": {}}], "else": []}],
    },
    {"id": "after", "sms": {}},
    {"id": "bye", "sms": {}},
    hi="Hi", thanks="Thanks", deep="Deep", after="After", bye="Bye",
)  # fmt: skip
AFTER = campaign(
    {"id": "first", "sms": {}},
    {"id": "hi", "sms": {}},
    {
        "id": "active",
        "if": TRIAL,
        "then": [EXIT],
        "else": [{"id": "nudge", "sms": {}}],
    },
    {"id": "bye", "sms": {}},
    first="First", hi="Hello", nudge="Nudge", bye="Bye",
)  # fmt: skip
TREE = """\
X

  starts on event e
  │  plan: 2 steps added, 5 steps removed, 1 step changed
+ ├─ sms first "First"
~ ├─ sms hi "Hello"
- ├─ wait pause: 2d
  ├─ if active: plan is trial
  │  ├─ yes
- │  │  ├─ sms thanks "Thanks"
  │  │  ╰─ exit
  │  ╰─ no
- │     ├─ if inner: plan is trial
- │     │  ├─ yes
- │     │  │  ╰─ sms deep "Deep"
- │     │  ╰─ no
+ │     ╰─ sms nudge "Nudge"
  ├─ (only "no" continues)
- ├─ sms after "After"
  ├─ sms bye "Bye"
  ╰─ exit
"""


def test_removed_steps_are_drawn_in_their_old_place() -> None:
    assert render_tree(planned(BEFORE, AFTER)) == TREE


def test_only_removed_and_replaced_steps_are_drawn_next_to_each_other() -> None:
    drawn = render_mermaid(planned(BEFORE, AFTER))
    assert '("+ sms first' not in drawn
    assert '("#43; sms first<br/>#34;First#34;"):::message' in drawn
    assert drawn.count("-.->") == 9
    assert "    class n1,n5 added\n" in drawn
    assert '    n3 -->|"yes"| n4\n    n3 -.->|"yes"| n9\n    n3 -->|"no"| n5\n' in drawn


@pytest.mark.parametrize(("before", "after"), [(BEFORE, AFTER), (AFTER, BEFORE)])
def test_an_undone_plan_is_the_state_before(before: Attributes, after: Attributes) -> None:
    fields = compare(_AsIs(), before, after, before)  # type: ignore[arg-type]
    assert fields
    assert revert_changes(after, fields) == before
    assert revert_changes(before, ()) == before


def test_changes_of_whole_lists_are_undone() -> None:
    one = campaign({"id": "a", "if": TRIAL, "then": [], "else": [{"id": "b", "wait": "1d"}]})
    two = campaign({"id": "a", "if": TRIAL, "then": [{"id": "b", "wait": "1d"}], "else": []})
    three = campaign({"id": "c", "wait": "3d"}, *reversed(BEFORE["workflow"]))
    form = {**one, "workflow": {"graph": {"nodes": [{"id": "q", "wait": "1d"}], "edges": []}}}
    for before in (one, two, three, form, BEFORE):
        for after in (one, two, three, form, BEFORE):
            fields = compare(_AsIs(), before, after, before)  # type: ignore[arg-type]
            assert revert_changes(after, fields) == before
            planned(before, after)


def test_a_new_exit_does_not_mark_the_other_exits() -> None:
    ends = {"id": "a", "if": TRIAL, "then": [EXIT], "else": []}
    more = {"id": "first", "if": TRIAL, "then": [EXIT], "else": []}
    found = marks(planned(campaign(ends), campaign(more, ends)))
    assert found == {"first": "+", "(exit of first 0)": "+"}


def test_a_changed_trigger_marks_the_start() -> None:
    after = {**BEFORE, "trigger": {"event": "other"}}
    assert marks(planned(BEFORE, after)) == {START: "~"}
    assert marks(planned(BEFORE, {**BEFORE, "description": "new"})) == {}


def test_a_created_or_deleted_campaign_is_marked_whole() -> None:
    made = planned({}, BEFORE, Action.CREATE)
    assert {node.mark.value for node in made.nodes.values()} == {"+"}
    gone = Plan(HEADER, (Change(ADDRESS, Action.DELETE, "7"),))
    journey = planned_journey(gone, ADDRESS, BEFORE, as_is)
    assert {node.mark.value for node in journey.nodes.values()} == {"-"}
    assert "- ├─ sms hi" in render_tree(journey)


def test_a_blocked_change_is_drawn_and_an_unchanged_campaign_has_no_marks() -> None:
    fields = compare(_AsIs(), BEFORE, AFTER, BEFORE)  # type: ignore[arg-type]
    blocked = Plan(
        HEADER, (), blocked=(BlockedChange(ADDRESS, Action.UPDATE, (), "By hand.", fields),)
    )
    assert marks(planned_journey(blocked, ADDRESS, AFTER, as_is))["pause"] == "-"
    assert marks(planned_journey(Plan(HEADER, ()), ADDRESS, AFTER, as_is)) == {}


def test_moved_steps_are_marked() -> None:
    one, two, three = ({"id": name, "wait": "1d"} for name in ("one", "two", "three"))
    choice = {"id": "c", "if": TRIAL, "then": [], "else": []}
    before = campaign(one, two, three, choice)
    assert marks(planned(before, campaign(two, three, one, choice))) == {"one": "»"}
    journey = planned(before, campaign(one, three, {**choice, "then": [two]}))
    assert marks(journey) == {"two": "»"}
    assert journey.notes[-1] == "plan: 1 step moved"
    assert "\n» │  │  ╰─ wait two: 1d\n" in render_tree(journey)
    changed = campaign({**two, "wait": "2d"}, one, three, choice)
    assert set(marks(planned(before, changed)).values()) <= {"~", "»"}


def test_replaced_steps_are_marked_with_the_people_at_them() -> None:
    before = campaign({"id": "pause", "wait": "1d"}, {"id": "hi", "sms": {}}, hi="Hi")
    after = campaign({"id": "pause", "wait_until": TRIAL}, {"id": "hi", "sms": {}}, hi="Hi")
    fields = compare(_AsIs(), before, after, before)  # type: ignore[arg-type]
    parts = (PartChange("pause", PartAction.REPLACE, 120),)
    change = Change(ADDRESS, Action.UPDATE, "7", differences=fields, changed_parts=parts)
    journey = planned_journey(Plan(HEADER, (change,)), ADDRESS, after, as_is)
    assert marks(journey) == {"pause": "±"}
    assert journey.notes[-2:] == (
        "plan: 1 step replaced",
        "people at removed and replaced steps: 120 at pause",
    )
    assert "± ├─ " in render_tree(journey)
    assert "replaced" in render_mermaid(journey)
    assert 'class="wait replaced"' in render_svg(journey) or " replaced" in render_svg(journey)


def test_a_changed_message_of_an_ab_test_marks_the_test() -> None:
    variants = [{"id": name, "percent": 50, "sms": {}} for name in ("short", "long")]
    test = {"id": "t", "ab_test": variants}
    before = campaign(test, short="Hi", long="Hello")
    assert marks(planned(before, campaign(test, short="Hi", long="Good day"))) == {"t": "~"}
