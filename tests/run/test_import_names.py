"""The names of the files that an import writes."""

from __future__ import annotations

from typing import Any

import pytest

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
