"""Plans that undo a run, whichever API made it."""

from __future__ import annotations

from typing import Any

from cioform.core.address import Address
from cioform.model.remote_access.conversation import Api
from tests.support.sandbox_project import NO_GUARDS, SandboxProject

CAMPAIGN = Address("campaign", "welcome")


def write_campaign(project: SandboxProject, subject: str) -> None:
    email = {"subject": subject, "body": "Hi", "from": "team@acme.com"}
    steps = [{"id": "hello", "email": email}]
    campaign = {"name": "Welcome", "trigger": {"event": "e"}, "workflow": steps}
    project.write("campaigns/welcome.yaml", campaign)


def test_a_backup_is_read_as_the_api_that_returned_it(project: SandboxProject) -> None:
    project.seed(identities=[{"name": "Team", "email": "team@acme.com"}])
    write_campaign(project, "Hello")
    assert project.apply().complete
    write_campaign(project, "Welcome")
    outcome = project.apply(apis=frozenset({Api.APP}))
    assert outcome.complete
    with project.open() as workspace:
        rollback = workspace.plan_rollback(outcome.run)
    assert [change.address for change in rollback.plan.changes] == [CAMPAIGN]
    assert rollback.plan.left == ()


def test_what_a_run_deleted_together_is_created_in_order_again(project: SandboxProject) -> None:
    project.seed(domains=[{"id": 1, "domain": "acme.com", "verified": True}])
    email = {"subject": "Hi", "body": "Hi", "from": "team@acme.com", "layout": "main"}
    steps = [{"id": "hello", "email": email}]
    files: dict[str, dict[str, Any]] = {
        "campaigns/a_welcome.yaml": {
            "name": "Welcome", "trigger": {"segment": "vip"}, "workflow": steps,
        },
        "layouts/main.yaml": {"name": "Main", "body": "{{content}}"},
        "segments/vip.yaml": {"name": "Vip", "conditions": {"attribute": "plan", "is": "pro"}},
        "senders/team.yaml": {"name": "Team", "email": "team@acme.com"},
    }  # fmt: skip
    project.replace_documents(files)
    assert project.apply().complete
    project.replace_documents({})
    outcome = project.apply()
    assert outcome.complete
    with project.open() as workspace:
        rollback = workspace.plan_rollback(outcome.run)
        assert rollback.plan.changes[-1].address == Address("campaign", "a_welcome")
        assert workspace.roll_back(rollback, NO_GUARDS).complete
    project.replace_documents(files)
    assert project.plan().is_empty
