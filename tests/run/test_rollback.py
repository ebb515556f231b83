"""Plans that undo a run, whichever API made it."""

from __future__ import annotations

from cioform.core.address import Address
from cioform.model.remote_access.conversation import Api
from tests.support.sandbox_project import SandboxProject

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
