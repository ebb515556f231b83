"""After an upgrade of files and state the plan is empty, and every action keeps its id.

Both archives have workspaces of file format 0 with their states and their sandbox, as the last
version of that format wrote them: the samples of commit 8e57056, and workspaces that a script
generated with it, which is in the history only (`git show da4bbf43:tests/upgrade/
generate_workspaces.py`). A part of the latter is tested; `.ci/nightly` sets CIOFORM_UPGRADES=1000
to test them all.
"""

from __future__ import annotations

import json
import os
import shutil
import tarfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path, PurePath
from typing import Any

import pytest

from cioform.config.write.yaml.comments import comment_lines
from cioform.services.project.upgrading import upgrade_files
from cioform.services.workspace import open_workspace

HERE = Path(__file__).parent
SANDBOX = "sandbox.sqlite"
COUNT = int(os.environ.get("CIOFORM_UPGRADES", "12"))
TOTAL = 200
NAMES = [f"w{number:03}" for number in range(0, TOTAL, max(1, TOTAL // COUNT))][:COUNT]
GROUPS = [NAMES[start::4] for start in range(4)]
SAMPLES = ["acme", "kidlearn", "reminders-prod", "reminders-test"]


@pytest.fixture(scope="module")
def old_projects(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return the folder of each archive, with the workspaces that are tested."""
    roots = {}
    for archive, names in (("workspaces", NAMES), ("samples", [*SAMPLES, "_shared"])):
        roots[archive] = tmp_path_factory.mktemp(archive)
        with tarfile.open(HERE / f"{archive}.tar.xz") as tar:
            members = [each for each in tar if PurePath(each.name).parts[1] in (*names, SANDBOX)]
            tar.extractall(roots[archive], members, filter="data")
    return roots


@pytest.fixture
def copy(old_projects: dict[str, Path], tmp_path: Path) -> Callable[[list[str]], Path]:
    """Return a function that copies the project of some workspaces."""

    def copied(names: list[str]) -> Path:
        old = old_projects["samples" if names == SAMPLES else "workspaces"]
        return shutil.copytree(old, tmp_path / "project")

    return copied


@pytest.fixture
def project(copy: Callable[[list[str]], Path]) -> Path:
    return copy(NAMES)


def comments_of(root: Path, name: str) -> Counter[str]:
    files = (root / "workspaces" / name).rglob("*.yaml")
    texts = [path.read_bytes().decode().replace("\r\n", "\n") for path in files]
    return Counter(line.text for text in texts for line in comment_lines(text) if line.text)


def step_ids(steps: Any) -> set[str]:
    """Return every `id` of steps in a workflow, at any depth."""
    if isinstance(steps, list):
        return set().union(*map(step_ids, steps))
    if not isinstance(steps, dict):
        return set()
    own = {steps["id"]} if isinstance(steps.get("id"), str) else set()
    return own.union(*map(step_ids, steps.values()))


@pytest.mark.parametrize("names", [*GROUPS, SAMPLES], ids=lambda names: f"{names[0]} and others")
def test_nothing_changes_but_the_words(copy: Callable[[list[str]], Path], names: list[str]) -> None:
    project = copy(names)
    before = {name: comments_of(project, name) for name in names}
    result = upgrade_files(project, names)
    assert result.problems == []
    for name in names:
        assert comments_of(project, name) == before[name]
        old = json.loads((project / ".cioform" / name / "state.json").read_text())["resources"]
        with open_workspace(project, name) as opened:
            plan = opened.plan()
            changes = [(str(c.address), c.reason, c.fields) for c in plan.visible_changes]
            assert (name, changes, plan.blocked, plan.drift) == (name, [], (), ())
            bindings = opened.applied().bindings
            assert {str(a): dict(b.parts) for a, b in bindings.items()} == {
                address: entry["parts"] for address, entry in old.items()
            }
            for address, resource in opened.configuration.desired.resources.items():
                steps = step_ids(resource.attributes.get("workflow"))
                known = {*bindings[address].parts, "exit"}
                assert {step for step in steps if not step.startswith("exit")} <= known
        assert upgrade_files(project, [name]).new_texts == {}


def test_an_upgrade_that_was_interrupted_can_be_run_again(project: Path) -> None:
    name = NAMES[0]
    folder = project / "workspaces" / name
    settings = (folder / "workspace.yaml").read_text()
    upgrade_files(project, [name])
    upgraded = {path: path.read_bytes() for path in folder.rglob("*.yaml")}
    (folder / "workspace.yaml").write_text(settings)
    upgrade_files(project, [name])
    assert {path: path.read_bytes() for path in folder.rglob("*.yaml")} == upgraded


def test_a_check_writes_nothing(project: Path) -> None:
    name = NAMES[0]
    before = {path: path.read_bytes() for path in (project / "workspaces").rglob("*.yaml")}
    assert upgrade_files(project, [name], check=True).new_texts
    assert {p: p.read_bytes() for p in (project / "workspaces").rglob("*.yaml")} == before


def test_the_archives_are_small() -> None:
    assert sum(path.stat().st_size for path in HERE.glob("*.tar.xz")) < 1_000_000
