"""`plan --explain` lists the writes that apply sends, and no others."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

import pytest

from cioform.core.errors import PlanError
from cioform.model.remote_access.conversation import Api
from cioform.plan.plan import Plan
from cioform.run.events import ChangeStatus
from tests.support.sandbox_project import BOTH_APIS, SandboxProject

GOLDEN: Final = Path(__file__).parent.parent / "golden"
CASES: Final = sorted(
    each for each in GOLDEN.iterdir() if each.is_dir() and not (each / "edits.json").exists()
)
MAIL_OF_NOBODY: Final = {
    "id": "m",
    "email": {"subject": "S", "body": "B", "from": "nobody@acme.com"},
}
STEP: Final = {"id": "w", "wait": "1d"}


def campaign(*tags: str, name: str = "C") -> dict[str, Any]:
    return {"name": name, "trigger": {"event": "e"}, "tags": list(tags), "workflow": [STEP]}


def tag(name: str) -> dict[str, Any]:
    return {"name": name}


Files = dict[str, dict[str, Any]]
TAGS: Final[dict[str, tuple[Files, Files]]] = {
    "renamed in its file and in the campaign": (
        {"tags/t.yaml": tag("old"), "campaigns/c.yaml": campaign("old")},
        {"tags/t.yaml": tag("new"), "campaigns/c.yaml": campaign("new")},
    ),
    "renamed, and another of the former name": (
        {"tags/t.yaml": tag("old"), "campaigns/c.yaml": campaign("old")},
        {"tags/t.yaml": tag("new"), "campaigns/c.yaml": campaign("new", "old")},
    ),
    "a file and a campaign, both new": (
        {},
        {"tags/t.yaml": tag("new"), "campaigns/c.yaml": campaign("new")},
    ),
    "a new file, and a campaign that gets it": (
        {"campaigns/c.yaml": campaign("old")},
        {"tags/t.yaml": tag("new"), "campaigns/c.yaml": campaign("new")},
    ),
    "without a file, in two campaigns": (
        {},
        {"campaigns/c.yaml": campaign("a"), "campaigns/d.yaml": campaign("a", "b", name="D")},
    ),
    "without a file, and of an unmanaged tag": (
        {"campaigns/c.yaml": campaign("a")},
        {"campaigns/c.yaml": campaign("a", "unmanaged")},
    ),
    "of two campaigns, of which the first is written last": (
        {},
        {
            "segments/s.yaml": {"name": "s", "conditions": {"attribute": "a", "exists": True}},
            "campaigns/c.yaml": {**campaign("a"), "trigger": {"segment": "s"}},
            "campaigns/d.yaml": campaign("a", name="D"),
        },
    ),
    "of two campaigns, of which the first is blocked": (
        {},
        {
            "campaigns/c.yaml": {**campaign("a"), "workflow": [MAIL_OF_NOBODY]},
            "campaigns/d.yaml": campaign("a", name="D"),
        },
    ),
    "of which one cannot get the name of the other": (
        {"tags/t.yaml": tag("a"), "campaigns/c.yaml": campaign("a", "unmanaged")},
        {"tags/t.yaml": tag("unmanaged"), "campaigns/c.yaml": campaign("unmanaged")},
    ),
    "of which one cannot give up the name that a campaign gets": (
        {"tags/t.yaml": tag("a"), "campaigns/c.yaml": campaign("unmanaged")},
        {"tags/t.yaml": tag("unmanaged"), "campaigns/c.yaml": campaign("unmanaged", "a")},
    ),
    "taken away": (
        {"tags/t.yaml": tag("a"), "campaigns/c.yaml": campaign("a", "b")},
        {"tags/t.yaml": tag("a"), "campaigns/c.yaml": campaign("b")},
    ),
}


def explained(plan: Plan) -> Iterator[str]:
    """Yield the writes of a plan as patterns; any ID may take the place of one not known yet."""
    for _, each in plan.own_requests:
        if each.writes and not each.path.endswith("/estimate_conditions"):
            path = unquote(each.path.replace("~/", "/v1/environments/~/"))
            texts = re.split(r"\([a-z]+ of [^/]*\)", path)
            pattern = "[^/]+".join(map(re.escape, texts)).replace("\\~", "[0-9]+")
            yield f"{each.method} {pattern}"


def differences(plan: Plan, sent: list[str]) -> tuple[list[str], list[str]]:
    """Return the writes that were only explained, and those that were only sent."""
    rest, absent = list(sent), []
    for pattern in explained(plan):
        found = next((each for each in rest if re.fullmatch(pattern, each)), None)
        if found is None:
            absent.append(pattern)
        else:
            rest.remove(found)
    return absent, rest


def check(project: SandboxProject, apis: frozenset[Api] = BOTH_APIS) -> None:
    plan = project.plan(apis)
    before = len(project.writes)
    try:
        outcome = project.apply(plan, apis=apis)
    except PlanError:
        return  # A guard refuses it.
    assert {result.status for result in outcome.results} <= {ChangeStatus.DONE}
    assert differences(plan, project.writes[before:]) == ([], [])


@pytest.mark.parametrize("case", TAGS)
def test_the_writes_of_tags(project: SandboxProject, case: str) -> None:
    project.seed(tags=[{"id": 70, "name": "unmanaged"}])
    for files in TAGS[case]:
        project.replace_documents(files)
        check(project)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_writes_of_golden_plans(project: SandboxProject, case: Path) -> None:
    if (case / "remote.json").exists():
        project.seed(**json.loads((case / "remote.json").read_text(encoding="utf-8")))
    if (case / "shared").exists():
        shutil.copytree(case / "shared", project.root / "workspaces" / "_shared")
    file = case / "apis"
    apis = frozenset(map(Api, file.read_text().split())) if file.exists() else BOTH_APIS
    for name in ("before", "after"):
        if (case / name).exists():
            shutil.rmtree(project.folder)
            shutil.copytree(case / name, project.folder)
            check(project, BOTH_APIS if name == "before" else apis)


def test_a_campaign_makes_the_tag_that_another_one_could_not_make(project: SandboxProject) -> None:
    project.write("campaigns/c.yaml", campaign("a"))
    project.write("campaigns/d.yaml", campaign("a", name="D"))
    plan = project.plan()
    project.seed(campaigns=[{"id": 70, "name": "C", "type": "event"}])
    c, d = project.apply(plan, keep_going=True).results
    assert (c.status, d.status) == (ChangeStatus.STALE, ChangeStatus.DONE)
