"""A segment and a campaign of the workspace `demo` with one condition in every place."""

from __future__ import annotations

from pathlib import Path
from typing import Final

SEGMENT: Final = """\
name: Old
conditions: TEST
"""
CAMPAIGN: Final = """\
name: Ask
trigger: {event: ordered, where: TEST}
workflow:
  - id: ask
    if: TEST
    then:
      - id: fork
        branches:
          - if: TEST
            then: [{id: pause, wait: 1d}]
  - id: mail
    only_if: TEST
    email: {subject: Hi, body: Hi}
  - {id: until, wait_until: TEST, timeout: 3d}
"""
PLACES: Final = (
    ("segment.old", "conditions"),
    ("campaign.ask", "trigger.where"),
    ("campaign.ask", "ask.if"),
    ("campaign.ask", "fork.branches[0].if"),
    ("campaign.ask", "mail.only_if"),
    ("campaign.ask", "until.wait_until"),
)
"""The address and the path of each place."""


def write_condition(text: str) -> None:
    """Write both files in the project of the current directory, with a condition in YAML."""
    folder = Path("workspaces/demo")
    (folder / "segments/old.yaml").write_text(SEGMENT.replace("TEST", text))
    (folder / "campaigns/ask.yaml").write_text(CAMPAIGN.replace("TEST", text))
