"""`import --force` names the fields that files do not set: those it takes out, and the others."""

from __future__ import annotations

from typing import Any

import pytest

from tests.kinds.test_whole_objects import GIVEN, OWN
from tests.support.copied_projects import CopyOf
from tests.support.sandbox_project import SandboxProject

DOCUMENT: dict[str, Any] = {
    "name": "Welcome",
    "trigger": {"event": "e"},
    "goal": {"event": "g"},
    "workflow": [
        {
            "id": "hello",
            "email": {"subject": "S", "body": "B", "cc": "a@acme.com", "headers": {"X": "1"}},
        },
        {"id": "pause", "wait": "1d", "raw": {"can_convert": True, "x": 1}},
    ],
}
GOAL = ("conversion", "conversion_type", "conversion_window")


def apply_files(project: SandboxProject) -> None:
    project.seed(**GIVEN, **OWN)
    with project.open() as opened:
        opened.import_()
    project.write("campaigns/welcome.yaml", DOCUMENT)
    assert project.apply().complete


@pytest.fixture
def applied(copy_of: CopyOf) -> SandboxProject:
    return copy_of(apply_files)


def unset(project: SandboxProject) -> tuple[str, ...]:
    with project.open() as opened:
        result = opened.import_(force=True)
    assert result.is_complete
    return result.unset


def edit(project: SandboxProject, template: dict[str, Any], delay: int) -> None:
    content = project.content()
    (campaign,) = content["campaigns"]
    project.seed(
        campaigns=[{name: v for name, v in campaign.items() if name not in GOAL}],
        templates=[{**each, **template} for each in content["templates"]],
        actions=[
            {**a, **({"delay": delay} if a["type"] == "delay_seconds_action" else {})}
            for a in content["actions"]
        ],
    )


def test_nothing_is_named_where_nothing_is_left_out(applied: SandboxProject) -> None:
    assert unset(applied) == ()


def test_what_the_file_set_until_now(applied: SandboxProject) -> None:
    edit(applied, {"cc": "", "headers": ""}, 60)
    (text,) = unset(applied)
    assert text == (
        "campaign.welcome: the file does not set `goal`, `hello.email.cc` and "
        "`hello.email.headers` any more, because the workspace has the default. From now on, "
        "apply leaves it as it is."
    )
    assert applied.plan().is_empty


def test_what_no_file_sets(applied: SandboxProject) -> None:
    (campaign,) = applied.content()["campaigns"]
    templates = applied.content()["templates"]
    applied.seed(
        campaigns=[{**campaign, "subscription_topic_id": 5}],
        templates=[{**each, "bcc": "b@acme.com"} for each in templates],
    )
    (text,) = unset(applied)
    assert text == (
        "campaign.welcome: no file sets `hello.email.bcc` and `topic`, so import leaves that out. "
        "`cioform pull acme campaign.welcome` writes what somebody edited of it."
    )
