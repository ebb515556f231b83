"""Descriptions that say which file manages an object."""

from __future__ import annotations

import shutil
from typing import Any

import pytest

from cioform.core.address import Address
from cioform.core.errors import PlanError, StateError
from cioform.kinds import find_kinds
from cioform.plan.change import Action
from cioform.plan.selecting.scope import Scope
from tests.support.copied_projects import CopyOf
from tests.support.git import git
from tests.support.sandbox_project import NO_GUARDS, SandboxProject

SETTINGS = "format: 1\nendpoint: sandbox\n"
ON = SETTINGS + "managed_by: {stamp: true, repository: github.com/acme/messages}\n"
VIP = Address("segment", "vip")
STAMP = "[managed-by: cioform github.com/acme/messages workspaces/acme/segments/vip.yaml]"
OTHER = "[managed-by: cioform github.com/crm/journeys workspaces/crm/segments/vip.yaml]"
DOCUMENTS: dict[str, dict[str, Any]] = {
    "segments/vip.yaml": {"name": "Vip", "manual": True, "description": "The best."},
    "campaigns/hello.yaml": {
        "name": "Hello", "trigger": {"event": "hello"}, "description": "", "workflow": []
    },
    "transactional/reset.yaml": {
        "name": "Reset", "description": "For [managed-by: cioform]",
        "email": {"subject": "Reset", "body": "<p>Reset</p>", "from": "team@acme.com"},
    },
}  # fmt: skip


def apply_stamped(project: SandboxProject) -> None:
    project.seed(identities=[{"name": "Team", "email": "team@acme.com"}])
    project.write("workspace.yaml", ON)
    for name, content in DOCUMENTS.items():
        project.write(name, content)
    assert project.apply().complete


@pytest.fixture
def stamped(copy_of: CopyOf) -> SandboxProject:
    return copy_of(apply_stamped)


def vip(project: SandboxProject, **fields: Any) -> None:
    project.write("segments/vip.yaml", {**DOCUMENTS["segments/vip.yaml"], **fields})


def described(project: SandboxProject) -> dict[str, str]:
    content = project.content()
    objects = [
        *content["segments"], *content["campaigns"], *content["transactional_messages"]
    ]  # fmt: skip
    return {each["name"]: each["description"] for each in objects}


def edit_remote(project: SandboxProject, description: str) -> None:
    """Change the description of the segment, as somebody in the browser does."""
    rows = project.store.dump("acme")["segments"]
    project.seed(segments=[{**row, "description": description} for row in rows])


def test_what_is_written_has_a_stamp_that_nobody_sees(stamped):
    there = described(stamped)
    assert there["Vip"] == f"The best.\n\n{STAMP}"
    assert there["Hello"] == STAMP.replace("segments/vip", "campaigns/hello")
    assert there["Reset"].startswith("For [managed-by: cioform]\n\n[managed-by: cioform github.com")
    assert stamped.plan().is_empty
    with stamped.open() as session:
        assert not session.drift()
        assert session.show(VIP, "live")["description"] == "The best."


def test_a_stamp_alone_is_no_change(stamped):
    stamped.write("workspace.yaml", SETTINGS)
    (stamped.folder / "segments/vip.yaml").rename(stamped.folder / "segments/best.yaml")
    stamped.write("segments/best.yaml", {**DOCUMENTS["segments/vip.yaml"], "was": "segment.vip"})
    [move] = stamped.plan().changes
    assert move.action is Action.MOVE
    assert stamped.apply().complete
    assert described(stamped)["Vip"].endswith(STAMP)  # until the description is written again


def test_without_the_setting_a_text_like_a_stamp_survives(project):
    vip(project, description=f"Copied from elsewhere: {OTHER}")
    assert project.apply().complete
    assert described(project)["Vip"].endswith("\n\n[managed-by: cioform]")
    assert project.plan().is_empty


def test_an_edit_around_the_stamp_is_drift_of_the_text_only(stamped):
    edit_remote(stamped, f"The very best.\n\n{STAMP}")
    [change] = stamped.plan().changes
    assert [(each.before, each.after) for each in change.fields] == [
        ("The very best.", "The best.")
    ]  # fmt: skip
    with stamped.open() as session:
        session.import_(Scope((str(VIP),)), force=True)
    assert "managed-by" not in (stamped.folder / "segments/vip.yaml").read_text()
    assert stamped.plan().is_empty


def test_what_another_repository_manages_is_not_changed(stamped):
    edit_remote(stamped, f"The best.\n\n{OTHER}")
    assert stamped.plan().managed_elsewhere == {
        "segment.vip": "github.com/crm/journeys/workspaces/crm/segments/vip.yaml"
    }
    assert stamped.plan().is_empty
    vip(stamped, description="Better.")
    with pytest.raises(PlanError, match="managed in another repository or workspace"):
        stamped.apply()
    stamped.write("workspace.yaml", ON.replace("}", ", take_over: [github.com/crm/journeys]}"))
    assert stamped.apply().complete
    assert described(stamped)["Vip"] == f"Better.\n\n{STAMP}"
    assert not stamped.plan().managed_elsewhere


