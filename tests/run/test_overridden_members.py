"""A member of `raw` that is in no file, while the file says the same by another field."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cioform.core.address import Address
from cioform.core.data.paths import format_path
from cioform.plan.change import FieldChange
from tests.support.sandbox_project import SandboxProject

TWICE = json.dumps([{"name": n, "value": v} for n, v in (("A", "1"), ("A", "2"), ("C", "5"))])
CAMPAIGN, MESSAGE = Address("campaign", "c"), Address("transactional", "m")


def write(project: SandboxProject, **fields: Any) -> None:
    email = {"subject": "S", "body": "<p>B</p>", **fields}
    steps = [{"id": "hello", "email": email}]
    project.write("campaigns/c.yaml", {"name": "C", "trigger": {"event": "e"}, "workflow": steps})
    project.write("transactional/m.yaml", {"name": "M", "email": email})


def edit_headers(project: SandboxProject, headers: str) -> None:
    templates = project.content()["templates"]
    project.seed(templates=[{**each, "headers": headers} for each in templates])


def headers(project: SandboxProject) -> list[Any]:
    return [json.loads(each["headers"]) for each in project.content()["templates"]]


def shown(changes: tuple[FieldChange, ...]) -> dict[str, tuple[Any, Any]]:
    return {
        format_path(each.path).removeprefix("hello."): (each.before, each.after) for each in changes
    }


@pytest.fixture
def edited(project: SandboxProject) -> SandboxProject:
    """Return a project in which somebody gave each e-mail a header of a name that it had."""
    write(project, headers={"A": "2", "C": "5"})
    project.apply()
    edit_headers(project, TWICE)
    return project


def test_headers_of_one_name_are_an_edit_of_the_headers_in_the_file(edited: SandboxProject) -> None:
    with edited.open() as workspace:
        drift = workspace.drift_report().drift
    assert [each.unmanaged for each in drift] == [(), ()]
    for change in edited.plan().changes:
        assert shown(change.fields) == {"email.raw": ({"headers": TWICE}, None)}
    edited.apply_until_empty()
    assert headers(edited) == [[{"name": "A", "value": "2"}, {"name": "C", "value": "5"}]] * 2


def test_a_change_of_the_headers_shows_what_it_overwrites(edited: SandboxProject) -> None:
    write(edited, headers={"A": "2", "C": "6"})
    for change in edited.plan().changes:
        assert shown(change.fields) == {
            "email.headers.C": ("5", "6"),
            "email.raw": ({"headers": TWICE}, None),
        }


def test_headers_that_no_file_has_stay(edited: SandboxProject) -> None:
    edit_headers(edited, "[]")
    write(edited)
    edited.apply_until_empty()
    edit_headers(edited, TWICE)
    write(edited, subject="New")
    for change in edited.plan().changes:
        assert set(shown(change.fields)) == {"email.subject"}
    edited.apply()
    assert headers(edited) == [json.loads(TWICE)] * 2
