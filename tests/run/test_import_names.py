"""The names of the files that an import writes."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from cioform.core.data.json_value import digest
from tests.support.sandbox_project import SandboxProject


def segment(own_id: int, name: str) -> dict[str, Any]:
    return {"id": own_id, "name": name, "type": "manual", "description": ""}


SEGMENTS = [
    segment(9, "Возврат"),
    segment(7, "VIP"),
    segment(12, "vip"),
    segment(11, "!!!"),
    segment(10, "???"),
    segment(8, "Con"),
    segment(14, "x" * 400),
]


@pytest.mark.parametrize("segments", [SEGMENTS, SEGMENTS[::-1]], ids=["listed", "reversed"])
def test_files_are_named_by_names_and_ids(
    project: SandboxProject, segments: list[dict[str, Any]]
) -> None:
    project.seed(segments=segments)
    with project.open() as session:
        made = session.import_()
    assert sorted(path.name for path in made.paths) == [
        "con_.yaml",
        "segment_10.yaml",
        "segment_11.yaml",
        "vip.yaml",
        "vip_12.yaml",
        "vozvrat.yaml",
        f"{'x' * 100}.yaml",
    ]
    assert (project.folder / "segments" / "vip.yaml").read_text().count("VIP") == 1
    assert project.plan().is_empty


def test_the_file_of_a_snippet_does_not_depend_on_other_snippets(project: SandboxProject) -> None:
    """Its name is its ID, so that a digest of the name takes the place of the number."""
    names = ["-", "#", "a/b", "a:b"]
    found: dict[str, set[str]] = {name: set() for name in names}
    for seeded in (names, names[::-1], names[1:]):
        project.seed(snippets=[{"name": name, "value": "v"} for name in seeded])
        with project.open() as session:
            made = session.import_()
        for path in made.paths:
            found[yaml.safe_load(path.read_text())["name"]].add(path.stem)
            path.unlink()
    assert found["a/b"] == {"a_b"}
    assert found["#"] == {f"snippet_{digest('#')[:8]}"}
    assert found["-"] == {f"snippet_{digest('-')[:8]}"}
    assert found["a:b"] == {f"a_b_{digest('a:b')[:8]}"}


def test_objects_of_one_name_are_found_in_a_fresh_clone(
    project: SandboxProject, tmp_path: Any
) -> None:
    project.seed(segments=[segment(7, "Vip"), segment(12, "Vip"), segment(13, "Vip ")])
    with project.open() as session:
        made = session.import_()
    assert len(made.with_remote_id) == 3
    clone = project.second_checkout(tmp_path / "clone")
    for path in made.paths:
        clone.write(f"segments/{path.name}", path.read_text())
    plan = clone.plan()
    assert [change.address for change in plan.changes] == sorted(made.addresses)
    assert (plan.requests, plan.blocked) == (0, ())
