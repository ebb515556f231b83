"""A path that a plan prints selects that value in the file, for any change of any campaign."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from cioform.core.data.json_value import UNKNOWN, JsonValue
from cioform.core.data.paths import format_path, parse_path
from cioform.kinds.campaign import KIND
from cioform.kinds.campaign.canonical import with_inline_messages
from cioform.kinds.campaign.model import Campaign
from cioform.language.workflow import branches_of, map_steps, walk
from cioform.model.kind import Kind
from cioform.model.paths.file_paths import value_in_file
from cioform.plan.change import FieldChange, Origin
from cioform.plan.compare import diff
from cioform.plan.compare.differences import value_at
from cioform.plan.file_changes import file_changes, new_fields
from tests.kinds.test_campaign_properties import make_valid, trees
from tests.support.examples import EXAMPLES
from tests.support.sandbox_project import SandboxProject
from tests.torture.documents import Documents
from tests.torture.walk import KINDS


def canonical(workflow: list[Any], **fields: Any) -> dict[str, Any]:
    """Return the canonical form of a file in which every step has its id."""
    basis = {"name": "T", "trigger": {"event": "e"}, "workflow": workflow, **fields}
    written = with_inline_messages(KIND.attributes(Campaign.model_validate(basis)))
    return KIND.attributes(Campaign.model_validate(written))


def document(attributes: dict[str, Any]) -> dict[str, Any]:
    return with_inline_messages(attributes)


def changes(before: dict[str, Any], after: dict[str, Any]) -> tuple[FieldChange, ...]:
    found = diff.compare(KIND, None, after, before)
    return file_changes(KIND, found, diff.managed_fields(KIND, before, after), after)


def plain(value: Any) -> Any:
    """Return a value as a plan has it: text without outer white space, exits as a word."""
    if isinstance(value, str):
        return diff.normalized_text(value)
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        is_silent = "exit" in value and not value.get("raw")
        return "exit" if is_silent else {k: plain(item) for k, item in value.items()}
    return value


def selected(attributes: dict[str, Any], change: FieldChange) -> Any:
    path = parse_path(format_path(change.path))
    value: JsonValue = value_in_file(KIND, document(attributes), path)
    if path == ("workflow",) and value and plain(value[-1]) == "exit":
        value = value[:-1]  # An exit behind the last step says nothing.
    if change.is_order:
        return ["exit" if "exit" in item and not item.get("raw") else item["id"] for item in value]
    return plain(value)


def arranged(attributes: dict[str, Any], like: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return the canonical form with its steps where `like` has them.

    Without `like`, that is where an import would write them.
    """
    steps = map_steps(
        KIND.file_form(attributes, like or {})["workflow"],
        lambda _, step: {k: v for k, v in step.items() if k != "id" or v[0] != "("},
    )
    return canonical(steps)


def assert_selected(change: FieldChange, before: dict[str, Any], after: dict[str, Any]) -> None:
    assert change.before is None or selected(before, change) == change.before
    assert change.after is None or selected(after, change) == change.after
    assert not change.is_order or change.before != change.after


def edited(steps: list[Any], chance: Random) -> list[Any]:
    """Return a workflow in which one list of steps is in another order, or has lost a step."""
    tree = deepcopy(steps)
    lists = [tree, *(below for _, step in walk(tree) for _, below in branches_of(step))]
    lists += [step["ab_test"] for _, step in walk(tree) if "ab_test" in step]
    chosen = chance.choice(lists)
    if chosen and "percent" not in chosen[0] and chance.random() < 0.5:
        del chosen[chance.randrange(len(chosen))]
    else:
        chance.shuffle(chosen)
    return make_valid(tree)


pairs = st.one_of(
    st.tuples(trees.map(make_valid), trees.map(make_valid)),
    st.builds(
        lambda tree, chance: (edited(tree, chance), tree),
        trees.map(make_valid),
        st.randoms(use_true_random=False),
    ),
)
"""Two workflows: independent ones, or one and what an edit makes of it."""


