"""A plan made of a draft, or of what is stopped, leaves alone what has another state by now."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from cioform.core.address import Address
from cioform.model.remote_access.capabilities import HasLifecycle
from cioform.plan.review.planfile import decode_plan, encode_plan
from cioform.run.events import ChangeStatus
from tests.support.sandbox_project import NO_GUARDS, SandboxProject

FILES: dict[str, dict[str, Any]] = {
    "campaign": {
        "name": "Hello",
        "trigger": {"event": "signed_up"},
        "workflow": [{"id": "pause", "wait": "1d"}],
    },
    "transactional": {"name": "Hello", "email": {"subject": "Hi", "body": "<p>Hi</p>"}},
}
CHANGES: dict[str, dict[str, Any]] = {
    "campaign": {"description": "New"},
    "transactional": {"email": {"subject": "New", "body": "<p>Hi</p>"}},
}
FOLDERS = {"campaign": "campaigns", "transactional": "transactional"}
STARTED = {"campaign": "running", "transactional": "active"}


def edit(project: SandboxProject, kind: str) -> None:
    project.write(f"{FOLDERS[kind]}/hello.yaml", {**FILES[kind], **CHANGES[kind]})


def remove(project: SandboxProject, kind: str) -> None:
    project.remove(f"{FOLDERS[kind]}/hello.yaml")


def set_state(project: SandboxProject, kind: str, state: str) -> None:
    found = project.kinds[kind]
    assert isinstance(found, HasLifecycle)
    with project.open(actor="jane@acme.com") as opened:
        remote_id = opened.applied().bindings[Address(kind, "hello")].remote_id
        opened.provider.send(found.state_request(remote_id, state))


def assert_skipped(project: SandboxProject, planned: str) -> None:
    """Assert that the saved plan is refused for the object, and sends no write."""
    project.sent.clear()
    outcome = project.apply(decode_plan(planned), NO_GUARDS)
    assert [result.status for result in outcome.results] == [ChangeStatus.STALE]
    assert project.writes == []


@pytest.mark.parametrize("kind", ["campaign", "transactional"])
@pytest.mark.parametrize("change", [edit, remove], ids=["update", "delete"])
def test_a_draft_that_was_started_is_skipped(
    project: SandboxProject, kind: str, change: Callable[[SandboxProject, str], None]
) -> None:
    project.write(f"{FOLDERS[kind]}/hello.yaml", FILES[kind])
    project.apply()
    change(project, kind)
    planned = encode_plan(project.plan())
    set_state(project, kind, STARTED[kind])
    assert_skipped(project, planned)


def test_a_campaign_whose_unknown_state_became_another_is_skipped(project: SandboxProject) -> None:
    project.write("campaigns/hello.yaml", FILES["campaign"])
    project.apply()
    (campaign,) = project.content()["campaigns"]
    project.seed(campaigns=[{**campaign, "state": "scheduled"}])
    edit(project, "campaign")
    planned = encode_plan(project.plan())
    project.seed(campaigns=[{**campaign, "state": "running"}])
    assert_skipped(project, planned)


def test_a_stopped_campaign_that_was_archived_is_skipped(project: SandboxProject) -> None:
    project.write("campaigns/hello.yaml", FILES["campaign"])
    project.apply()
    for state in ("running", "stopped"):
        set_state(project, "campaign", state)
    edit(project, "campaign")
    planned = encode_plan(project.plan())
    (campaign,) = project.content()["campaigns"]
    project.seed(campaigns=[{**campaign, "state": "archived"}])
    assert_skipped(project, planned)
