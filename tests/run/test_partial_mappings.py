"""A mapping of which a file has a part: an edit of the rest is in no file, and `pull` writes it."""

from __future__ import annotations

from typing import Any

import yaml

from cioform.core.data.paths import format_path
from tests.run.test_unmanaged_edits import drift_of, values_of
from tests.support.sandbox_project import SandboxProject

CAMPAIGN: dict[str, Any] = {
    "name": "Welcome",
    "trigger": {"event": "signed_up"},
    "reentry": {"mode": "every_match", "cooldown": "30d"},
    "workflow": [{"id": "pause", "wait": "1d"}],
}


def test_a_member_of_a_mapping_that_the_file_has_partly(project: SandboxProject) -> None:
    project.write("campaigns/welcome.yaml", CAMPAIGN)
    assert project.apply().complete
    (row,) = project.content()["campaigns"]
    project.seed(campaigns=[{**row, "frequency_cap_mode": "cap_3"}])
    (item,) = drift_of(project)
    assert [format_path(each) for each in item.unmanaged] == ["reentry.frequency_cap"]
    assert item.lost == ()
    assert values_of((item,)) == {"reentry.frequency_cap": (None, "cap_3")}
    plan = project.plan()
    assert (plan.is_empty, len(plan.unmanaged_edits)) == (True, 1)
    with project.open() as opened:
        opened.pull(opened.pullable())
    assert "frequency_cap: cap_3" in (project.folder / "campaigns/welcome.yaml").read_text()
    assert project.plan().is_empty
    assert project.apply().complete
    assert drift_of(project) == ()


def test_the_exit_that_no_file_has(project: SandboxProject) -> None:
    project.write("campaigns/welcome.yaml", CAMPAIGN)
    assert project.apply().complete
    edit_exit(project, "zz")
    (item,) = drift_of(project)
    assert (item.unmanaged, item.lost) == ((("exit_1", "raw", "sub_type"),), ())
    plan = project.plan()
    assert (plan.is_empty, len(plan.unmanaged_edits)) == (True, 1)
    with project.open() as opened:
        assert opened.pullable().left == ()
        opened.pull(opened.pullable())
    document = yaml.safe_load((project.folder / "campaigns/welcome.yaml").read_text())
    step = {"id": "exit_1", "exit": True, "raw": {"sub_type": "zz"}}
    assert document["workflow"] == [*CAMPAIGN["workflow"], step]
    assert project.plan().is_empty
    assert project.apply().complete
    assert drift_of(project) == ()
    edit_exit(project, "yy")  # From now on the file has it.
    (item,) = drift_of(project)
    assert (len(item.fields), item.unmanaged) == (1, ())


def edit_exit(project: SandboxProject, sub_type: str) -> None:
    content = project.content()
    edited = {"exit_action": {"sub_type": sub_type}}
    actions = [{**each, **edited.get(each["type"], {})} for each in content["actions"]]
    project.seed(campaigns=content["campaigns"], actions=actions)
