"""A pull where the files changed too: it takes what they can have, and names the rest."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
import yaml

from cioform.core.address import Address
from cioform.report.plan.drift import view_drift
from cioform.report.plan.text import render_differences
from cioform.services.pull.pulling import PullResult
from tests.support.copied_projects import CopyOf
from tests.support.sandbox_project import SandboxProject

FILE = "campaigns/welcome.yaml"
WELCOME = Address("campaign", "welcome")
CAMPAIGN: dict[str, Any] = {
    "name": "Welcome",
    "trigger": {"event": "signed_up"},
    "workflow": [
        {"id": "hello", "email": {"subject": "Hello", "body": "<p>Hello</p>", "bcc": "a@acme.com"}},
        {
            "id": "read",
            "if": {"attribute": "age", "is": "7"},
            "then": [{"id": "pause", "wait": "1d"}],
        },
        {"id": "bye", "email": {"subject": "Bye", "body": "<p>Bye</p>"}},
    ],
}
CHANGED_TOO = "was changed in the file, too, and that was not applied yet."


def apply_files(project: SandboxProject) -> None:
    project.write(FILE, CAMPAIGN)
    project.write("snippets/legal.yaml", {"name": "legal", "value": "Acme"})
    assert project.apply().complete


@pytest.fixture
def applied(copy_of: CopyOf) -> SandboxProject:
    return copy_of(apply_files)


def edit_step(project: SandboxProject, step: str, **members: Any) -> None:
    """Change the action of a step, as a person does."""
    actions = project.content()["actions"]
    project.seed(actions=[{**a, **(members if a["name"] == step else {})} for a in actions])


def edit_message(project: SandboxProject, step: str, **members: Any) -> None:
    """Change the template of a step."""
    templates = project.content()["templates"]
    project.seed(templates=[{**t, **(members if t["name"] == step else {})} for t in templates])


def change_file(project: SandboxProject, **steps: dict[str, Any] | None) -> None:
    """Change fields of steps in the file; None removes one."""
    content = deepcopy(CAMPAIGN)
    named = [*content["workflow"], *content["workflow"][1]["then"]]
    for step in named:
        step |= steps.get(step["id"]) or {}
        for name in [name for name, value in step.items() if value is None]:
            del step[name]
    project.write(FILE, content)


def edit_elsewhere(project: SandboxProject, content: dict[str, Any]) -> None:
    """Change the campaign from another project, which knows more of it than a test can seed."""
    other = project.second_checkout(project.root / "other")
    other.write(FILE, {**content, "remote_id": int(project.bindings()[WELCOME])})
    assert other.apply().complete


def pull(project: SandboxProject) -> PullResult:
    with project.open() as opened:
        return opened.pull(opened.pullable())


def steps_in(project: SandboxProject) -> dict[str, Any]:
    workflow = yaml.safe_load((project.folder / FILE).read_text())["workflow"]
    return {step["id"]: step for step in (*workflow, *workflow[1]["then"])}


def shown(project: SandboxProject) -> str:
    with project.open() as opened:
        return render_differences(view_drift("acme", opened.drift_report()))


def test_the_other_edits_of_a_step_that_got_another_type(applied: SandboxProject) -> None:
    edit_step(applied, "hello", name="Jane's hello")
    edit_step(applied, "pause", name="A day")
    edit_message(applied, "hello", subject="Edited", cc="b@acme.com")
    edit_message(applied, "bye", subject="Edited too", cc="c@acme.com")
    snippets = applied.content()["snippets"]
    applied.seed(snippets=[{**each, "value": "Acme Ltd"} for each in snippets])
    change_file(applied, hello={"email": None, "push": {"title": "Hi", "body": "Hello"}})
    result = pull(applied)
    steps = steps_in(applied)
    assert steps["hello"] == {
        "id": "hello", "name": "Jane's hello", "push": {"title": "Hi", "body": "Hello"}
    }  # fmt: skip
    assert steps["pause"]["name"] == "A day"
    email = CAMPAIGN["workflow"][2]["email"]
    assert steps["bye"]["email"] == {**email, "subject": "Edited too", "cc": "c@acme.com"}
    assert "Acme Ltd" in (applied.folder / "snippets/legal.yaml").read_text()
    subject, cc = result.left
    assert subject.startswith(f"campaign.welcome: `hello.email.subject` {CHANGED_TOO}")
    assert cc.startswith("campaign.welcome: `hello.email.cc` cannot be in the file")


def test_a_step_that_gets_another_id(applied: SandboxProject) -> None:
    edit_step(applied, "pause", name="Jane's day")
    edit_message(applied, "bye", subject="Edited")
    change_file(applied, pause={"id": "rest", "was": "pause"})
    assert pull(applied).left == ()
    steps = steps_in(applied)
    assert (steps["bye"]["email"]["subject"], steps["rest"]["name"]) == ("Edited", "Jane's day")
    assert applied.plan().summary["conflict"] == 0


def test_a_step_that_gets_another_id_and_another_name(applied: SandboxProject) -> None:
    """What is in conflict is named by its own field."""
    edit_step(applied, "pause", name="Jane's day")
    change_file(applied, pause={"id": "rest", "was": "pause", "name": "A rest"})
    (text,) = pull(applied).left
    assert text.startswith(f"campaign.welcome: `rest.name` {CHANGED_TOO}")
    assert steps_in(applied)["rest"]["name"] == "A rest"
    assert "cioform pull" not in shown(applied)


def test_what_a_person_is_asked_about(applied: SandboxProject) -> None:
    """The lines of the fields that somebody edited, and of no other field of the workflow."""
    edit_step(applied, "pause", delay=7200)
    edit_message(applied, "hello", subject="Edited")
    change_file(applied, pause={"wait": "2d"}, bye={"name": "Goodbye"})
    with applied.open() as opened:
        pullable = opened.pullable(conflicts=True)
        assert [text.split("`")[1] for text in pullable.replaced] == ["pause.wait"]
        declined = opened.pull(pullable, choose=lambda before, _: before).declined
        assert [text.split("`")[1] for text in declined] == ["hello.email.subject", "pause.wait"]
        assert opened.pull(pullable).left == ()
    steps = steps_in(applied)
    assert (steps["pause"]["wait"], steps["bye"]["name"]) == ("2h", "Goodbye")
    assert steps["hello"]["email"]["subject"] == "Edited"


def test_edits_of_what_the_file_removes(applied: SandboxProject) -> None:
    """Whether the file had set the field or not: only a person can decide."""
    edit_message(applied, "bye", subject="Edited", cc="b@acme.com")
    edit_step(applied, "pause", unheard_of=1)
    content = deepcopy(CAMPAIGN)
    content["workflow"][1]["then"] = []
    applied.write(FILE, {**content, "workflow": content["workflow"][:-1]})
    left = pull(applied).left
    assert [text.split("`")[1] for text in left] == [
        *("bye.email.subject", "bye.email.cc", "pause.raw.unheard_of")
    ]
    assert all("because the file no longer has what contains it" in text for text in left)
    text = shown(applied)
    assert text.count("(in no file") == 2
    assert "What the files removed is deleted" in text
    applied.remove(FILE)
    text = shown(applied)
    assert text.count("(in no file") == 2
    assert "cioform pull" not in text


def test_a_condition_of_one_step_and_the_fields_of_others(applied: SandboxProject) -> None:
    edited = deepcopy(CAMPAIGN)
    edited["workflow"][1]["if"]["is"] = "8"
    edit_elsewhere(applied, edited)
    change_file(applied, pause={"wait": "2d"}, bye={"name": "Goodbye"})
    assert pull(applied).left == ()
    steps = steps_in(applied)
    assert steps["read"]["if"] == {"attribute": "age", "is": "8"}
    assert (steps["pause"]["wait"], steps["bye"]["name"]) == ("2d", "Goodbye")


def changed(*changes: Callable[[list[Any]], object]) -> dict[str, Any]:
    """Return the campaign with changes of its steps."""
    content = deepcopy(CAMPAIGN)
    for change in changes:
        change(content["workflow"])
    return content


LATE = {"id": "late", "push": {"title": "T", "body": "B"}}
THEIRS: dict[str, Callable[[list[Any]], object]] = {
    "adds": lambda steps: steps.insert(1, {"id": "late", "wait": "3d"}),
    "adds a message": lambda steps: steps.append(
        {"id": "late", "push": {"title": "T", "body": "B"}}
    ),
    "adds a branch": lambda steps: steps[1].update({"else": [{"id": "late", "wait": "3d"}]}),
    "removes": lambda steps: steps.pop(),
    "moves": lambda steps: steps.insert(0, steps.pop()),
    "moves out of a branch": lambda steps: steps.append(steps[1]["then"].pop()),
}
OURS: dict[str, Callable[[list[Any]], object]] = {
    "a field": lambda steps: steps[0].update({"name": "Say hello"}),
    "a message": lambda steps: steps[0]["email"].update({"subject": "Ours"}),
}


def apply_and_edit(project: SandboxProject, theirs: str) -> None:
    apply_files(project)
    edit_elsewhere(project, changed(THEIRS[theirs]))


@pytest.mark.parametrize("ours", OURS)
@pytest.mark.parametrize("theirs", THEIRS)
def test_other_steps_than_those_that_the_file_changed(
    theirs: str, ours: str, copy_of: CopyOf
) -> None:
    project = copy_of(apply_and_edit, theirs)
    project.write(FILE, changed(OURS[ours]))
    assert pull(project).left == ()
    both = changed(OURS[ours], THEIRS[theirs])
    assert yaml.safe_load((project.folder / FILE).read_text()) == both
    assert project.plan().summary["conflict"] == 0


def test_a_step_that_somebody_moved_and_the_file_changed(applied: SandboxProject) -> None:
    edit_elsewhere(applied, changed(THEIRS["moves out of a branch"]))
    change_file(applied, pause={"wait": "2d"})
    assert pull(applied).left == ()
    text = (applied.folder / FILE).read_text()
    assert yaml.safe_load(text)["workflow"][3] == {"id": "pause", "wait": "2d"}
    plan = applied.plan()
    assert plan.summary["conflict"] == 0
    assert applied.apply(plan).complete
    assert applied.plan().is_empty


def test_a_step_that_somebody_moved_and_edited_and_the_file_changed(
    applied: SandboxProject,
) -> None:
    def theirs(steps: list[Any]) -> None:
        steps.append({**steps[1]["then"].pop(), "wait": "3d"})

    edit_elsewhere(applied, changed(theirs))
    change_file(applied, pause={"wait": "2d"})
    [left] = pull(applied).left
    assert CHANGED_TOO in left
    assert applied.plan().summary["conflict"] == 1


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        (THEIRS["adds"], lambda steps: steps.append({"id": "mine", "wait": "3d"})),
        (THEIRS["removes"], lambda steps: steps[2].update({"name": "Goodbye"})),
        (THEIRS["removes"], lambda steps: steps[2]["email"].update({"subject": "Ours"})),
        (lambda steps: steps[1]["then"].clear(), lambda s: s[1]["then"][0].update({"wait": "2d"})),
        (THEIRS["moves"], lambda steps: steps.insert(0, steps.pop(1))),
    ],
)
def test_steps_that_only_a_person_can_put_together_are_left(
    theirs: Callable[[list[Any]], object],
    ours: Callable[[list[Any]], object],
    applied: SandboxProject,
) -> None:
    edit_elsewhere(applied, changed(theirs))
    applied.write(FILE, changed(ours))
    before = (applied.folder / FILE).read_text()
    left = pull(applied).left
    assert left
    assert all(CHANGED_TOO in text for text in left)
    assert (applied.folder / FILE).read_text() == before


def test_a_field_that_was_taken_out_of_the_file(applied: SandboxProject) -> None:
    edit_message(applied, "hello", bcc="b@acme.com")
    change_file(applied, hello={"email": {"subject": "Hello", "body": "<p>Hello</p>"}})
    (text,) = pull(applied).left
    assert text.startswith("campaign.welcome: `hello.email.bcc` was taken out of the file")
    assert "cioform pull" not in shown(applied)
    # Once the state has no value of it, only a digest tells what it was.
    assert applied.apply().complete
    text = shown(applied)
    assert "hello.email.bcc: (another value) -> b@acme.com" in text
    assert "Of its former value the state has only a digest." in text
    assert "cioform pull acme campaign.welcome" in text
    # The file says what it was.
    change_file(applied)
    text = shown(applied)
    assert "hello.email.bcc: a@acme.com -> b@acme.com" in text
    assert "digest" not in text
    assert pull(applied).left == ()
    assert steps_in(applied)["hello"]["email"]["bcc"] == "b@acme.com"


def test_what_the_file_has_already(applied: SandboxProject) -> None:
    edit_message(applied, "bye", subject="Edited")
    assert "cioform pull acme campaign.welcome" in shown(applied)
    change_file(applied, bye={"email": {"subject": "Edited", "body": "<p>Bye</p>"}})
    assert "cioform pull" not in shown(applied)
    result = pull(applied)
    assert (result.left, result.addresses) == ((), ())


def test_an_edit_that_would_make_a_file_invalid_is_left(applied: SandboxProject) -> None:
    """A layout has a place for its message in every file, and perhaps not in Customer.io."""
    applied.write("layouts/main.yaml", {"name": "Main", "body": {"file": "main.html"}})
    applied.write("layouts/main.html", "{{ content }}")
    assert applied.apply().complete
    layouts = applied.content()["layouts"]
    applied.seed(layouts=[{**each, "body": "<p>Hello</p>"} for each in layouts])
    snippets = applied.content()["snippets"]
    applied.seed(snippets=[{**each, "value": "Acme Ltd"} for each in snippets])
    result = pull(applied)
    assert result.addresses == (Address("snippet", "legal"),)
    (text,) = result.left
    assert text.startswith("layout.main: its file would not be valid.")
