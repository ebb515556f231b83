"""`--prefer live` decides a conflict in the state, so that the next plan is quiet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from cioform.core.address import Address
from cioform.plan.change import Origin
from cioform.plan.plan import Plan, PreferredSide
from tests.support.sandbox_project import NO_GUARDS, SandboxProject

NOTE = Address("snippet", "note")
VIP = Address("segment", "vip")
WELCOME = Address("campaign", "welcome")
SEGMENT = {
    "name": "VIP",
    "description": "Ours",
    "conditions": {"all": [{"attribute": "plan", "is": "pro"}]},
}


def plan(project: SandboxProject, prefer: PreferredSide | None = PreferredSide.LIVE) -> Plan:
    with project.open() as opened:
        return opened.plan(prefer=prefer)


def write_note(project: SandboxProject, value: str) -> None:
    project.write("snippets/note.yaml", {"name": "note", "value": value})


def edit_note(project: SandboxProject, value: str) -> None:
    """Change the snippet as somebody in Customer.io does."""
    (snippet,) = project.content()["snippets"]
    project.seed(snippets=[{**snippet, "value": value}])


def value_of_note(project: SandboxProject) -> str:
    (snippet,) = project.content()["snippets"]
    return str(snippet["value"])


@pytest.fixture
def decided_project(project: SandboxProject) -> SandboxProject:
    """Return a project whose conflict was decided in favor of the workspace."""
    write_note(project, "first")
    project.apply()
    write_note(project, "from the files")
    edit_note(project, "from the workspace")
    made = plan(project)
    assert (made.visible_changes, made.blocked) == ((), ())
    assert [(item.address, item.fields) for item in made.kept] == [(NOTE, ("value",))]
    assert project.apply(made).complete
    return project


def test_the_next_plan_is_quiet(decided_project: SandboxProject) -> None:
    made = plan(decided_project, None)
    assert (made.changes, made.is_empty) == ((), True)
    assert [item.address for item in made.kept] == [NOTE]
    assert value_of_note(decided_project) == "from the workspace"


def test_a_pull_writes_what_is_kept(decided_project: SandboxProject) -> None:
    with decided_project.open() as opened:
        declined = opened.pull(opened.pullable(), choose=lambda before, _: before).declined
        assert opened.pull(opened.pullable()).addresses == (NOTE,)
    assert not declined  # The next apply changes nothing of it.
    assert "from the workspace" in (decided_project.folder / "snippets/note.yaml").read_text()
    assert decided_project.apply_until_empty().kept == ()


MAIL = {"subject": "s", "body": "b"}


@pytest.mark.parametrize(
    ("former", "own"),
    [
        ({"headers": {"X-A": "1"}}, {"headers": {"X-A": "2"}}),
        ({"translations": {"es": MAIL}}, {"translations": {"es": {**MAIL, "subject": "t"}}}),
    ],
    ids=["headers", "language"],
)
def test_what_is_absent_in_the_workspace_stays_absent(
    project: SandboxProject, former: Mapping[str, Any], own: Mapping[str, Any]
) -> None:
    message = {"name": "M", "trigger_name": "M"}
    project.write("transactional/m.yaml", {**message, "email": MAIL})
    project.apply()
    (bare,) = project.content()["templates"]
    rows = [bare, {**bare, "id": 900, "language": "es", "headers": ""}]
    headers = {"headers": '[{"name": "X-A", "value": "1"}]'}
    project.seed(templates=rows if "translations" in former else [{**bare, **headers}])
    project.write("transactional/m.yaml", {**message, "email": {**MAIL, **former}})
    assert project.apply().complete
    project.seed(templates=[{**bare, "headers": ""}])
    project.write("transactional/m.yaml", {**message, "email": {**MAIL, **own}})
    assert plan(project, None).changes[0].fields[0].origin is Origin.CONFLICT
    assert project.apply(plan(project)).complete
    assert plan(project, None).changes == ()


def test_another_value_in_the_file_ends_it(decided_project: SandboxProject) -> None:
    write_note(decided_project, "from the files, later")
    assert decided_project.apply(plan(decided_project, None)).complete
    assert value_of_note(decided_project) == "from the files, later"
    assert plan(decided_project, None).kept == ()


def test_another_edit_in_the_workspace_is_a_conflict_again(decided_project: SandboxProject) -> None:
    edit_note(decided_project, "from the workspace, later")
    assert plan(decided_project, None).summary["conflict"] == 1


def test_what_is_not_in_conflict_is_written(project: SandboxProject) -> None:
    project.write("segments/vip.yaml", SEGMENT)
    project.apply()
    (segment,) = project.content()["segments"]
    project.seed(segments=[{**segment, "description": "Theirs"}])
    conditions = {"all": [{"attribute": "plan", "is": "team"}]}
    project.write(
        "segments/vip.yaml", {**SEGMENT, "description": "Still ours", "conditions": conditions}
    )
    made = plan(project)
    assert [item.address for item in made.visible_changes] == [VIP]
    assert project.apply(made, NO_GUARDS).complete
    (segment,) = project.content()["segments"]
    assert segment["description"] == "Theirs"
    assert "team" in str(segment["conditions"])
    assert plan(project, None).is_empty


def test_the_next_plan_is_quiet_about_a_kept_name(project: SandboxProject) -> None:
    project.write("segments/vip.yaml", SEGMENT)
    project.apply()
    (segment,) = project.content()["segments"]
    project.seed(segments=[{**segment, "name": "Theirs"}])
    project.write("segments/vip.yaml", {**SEGMENT, "name": "Ours"})
    assert project.apply(plan(project)).complete
    made = plan(project, None)
    assert (made.changes, made.is_empty) == ((), True)
    assert [(item.address, item.fields) for item in made.kept] == [(VIP, ("name",))]


def test_a_removed_step_that_somebody_edited_stays(project: SandboxProject) -> None:
    hello, more = (
        {"id": name, "email": {"subject": name, "body": f"<p>{name}</p>"}}
        for name in ("hello", "more")
    )
    campaign = {"name": "Welcome", "trigger": {"event": "signed_up"}, "workflow": [hello, more]}
    project.write("campaigns/welcome.yaml", campaign)
    assert project.apply().complete
    templates = project.content()["templates"]
    theirs = [{**t, "subject": "Theirs"} if t["subject"] == "more" else t for t in templates]
    project.seed(templates=theirs)
    changed = {"id": "hello", "email": {"subject": "Ours", "body": "<p>hello</p>"}}
    project.write("campaigns/welcome.yaml", {**campaign, "workflow": [changed]})
    (change,) = plan(project, None).visible_changes
    in_conflict = [field.path for field in change.fields if field.origin is Origin.CONFLICT]
    assert in_conflict == [("more",)]
    made = plan(project)
    assert (made.visible_changes, made.blocked) == ((), ())
    # The whole workflow is kept, so each edit of the file in it is named, then and later.
    kept = [(WELCOME, {"more", "hello.email.subject"})]
    assert [(item.address, set(item.fields)) for item in made.kept] == kept
    assert project.apply(made).complete
    later = plan(project, None)
    assert later.is_empty
    assert [(item.address, set(item.fields)) for item in later.kept] == kept
    assert "Theirs" in [each["subject"] for each in project.content()["templates"]]
    with project.open() as opened:
        opened.pull(opened.pullable())
    assert project.apply_until_empty().kept == ()
    assert "Theirs" in [each["subject"] for each in project.content()["templates"]]


@pytest.mark.parametrize("is_message", [True, False])
def test_a_later_change_of_the_file_asks_about_what_was_kept(
    is_message: bool, project: SandboxProject
) -> None:
    def write(*steps: Mapping[str, object]) -> None:
        document = {"name": "Welcome", "trigger": {"event": "e"}, "workflow": steps}
        project.write("campaigns/welcome.yaml", document)

    push = {"push": {"title": "Ours", "body": "B"}}
    hello, more, bye = ({"id": name, **push} for name in ("hello", "more", "bye"))
    more = more if is_message else {"id": "more", "wait": "2d"}
    write(hello, more, bye)
    assert project.apply().complete
    actions, templates = (project.content()[name] for name in ("actions", "templates"))
    (theirs,) = (action for action in actions if action["name"] == "more")
    if is_message:
        project.seed(templates=[
            {**t, "subject": "Theirs"} if t["action_id"] == theirs["id"] else t for t in templates
        ])  # fmt: skip
    else:
        project.seed(actions=[{**a, "delay": 60} if a is theirs else a for a in actions])
    write(hello, bye)
    assert project.apply(plan(project)).complete
    assert plan(project, None).is_empty
    later = {**bye, "name": "Say goodbye"}
    write(hello, later)
    made = plan(project, None)
    assert (made.kept, made.drift, made.summary["conflict"]) == ((), (), 1)
    (change,) = made.visible_changes
    assert "was kept until now" in change.reason
    assert [f.path for f in change.fields if f.origin is Origin.CONFLICT][-1] == ("more",)
    made = plan(project)
    assert (made.visible_changes, len(made.kept)) == ((), 1)
    write(hello, {**more, "name": "Ours"}, later)
    assert plan(project, None).summary["conflict"] == 0
