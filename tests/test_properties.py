"""What holds for a change of any workspace to any other.

After one apply the plan is empty, unmanaged objects are unchanged, and an apply that was
interrupted at any request converges when it is repeated.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from cioform.core.errors import PlanError
from cioform.plan.change import Action
from cioform.plan.planfile import decode_plan, encode_plan
from tests.support.sandbox_project import SandboxProject

Files = Mapping[str, Mapping[str, Any]]

KINDS = SandboxProject(Path(tempfile.mkdtemp())).kinds
"""All kinds, loaded once."""

UNMANAGED: dict[str, list[dict[str, Any]]] = {
    "identities": [{"id": 1, "name": "Acme", "email": "team@acme.com"}],
    "snippets": [{"id": 900, "name": "theirs", "value": "not ours"}],
    "segments": [{"id": 900, "name": "Theirs", "type": "manual", "description": "not ours"}],
    "layouts": [{"id": 900, "name": "Theirs", "body": "{{ content }}"}],
}

TEXTS = st.sampled_from(["one", "two", "three\nlines\n", "{{ customer.name }} ümläut"])
BODIES = st.sampled_from(["<p>{{ content }}</p>", "<b>{{content}}</b>\n"])
LEAVES = st.sampled_from(
    [
        {"attribute": "plan", "is": "trial"},
        {"attribute": "plan", "is_not": "paid"},
        {"event": "logged_in", "at_least": 3, "within_last": "14d"},
        {"not": {"attribute": "email", "contains": "@acme.com"}},
    ]
)
CONDITIONS = st.lists(LEAVES, min_size=1, max_size=2, unique_by=str).map(lambda all_: {"all": all_})


def names(key: str) -> st.SearchStrategy[str]:
    """Return the possible names of an object. No two addresses can have the same one."""
    return st.sampled_from([key, f"{key} renamed"])


def snippets(key: str) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({"name": names(key), "value": TEXTS})


def layouts(key: str) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({"name": names(key), "body": BODIES})


def segments(key: str, inner: bool) -> st.SearchStrategy[dict[str, Any]]:
    nested = st.just({"all": [{"segment": "inner"}]}) if inner else CONDITIONS
    return st.fixed_dictionaries(
        {"name": names(key), "description": TEXTS, "conditions": CONDITIONS | nested}
    )


def messages(key: str, layout: bool) -> st.SearchStrategy[dict[str, Any]]:
    # Not both: a translation keeps the layout that it was copied with, and no field says which.
    languages = st.nothing() if layout else st.sampled_from(["es", "fr"])
    translations = st.dictionaries(
        languages, st.fixed_dictionaries({"subject": TEXTS, "body": TEXTS})
    )
    return st.fixed_dictionaries(
        {
            "name": names(key),
            "email": st.fixed_dictionaries(
                {
                    "subject": TEXTS,
                    "body": TEXTS,
                    "from": st.just("team@acme.com"),
                    "translations": translations,
                    "layout": st.just("a") if layout else st.just("none"),
                }
            ),
        }
    )


def campaigns(key: str, segment: bool) -> st.SearchStrategy[dict[str, Any]]:
    email = st.fixed_dictionaries({"subject": TEXTS, "body": TEXTS})
    steps = st.tuples(
        email.map(lambda each: {"id": "hello", "email": each}),
        st.sampled_from([{"id": "pause", "wait": "2d"}, {"id": "pause", "wait": "3h"}]),
        st.fixed_dictionaries({"id": st.just("again"), "email": email}),
    ).map(list)
    exits = st.just({"when": {"segment": "inner"}}) if segment else st.just({})
    return st.fixed_dictionaries(
        {
            "name": names(key),
            "trigger": st.just({"event": "signed_up"}),
            "workflow": steps | steps.map(lambda all_: all_[:1]),
            "exit": exits,
        }
    )


@st.composite
def workspaces(draw: st.DrawFn) -> Files:
    """Draw the documents of a workspace. References are only to these documents."""
    files: dict[str, dict[str, Any]] = {}
    for key in draw(st.sets(st.sampled_from("abc"))):
        files[f"snippets/{key}.yaml"] = draw(snippets(key))
    for key in draw(st.sets(st.sampled_from("ab"))):
        files[f"layouts/{key}.yaml"] = draw(layouts(key))
    inner = draw(st.booleans())
    if inner:
        files["segments/inner.yaml"] = draw(segments("inner", inner=False))
    if draw(st.booleans()):
        files["segments/outer.yaml"] = draw(segments("outer", inner))
    if draw(st.booleans()):
        layout = "layouts/a.yaml" in files and draw(st.booleans())
        files["transactional/m.yaml"] = draw(messages("m", layout))
    if draw(st.booleans()):
        files["campaigns/c.yaml"] = draw(campaigns("c", inner))
    return files


@contextmanager
def fresh() -> Iterator[SandboxProject]:
    with tempfile.TemporaryDirectory() as folder:
        project = SandboxProject(Path(folder), kinds=KINDS)
        project.seed(**UNMANAGED)
        yield project
        project.store.close()


def unmanaged(project: SandboxProject) -> list[Any]:
    content = project.content()
    return [[row for row in content[name] if row["id"] in (1, 900)] for name in UNMANAGED]


def assert_no_duplicates(project: SandboxProject, files: Files) -> None:
    for folder, collection in (
        ("snippets", "snippets"),
        ("layouts", "layouts"),
        ("segments", "segments"),
        ("transactional", "transactional_messages"),
        ("campaigns", "campaigns"),
    ):
        managed = [file["name"] for name, file in files.items() if name.startswith(folder)]
        others = [row["name"] for row in UNMANAGED.get(collection, [])]
        assert project.names_in(collection) == sorted(managed + others)


LIMITS = settings(
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
    # Shrinking is slow, as every example is two applies; add Phase.shrink to debug a failure.
    phases=[Phase.generate],
)


@settings(LIMITS, max_examples=60)
@given(workspaces(), workspaces())
def test_after_one_apply_the_plan_is_empty(before: Files, after: Files) -> None:
    with fresh() as project:
        untouched = unmanaged(project)
        for files in (before, after):
            project.replace_documents(files)
            plan = project.plan()
            assert not plan.blocked
            assert project.apply(plan).complete
            again = project.plan()
            assert again.is_empty
            assert again.changes == ()
            assert unmanaged(project) == untouched
            assert_no_duplicates(project, files)


EFFECTS = st.sampled_from(
    [
        "timeout-before",
        "timeout-after",
        "cut-before",
        "cut-after",
        "cut-body",
        "status:500",
        "status:500-done",
        "status:422",
        "bad-json",
    ]
)


@settings(LIMITS, max_examples=100)
@given(workspaces(), workspaces(), st.integers(1, 30), EFFECTS, st.booleans())
def test_an_apply_interrupted_at_any_write_converges(
    before: Files, after: Files, nth: int, effect: str, keep_going: bool
) -> None:
    with fresh() as project:
        untouched = unmanaged(project)
        project.replace_documents(before)
        project.apply()
        project.replace_documents(after)
        plan = project.plan()
        for method in ("POST", "PUT", "DELETE"):
            project.inject_fault(
                effect, method, "environments|v1/snippets|transactional", nth=nth % 6 + 1
            )
        project.apply(plan, keep_going=keep_going)
        project.faults.clear()
        assert project.apply_until_empty().is_empty
        assert unmanaged(project) == untouched
        assert_no_duplicates(project, after)


@settings(LIMITS, max_examples=40)
@given(workspaces(), workspaces())
def test_a_plan_respects_references_and_survives_its_file(before: Files, after: Files) -> None:
    with fresh() as project:
        project.replace_documents(before)
        project.apply()
        project.replace_documents(after)
        plan = project.plan()
        at = {change.address: key for key, change in enumerate(plan.changes)}
        for change in plan.changes:
            for need in change.depends_on:
                assert at.get(need, -1) < at[change.address]
        deletes = [change.action is Action.DELETE for change in plan.changes]
        assert deletes == sorted(deletes)
        assert decode_plan(encode_plan(plan)) == plan


@pytest.fixture(scope="module")
def planfile() -> str:
    with fresh() as project:
        project.write("snippets/a.yaml", {"name": "a", "value": "one\ntwo é"})
        project.write("segments/s.yaml", {"name": "s", "conditions": {"attribute": "x", "is": "y"}})
        return encode_plan(project.plan())


@settings(LIMITS, max_examples=400)
@given(position=st.floats(0, 1, exclude_max=True), replacement=st.characters(codec="utf-8"))
def test_a_plan_file_with_any_other_character_is_refused(
    planfile: str, position: float, replacement: str
) -> None:
    at = int(position * len(planfile))
    changed = planfile[:at] + replacement + planfile[at + 1 :]
    try:
        plan = decode_plan(changed)
    except PlanError:
        return
    assert plan == decode_plan(planfile)