@settings(max_examples=EXAMPLES)
@given(pairs)
def test_every_path_selects_its_value(pair: tuple[list[Any], list[Any]]) -> None:
    """A file may place steps in a branch or behind it; the workspace does not tell where."""
    live, file = arranged(canonical(pair[0])), canonical(pair[1])
    shown = arranged(diff.managed_fields(KIND, live, file), file)
    for change in changes(live, file):
        assert_selected(change, shown, file)


@settings(max_examples=EXAMPLES)
@given(pairs)
def test_every_path_of_a_drift_selects_its_value(pair: tuple[list[Any], list[Any]]) -> None:
    """What somebody changed is named by the paths of the file that was applied."""
    file = canonical(pair[1])
    live = diff.managed_fields(KIND, arranged(canonical(pair[0])), file)
    drifted = diff.drifted_fields(KIND, file, live)
    for change in file_changes(KIND, drifted, file, live, file):
        assert_selected(change, file, arranged(live, file))


@settings(max_examples=EXAMPLES)
@given(pairs)
def test_another_arrangement_means_the_same(pair: tuple[list[Any], list[Any]]) -> None:
    plain = canonical(pair[0])
    other = arranged(plain, canonical(pair[1]))
    assert diff.is_equivalent(KIND, plain, other)
    assert KIND.normalize_like(plain, canonical(pair[1])) == KIND.normalize_like(
        other, canonical(pair[1])
    )


STEPS: list[Any] = [
    {"id": "welcome", "email": {"subject": "Hi", "body": "<p>Hi</p>"}},
    {
        "id": "paying",
        "if": {"all": [{"attribute": "plan", "is": "pro"}, {"segment": "paying"}]},
        "then": [
            {"id": "thanks", "push": {"title": "Thanks", "body": "B"}},
            {"id": "later", "wait": "1h"},
        ],
        "else": [{"id": "pause", "wait": "2d"}],
    },
    {"id": "goal", "wait": "1d"},
]


def edit(*steps: Any) -> dict[str, str]:
    """Return the printed changes from STEPS to `steps`: old and new value by path."""
    found = changes(canonical(STEPS), canonical([*steps]))
    return {
        format_path(change.path)
        + ("*" if change.is_order else ""): f"{change.before} {change.after}"
        for change in found
    }


def test_a_new_campaign_shows_what_its_file_has() -> None:
    """Its messages are in their steps."""
    attributes = canonical([{"id": "hi", "push": {"title": "T", "body": "B"}}])
    shown = {format_path(each.path) for each in new_fields(KIND, attributes)}
    assert {"name", "trigger", "workflow"} <= shown
    assert "messages" not in shown


def test_a_change_of_one_field_shows_that_field() -> None:
    welcome, paying, last = STEPS
    assert edit({**welcome, "email": {**welcome["email"], "subject": "Hey"}}, paying, last) == {
        "welcome.email.subject": "Hi Hey"
    }
    pause = {"id": "pause", "wait": "3d"}
    assert edit(welcome, {**paying, "else": [pause]}, last) == {"pause.wait": "2d 3d"}


def test_a_change_in_a_condition_shows_the_value_in_the_file() -> None:
    welcome, paying, last = STEPS
    new = {"all": [{"attribute": "plan", "is": "team"}, {"segment": "paying"}]}
    assert edit(welcome, {**paying, "if": new}, last) == {"paying.if.all[0].is": "pro team"}


def test_a_step_named_as_a_field() -> None:
    welcome, paying, _ = STEPS
    assert edit(welcome, paying, {"id": "goal", "wait": "5d"}) == {"workflow.goal.wait": "1d 5d"}


def test_a_new_step_shows_its_message_and_the_order() -> None:
    new = {"id": "sms", "sms": {"body": "B"}}
    assert edit(*STEPS, new) == {
        "workflow*": "['welcome', 'paying', 'goal'] ['welcome', 'paying', 'goal', 'sms']",
        "sms": "None {'id': 'sms', 'sms': {'sending': 'draft', 'body': 'B'}}",
    }


def test_a_step_of_another_type_shows_both_messages() -> None:
    _, paying, last = STEPS
    found = edit({"id": "welcome", "push": {"title": "Hi", "body": "B"}}, paying, last)
    assert {path: value.startswith("None") for path, value in found.items()} == {
        "welcome.email": False,
        "welcome.push": True,
    }


