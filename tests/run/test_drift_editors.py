"""Editors: each field of a drift is attributed to the person who changed it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal, TypeAlias

import pytest

from cioform.core.address import Address
from cioform.emulator.protocol.behavior import Behavior
from cioform.model.remote_access.conversation import Api
from cioform.model.router import choose_route
from cioform.model.routing.operations import WriteContext
from cioform.model.routing.routes import UpdateRoute
from cioform.plan.change import Drift
from cioform.report.plan.parts.drift_items import editors_text, view_drifted_object
from cioform.report.plan.parts.fields import DisplayOptions
from cioform.run.reading.driver import run_conversation
from tests.support.known import known
from tests.support.sandbox_project import SandboxProject

WELCOME = Address("campaign", "welcome")
FILE = {
    "name": "Welcome",
    "trigger": {"event": "signed_up"},
    "workflow": [
        {"id": "hello", "email": {"subject": "Hello", "body": "<p>Hello</p>"}},
        {"id": "again", "email": {"subject": "Again", "body": "<p>Again</p>"}},
    ],
}
APPLIED_AT = 1_760_000_000
JOURNEYS = frozenset({Api.JOURNEYS})


Log: TypeAlias = Literal["fields", "no fields", "refused", "empty"]


def project_with(tmp_path: Path, log: Log) -> SandboxProject:
    project = SandboxProject(tmp_path, Behavior(rate_limit=None, audit_log=log))
    project.write("campaigns/welcome.yaml", FILE)
    assert project.apply().complete
    project.time.now += 3600
    return project


@pytest.fixture
def project(tmp_path: Path) -> Iterator[SandboxProject]:
    new = project_with(tmp_path, "fields")
    yield new
    new.store.close()


def edit(project: SandboxProject, who: str, step: str | None, field: str, value: str) -> None:
    """Change one field of the campaign, as a person does in Customer.io."""
    with project.open(JOURNEYS, actor=who) as opened:
        live, names = opened.live(WELCOME)
        kind = opened.kinds["campaign"]
        path = (field,) if step is None else ("messages", step, field)
        holder = live.attributes if step is None else known(live.attributes)["messages"][step]
        holder[field] = value
        route = choose_route(kind, UpdateRoute, JOURNEYS, [path])
        assert route is not None
        context = WriteContext(names, [path])
        run_conversation(
            route.operation(live, kind.parse(live.attributes), context), opened.provider
        )
    project.time.now += 60


def drift_of(project: SandboxProject) -> Drift:
    with project.open() as opened:
        (drift,) = opened.drift()
        return drift


def attributed(drift: Drift) -> dict[str, tuple[set[str], bool]]:
    """Return who changed each field, and whether that is certain."""
    return {
        ".".join(map(str, path)): ({editor.who for editor in each.editors}, each.is_certain)
        for each in drift.editors
        for path in each.paths
    }


def test_two_editors_of_two_steps_are_both_named(project: SandboxProject) -> None:
    edit(project, "jane@acme.com", "hello", "subject", "Hi")
    edit(project, "bob@acme.com", "again", "subject", "Once more")
    edit(project, "ann@acme.com", None, "description", "For everybody")
    drift = drift_of(project)
    assert attributed(drift) == {
        "hello.email.subject": ({"jane@acme.com"}, True),
        "again.email.subject": ({"bob@acme.com"}, True),
        "description": ({"ann@acme.com"}, True),
    }
    assert drift.editor is not None
    assert drift.editor.who == "ann@acme.com"
    view = view_drifted_object(drift, DisplayOptions())
    names = "changed by ann@acme.com, bob@acme.com and jane@acme.com (first change 20"
    assert view.note.startswith(names)
    assert {field.path: field.note[:7] for field in view.fields}["hello.email.subject"] == "by jane"


def test_two_editors_of_one_field_are_both_named_the_last_one_first(
    project: SandboxProject,
) -> None:
    edit(project, "jane@acme.com", "hello", "subject", "Hi")
    edit(project, "bob@acme.com", "hello", "subject", "Good day")
    drift = drift_of(project)
    (only,) = drift.editors
    first, last = (each.at for each in reversed(only.editors))
    assert (drift.since, drift.editor and drift.editor.at) == (first, last)
    assert "; and by jane@acme.com, " in editors_text(drift)
    note = view_drifted_object(drift, DisplayOptions()).note
    assert note.endswith("09:53 UTC, UI")  # which is the first change
    assert [editor.who for editor in only.editors] == ["bob@acme.com", "jane@acme.com"]
    assert only.is_certain


def test_edits_before_the_last_apply_are_not_named(project: SandboxProject) -> None:
    edit(project, "jane@acme.com", "hello", "subject", "Hi")
    project.apply()
    project.time.now += 3600
    edit(project, "bob@acme.com", "hello", "subject", "Good day")
    assert attributed(drift_of(project)) == {"hello.email.subject": ({"bob@acme.com"}, True)}


def test_entries_without_fields_name_one_of_the_editors(tmp_path: Path) -> None:
    project = project_with(tmp_path, "no fields")
    edit(project, "jane@acme.com", None, "description", "For everybody")
    assert editors_text(drift_of(project)).startswith(" by jane@acme.com, ")
    edit(project, "bob@acme.com", None, "name", "Hello")
    drift = drift_of(project)
    both = {"jane@acme.com", "bob@acme.com"}
    assert attributed(drift) == {"description": (both, False), "name": (both, False)}
    bob, _, jane = editors_text(drift).partition("; or ")
    assert bob.startswith(" by bob@acme.com, 2025-10-09 ")
    assert jane.startswith("by jane@acme.com, 2025-10-09 ")
    project.store.close()


@pytest.mark.parametrize("log", ["refused", "empty"])
def test_a_log_that_says_nothing_names_nobody(tmp_path: Path, log: Log) -> None:
    project = project_with(tmp_path, log)
    edit(project, "jane@acme.com", "hello", "subject", "Hi")
    drift = drift_of(project)
    assert (drift.editor, drift.editors, editors_text(drift)) == (None, (), "")
    assert (drift.since, drift.applied_at) == (None, APPLIED_AT)
    assert "changed some time after 2025-" in view_drifted_object(drift, DisplayOptions()).note
    project.store.close()
