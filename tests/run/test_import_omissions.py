"""What an import leaves out of the files, and that it says so."""

from __future__ import annotations

import shutil
from typing import Any

import pytest

from cioform.emulator.store.record_types import ACTION, TEMPLATE
from cioform.language.conditions import encode_filter
from cioform.model.remote_access.conversation import Api
from tests.support.copied_projects import CopyOf
from tests.support.sandbox_project import BOTH_APIS, SandboxProject

MAIL = {"subject": "s", "body": "b"}


def prepare(project: SandboxProject) -> None:
    workflow = [{"id": "hello", "sms": {"body": "Hi"}}]
    campaign = {"name": "C", "trigger": {"event": "e"}, "workflow": workflow}
    project.write("campaigns/c.yaml", campaign)
    project.write("transactional/receipt.yaml", {"name": "Receipt", "email": MAIL})
    project.apply()
    shutil.rmtree(project.folder / "campaigns")
    shutil.rmtree(project.folder / "transactional")
    shutil.rmtree(project.state_folder)


@pytest.fixture
def project(copy_of: CopyOf) -> SandboxProject:
    """Return a project without files, whose workspace has a campaign and a message."""
    return copy_of(prepare)


def import_all(project: SandboxProject, apis: frozenset[Api] = BOTH_APIS) -> Any:
    with project.open(apis) as opened:
        return opened.import_()


def test_nothing_is_left_out_of_what_files_can_say(project: SandboxProject) -> None:
    result = import_all(project)
    assert (result.unreadable, result.unnamed, result.is_complete) == ((), (), True)


def test_ids_that_no_file_can_say_are_named(project: SandboxProject) -> None:
    data = project.store.workspace_data("acme")
    for template in data.all(TEMPLATE):
        data.save(TEMPLATE, {**template, "short_link_domain_id": 4, "layout_id": None})
    result = import_all(project)
    means_nothing = "an ID means nothing in another workspace"
    assert result.unnamed == (
        f"campaign.c: {means_nothing}: `hello.sms.short_link_domain_id`.",
        f"transactional.receipt: {means_nothing}: `email.short_link_domain_id`.",
    )
    assert result.is_complete  # Customer.io keeps them, so nothing is lost here.
    assert project.plan().is_empty


def test_fields_that_cannot_be_read_are_named(project: SandboxProject) -> None:
    result = import_all(project, frozenset({Api.APP}))
    sentence, of_members = result.unreadable
    assert sentence.startswith("transactional.receipt: no credential that is set can read ")
    assert "`email.layout`" in sentence
    text = "1 resource: the credentials do not show members that cioform has no field for."
    assert of_members == text
    assert not result.is_complete


def test_a_value_that_no_file_can_have_is_named_with_its_place(project: SandboxProject) -> None:
    data = project.store.workspace_data("acme")
    [action] = [each for each in data.all(ACTION) if not each["type"].endswith("exit_action")]
    data.save(ACTION, {**action, "preconditions": encode_filter([{"foo": 1}])})
    [left] = import_all(project).left
    assert str(left).startswith("campaign.c: it has a value in Customer.io that no file can have. ")
    assert "`workflow[0].only_if`: " in str(left)


@pytest.mark.parametrize(
    ("place", "value"),
    [
        *(("preconditions", each) for each in ({"a": 1}, "nonsense", {"raw": 1})),
        *(("global_exit_conditions", each) for each in ([1], ["x"], [[["x"]]])),
    ],
)
def test_the_reason_has_no_advice_for_a_file_that_somebody_wrote(
    place: str, value: Any, project: SandboxProject
) -> None:
    of_campaign = place.startswith("global")
    content = project.content()
    [campaign] = content["campaigns"]
    end, action = sorted(content["actions"], key=lambda each: "template_id" in each)
    project.seed(
        campaigns=[{**campaign, **({place: value} if of_campaign else {})}],
        actions=[{**action, **({} if of_campaign else {place: value})}, end],
    )
    [left] = import_all(project).left
    text = str(left)
    assert ("`exit.when" if of_campaign else "`workflow[0].only_if`") in text
    assert not any(word in text for word in ("Write", "write", "Copy")), text