def ab_test(message: dict[str, Any]) -> dict[str, Any]:
    return {"id": "test", "ab_test": [{"id": each, "percent": 50, **message} for each in "ab"]}


def test_a_moved_variant_of_another_type_has_paths_of_both_types() -> None:
    before = canonical([ab_test({"email": {"subject": "Hi", "body": "B"}})])
    moved = {"id": "who", "if": {"segment": "vip"}, "then": [ab_test({"sms": {"body": "C"}})]}
    after = canonical([moved])
    found = changes(before, after)
    for change in found:
        assert_selected(change, before, after)
    assert {"a.email.subject", "a.email.body", "a.sms.body"} <= {
        format_path(change.path) for change in found
    }


def test_one_change_deep_inside_a_branch_begins_with_its_step() -> None:
    def tree(value: str) -> list[Any]:
        way = [
            {"id": "join", "add_to_segment": "vip"},
            {"id": "set", "set_attributes": {"a": value}},
        ]
        unknown = {"id": "ask", "action": "ai_branch_action", "raw": {"x": 1}, "ways": [way, []]}
        return [
            {"id": "half", "random_branches": [{"percent": 50, "then": [unknown]}, {"percent": 50}]}
        ]

    [change] = changes(canonical(tree("1")), canonical(tree("2")))
    assert format_path(change.path) == "set.set_attributes.a"


def test_a_moved_step_shows_the_order_only() -> None:
    welcome, paying, last = STEPS
    thanks, later = paying["then"]
    moved = {**paying, "then": [later], "else": [*paying["else"], thanks]}
    assert edit(welcome, moved, last) == {
        "paying.else*": "['pause'] ['pause', 'thanks']",
        "paying.then*": "['thanks', 'later'] ['later']",
    }


def test_a_removed_step_shows_no_other_order() -> None:
    welcome, paying, last = STEPS
    assert list(edit(welcome, last)) == ["paying"]
    assert list(edit(last, welcome)) == ["workflow*", "paying"]
    assert list(edit(welcome, {**paying, "then": paying["then"][1:]}, last)) == ["thanks"]


@pytest.mark.parametrize("name", ["X-A.b", "a b", "*"])
def test_odd_names_are_quoted(name: str) -> None:
    welcome = STEPS[0]
    before = canonical([{**welcome, "email": {**welcome["email"], "headers": {name: "1"}}}])
    after = canonical([{**welcome, "email": {**welcome["email"], "headers": {name: "2"}}}])
    [change] = changes(before, after)
    assert change.path == ("welcome", "email", "headers", name)
    assert selected(after, change) == "2"


def kind_changes(
    kind: Kind, before: dict[str, Any], after: dict[str, Any]
) -> tuple[FieldChange, ...]:
    found = diff.compare(kind, None, after, before)
    return file_changes(kind, found, diff.managed_fields(kind, before, after), after)


OTHER_KINDS = {"segment": "segments/nested.yaml", "transactional": "transactional/receipt.yaml"}


@pytest.mark.parametrize("name", OTHER_KINDS)
@settings(max_examples=EXAMPLES)
@given(seed=st.integers(0, 10**9))
def test_every_path_of_other_kinds_selects_its_value(name: str, seed: int) -> None:
    kind, documents = KINDS[name], Documents(Random(seed))
    written = [documents.make(OTHER_KINDS[name]) for _ in range(2)]
    before, after = (kind.attributes(kind.model.model_validate(each)) for each in written)
    for change in kind_changes(kind, before, after):
        path = parse_path(format_path(change.path))
        managed = diff.managed_fields(kind, before, after)
        for form, value in ((managed, change.before), (after, change.after)):
            if value is not None:
                in_file = plain(value_in_file(kind, form, path))
                compared = value_at(diff.comparable(kind, form), path)
                assert value == (compared if is_trimmed(in_file, compared) else in_file)


def is_trimmed(text: Any, compared: Any) -> bool:
    """Return whether the white space around a text of a file is not compared."""
    return isinstance(text, str) and text.strip() == compared


