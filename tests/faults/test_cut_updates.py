"""An update is cut off after each of its writes, and no field that no file sets counts as edited.

What the run changed is not known then. A copy of the project after each write stands for a process
that was killed there.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cioform.core.data.paths import format_path
from cioform.kinds import find_kinds
from cioform.plan.plan import Plan, PreferredSide
from tests.support.copied_projects import CopyOf, copy_project
from tests.support.sandbox_project import SandboxProject

KINDS = find_kinds()
Document = dict[str, Any]


def message(name: str, word: str, **block: Any) -> Document:
    return {"name": name, word: block}


def campaign(*steps: Document, **fields: Any) -> Document:
    return {"name": "C", "trigger": {"event": "e"}, **fields, "workflow": list(steps)}


PUSH = {"title": "T", "body": "B"}
EMAIL = {"subject": "S", "body": "B"}
LAST = {"id": "bye", "push": PUSH}
UPDATES: dict[str, tuple[str, Document, Document]] = {
    "snippet": ("snippets", {"name": "s", "value": "1"}, {"name": "s", "value": "2"}),
    "layout": (
        "layouts",
        {"name": "L", "body": "{{ content }}"},
        {"name": "M", "body": "<p>{{ content }}</p>"},
    ),
    "segment": (
        "segments",
        {"name": "S", "conditions": {"attribute": "a", "is": "b"}},
        {"name": "T", "description": "D", "conditions": {"attribute": "a", "is": "c"}},
    ),
    "tag": ("tags", {"name": "t"}, {"name": "u"}),
    "sms": ("transactional", message("M", "sms", body="1"), message("N", "sms", body="2")),
    "name of a message": (
        "transactional",
        message("N", "sms", body="1"),
        message("M", "sms", body="1"),
    ),
    "languages": (
        "transactional",
        message("M", "email", **EMAIL, translations={"fr": EMAIL}),
        {
            **message("N", "email", **EMAIL, translations={"es": EMAIL}),
            "description": "D",
            "trigger_name": "GO",
        },
    ),
    "first language": (
        "transactional",
        message("M", "sms", body="1", to="{{x}}"),
        message("M", "sms", body="1", to="{{x}}", translations={"es": {"body": "2"}}),
    ),
    "sender": (
        "campaigns",
        campaign({"id": "hi", "email": {**EMAIL, "from": "team@acme.com", "layout": "main"}}),
        campaign({"id": "hi", "email": {**EMAIL, "subject": "T"}}),
    ),
    "settings": (
        "campaigns",
        campaign(LAST),
        campaign(
            LAST,
            name="D",
            description="x",
            tags=["a"],
            goal={"event": "g"},
            reentry={"mode": "every_match", "cooldown": "1d"},
        ),
    ),
    "steps": (
        "campaigns",
        campaign({"id": "hi", "push": PUSH}, {"id": "x", "wait": "1d"}, LAST),
        campaign(
            {"id": "hi", "push": {**PUSH, "title": "U"}, "name": "Renamed"},
            {"id": "new", "email": EMAIL},
            {"id": "y", "wait": "2d"},
            LAST,
        ),
    ),
    "word of a step": (
        "campaigns",
        campaign({"id": "hi", "push": PUSH}, LAST),
        campaign({"id": "hi", "email": EMAIL}, LAST),
    ),
    "id of a step": (
        "campaigns",
        campaign({"id": "hello", "push": PUSH}, {"id": "x", "wait": "1d"}, LAST),
        campaign(
            {"id": "hi", "was": "hello", "push": {**PUSH, "title": "U"}},
            {"id": "y", "was": "x", "wait": "2d"},
            LAST,
        ),
    ),
    "variants": (
        "campaigns",
        campaign(
            {"id": "x", "ab_test": [
                {"id": "v", "percent": 50, "email": EMAIL},
                {"id": "w", "percent": 50, "email": EMAIL},
            ]},
            LAST,
        ),
        campaign(
            {"id": "x", "name": "Test", "ab_test": [
                {"id": "v", "percent": 10, "email": EMAIL, "name": "V"},
                {"id": "w", "percent": 90, "email": {**EMAIL, "subject": "U"}},
            ]},
            LAST,
        ),
    ),
}  # fmt: skip


def write(project: SandboxProject, folder: str, document: Document) -> None:
    own = "x/campaign.yaml" if folder == "campaigns" else "x.yaml"
    project.write(f"{folder}/{own}", document)


def change(project: SandboxProject, case: str) -> None:
    """Write the files of an update."""
    folder, _, after = UPDATES[case]
    write(project, folder, after)


def new_project(folder: Path) -> SandboxProject:
    return SandboxProject(folder / "project", kinds=KINDS)


def cut_after_each_write(
    project: SandboxProject, folder: str, document: Document, prefer: PreferredSide | None = None
) -> list[SandboxProject]:
    """Apply a document. Return a copy of the project as each of its writes leaves it."""
    write(project, folder, document)
    with project.open() as workspace:
        plan = workspace.plan(prefer=prefer)
    copies: list[SandboxProject] = []
    before = project.content()

    def tick() -> None:
        nonlocal before
        content = project.content()
        if content != before:
            root = project.root.with_name(f"{project.root.name}-{len(copies)}")
            copies.append(copy_project(project, root))
        before = content

    project.tick = tick
    assert project.apply(plan).complete
    assert copies
    return copies


def cut_after_each_response(
    project: SandboxProject, folder: str, document: Document
) -> list[SandboxProject]:
    """Apply a document. Return a copy of the project once each response was recorded.

    The last one lacks only the read-back and the state.
    """
    write(project, folder, document)
    plan = project.plan()
    copies: list[SandboxProject] = []
    recorded = -1

    def tick() -> None:
        nonlocal recorded
        journals = (project.state_folder / "journal").glob("*.ndjson")
        now = sum(each.read_text().count('"request-done"') for each in journals)
        if now > recorded >= 0:
            root = project.root.with_name(f"{project.root.name}-{len(copies)}")
            copies.append(copy_project(project, root))
        recorded = now

    project.tick = tick
    assert project.apply(plan).complete
    assert copies
    return copies


def drifted(project: SandboxProject) -> set[str]:
    """Return the paths of all that drift shows."""
    with project.open() as workspace:
        drift = workspace.drift_report().drift
    return {format_path(field.path) for item in drift for field in item.fields}


def unmanaged_in(plan: Plan) -> set[str]:
    """Return the paths of what a plan says about fields that no file sets."""
    groups = (
        *(item.fields for item in plan.newly_recorded),
        *(item.fields for item in plan.unmanaged_edits),
        *(item.fields for item in plan.drift),
    )
    return {format_path(field.path) for fields in groups for field in fields}


def set_weight(project: SandboxProject, weight: int, known: set[int] | None = None) -> set[int]:
    """Set in the browser what no document here has, in some templates. Return which they are."""
    rows = project.content().get("templates", ())
    main = {row["id"] for row in rows if not row["language"]}
    edited = main if known is None else main & known
    new = [{**row, **({"weight": weight} if row["id"] in edited else {})} for row in rows]
    project.seed(templates=new)
    return edited


def prepare(project: SandboxProject, folder: str, document: Document) -> None:
    """Apply a document, and record what somebody set."""
    project.seed(identities=[{"id": 1, "name": "Acme", "email": "team@acme.com"}])
    project.write("layouts/main.yaml", {"name": "Main", "body": "{{ content }}"})
    write(project, folder, document)
    assert project.apply().complete
    set_weight(project, 1)
    actions = project.content().get("actions", ())
    project.seed(
        actions=[
            each if each["type"] == "exit_action" else {**each, "unheard_of": 1} for each in actions
        ]
    )
    with project.open() as workspace:
        plan = workspace.plan(prefer=PreferredSide.LIVE)
    project.apply(plan)
    assert drifted(project) == set()


def prepare_update(project: SandboxProject, case: str) -> None:
    folder, before, _ = UPDATES[case]
    prepare(project, folder, before)


def known_templates(project: SandboxProject) -> set[int]:
    """Return the ids of the templates that `prepare` recorded."""
    return {row["id"] for row in project.content().get("templates", ()) if row["weight"] == 1}


Cuts = Callable[[str], list[SandboxProject]]


@pytest.fixture(scope="module")
def _all_cuts() -> dict[str, list[SandboxProject]]:
    return {}


@pytest.fixture
def cuts(
    _all_cuts: dict[str, list[SandboxProject]],
    copy_of: CopyOf,
    tmp_path_factory: pytest.TempPathFactory,
) -> Cuts:
    """Return a function that returns the project of an update after each of its writes."""

    def copies(case: str) -> list[SandboxProject]:
        if case not in _all_cuts:
            folder, _, after = UPDATES[case]
            project = copy_project(copy_of(prepare_update, case), tmp_path_factory.mktemp("cut"))
            _all_cuts[case] = cut_after_each_write(project, folder, after)
        root = tmp_path_factory.mktemp("copies")
        return [copy_project(each, root / each.root.name) for each in _all_cuts[case]]

    return copies


@pytest.mark.parametrize("case", UPDATES)
def test_what_a_cut_update_wrote_is_no_edit(case: str, cuts: Cuts) -> None:
    """What somebody edits before the next plan is one."""
    for project in cuts(case):
        place = project.root.name
        assert (drifted(project), unmanaged_in(project.plan())) == (set(), set()), place
        check_that_an_edit_is_seen(project, known_templates(project))


def origins(plan: Plan) -> dict[str, str]:
    """Return by path which side changed each field of a plan, by its path in the file."""
    fields = (field for change in plan.changes for field in change.fields)
    return {format_path(field.path): field.origin.value for field in fields}


@pytest.mark.parametrize("case", UPDATES)
def test_nothing_is_in_conflict_after_a_cut_that_nobody_edits(case: str, cuts: Cuts) -> None:
    for project in cuts(case):
        assert set(origins(project.plan()).values()) <= {"config"}, project.root.name


def edited(row: Document, member: str) -> Document:
    """Return a row with another text in a member, as somebody edits it in the browser."""
    if member == "body_json":  # The title of a push is in two members.
        return {**row, member: '{"title": "Edited", "body": "B"}', "subject": "Edited"}
    return {**row, member: "Edited"}


EDITS_OF_MANAGED_FIELDS: list[tuple[str, str, str, set[str]]] = [
    ("snippet", "snippets", "value", {"value"}),
    ("layout", "layouts", "body", {"body"}),
    ("segment", "segments", "description", {"description"}),
    ("sms", "templates", "body", {"sms.body"}),
    ("settings", "campaigns", "description", {"description"}),
    ("steps", "templates", "body_json", {"hi.push.title"}),
]


@pytest.mark.parametrize(("case", "rows", "member", "paths"), EDITS_OF_MANAGED_FIELDS)
def test_what_somebody_edits_after_a_cut_is_in_conflict(
    case: str, rows: str, member: str, paths: set[str], cuts: Cuts
) -> None:
    for project in cuts(case):
        first, *rest = project.content()[rows]
        project.seed(**{rows: [edited(first, member), *rest]})
        found = origins(project.plan())
        assert {path for path, origin in found.items() if origin != "config"} == paths, found


@pytest.mark.parametrize("case", ["sms", "steps"])
def test_what_somebody_edits_of_a_cut_creation_is_named(case: str, tmp_path: Path) -> None:
    folder, document, _ = UPDATES[case]
    for project in cut_after_each_write(new_project(tmp_path), folder, document):
        rows = project.content().get("templates", ())
        project.seed(templates=[{**row, "weight": 7} for row in rows])
        plan = project.plan()
        assert len([p for p in unmanaged_in(plan) if p.endswith(".weight")]) == len(rows)
        reasons = [change.reason for change in plan.visible_changes]
        assert all(each.startswith("not applied yet, or only in part") for each in reasons)


CREATIONS = {
    f"{case} {number}": (folder, document)
    for case, (folder, *documents) in UPDATES.items()
    for number, document in enumerate(documents, 1)
}
REPLACEMENTS: dict[str, tuple[str, Document, Document]] = {
    "campaign": ("campaigns", campaign(LAST), campaign(LAST, trigger={"form": "survey"})),
}


def prepare_creation(project: SandboxProject, case: str) -> tuple[str, Document]:
    """Return what a run creates or replaces, in a project that has the rest."""
    project.seed(identities=[{"id": 1, "name": "Acme", "email": "team@acme.com"}])
    project.write("layouts/main.yaml", {"name": "Main", "body": "{{ content }}"})
    folder, document = CREATIONS.get(case, ("", {}))
    if case in REPLACEMENTS:
        folder, before, document = REPLACEMENTS[case]
        write(project, folder, before)
    assert project.apply().complete
    return folder, document


@pytest.mark.parametrize("case", [*(c for c in CREATIONS if c.endswith("2")), *REPLACEMENTS])
def test_nothing_is_edited_after_a_cut_creation_that_nobody_edits(
    case: str, tmp_path: Path
) -> None:
    whole = new_project(tmp_path)
    for project in cut_after_each_write(whole, *prepare_creation(whole, case)):
        assert set(origins(project.plan()).values()) <= {"config"}, project.root.name


EDITS_OF_CREATIONS: list[tuple[str, str, str, set[str]]] = [
    ("snippet 1", "snippets", "value", {"value"}),
    ("layout 2", "layouts", "body", {"body"}),
    ("segment 2", "segments", "description", {"description"}),
    ("sms 1", "templates", "body", {"sms.body"}),
    ("settings 2", "campaigns", "description", {"description"}),
    ("steps 1", "templates", "body_json", {"bye.push.title"}),
    ("campaign", "templates", "body_json", {"bye.push.title"}),
]


@pytest.mark.parametrize(("case", "rows", "member", "paths"), EDITS_OF_CREATIONS)
def test_what_somebody_edits_after_a_cut_creation_is_drift(
    case: str, rows: str, member: str, paths: set[str], tmp_path: Path
) -> None:
    whole = new_project(tmp_path)
    seen: list[set[str]] = []
    for project in cut_after_each_response(whole, *prepare_creation(whole, case)):
        *others, last = project.content().get(rows) or [{}]
        project.seed(**{rows: [*others, edited(last, member)] if last else []})
        found = origins(project.plan())
        seen.append({path for path, origin in found.items() if origin != "config"})
    # What was not written yet cannot be distinguished from what a new object has.
    assert all(each <= paths for each in seen), seen
    assert seen[-1] == paths


def test_a_cut_creation_that_nobody_edits_is_quiet(tmp_path: Path) -> None:
    *_, project = cut_after_each_write(new_project(tmp_path), "campaigns", campaign(LAST))
    assert (drifted(project), project.plan().changes) == (set(), ())
    set_weight(project, 7)
    assert drifted(project) == {"bye.push.raw.weight"}


@pytest.mark.parametrize("case", ["sms", "languages", "steps"])
@pytest.mark.parametrize("nth", [1, 2])
def test_what_a_failed_update_wrote_is_no_edit(case: str, nth: int, copy_of: CopyOf) -> None:
    project = copy_of(prepare_update, case)
    known = known_templates(project)
    change(project, case)
    project.inject_fault("status:422", "PUT", nth=nth)
    assert not project.apply().complete
    project.faults.clear()
    assert (drifted(project), unmanaged_in(project.plan())) == (set(), set())
    check_that_an_edit_is_seen(project, known)


def check_that_an_edit_is_seen(project: SandboxProject, known: set[int]) -> None:
    """Edit what no file has: the next plan names it, and drift or a later plan shows no more."""
    edited = set_weight(project, 7, known)
    plan = project.plan()
    seen = unmanaged_in(plan)
    assert all(path.endswith(".weight") for path in seen)
    going = [str(field.before) for change in plan.changes for field in change.fields]
    assert len(seen) + sum(each.count("'weight': 7") for each in going) >= len(edited)
    assert project.apply(plan).complete
    assert drifted(project) <= seen
    if plan.is_empty:
        assert drifted(project) == seen
    assert project.plan().is_empty


def test_an_edit_that_the_cut_run_was_to_keep_is_kept(tmp_path: Path) -> None:
    """The file differs from it, but the run had `--prefer live`."""
    whole = new_project(tmp_path)
    prepare(whole, "transactional", message("M", "sms", body="1", to="{{a}}"))
    [row] = whole.content()["templates"]
    whole.seed(templates=[{**row, "recipient": "{{edited}}"}])
    after = message("N", "sms", body="2", to="{{b}}")
    for project in cut_after_each_write(whole, "transactional", after, PreferredSide.LIVE):
        plan = project.plan()
        assert [str(each.address) for each in plan.kept] == ["transactional.x"]
        assert project.apply(plan).complete
        [row] = project.content()["templates"]
        assert (row["body"], row["recipient"]) == ("2", "{{edited}}")
        assert project.plan().is_empty


@pytest.mark.parametrize(("case", "rows", "member", "paths"), EDITS_OF_MANAGED_FIELDS)
@pytest.mark.parametrize("nth", [2, 3])
def test_what_somebody_edits_after_a_failed_update_is_in_conflict(
    case: str, rows: str, member: str, paths: set[str], nth: int, copy_of: CopyOf
) -> None:
    project = copy_of(prepare_update, case)
    change(project, case)
    # Of a kind with fewer writes, the update is complete, and an edit of it is one anyway.
    project.inject_fault("status:422", "PUT", nth=nth)
    if not project.apply().complete:
        project.faults.clear()
        assert set(origins(project.plan()).values()) <= {"config"}
        first, *rest = project.content()[rows]
        project.seed(**{rows: [edited(first, member), *rest]})
        found = origins(project.plan())
        assert {path for path, origin in found.items() if origin != "config"} == paths, found


@pytest.mark.parametrize("case", UPDATES)
@pytest.mark.parametrize("nth", [2, 3])
def test_an_update_that_failed_can_be_completed(case: str, nth: int, copy_of: CopyOf) -> None:
    project = copy_of(prepare_update, case)
    change(project, case)
    project.inject_fault("status:422", "PUT", nth=nth)
    project.apply()
    project.faults.clear()
    assert set(origins(project.plan()).values()) <= {"config"}
    assert project.apply().complete
    assert project.plan().is_empty