def test_an_import_says_who_manages_an_object(stamped):
    edit_remote(stamped, f"The best.\n\n{OTHER}")
    stamped.remove("segments/vip.yaml")
    with stamped.open() as session:
        result = session.import_(Scope((str(VIP),)))
    assert list(result.managed_elsewhere) == [VIP]


@pytest.mark.parametrize(
    ("stamp", "is_elsewhere"),
    [
        ("workspaces/other/segments/vip.yaml", True),
        ("workspaces/other/segments/moved.yaml", False),  # there is no such file any more
        ("workspaces/acme/segments/old.yaml", False),
        ("workspaces/acme/segments/../../other/segments/vip.yaml", False),
        ("workspaces/other/../other/segments/vip.yaml", False),
        (__file__, False),  # a file of the machine
        ("a" * 300, False),  # no file can have such a name
        ("workspaces/other/%00", False),
    ],
)
def test_another_workspace_of_the_same_repository(stamped, stamp, is_elsewhere):
    other = stamped.root / "workspaces/other/segments/vip.yaml"
    other.parent.mkdir(parents=True)
    other.write_text("name: Vip\n")
    edit_remote(
        stamped, f"The best.\n\n{STAMP}".replace("workspaces/acme/segments/vip.yaml", stamp)
    )
    assert bool(stamped.plan().managed_elsewhere) is is_elsewhere


def test_the_repository_comes_from_git(project, monkeypatch):
    project.write("workspace.yaml", SETTINGS + "managed_by: {stamp: true}\n")
    vip(project)
    with pytest.raises(PlanError, match="does not name a repository"):
        project.plan()
    monkeypatch.chdir(project.root)
    git("init", "-q")
    git("remote", "add", "origin", "https://x:ghp_123@git.acme.com:8443/team/messages.git")
    assert project.apply().complete
    stamp = STAMP.replace("github.com/acme/messages", "git.acme.com/team/messages")
    assert described(project)["Vip"] == f"The best.\n\n{stamp}"


def test_git_that_cannot_be_asked_decides_nothing(stamped, tmp_path, monkeypatch):
    (stamped.root / ".git").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    stamped.write("workspace.yaml", SETTINGS)
    with pytest.raises(StateError, match="Git not found"):
        stamped.plan()
    stamped.remove("segments/vip.yaml")
    state = stamped.state_folder / "state.json"
    before = state.read_bytes()
    with stamped.open() as session, pytest.raises(StateError, match="Git not found"):
        session.import_(Scope((str(VIP),)))
    assert not (stamped.folder / "segments/vip.yaml").exists()
    assert state.read_bytes() == before
    stamped.write("workspace.yaml", SETTINGS + "managed_by: {stamp: true}\n")
    with pytest.raises(StateError, match="Git not found"):
        stamped.plan()


def test_without_a_stamp_to_judge_git_is_not_asked(project, tmp_path, monkeypatch):
    vip(project)
    assert project.apply().complete
    (project.root / ".git").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    assert project.plan().is_empty


def test_without_a_repository_of_its_own_the_state_says_whose_an_object_is(stamped):
    stamped.write("workspace.yaml", SETTINGS)
    assert not stamped.plan().managed_elsewhere
    shutil.rmtree(stamped.state_folder)
    assert str(VIP) in stamped.plan().managed_elsewhere
    with pytest.raises(PlanError, match="managed in another repository or workspace"):
        stamped.apply()


def test_an_object_keeps_its_stamp_where_none_is_known_for_it(stamped):
    vip(stamped, description="Better.")
    plan = stamped.plan()
    stamped.remove("segments/vip.yaml")
    with stamped.open() as session:
        assert session.apply(plan, NO_GUARDS, check_files=False).complete
    assert described(stamped)["Vip"] == f"Better.\n\n{STAMP}"
    stamped.write("workspace.yaml", SETTINGS)
    vip(stamped, description="Best.")
    assert stamped.apply().complete
    assert described(stamped)["Vip"] == f"Best.\n\n{STAMP}"


def test_only_these_kinds_are_stamped():
    """What recipients may see, and what no request is known to write, has no stamp."""
    stamped = {kind.name for kind in find_kinds() if kind.has_description_stamp}
    assert stamped == {"campaign", "segment", "transactional"}


def test_every_write_keeps_the_stamp(stamped):
    """Also those of a rollback, and of what is edited beside the description."""
    before = described(stamped)
    vip(stamped, description="Better.")
    campaign = {**DOCUMENTS["campaigns/hello.yaml"], "tags": ["eu"]}
    stamped.write("campaigns/hello.yaml", campaign)
    outcome = stamped.apply()
    assert described(stamped) == before | {"Vip": f"Better.\n\n{STAMP}"}
    with stamped.open() as session:
        undone = session.roll_back(session.plan_rollback(outcome.run), NO_GUARDS)
    assert undone.complete
    assert described(stamped) == before