def test_the_order_is_that_of_the_list_in_the_file() -> None:
    """Behind a branch that ends, a comparison has the steps in the other branch."""
    end = yaml.safe_load(KIND.example)["workflow"][2]["then"][0]  # an exit, as a file has it
    paying = {**STEPS[1], "then": [*STEPS[1]["then"], end]}
    before = canonical([STEPS[0], paying, STEPS[2]])
    after = canonical([STEPS[0], paying, STEPS[2], {"id": "sms", "sms": {"body": "B"}}])
    order, added = changes(before, after)
    assert (format_path(order.path), order.is_order) == ("workflow", True)
    assert order.before == ["welcome", "paying", "goal"]
    assert selected(after, order) == order.after == ["welcome", "paying", "goal", "sms"]
    assert format_path(added.path) == "sms"


EXIT: Any = {"exit": True}


def test_an_order_behind_a_branch_that_ends() -> None:
    ends: Any = {"id": "paying", "if": {"segment": "paying"}, "then": [STEPS[2], EXIT]}
    a, b = {"id": "a", "wait": "1d"}, {"id": "b", "wait": "2d"}
    [change] = changes(arranged(canonical([ends, a, b])), canonical([ends, b, a]))
    assert (format_path(change.path), change.before, change.after) == (
        "workflow",
        ["paying", "a", "b"],
        ["paying", "b", "a"],
    )
    ends = {**ends, "else": [a, b], "then": [EXIT]}
    [change] = changes(arranged(canonical([ends])), canonical([{**ends, "else": [b, a]}]))
    assert (format_path(change.path), change.after) == ("paying.else", ["b", "a"])


def test_another_exit_does_not_change_the_order_of_later_lists() -> None:
    first = {"id": "first", "if": {"segment": "trial"}, "then": [EXIT]}
    last = {"id": "last", "if": {"segment": "paying"}, "then": [STEPS[2], EXIT]}
    found = changes(arranged(canonical([STEPS[0], last])), canonical([first, STEPS[0], last]))
    assert [format_path(change.path) for change in found] == ["workflow", "first"]


def test_variants_are_in_the_order_of_the_file() -> None:
    def test(*ids: str) -> Any:
        percents = zip(ids, (40, 30, 30), strict=False)
        message = {"sms": {"body": "B"}}
        return {"id": "test", "ab_test": [{"id": i, "percent": p, **message} for i, p in percents]}

    before, after = canonical([test("z", "b", "x")]), canonical([test("z", "y", "a")])
    order = next(change for change in changes(before, after) if change.is_order)
    assert (order.before, order.after) == (["z", "b", "x"], ["z", "y", "a"])


def test_conditions_change_in_the_spelling_of_the_file(project: SandboxProject) -> None:
    """Customer.io returns them as groups of alternatives, whatever the file says."""

    def write(age: str) -> None:
        inner = [{"attribute": "x", "is": "y"}, {"attribute": "t", "before": age}]
        conditions = {"any": [{"attribute": "plan", "is": "pro"}, {"all": inner}]}
        project.write("segments/s.yaml", {"name": "S", "conditions": conditions})

    write("6w ago")
    project.apply()
    write("4w ago")
    [change] = project.plan().changes
    [item] = change.fields
    assert format_path(item.path) == "conditions.any[1].all[1].before"
    assert (item.before, item.after) == ("6w ago", "4w ago")


def test_a_field_that_no_file_has_is_not_shown() -> None:
    before = canonical([{"id": "pause", "wait": "1d"}])
    until = {"wait_until": {"attribute": "a", "is": True}, "timeout": "2d"}
    after = canonical([{"id": "pause", **until}])
    paths = {format_path(change.path) for change in changes(before, after)}
    assert paths == {"pause.wait", "pause.wait_until", "pause.timeout"}


def test_a_text_whose_outer_space_is_not_compared_is_shown_without_it(
    project: SandboxProject,
) -> None:
    """A block of YAML ends its last line, and Customer.io takes that off."""
    project.write("snippets/footer.yaml", {"name": "footer", "value": "<p>a</p>\n<p>b</p>\n"})
    project.apply()
    project.write("snippets/footer.yaml", {"name": "footer", "value": "<p>a</p>\n<p>c</p>\n"})
    [change] = project.plan().changes
    [field] = change.fields
    assert (field.before, field.after) == ("<p>a</p>\n<p>b</p>", "<p>a</p>\n<p>c</p>")


