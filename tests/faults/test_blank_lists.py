"""Lists that show next to nothing of their objects: everything is read from the objects."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cioform.emulator.protocol.behavior import Behavior
from cioform.model.remote_access.conversation import Api
from tests.support.every_kind import write_every_kind
from tests.support.sandbox_project import BOTH_APIS, SandboxProject


@pytest.fixture
def project(tmp_path: Path) -> Iterator[SandboxProject]:
    blank = Behavior(rate_limit=None, lists_blank=True, api_trigger="triggered_broadcast")
    new_project = SandboxProject(tmp_path, behavior=blank)
    write_every_kind(new_project)
    yield new_project
    new_project.store.close()


APIS = {"both": BOTH_APIS, "app": frozenset({Api.APP}), "journeys": frozenset({Api.JOURNEYS})}


@pytest.mark.parametrize("apis", APIS)
def test_what_was_applied_is_not_planned_again(project, apis):
    project.apply()
    plan = project.plan(APIS[apis])
    assert plan.is_empty, (plan.changes, plan.blocked, plan.drift)
    assert not plan.drift


def test_a_write_keeps_what_the_lists_do_not_show(project):
    project.apply()
    before = project.content()
    project.write("snippets/snippet_example.yaml", {"name": "footer", "value": "changed"})
    project.write("tags/tag_example.yaml", {"name": "renamed"})
    project.apply()
    after = project.content()
    assert [each["value"] for each in after.pop("snippets")] == ["changed"]
    assert after.pop("tags") != before["tags"]
    assert after == {name: before[name] for name in after}


def texts_below(root: Path) -> dict[str, str]:
    """Return the documents and bodies of a project, without the settings."""
    return {
        str(path.relative_to(root)): path.read_text()
        for path in sorted((root / "workspaces").rglob("*"))
        if path.is_file() and path.name != "workspace.yaml"
    }


def test_an_import_and_drift_see_what_the_lists_do_not_show(project, tmp_path):
    project.apply()
    blank = project.second_checkout(tmp_path / "blank")
    whole = SandboxProject(tmp_path / "whole", store=project.store)
    for each in (blank, whole):
        with each.open() as opened:
            opened.import_()
    assert len(texts_below(blank.root)) > 10
    assert texts_below(blank.root) == texts_below(whole.root)
    with blank.open() as opened:
        assert opened.drift() == ()
    project.write("snippets/snippet_example.yaml", {"name": "footer", "value": "edited"})
    project.apply()
    with blank.open() as opened:
        assert [str(each.address).split(".")[0] for each in opened.drift()] == ["snippet"]
