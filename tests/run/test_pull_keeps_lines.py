"""A pull changes only the lines of what was edited, also if other lines say what is the default."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from tests.support.sandbox_project import SandboxProject

FILE = "campaigns/welcome.yaml"
EDITS: dict[str, Any] = {"mail": {"subject": "UI"}}
EDITS_OF_ACTIONS: dict[str, Any] = {"w": {"delay": 172_800}, "sms": {"name": "UI"}}
CAMPAIGN: dict[str, Any] = {
    "name": "Welcome",
    "trigger": {"event": "signed_up"},
    "workflow": [
        {
            "id": "p",
            "push": {
                "title": "t",
                "body": "b",
                "content": {},
                "track": {"opens": True},
                "raw": {"image_url": ""},
            },
        },
        {"id": "w", "wait": "1d", "raw": {"frequency_cap_mode": "no_cap"}},
        {
            "id": "mail",
            "email": {
                "subject": "Hello",
                "body": "<p>Hello</p>",
                "raw": {"fake_bcc": False, "preprocessor": "premailer"},
            },
        },
        {"id": "sms", "sms": {"body": "Hello"}, "raw": {"frequency_cap_mode": "no_cap"}},
    ],
}


@pytest.mark.parametrize("command", ["pull", "import"])
def test_lines_with_defaults_stay(project: SandboxProject, command: str) -> None:
    project.write(FILE, CAMPAIGN)
    assert project.apply().complete
    templates = project.content()["templates"]
    project.seed(templates=[{**t, **EDITS.get(t["name"], {})} for t in templates])
    actions = project.content()["actions"]
    project.seed(actions=[{**a, **EDITS_OF_ACTIONS.get(a["name"], {})} for a in actions])
    with project.open() as opened:
        if command == "pull":
            opened.pull(opened.pullable())
        else:
            opened.import_(force=True)
    steps = yaml.safe_load((project.folder / FILE).read_text())["workflow"]
    assert steps[2]["email"].pop("subject") == "UI"
    steps[2]["email"]["subject"] = "Hello"
    assert (steps[1].pop("wait"), steps[3].pop("name")) == ("2d", "UI")
    steps[1]["wait"] = "1d"
    assert steps == CAMPAIGN["workflow"]


def test_nothing_is_added_that_nobody_edited(project: SandboxProject) -> None:
    german = {"subject": "Hallo", "body": "<p>Hallo</p>", "raw": {"fake_bcc": False}}
    email = {
        "subject": "Hello",
        "body": "<p>Hello</p>",
        "track": {"opens": True},
        "raw": {"fake_bcc": False, "preprocessor": "premailer"},
        "translations": {"de": german},
    }
    project.write("transactional/receipt.yaml", {"name": "Receipt", "email": email})
    assert project.apply().complete
    default, translation = project.content()["templates"]
    project.seed(templates=[{**default, "subject": "UI", "cc": "a@acme.com"}, translation])
    with project.open() as opened:
        opened.pull(opened.pullable())
    pulled = yaml.safe_load((project.folder / "transactional/receipt.yaml").read_text())
    assert pulled["email"] == {**email, "subject": "UI", "cc": "a@acme.com"}
