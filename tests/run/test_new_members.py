"""A member that Customer.io's templates got after cioform was made: seen, compared, not written."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pytest

from cioform.core.address import Address
from tests.support.sandbox_project import SandboxProject

MEMBER: Final = "quiet_hours_policy"
STEP: Final = {"id": "m", "push": {"title": "T", "body": "B"}}
KINDS: Final[dict[str, tuple[str, Address, dict[str, Any]]]] = {
    "campaign": (
        "campaigns/c/campaign.yaml",
        Address("campaign", "c"),
        {"name": "C", "trigger": {"event": "e"}, "workflow": [STEP]},
    ),
    "transactional": (
        "transactional/t.yaml",
        Address("transactional", "t"),
        {"name": "T", "push": {"title": "T", "body": "B"}},
    ),
}


def set_member(project: SandboxProject, value: Any) -> None:
    templates = project.content()["templates"]
    project.seed(templates=[{**each, MEMBER: value} for each in templates])


@pytest.fixture(params=KINDS)
def case(request: pytest.FixtureRequest) -> tuple[str, Address, dict[str, Any]]:
    return KINDS[str(request.param)]


def test_a_new_member_is_seen_and_taken(project: SandboxProject, case: Any) -> None:
    file, address, document = case
    project.write(file, document)
    project.apply()
    set_member(project, "strict")
    with project.open() as workspace:
        assert MEMBER in str(workspace.drift())
        assert MEMBER in str(workspace.show(address, "live"))
        workspace.pull(workspace.pullable())
    assert f"{MEMBER}: strict" in (project.folder / file).read_text(encoding="utf-8")
    assert project.plan().is_empty
    set_member(project, "lax")
    with project.open() as workspace:
        workspace.import_(force=True)
    assert f"{MEMBER}: lax" in (project.folder / file).read_text(encoding="utf-8")
    set_member(project, None)
    [blocked] = project.plan().blocked
    assert f"has `{MEMBER}` under `raw`" in blocked.hint


def test_an_import_has_it_and_a_copy_is_blocked(
    project: SandboxProject, tmp_path: Path, case: Any
) -> None:
    file, _, document = case
    project.write(file, document)
    project.apply()
    set_member(project, {"from": 9})
    fresh = project.second_checkout(tmp_path / "fresh")
    with fresh.open() as workspace:
        assert workspace.import_().left == ()
    assert fresh.plan().is_empty
    texts = [each.read_text(encoding="utf-8") for each in fresh.folder.rglob("*.yaml")]
    assert any(f"{MEMBER}: {{from: 9}}" in each for each in texts)
    copy = SandboxProject(tmp_path / "copy")
    for each in fresh.folder.rglob("*.yaml"):
        if each.name != "workspace.yaml":
            copy.write(str(each.relative_to(fresh.folder)), each.read_text(encoding="utf-8"))
    [blocked] = copy.plan().blocked
    assert f"has `{MEMBER}` under `raw`" in blocked.hint
    copy.store.close()


def test_an_edit_of_another_field_leaves_it(project: SandboxProject, case: Any) -> None:
    file, _, document = case
    project.write(file, document)
    project.apply()
    set_member(project, "strict")
    with project.open() as workspace:
        workspace.pull(workspace.pullable())
    text = (project.folder / file).read_text(encoding="utf-8")
    (project.folder / file).write_text(text.replace("body: B", "body: C").replace('"B"', '"C"'))
    assert project.apply().complete
    assert project.plan().is_empty
    assert {each[MEMBER] for each in project.content()["templates"]} == {"strict"}
