"""The pictures on the page of workflows, of the first campaign on that page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from cioform.core.address import Address
from cioform.model.settings.limits import Guards
from cioform.report.journey.build import build_journey
from cioform.report.journey.mermaid import render_mermaid
from cioform.report.journey.overlay import planned_journey
from cioform.report.journey.svg.render import render_svg
from cioform.report.journey.tree import render_tree
from cioform.services.project.project_files import init
from cioform.services.workspace import open_workspace

_WORKSPACE: Final = "acme"
_ADDRESS: Final = Address("campaign", "onboarding")
_CAMPAIGN: Final = Path("campaigns", "onboarding", "campaign.yaml")
_FIRST: Final = re.compile(r"^```yaml campaign\n(.*?)^```", re.MULTILINE | re.DOTALL)
_OTHER_FILES: Final = {
    "campaigns/onboarding/welcome.html": "<p>Good to have you.</p>\n",
    "layouts/main.yaml": "name: Main\nbody: '<html><body>{{ content }}</body></html>'\n",
    "segments/paying.yaml": "name: Paying\nconditions: {attribute: plan, is: paid}\n",
    "senders/team.yaml": "email: team@acme.com\nname: Acme\n",
}
"""The files that the campaign refers to."""
_EDITS: Final = (
    ("timeout: 3d", "timeout: 1d"),
    (
        (
            "        push:\n"
            "          title: Still there?\n"
            "          body: Your first project takes two minutes.\n"
        ),
        '        sms: {body: "Acme: your first project takes two minutes."}\n',
    ),
    (
        "  - id: activated_yet\n",
        "  - id: breathe\n    wait_random: {min: 5m, max: 2h}\n  - id: activated_yet\n",
    ),
)


@dataclass(frozen=True, slots=True)
class Pictures:
    """The same campaign in every format."""

    tree: str
    planned: str
    flowchart: str
    diagram: str
    """As SVG."""


def pictures(page: str) -> Pictures:
    """Return the pictures of the first campaign of `page`, before and after some edits."""
    found = _FIRST.search(page)
    if found is None:
        raise ValueError("the page of workflows has no campaign")
    with TemporaryDirectory() as place:
        root = Path(place)
        _make(root, found[1])
        with open_workspace(root, _WORKSPACE) as opened:
            tree = render_tree(build_journey(opened.show(_ADDRESS, "desired")))
            opened.apply(opened.plan(), Guards(allow_live=True, max_percent=100))
        _write(root, _edited(found[1]))
        with open_workspace(root, _WORKSPACE) as opened:
            plan, wanted = opened.plan(), opened.show(_ADDRESS, "desired")
            kind = opened.kinds[_ADDRESS.kind]
            journey = planned_journey(plan, _ADDRESS, wanted, kind.normalize)
    return Pictures(tree, render_tree(journey), render_mermaid(journey), render_svg(journey))


def _make(root: Path, campaign: str) -> None:
    for path in init(root, _WORKSPACE, sandbox=True):
        if path.parent.name == "snippets":
            path.unlink()
    for name, text in _OTHER_FILES.items():
        path = root / "workspaces" / _WORKSPACE / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    _write(root, campaign)


def _write(root: Path, campaign: str) -> None:
    path = root / "workspaces" / _WORKSPACE / _CAMPAIGN
    path.write_text(campaign, encoding="utf-8")


def _edited(campaign: str) -> str:
    for before, after in _EDITS:
        if before not in campaign:
            raise ValueError(f"the campaign no longer contains {before!r}; choose another edit")
        campaign = campaign.replace(before, after)
    return campaign
