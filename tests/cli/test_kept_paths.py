"""What `--prefer live` keeps is named by its path in the file, in every form of a workflow."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.command_line import CommandLine

CAMPAIGN = Path("workspaces/demo/campaigns/ask.yaml")
HEAD = "name: Ask\ntrigger: {event: ordered}\n"
STEP = HEAD + "workflow:\n  - {id: hello, email: {subject: One, body: Hi}}\n"
AB_TEST = HEAD + (
    "workflow:\n  - id: test\n    ab_test:\n"
    "      - {id: hello, percent: 50, email: {subject: One, body: Hi}}\n"
    "      - {id: other, percent: 50, email: {subject: Two, body: Hi}}\n"
)
GRAPH = HEAD + (
    "graph:\n  nodes:\n    - {id: ask, if: {attribute: plan, is: pro}}\n"
    "    - {id: hello, email: {subject: One, body: Hi}}\n    - {id: exit, exit: true}\n"
    "  edges:\n    - {from: ask, to: hello, branch: 0}\n    - {from: ask, to: exit, branch: 1}\n"
    "    - {from: hello, to: exit}\n"
)


@pytest.mark.parametrize(
    ("file", "edited", "ours", "kept"),
    [
        (STEP, "hello.email.subject=Live", ("One", "File"), "hello.email.subject"),
        (AB_TEST, "hello.email.subject=Live", ("One", "File"), "hello.email.subject"),
        (GRAPH, "hello.email.subject=Live", ("One", "File"), "hello.email.subject"),
        (GRAPH, "ask.if.is=live", ("pro", "file"), "ask.if.is"),
    ],
)
def test_what_is_kept_has_the_path_of_the_file(
    cio: CommandLine, file: str, edited: str, ours: tuple[str, str], kept: str
) -> None:
    CAMPAIGN.write_text(file)
    assert cio("apply", "demo", "--auto-approve").code == 0
    assert cio("sandbox", "edit", "demo", "campaign.ask", edited).code == 0
    CAMPAIGN.write_text(file.replace(*ours))
    assert cio("apply", "demo", "--prefer", "live", "--auto-approve").code == 0
    done = cio("plan", "demo")
    assert done.out.startswith("No changes.")
    assert f"  = campaign.ask  {kept}\n" in done.out
