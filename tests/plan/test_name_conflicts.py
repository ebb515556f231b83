"""Names that move between objects of a kind in which each name is unique."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cioform.core.address import Address
from cioform.plan.change import Action
from cioform.plan.selecting.scope import Scope
from cioform.run.events import ChangeStatus
from tests.support.sandbox_project import SandboxProject

BODY = "{{ content }}"


def name_layouts(project: SandboxProject, **names: str) -> None:
    for address, name in names.items():
        project.write(f"layouts/{address}.yaml", {"name": name, "body": BODY})


def layouts(project: SandboxProject) -> dict[str, str]:
    return {str(row["id"]): row["name"] for row in project.content()["layouts"]}


def test_a_chain_of_names_is_applied_from_its_free_end(project: SandboxProject) -> None:
    name_layouts(project, x="A", y="B", z="C")
    project.apply()
    name_layouts(project, x="B", y="C", z="D")
    plan = project.plan()
    assert [str(c.address) for c in plan.changes] == ["layout.z", "layout.y", "layout.x"]
    assert project.apply(plan).complete
    assert sorted(layouts(project).values()) == ["B", "C", "D"]
    assert project.plan().is_empty


def test_a_new_object_takes_a_name_that_another_gives_up(project: SandboxProject) -> None:
    name_layouts(project, y="B")
    project.apply()
    name_layouts(project, a="B", y="C")
    plan = project.plan()
    assert [(str(c.address), c.action) for c in plan.changes] == [
        ("layout.y", "update"),
        ("layout.a", "create"),
    ]
    assert project.apply(plan).complete
    assert project.plan().is_empty


def test_a_swap_of_names_is_refused_with_a_hint(project: SandboxProject) -> None:
    name_layouts(project, x="A", y="B", z="C")
    project.apply()
    name_layouts(project, x="B", y="C", z="A")
    plan = project.plan()
    assert plan.changes == ()
    assert {str(item.address) for item in plan.blocked} == {"layout.x", "layout.y", "layout.z"}
    assert "layout.x, layout.y and layout.z exchange their names" in plan.blocked[0].hint
    name_layouts(project, x="free")
    assert project.apply(project.plan()).complete
    name_layouts(project, x="B")
    assert project.apply_until_empty().is_empty
    assert sorted(layouts(project).values()) == ["A", "B", "C"]


def test_a_name_whose_owner_is_blocked_is_refused(project: SandboxProject) -> None:
    """Its creation would fail, and the object of the owner would count as the created one."""
    name_layouts(project, x="A", y="B")
    project.apply()
    name_layouts(project, x="B", new="A")
    plan = project.plan()
    assert plan.changes == ()
    hints = {str(item.address): item.hint for item in plan.blocked}
    assert hints["layout.new"] == "It takes a name from layout.x, which is blocked too."
    assert '"B" is taken by another layout' in hints["layout.x"]


def test_a_refused_creation_is_not_the_object_that_has_the_name(project: SandboxProject) -> None:
    name_layouts(project, x="A")
    project.apply()
    before = project.bindings()
    name_layouts(project, x="B", new="A")
    plan = project.plan()
    created = [change for change in plan.changes if change.action is Action.CREATE]
    [result] = project.apply(replace(plan, changes=tuple(created))).results
    assert result.status is ChangeStatus.FAILED
    assert project.bindings() == before


def test_a_name_whose_owner_is_blocked_later_is_refused(project: SandboxProject) -> None:
    name_layouts(project, x="A")
    project.apply()
    project.write("snippets/s.yaml", {"name": "s", "value": "v"})
    project.write("layouts/x.yaml", {"name": "B", "body": "{{ snippets.s }} {{ content }}"})
    name_layouts(project, new="A")
    plan = project.plan(scope=Scope(exclude=("snippet.s",)))
    assert plan.changes == ()
    hints = {str(item.address): item.hint for item in plan.blocked}
    assert hints["layout.new"] == "It takes a name from layout.x, which is blocked too."
    assert project.apply(project.plan()).complete
    assert project.plan().is_empty


def test_a_name_whose_owner_is_blocked_already_is_refused(project: SandboxProject) -> None:
    """What blocks the owner is not the scope of the plan."""
    for address, name in {"t": "one", "u": "two"}.items():
        project.write(f"tags/{address}.yaml", {"name": name})
    wait = [{"id": "pause", "wait": "1d"}]
    campaign = {"name": "c", "trigger": {"event": "e"}, "tags": ["two"], "workflow": wait}
    project.write("campaigns/c.yaml", campaign)
    project.apply()
    for address, name in {"t": "two", "u": "three", "v": "one"}.items():
        project.write(f"tags/{address}.yaml", {"name": name})
    plan = project.plan()
    assert plan.changes == ()
    hints = {str(item.address): item.hint for item in plan.blocked}
    assert hints["tag.v"] == "It takes a name from tag.t, which is blocked too."


def test_a_name_that_stays_taken_is_refused(project: SandboxProject) -> None:
    project.seed(layouts=[{"id": 90, "name": "Taken", "body": BODY}])
    name_layouts(project, x="A")
    project.apply()
    name_layouts(project, x="Taken")
    (item,) = project.plan().blocked
    assert '"Taken" is taken by another layout (ID 90)' in item.hint


@pytest.mark.parametrize("order", [("a", "b"), ("b", "a")])
def test_a_chain_of_snippets_is_refused_with_a_hint(
    project: SandboxProject, order: tuple[str, str]
) -> None:
    first, second = order
    project.write(f"snippets/{first}.yaml", {"name": "one", "value": "1"})
    project.write(f"snippets/{second}.yaml", {"name": "two", "value": "2"})
    project.apply()
    project.write(f"snippets/{first}.yaml", {"name": "two", "value": "1"})
    project.write(f"snippets/{second}.yaml", {"name": "three", "value": "2"})
    plan = project.plan()
    (item,) = plan.blocked
    assert f"This plan frees it with the change of snippet.{second}: apply it" in item.hint
    assert project.apply(plan).complete
    assert project.apply_until_empty().is_empty
    assert project.names_in("snippets") == ["three", "two"]


def name_snippets(project: SandboxProject, **names: str) -> None:
    for address, name in names.items():
        project.write(f"snippets/{address}.yaml", {"name": name, "value": address})


def test_a_swap_of_snippets_is_refused_with_a_hint(project: SandboxProject) -> None:
    """The command for a chain would be refused for either of them."""
    name_snippets(project, a="one", b="two", c="three")
    project.apply()
    name_snippets(project, a="two", b="three", c="one")
    plan = project.plan()
    assert plan.changes == ()
    assert len(plan.blocked) == 3
    for item in plan.blocked:
        assert "snippet.a, snippet.b and snippet.c exchange their names" in item.hint
        assert "--target" not in item.hint
    first = str(plan.blocked[0].address).removeprefix("snippet.")
    assert f"Give snippet.{first} a name that is free" in plan.blocked[0].hint
    wanted = {"a": "two", "b": "three", "c": "one"}
    name_snippets(project, **{**wanted, first: "free"})
    assert project.apply_until_empty().is_empty
    name_snippets(project, **wanted)
    assert project.apply_until_empty().is_empty
    assert project.names_in("snippets") == ["one", "three", "two"]


def name_triggers(project: SandboxProject, **names: str) -> None:
    for address, name in names.items():
        fields = {"name": address, "trigger_name": name, "email": {"subject": "S", "body": "B"}}
        project.write(f"transactional/{address}.yaml", fields)


def test_a_chain_of_trigger_names_is_applied_from_its_free_end(project: SandboxProject) -> None:
    name_triggers(project, x="A", y="B", z="C")
    project.apply()
    name_triggers(project, x="B", y="C", z="D")
    plan = project.plan()
    assert [c.address.name for c in plan.changes] == ["z", "y", "x"]
    assert project.apply(plan).complete
    assert project.plan().is_empty


def test_a_swap_of_trigger_names_is_refused_with_a_hint(project: SandboxProject) -> None:
    name_triggers(project, x="A", y="B")
    project.apply()
    name_triggers(project, x="B", y="A")
    plan = project.plan()
    assert plan.changes == ()
    assert "exchange their trigger names" in plan.blocked[0].hint
    name_triggers(project, x="free")
    assert project.apply(project.plan()).complete
    name_triggers(project, x="B")
    assert project.apply_until_empty().is_empty


def test_a_trigger_name_that_stays_taken_is_refused(project: SandboxProject) -> None:
    name_triggers(project, x="A", y="B")
    project.apply()
    project.remove("transactional/y.yaml")
    name_triggers(project, x="B")
    (item,) = project.plan().blocked
    assert 'trigger_name "B" is taken by another transactional' in item.hint
    assert "frees it with the change of transactional.y: apply it, and" in item.hint
    assert project.apply_until_empty().is_empty


@pytest.mark.parametrize(
    "more", [{}, {"trigger_name": "C", "ignore": ["trigger_name"], "because": "b"}]
)
def test_a_trigger_name_that_a_file_leaves_to_the_workspace_stays_taken(
    project: SandboxProject, more: dict[str, object]
) -> None:
    """The file of its owner does not give it up."""
    name_triggers(project, x="A", y="B")
    project.apply()
    fields = {"name": "x", "email": {"subject": "S", "body": "B"}, **more}
    project.write("transactional/x.yaml", fields)
    project.apply()
    name_triggers(project, y="A")
    (item,) = project.plan().blocked
    assert "Choose another trigger_name, or change that of the other object first." in item.hint


def test_a_trigger_name_may_be_the_name_of_another_message(project: SandboxProject) -> None:
    name_triggers(project, x="A", y="B")
    project.apply()
    name_triggers(project, x="y")
    assert project.apply_until_empty().is_empty


@pytest.mark.parametrize("is_managed", [False, True])
def test_a_trigger_name_of_a_message_that_the_plan_does_not_read_is_refused(
    project: SandboxProject, is_managed: bool
) -> None:
    name_triggers(project, x="A", y="B")
    project.apply()
    if not is_managed:
        project.remove("transactional/y.yaml")
        with project.open() as opened:
            opened.forget(Address("transactional", "y"))
    name_triggers(project, x="B", **({"y": "D"} if is_managed else {}))
    scope = Scope(target=("transactional.x",))
    (item,) = project.plan(scope=scope).blocked
    assert 'trigger_name "B" is taken by another transactional, "y" (ID 2)' in item.hint
    name_triggers(project, x="C")
    assert project.apply(project.plan(scope=scope)).complete


def test_the_name_of_an_unmanaged_segment_is_refused(project: SandboxProject) -> None:
    manual = {"type": "manual", "name": "Taken"}
    project.seed(segments=[{"id": 90, **manual}])
    project.write("segments/s.yaml", {"name": "S", "manual": True})
    project.apply()
    project.write("segments/s.yaml", {"name": "Taken", "manual": True})
    (item,) = project.plan().blocked
    assert '"Taken" belongs to an unmanaged segment (ID 90)' in item.hint
    line = item.hint.splitlines()[-1].strip()
    name, _, remote_id = line.partition(": ")
    project.write("segments/s.yaml", {"name": "Taken", "manual": True, name: int(remote_id)})
    assert project.apply(project.plan()).complete
    assert project.apply_until_empty().is_empty
