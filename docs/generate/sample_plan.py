"""The plan in the README, made in a sandbox."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from cioform.core.address import Address
from cioform.plan.guards.guard import find_guard_violations
from cioform.report.plan.text import render_plan
from cioform.report.plan.view import view_plan
from cioform.services.project.project_files import init
from cioform.services.sandbox.editing import edit_in_sandbox
from cioform.services.sandbox.seeding import seed_sandbox
from cioform.services.workspace import open_workspace

_WORKSPACE: Final = "demo"
_EDITS: Final = (
    (
        "campaigns/re_engagement_3_days/campaign.yaml",
        "title: We miss you",
        "title: Ready to go on?",
    ),
    ("layouts/main.html", "<body>", '<body style="max-width: 600px">'),
    ("segments/inactive_3_days.yaml", "before: 3d ago", "before: 4d ago"),
)
_JANE: Final = (Address("snippet", "main_address"), "value", "Acme Ltd, PO Box 7, London")
_TIME: Final = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC")


def sample_plan() -> str:
    """Return the plan of a few edits of the demo, and of one edit by another person.

    The time of that edit is replaced by a fixed time.
    """
    with TemporaryDirectory() as folder:
        root = Path(folder)
        _make(root)
        with open_workspace(root, _WORKSPACE) as opened:
            plan = opened.plan()
            text = render_plan(view_plan(plan, find_guard_violations(plan, opened.guards())))
    return _TIME.sub("2026-03-02 09:30 UTC", text)


def _make(root: Path) -> None:
    folder = root / "workspaces" / _WORKSPACE
    for path in init(root, _WORKSPACE, sandbox=True):
        if path.parent.name == "snippets":
            path.unlink()
    seed_sandbox(root, _WORKSPACE)
    with open_workspace(root, _WORKSPACE) as opened:
        opened.import_()
    for path, text in _edited(folder):
        path.write_text(text, encoding="utf-8")
    address, field, value = _JANE
    edit_in_sandbox(root, _WORKSPACE, address, field, value, "jane@acme.com")


def _edited(folder: Path) -> Iterator[tuple[Path, str]]:
    for name, before, after in _EDITS:
        text = (folder / name).read_text(encoding="utf-8")
        if before not in text:
            raise ValueError(f"{name} no longer contains {before!r}; choose another edit")
        yield folder / name, text.replace(before, after)
