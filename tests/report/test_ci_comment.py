"""One comment about several workspaces always fits, and shows hostile text as it is."""

from __future__ import annotations

from typing import Final

import pytest

from cioform.core.diagnostic import Diagnostic
from cioform.core.text.utf16 import utf16_length
from cioform.report.ci.comment import CiWorkspaceSummary, render_comment
from cioform.report.plan.parts.items import ItemView
from cioform.report.plan.parts.verdict import Verdict
from cioform.report.plan.report import Report
from cioform.report.styling import Tone

LIMIT: Final = 65_536


def report(changes: int) -> Report:
    items = tuple(
        ItemView("+", Tone.ADDED, f"snippet.a{n}", "new in the files", detail="x" * 200)
        for n in range(changes)
    )
    verdict = Verdict("Can be applied.", Tone.SUCCESS)
    return Report("Plan", verdict, (), (), items, (), (), "Now", "After")


def summary(name: str, changes: int = 0, log: str = "") -> CiWorkspaceSummary:
    shown = report(changes) if changes else None
    return CiWorkspaceSummary(name, 0, "1 to create. Can be applied.", "d" * 64, shown, log=log)


@pytest.mark.parametrize(
    ("number", "changes", "log"),
    [(0, 0, ""), (1, 10_000, ""), (40, 500, ""), (1, 0, "y\U0001f600" * 2_500_000), (6_000, 1, "")],
)
def test_it_fits(number: int, changes: int, log: str) -> None:
    found = [summary(f"workspace_{n}", changes, log) for n in range(number)]
    text = render_comment("Plan", found, limit=LIMIT, hint="See the artifact.")
    assert utf16_length(text) <= LIMIT
    assert ("`workspace_0`" in text) == bool(number)
    if number > 1:
        assert "See the artifact." in text


def test_every_workspace_has_its_row_before_any_has_its_report() -> None:
    found = [summary(f"workspace_{n}", 500) for n in range(300)]
    text = render_comment("Plan", found, limit=LIMIT, hint="See the artifact.")
    assert all(f"`workspace_{n}`" in text for n in range(300))
    assert "The reports have no room here. See the artifact." in text


def test_texts_are_shown_as_they_are() -> None:
    hostile = "<script>`|\x1b[2J @jane ![x](http://a.example) ```"
    problem = Diagnostic("Invalid " + hostile, hostile)
    shown = CiWorkspaceSummary("acme", 3, f"Failed: {hostile}.", problems=[problem])
    text = render_comment("Plan", [shown], [hostile], limit=LIMIT, hint="")
    prose = text.partition("````text")[0]
    assert "\x1b" not in text
    assert not any(each in prose for each in ("<script>", "@jane", "![x](http://a"))
    assert text.count("````") == 2


def test_a_workspace_with_nothing_but_its_row_has_no_section() -> None:
    nothing = Report("No drift.", Verdict("Nothing.", Tone.SUCCESS), (), (), (), (), (), "", "")
    found = [
        CiWorkspaceSummary("calm", 0, "No drift.", report=nothing),
        CiWorkspaceSummary("new", 8, "Run `plan` first.", report=nothing, notes=["Not applied."]),
        CiWorkspaceSummary("busy", 2, "1 object changed.", report=report(1)),
    ]
    text = render_comment("Drift", found, limit=LIMIT, hint="")
    assert text.startswith("### Drift\n\n| | workspace | result |\n|---|---|---|\n")
    assert "| ✅ | `calm` | No drift. |\n" in text
    assert "Run `plan` first." in text
    headings = [line for line in text.splitlines() if line.startswith("### ")]
    assert headings == ["### Drift", "### new: No drift.", "### busy: Plan"]
