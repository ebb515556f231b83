"""Patterns of policies and owners that nothing can match: what they guard is not guarded."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.command_line import CommandLine

POLICY = Path("workspaces/_policies/quiet.yaml")
SETTINGS = Path("workspaces/demo/workspace.yaml")


@pytest.mark.parametrize(
    ("field", "problem"),
    [
        ("addresses: [snippet.*, campaigns.*]", "there is no kind `campaigns`. Did you mean `camp"),
        ("addresses: [campaign]", "`campaign`, which is a kind and not an address"),
        ("workspaces: [demo, prod]", "lists `prod`, and there is no such workspace."),
        ("workspaces: ['tag:eu']", "lists `tag:eu`, and there is no such workspace."),
        ("channels: [email, mail]", "lists `mail`, and there is no such channel. Did you mean `em"),
    ],
)
def test_a_pattern_of_a_policy_that_matches_nothing(
    cio: CommandLine, field: str, problem: str
) -> None:
    POLICY.parent.mkdir(exist_ok=True)
    POLICY.write_text(f"id: quiet\ntext: t\n{field}\ncheck: {{forbidden_words: [a]}}\n")
    done = cio("validate", "demo")
    assert done.code == 3
    said = " ".join(done.err.split())
    assert problem in said
    assert "workspaces/_policies/quiet.yaml:1" in said


@pytest.mark.parametrize("field", ["addresses: ['*']", "workspaces: ['d*']", "channels: [snippet]"])
def test_a_pattern_of_a_policy_that_matches_something(cio: CommandLine, field: str) -> None:
    POLICY.parent.mkdir(exist_ok=True)
    POLICY.write_text(f"id: quiet\ntext: t\n{field}\ncheck: {{forbidden_words: [a]}}\n")
    assert cio("validate", "demo").code == 0


@pytest.mark.parametrize(
    "pattern", ["campaigns.*", "Campaign.welcome", "campaign", "kind:campaign"]
)
def test_a_pattern_of_an_owner_that_matches_nothing(cio: CommandLine, pattern: str) -> None:
    owners = f"owners: {{leads: {{people: [jane], addresses: ['{pattern}', '*']}}}}\n"
    SETTINGS.write_text(SETTINGS.read_text() + owners)
    done = cio("approvals", "demo")
    assert done.code == 3
    assert f"`addresses` lists `{pattern}`" in " ".join(done.err.split())
    assert "workspaces/demo/workspace.yaml:" in done.err
