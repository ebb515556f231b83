"""Members that no source records: import names them, drift compares them, nobody loses them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from cioform.core.address import Address
from cioform.core.data.json_value import UNKNOWN
from cioform.kinds import find_kinds
from cioform.model.objects.live_object import RemoteObject
from cioform.model.remote_access.conversation import Api
from cioform.model.unknown_members import unknown_fields
from cioform.plan.plan import PreferredSide
from cioform.report.plan.drift import view_drift
from cioform.report.plan.text import render_differences
from tests.support.sandbox_project import SandboxProject

LAYOUT = Address("layout", "plain")


def seed_member(project: SandboxProject, value: Mapping[str, Any] | None) -> None:
    """Set a member of the layout that cioform does not know."""
    (layout,) = project.content()["layouts"]
    project.seed(layouts=[{**layout, "theme": value}])


@pytest.fixture
def applied(project: SandboxProject) -> SandboxProject:
    project.write("layouts/plain.yaml", {"name": "Plain", "body": "<p>{{ content }}</p>"})
    assert project.apply().complete
    return project


def drift_of(project: SandboxProject) -> str:
    with project.open() as opened:
        return render_differences(view_drift("acme", opened.drift_report()))


def test_drift_names_a_member_until_it_is_recorded(applied: SandboxProject) -> None:
    seed_member(applied, {"color": "red"})
    assert "raw.theme.color: (absent) -> red" in drift_of(applied).replace('"', "")
    assert "no file can set them" in drift_of(applied)
    with applied.open() as opened:
        pullable = opened.pullable()
        assert (pullable.values, len(pullable.left)) == ({}, 1)
        plan = opened.plan(prefer=PreferredSide.LIVE)
    assert applied.apply(plan).complete
    assert "theme" not in drift_of(applied)
    seed_member(applied, {"color": "blue"})
    assert "raw.theme.color" in drift_of(applied)
    seed_member(applied, None)
    assert "raw.theme.color" in drift_of(applied)


def test_a_member_that_changes_by_itself_can_be_ignored(applied: SandboxProject) -> None:
    seed_member(applied, {"color": "red"})
    document = {"name": "Plain", "body": "<p>{{ content }}</p>"}
    because = {"ignore": ["raw.theme"], "because": "It changes by itself."}
    applied.write("layouts/plain.yaml", {**document, **because})
    assert "theme" not in drift_of(applied)
    assert applied.plan().is_empty


def test_import_says_what_no_file_can_have(applied: SandboxProject) -> None:
    seed_member(applied, {"color": "red"})
    copy = applied.second_checkout(applied.root / "copy")
    with copy.open() as opened:
        result = opened.import_()
    assert not result.is_complete
    assert [text for text in result.unreadable if "`theme`" in text]
    assert "theme" not in drift_of(copy)


def test_a_write_that_may_reset_a_member_says_so(applied: SandboxProject) -> None:
    seed_member(applied, {"color": "red"})
    applied.write("layouts/plain.yaml", {"name": "Plain", "body": "<b>{{ content }}</b>"})
    (change,) = applied.plan().visible_changes
    assert "Customer.io may reset raw.theme, which cioform does not know" in change.reason


def test_a_rollback_of_a_deletion_says_what_it_cannot_restore(applied: SandboxProject) -> None:
    seed_member(applied, {"color": "red"})
    applied.remove("layouts/plain.yaml")
    run = applied.apply().run
    with applied.open() as opened:
        plan = opened.plan_rollback(run).plan
    assert "raw.theme" in str(plan)


@pytest.mark.parametrize("kind", [*find_kinds()], ids=lambda kind: kind.name)
def test_every_kind_says_which_members_are_known(kind: Any) -> None:
    wire: dict[str, Any] = {"id": 1, "created_at": 1, "new": {"x": 1}, "blank": ""}
    for key in kind.wire_keys[:1]:
        wire = {key: wire}
    found = [unknown_fields(kind, RemoteObject("1", "a", api, wire)) for api in Api]
    assert {"raw": {"new": {"x": 1}}} in found
    assert {"raw": UNKNOWN} in found


def test_a_record_of_what_the_object_does_not_have_is_no_crash(applied: SandboxProject) -> None:
    file = applied.state_folder / "state.json"
    state = json.loads(file.read_text())
    (resource,) = state["resources"].values()
    resource["unmanaged"] = {"a": "x", "raw.b": "y"}
    file.write_text(json.dumps(state))
    assert "a: (another value) -> (absent)" in drift_of(applied)
    with applied.open() as opened:
        opened.pull(opened.pullable())
    assert applied.plan().is_empty
