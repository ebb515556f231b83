"""The exact plan of each case. A folder of `golden/` is a test, named for what it shows.

    remote.json   the initial content of the sandbox, as a seed, with senders
    before/       a workspace that is applied first
    edits.json    edits in the workspace after that, each with `address`, `field`, `value`, `who`
    after/        the workspace that is planned
    shared/       the folder `_shared`, for workspaces that include it
    apis          the APIs whose credentials are set, one a line (default: all)
    plan.json     the expected plan file
    plan.txt      the expected text of the plan

Only `after/` is required. `pytest tests/test_golden.py --update-golden` writes the expected files;
read the diff before you commit them.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from cioform.core.address import Address
from cioform.core.data.paths import FieldPath
from cioform.model.remote_access.conversation import Api
from cioform.plan.change import Attribution, Drift, Editor
from cioform.plan.guards.guard import find_guard_violations
from cioform.plan.guards.violation import GuardViolation
from cioform.plan.plan import Plan
from cioform.plan.review.planfile import decode_plan, encode_plan
from cioform.report.plan.text import render_plan
from cioform.report.plan.view import view_plan
from cioform.services.sandbox.editing import edit_in_sandbox
from cioform.services.sandbox.seeding import seed_sandbox
from cioform.services.workspace import open_workspace

CASES = sorted(path for path in (Path(__file__).parent / "golden").iterdir() if path.is_dir())
NAME = "acme"
NOON = 1_767_268_800
"""2026-01-01 12:00 UTC, in place of every time in a plan."""


def test_there_are_cases() -> None:
    assert len(CASES) >= 12


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_golden_plan(case: Path, project_root: Path, update_golden: bool) -> None:
    plan, refused = planned_case(case, project_root)
    came_out = {"plan.json": encode_plan(plan), "plan.txt": render_plan(view_plan(plan, refused))}
    if update_golden:
        for name, text in came_out.items():
            (case / name).write_text(text, encoding="utf-8")
    for name, text in came_out.items():
        assert text == (case / name).read_text(encoding="utf-8")
    assert decode_plan(came_out["plan.json"]) == plan


def planned_case(case: Path, project_root: Path) -> tuple[Plan, tuple[GuardViolation, ...]]:
    """Return the plan of a case and the violations of its guards.

    Values that differ from run to run are replaced.
    """
    if (case / "remote.json").exists():
        seed_sandbox(project_root, NAME, str(case / "remote.json"))
    if (case / "shared").exists():
        shutil.copytree(case / "shared", project_root / "workspaces" / "_shared")
    if (case / "before").exists():
        put(case / "before", project_root)
        apply(project_root)
    for address, field, value, who in edits(case):
        edit_in_sandbox(project_root, NAME, address, field, value, who)
    put(case / "after", project_root)
    with open_workspace(project_root, NAME, apis=apis(case)) as opened:
        plan = opened.plan()
        return normalized(plan), find_guard_violations(plan, opened.guards())


def put(files: Path, project_root: Path) -> None:
    folder = project_root / "workspaces" / NAME
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(files, folder)


def apply(project_root: Path) -> None:
    with open_workspace(project_root, NAME) as opened:
        plan = opened.plan()
        assert not plan.blocked
        assert opened.apply(plan, opened.guards()).complete


def edits(case: Path) -> Iterator[tuple[Address, str, str, str]]:
    file = case / "edits.json"
    for edit in json.loads(file.read_text(encoding="utf-8")) if file.exists() else ():
        yield Address.parse(edit["address"]), edit["field"], edit["value"], edit["who"]


def apis(case: Path) -> frozenset[Api] | None:
    file = case / "apis"
    return frozenset(map(Api, file.read_text().split())) if file.exists() else None


def normalized(plan: Plan) -> Plan:
    """Return the plan with a fixed time and lineage, and without a Git commit."""
    header = replace(plan.header, lineage="(lineage)", made_at=NOON, commit=None)
    return replace(plan, header=header, drift=tuple(map(_drift_at_noon, plan.drift)))


def _drift_at_noon(drift: Drift) -> Drift:
    def at_noon(editor: Editor) -> Editor:
        return replace(editor, at=NOON)

    # Two edits of one person are one entry, even if a second passed between them.
    paths: dict[tuple[tuple[Editor, ...], bool], tuple[FieldPath, ...]] = {}
    for each in drift.editors:
        key = (tuple(map(at_noon, each.editors)), each.is_certain)
        paths[key] = (*paths.get(key, ()), *each.paths)
    merged = tuple(Attribution(tuple(sorted(found, key=str)), *key) for key, found in paths.items())
    return replace(
        drift,
        editor=drift.editor and at_noon(drift.editor),
        editors=merged,
        since=drift.since and NOON,
        applied_at=drift.applied_at and NOON,
    )