def ending(pause: str, goal: str) -> list[Any]:
    """Return a workflow that is compared in another arrangement than its file has."""
    way = [{"id": "pause", "wait": pause}, EXIT]
    return [
        {"id": "pro", "if": {"attribute": "plan", "is": "pro"}, "then": way},
        {"id": "goal", "wait": goal},
    ]


def test_an_ignored_edit_is_not_shown_beside_another_change(
    project: SandboxProject, tmp_path: Path
) -> None:
    basis = {"name": "C", "trigger": {"event": "e"}}
    ignoring = {**basis, "ignore": ["pause.wait"], "because": "Support sets it."}
    project.write("campaigns/c.yaml", {**ignoring, "workflow": ending("1d", "1d")})
    project.apply()
    somebody = project.second_checkout(tmp_path / "other")
    somebody.write("campaigns/c.yaml", {**basis, "workflow": ending("5d", "1d")})
    somebody.apply()
    project.write("campaigns/c.yaml", {**ignoring, "workflow": ending("1d", "2d")})
    [change] = project.plan().changes
    assert [format_path(field.path) for field in change.fields] == ["workflow.goal.wait"]


def test_a_change_in_another_arrangement_keeps_who_made_it() -> None:
    sides = (ending("1d", "1d"), ending("1d", "2d"), ending("5d", "1d"))
    applied, after, live = map(canonical, sides)
    shown = file_changes(KIND, diff.compare(KIND, applied, after, live), live, after)
    assert {format_path(change.path): change.origin for change in shown} == {
        "pause.wait": Origin.DRIFT,
        "workflow.goal.wait": Origin.CONFIG,
    }


def test_a_workflow_that_cannot_be_read_is_compared_with_what_was_applied() -> None:
    trigger = {"event": "f"}
    applied, after = canonical(ending("1d", "1d")), canonical(ending("2d", "1d"), trigger=trigger)
    live = {**applied, "workflow": UNKNOWN}
    found = diff.compare(KIND, applied, after, live)
    shown = file_changes(KIND, found, diff.managed_fields(KIND, live, after), after)
    assert {format_path(change.path) for change in shown} == {"trigger.event", "workflow"}


def rules(plan: str, age: str) -> dict[str, Any]:
    """Return a segment whose conditions change as a whole, because Customer.io regroups them."""
    inner = [{"attribute": "plan", "is": plan}, {"attribute": "t", "before": age}]
    conditions = {"any": [{"attribute": "x", "is": "y"}, {"all": inner}]}
    segment = KINDS["segment"]
    document = segment.model.model_validate({"name": "S", "conditions": conditions})
    return segment.attributes(document)


@pytest.mark.parametrize(
    ("file", "live", "made_by"),
    [
        (("team", "4w ago"), ("pro", "6w ago"), "config"),
        (("pro", "6w ago"), ("team", "4w ago"), "drift"),
        (("team", "6w ago"), ("pro", "4w ago"), "config"),
        (("team", "6w ago"), ("free", "4w ago"), "conflict"),
        (("team", "4w ago"), ("free", "6w ago"), "conflict"),
        (("team", "4w ago"), ("free", "5w ago"), "conflict"),
    ],
)
def test_a_value_that_both_sides_changed_comes_from_the_files_unless_they_disagree(
    file: tuple[str, str], live: tuple[str, str], made_by: str
) -> None:
    segment = KINDS["segment"]
    applied, before, after = rules("pro", "6w ago"), rules(*live), rules(*file)
    found = diff.compare(segment, applied, after, before)
    assert len(found) == 2
    changes = file_changes(segment, found, before, after)
    assert {change.origin for change in changes} == {Origin(made_by)}
    paths = {0: "conditions.any[1].all[0].is", 1: "conditions.any[1].all[1].before"}
    assert [format_path(change.path) for change in changes] == [
        path for at, path in paths.items() if file[at] != live[at]
    ]
