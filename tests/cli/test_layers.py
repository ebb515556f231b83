"""Defaults and overrides over the command line: plan, sandbox edit, import."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.support.command_line import CommandLine

SETTINGS = Path("workspaces/demo/workspace.yaml")
SHARED = Path("workspaces/_shared/campaigns/remind.yaml")
OWN = Path("workspaces/demo/campaigns/remind.yaml")
DEFAULTS = "\ndefaults:\n  time_zone: Europe/Berlin\n  email: {from: team@acme.com}\n"
CAMPAIGN = """\
name: Remind
trigger: {event: signed_up}
workflow:
  - {id: pause, wait: 2d}
  - {id: morning, wait_window: {from: "09:00", to: "10:00"}}
  - id: hello
    email: {subject: Hi, body: <p>Hi</p>}
"""


def set_up(cio: CommandLine, file: Path, settings: str) -> None:
    """Apply the campaign in `file`, and the senders of its messages."""
    for name in ("team", "help"):
        sender = Path(f"workspaces/demo/senders/{name}.yaml")
        sender.parent.mkdir(exist_ok=True)
        sender.write_text(f"name: {name}\nemail: {name}@acme.com\n")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(CAMPAIGN)
    SETTINGS.write_text(SETTINGS.read_text() + settings)
    done = cio("apply", "demo", "--auto-approve", "--allow-live")
    assert done.code == 0, done.err


def edit(cio: CommandLine, assignment: str) -> None:
    done = cio("sandbox", "edit", "demo", "campaign.remind", assignment)
    assert done.code == 0, done.err


def test_a_changed_default_is_planned_with_its_origin(cio: CommandLine) -> None:
    set_up(cio, OWN, DEFAULTS)
    SETTINGS.write_text(SETTINGS.read_text().replace("team@", "help@"))
    out = cio("plan", "demo").out
    line = SETTINGS.read_text().splitlines().index("  email: {from: help@acme.com}") + 1
    assert (
        "hello.email.from: team@acme.com -> help@acme.com  "
        f"(from defaults in workspaces/demo/workspace.yaml:{line})"
    ) in out


def test_an_import_leaves_out_what_equals_a_default(cio: CommandLine) -> None:
    set_up(cio, OWN, DEFAULTS)
    edit(cio, "hello.email.subject=Hey")
    OWN.unlink()
    shutil.rmtree(".cioform/demo")  # the state, without which the campaign is not known
    done = cio("import", "demo", "--target", "campaign.remind")
    assert done.code == 0, done.err
    [text] = [path.read_text() for path in OWN.parent.rglob("*.yaml") if "Hey" in path.read_text()]
    assert "time_zone" not in text
    assert "team@acme.com" not in text
    assert "0 to create, 0 to update, 0 to delete" in cio("plan", "demo").out


def test_a_pull_writes_what_differs_from_a_default(cio: CommandLine) -> None:
    set_up(cio, OWN, DEFAULTS)
    edit(cio, "hello.email.from=help@acme.com")
    assert cio("import", "demo", "--target", "campaign.remind", "--force").code == 0
    text = OWN.read_text()
    assert "help@acme.com" in text
    assert "time_zone" not in text
    assert "No changes" in cio("plan", "demo").out


def test_a_pull_of_a_shared_file_prints_the_override(cio: CommandLine) -> None:
    set_up(cio, SHARED, f"\ninclude: [_shared]{DEFAULTS}")
    edit(cio, "pause.wait=9d")
    done = cio("import", "demo", "--target", "campaign.remind", "--force")
    override = '    overrides:\n      campaign.remind:\n        pause.wait: "9d"\n'
    assert override in done.out + done.err
    SETTINGS.write_text(SETTINGS.read_text() + "\n".join(
        line.removeprefix("    ") for line in override.splitlines()
    ))  # fmt: skip
    assert cio("plan", "demo").out.startswith("No changes.")


@pytest.mark.parametrize(
    ("assignment", "message"),
    [
        ("helo.email.subject=x", "There is no field `helo.email.subject`. Did you mean `hello`?"),
        ("hello..email=x", "`hello..email` lacks a name after a dot."),
        ("messages.hello.subject=x", "There is no field `messages.hello.subject`."),
    ],
)
def test_the_sandbox_is_edited_by_the_paths_of_the_file(
    cio: CommandLine, assignment: str, message: str
) -> None:
    set_up(cio, OWN, DEFAULTS)
    done = cio("sandbox", "edit", "demo", "campaign.remind", assignment)
    assert done.code != 0
    assert message in done.err
