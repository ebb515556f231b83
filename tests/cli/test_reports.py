"""The formats of plan and drift, and the page."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tests.support.command_line import CommandLine

SNIPPET = Path("workspaces/demo/snippets/greeting.yaml")


@pytest.fixture
def changed(cio: CommandLine) -> CommandLine:
    SNIPPET.write_text("name: greeting\nvalue: '<b>Hi</b>'\n", "utf-8")
    return cio


def test_a_page_is_written_beside_the_answer(changed: CommandLine) -> None:
    done = changed("plan", "demo", "--html", "plan.html")
    assert done.code == 0, done.err
    assert done.err.endswith("Report written to plan.html\n")
    assert done.out.startswith("Plan for demo: 1 to create")
    page = Path("plan.html").read_text("utf-8")
    assert "<h1>Plan for demo: 1 to create</h1>" in page
    assert "srcdoc=" in page


def test_a_saved_plan_is_shown_in_every_form(changed: CommandLine) -> None:
    changed("plan", "demo", "--out", "p.json")
    SNIPPET.unlink()
    assert "+ snippet.greeting" in changed("plan", "demo", "p.json").out
    assert "| `+` | `snippet.greeting` |" in changed("plan", "demo", "p.json", "--markdown").out
    assert "cioform apply demo p.json" in changed("plan", "demo", "p.json").out
    refused = changed("plan", "demo", "p.json", "--target", "snippet.*")
    assert refused.code == 64
    assert "Remove --out, --target" in refused.err


def test_formats_of_a_plan(changed: CommandLine) -> None:
    github = changed("plan", "demo", "--format", "github").out
    assert github.startswith(f"::notice file={SNIPPET},line=1,")
    assert changed("plan", "demo", "--format", "json").out.startswith("{")
    sarif = json.loads(changed("plan", "demo", "--format", "sarif").out)
    assert sarif["runs"][0]["results"][0]["level"] == "note"
    suite = ET.fromstring(changed("plan", "demo", "--format", "junit").out)
    assert (suite.get("name"), suite.get("failures")) == ("cioform plan", "0")


def test_formats_of_drift(cio: CommandLine) -> None:
    cio("sandbox", "edit", "demo", "snippet.main_address", "value=Elsewhere", "--as", "jane@a.io")
    assert cio("drift", "demo", "--format", "github").out.startswith("::warning file=")
    markdown = cio("drift", "demo", "--markdown", "--html", "drift.html")
    assert markdown.code == 2
    assert markdown.out.startswith("### Drift in demo: 1 object changed since the last apply\n")
    assert "+ value: Elsewhere" in markdown.out
    assert "Last applied" in Path("drift.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--format", "junits"), "Did you mean `junit`?"),
        (("--json", "--markdown"), "--json and --markdown cannot be combined"),
        (("--json", "--format", "sarif"), "--json and --format sarif cannot be combined"),
    ],
)
@pytest.mark.parametrize("command", ["plan", "drift"])
def test_formats_that_exclude_each_other(
    cio: CommandLine, command: str, options: tuple[str, ...], says: str
) -> None:
    done = cio(command, "demo", *options)
    assert done.code == 64
    assert says in " ".join(done.err.replace("'", "`").split())


def test_a_page_that_cannot_be_written_is_an_error(changed: CommandLine) -> None:
    done = changed("plan", "demo", "--html", "no/such/folder.html")
    assert done.code == 64
    assert "Name another file after --html." in " ".join(done.err.split())
