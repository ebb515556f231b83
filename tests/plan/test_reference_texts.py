"""Whatever text a file uses for an object, the plan is empty once the file is applied."""

from __future__ import annotations

import pytest

from tests.support.sandbox_project import SandboxProject


@pytest.mark.parametrize("topic", ["News", "topic#5", "newsletter"])
@pytest.mark.parametrize("sender", ["team@acme.com", "Team <team@acme.com>", "sender#1"])
def test_every_text_of_a_reference_converges(
    topic: str, sender: str, project: SandboxProject
) -> None:
    project.seed(
        identities=[{"id": 1, "name": "Team", "email": "team@acme.com"}],
        subscription_topics=[{"id": 5, "name": "News"}],
    )
    project.write("topics/newsletter.yaml", {"name": "News"})
    steps = [{"id": "hi", "email": {"subject": "Hi", "body": "Hi", "from": sender}}]
    campaign = {"name": "c", "trigger": {"event": "e"}, "topic": topic, "workflow": steps}
    project.write("campaigns/c.yaml", campaign)
    assert project.apply().complete
    assert project.plan().is_empty
