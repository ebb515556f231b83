"""A reviewed plan is not applied if its change reaches people through users it does not name."""

from __future__ import annotations

from typing import Any

import pytest

from cioform.core.address import Address
from cioform.core.errors import PlanError
from cioform.emulator.store.record_types import CAMPAIGN, TEMPLATE
from cioform.plan.change import Action, Change
from cioform.plan.plan import Plan
from cioform.plan.review.decisions import Decisions
from cioform.plan.review.digest import change_digests, content_digest
from cioform.plan.review.reviewed import Review, reviewed_part
from cioform.plan.selecting.scope import Scope
from cioform.run.events import ChangeResult, ChangeStatus
from tests.support.copied_projects import CopyOf
from tests.support.copied_projects import copy_of as copy_of
from tests.support.copied_projects import originals as originals
from tests.support.plans import HEADER
from tests.support.sandbox_project import NO_GUARDS, SandboxProject

FOOTER = {"name": "footer", "value": "Acme Inc"}
FOOTER_ONLY = Scope(("snippet.footer",))
NAMES_FOOTER = "{{ snippets.footer }}"


def campaign(name: str, body: str) -> dict[str, Any]:
    workflow = [{"id": "mail", "email": {"subject": "s", "body": body}}]
    return {"name": name, "trigger": {"event": "signed_up"}, "workflow": workflow}


def prepare(project: SandboxProject) -> None:
    project.write("snippets/footer.yaml", FOOTER)
    project.write("campaigns/user.yaml", campaign("User", NAMES_FOOTER))
    project.write("campaigns/other.yaml", campaign("Other", "none"))
    assert project.apply().complete


@pytest.fixture
def project(copy_of: CopyOf) -> SandboxProject:
    """Return a project whose footer is changed in the files, and that one of two campaigns uses."""
    project = copy_of(prepare)
    project.write("snippets/footer.yaml", {**FOOTER, "value": "Acme AG"})
    return project


def set_state(project: SandboxProject, name: str, state: str) -> None:
    data = project.store.workspace_data("acme")
    (found,) = [each for each in data.all(CAMPAIGN) if each["name"] == name]
    data.save(CAMPAIGN, {**found, "state": state})


def use_footer(project: SandboxProject) -> None:
    """Let the other campaign use it, too, as somebody would in the browser."""
    data = project.store.workspace_data("acme")
    (found,) = [each for each in data.all(TEMPLATE) if each["body"] == "none"]
    data.save(TEMPLATE, {**found, "body": NAMES_FOOTER})


def give_up_other(project: SandboxProject) -> None:
    project.remove("campaigns/other.yaml")
    with project.open() as opened:
        opened.forget(Address("campaign", "other"))


def apply_saved(project: SandboxProject, plan: Plan) -> ChangeResult:
    """Apply a plan as if it came from a file, and return the result of its only change."""
    with project.open() as opened:
        (result,) = opened.apply(plan, NO_GUARDS, saved=Decisions()).results
    return result


@pytest.mark.parametrize("managed", [True, False])
@pytest.mark.parametrize("user", ["draft", "running"])
def test_a_running_campaign_that_uses_it_since_the_plan_makes_that_stale(
    project: SandboxProject, user: str, *, managed: bool
) -> None:
    if not managed:
        give_up_other(project)
    set_state(project, "Other", "running")
    set_state(project, "User", user)
    plan = project.plan(scope=FOOTER_ONLY)
    use_footer(project)
    now = project.plan(scope=FOOTER_ONLY)
    with pytest.raises(PlanError, match="Not what was reviewed"):
        reviewed_part(now, Review(content_digest(plan)))
    result = apply_saved(project, plan)
    assert result.status is ChangeStatus.STALE
    name = "campaign.other" if managed else 'the unmanaged campaign "Other"'
    text = f"{name} (running) uses it now, but the plan does not list it."
    assert text in result.diagnostics[0].detail


def test_a_draft_that_was_started_changes_the_digest(project: SandboxProject) -> None:
    plan = project.plan(scope=FOOTER_ONLY)
    set_state(project, "User", "running")
    assert content_digest(project.plan(scope=FOOTER_ONLY)) != content_digest(plan)
    assert apply_saved(project, plan).status is ChangeStatus.STALE


def test_a_plan_holds_if_it_reaches_less_than_it_says(project: SandboxProject) -> None:
    set_state(project, "User", "running")
    plan = project.plan(scope=FOOTER_ONLY)
    set_state(project, "User", "stopped")
    assert apply_saved(project, plan).status is ChangeStatus.DONE


@pytest.mark.parametrize("is_listed", [True, False])
def test_a_review_holds_if_the_plan_reaches_less_than_was_reviewed(
    project: SandboxProject, *, is_listed: bool
) -> None:
    use_footer(project)
    set_state(project, "User", "running")
    set_state(project, "Other", "running")
    plan = project.plan(scope=FOOTER_ONLY)
    review = Review(content_digest(plan), change_digests(plan) if is_listed else None)
    set_state(project, "User", "stopped")
    now = project.plan(scope=FOOTER_ONLY)
    assert reviewed_part(now, review) == now
    less = Review(content_digest(now), change_digests(now) if is_listed else None)
    assert reviewed_part(now, less) == now
    if is_listed:
        assert [item.address for item in reviewed_part(plan, less).left] == [
            Address("snippet", "footer")
        ]
    else:
        with pytest.raises(PlanError, match=r"campaign\.user \(running\)"):
            reviewed_part(plan, less)


def test_a_draft_that_uses_it_since_the_plan_does_not_matter(project: SandboxProject) -> None:
    plan = project.plan(scope=FOOTER_ONLY)
    use_footer(project)
    assert content_digest(project.plan(scope=FOOTER_ONLY)) == content_digest(plan)
    assert apply_saved(project, plan).status is ChangeStatus.DONE


@pytest.mark.parametrize(("count", "last"), [(10, "create snippet.s9"), (12, "and 2 more")])
def test_at_most_ten_changes_are_listed_of_what_was_not_reviewed(count: int, last: str) -> None:
    changes = tuple(Change(Address("snippet", f"s{n}"), Action.CREATE, None) for n in range(count))
    with pytest.raises(PlanError) as caught:
        reviewed_part(Plan(HEADER, changes), Review("0" * 64))
    assert caught.value.diagnostics[0].detail.splitlines()[-1].strip() == last
