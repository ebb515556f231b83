"""Import: new files, existing files, and text that must not be overwritten."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
import yaml

from tests.support.command_line import CommandLine

DEMO = Path("workspaces/demo")
SHARED = Path("workspaces/_shared")
LEGAL = DEMO / "snippets/legal.yaml"
FORCE = ("import", "demo", "--force")
VALUE = "Hi from ${var.company}, tel 1"


def set_up(cio: CommandLine, files: dict[Path, str]) -> None:
    """Replace some imported files and apply the result."""
    settings = DEMO / "workspace.yaml"
    more = "\ninclude: [_shared]\nvariables: {company: Acme, phone: '1'}\n"
    settings.write_text(settings.read_text() + more)
    SHARED.mkdir()
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    done = cio("apply", "demo", "--auto-approve", "--allow-live")
    assert done.code == 0, done.err


def edit(cio: CommandLine, address: str, assignment: str) -> None:
    assert cio("sandbox", "edit", "demo", address, assignment).code == 0


def texts() -> dict[Path, str]:
    """Return the text of every file of the project by path."""
    paths = [path for path in Path("workspaces").rglob("*") if path.is_file()]
    return {path: path.read_text() for path in paths}


def _parsed(text: str) -> object:
    return yaml.safe_load(text)


@pytest.mark.parametrize(
    "words",
    [
        ("--id", "legal"),
        ("--id", "legal", "--target", "snippet.*"),
        ("--id", "legal", "--target", "snippet"),
        ("--id", "legal", "--target", "snippet.a", "--target", "snippet.b"),
    ],
)
def test_an_id_needs_exactly_one_address(cio: CommandLine, words: tuple[str, ...]) -> None:
    done = cio("import", "demo", *words)
    assert (done.code, done.out) == (64, "")
    assert done.err.startswith("error: --id requires exactly one address\n")


def test_an_object_is_bound_to_an_existing_file(cio: CommandLine) -> None:
    assert cio("state", "forget", "demo", "snippet.legal").code == 0
    done = cio("import", "demo", "--target", "snippet.legal", "--id", "legal")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("Bound snippet.legal. Its file was not changed.\n")
    assert "snippet.legal" in cio("state", "list", "demo").out
    assert cio("plan", "demo", "--detailed-exitcode").code == 0


def test_an_object_cannot_have_two_addresses(cio: CommandLine) -> None:
    done = cio("import", "demo", "--target", "snippet.imprint", "--id", "legal")
    assert done.code == 64
    assert "    cioform state mv demo snippet.legal snippet.imprint\n" in done.err


def test_an_object_with_a_file_is_not_reported_as_skipped(cio: CommandLine) -> None:
    done = cio("import", "demo", "--with", "app")
    assert (done.code, done.err) == (0, "")
    assert done.out == (
        "Nothing to import: every matching object in demo has a file. "
        "Pass --force to update the files from the workspace.\n"
    )
    assert cio("import", "demo", "--with", "app", "--json").json["left"] == []


def test_force_names_pull_for_fields_that_no_file_sets(cio: CommandLine) -> None:
    edit = ("sandbox", "edit", "demo", "campaign.welcome", "welcome.email.bcc=audit@acme.com")
    assert cio(*edit).code == 0
    done = cio("import", "demo", "--force", "--target", "campaign.welcome")
    assert (done.code, "no file sets `welcome.email.bcc`" in done.err) == (0, True)
    assert done.out == (
        "Nothing to import: what the files set is as it is in demo. Fields that no file sets are "
        "not imported; `cioform pull demo --all` takes edits of them into the files.\n"
    )


def test_unreadable_objects_are_reported_even_if_nothing_was_imported(cio: CommandLine) -> None:
    (DEMO / "segments/has_the_mobile_app.yaml").unlink()
    done = cio("import", "demo", "--with", "app")
    assert (done.code, done.out) == (8, "Nothing was imported.\n")
    assert done.err == (
        "\nSkipped:\n"
        "  segment.has_the_mobile_app: no credential that is set can read its conditions.\n"
    )


def test_force_keeps_fields_that_the_credential_cannot_read(cio: CommandLine) -> None:
    before = texts()
    done = cio(*FORCE, "--with", "app")
    assert (done.code, done.out) == (8, "Nothing was imported.\n")
    assert texts() == before


SNIPPET = f"name: legal\nvalue: {VALUE}\n"
BODY = f"<p>{VALUE}</p>\n{{{{ content }}}}\n"
LAYOUT = "name: Main\nbody: {{file: {}}}\n"
LEFT = {
    "a variable": (
        {LEGAL: SNIPPET},
        "snippet.legal", "value=Hi from Beta, tel 2",
        f"snippet.legal: `value` contains `${{var.company}}` in `{DEMO}/snippets/legal.yaml`.",
    ),
    "a variable, put in the place of text": (
        {LEGAL: "name: legal\nvalue: ${var.company}\n"},
        "snippet.legal", "value=Hi",
        f"snippet.legal: `value` contains `${{var.company}}` in `{DEMO}/snippets/legal.yaml`.",
    ),
    "a shared file": (
        {LEGAL: "", SHARED / "snippets/legal.yaml": "name: legal\nvalue: Hi\n"},
        "snippet.legal", "value=Ho",
        "snippet.legal: `value` is in `workspaces/_shared/snippets/legal.yaml`, which ",
    ),
    "a body with a variable": (
        {DEMO / "layouts/main.yaml": LAYOUT.format("m.html"), DEMO / "layouts/m.html": BODY},
        "layout.main", "body={{ content }}",
        "layout.main: `body` contains `${var.company}` in `workspaces/demo/layouts/m.html`.",
    ),
    "a shared body": (
        {DEMO / "layouts/main.yaml": LAYOUT.format("../../_shared/main.html"),
         SHARED / "main.html": "{{ content }}\n"},
        "layout.main", "body=<p>{{ content }}</p>",
        "layout.main: `body` is in `workspaces/_shared/main.html`, which ",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("files", "address", "assignment", "why"), LEFT.values(), ids=LEFT)
def test_force_skips_shared_files_and_variables(
    cio: CommandLine, files: dict[Path, str], address: str, assignment: str, why: str
) -> None:
    set_up(cio, files)
    edit(cio, address, assignment)
    before, planned = texts(), cio("plan", "demo").out
    done = cio(*FORCE)
    assert (done.code, done.out) == (8, "Nothing was imported.\n")
    assert done.err.startswith(f"\nSkipped:\n  {why}")
    assert f"`cioform show demo {address} --live --yaml`" in done.err
    assert texts() == before
    assert cio("plan", "demo").out == planned  # the drift is still there


@pytest.mark.parametrize(
    "value",
    ["$${var.company}", "{{ var.company }}", "Hi from Acme, tel 1"],
    ids=["escaped", "liquid", "plain"],
)
def test_force_overwrites_a_value_without_variables(cio: CommandLine, value: str) -> None:
    set_up(cio, {LEGAL: f"name: legal\nvalue: '{value}'  # as it was\n"})
    edit(cio, "snippet.legal", "value=Ho")
    done = cio(*FORCE)
    assert (done.code, done.err) == (0, "")
    assert _parsed(LEGAL.read_text()) == {"name": "legal", "value": "Ho"}
    assert "# as it was\n" in LEGAL.read_text()
    assert cio("plan", "demo", "--detailed-exitcode").code == 0


CAMPAIGN = DEMO / "campaigns/greeting.yaml"
STEPS = """\
name: Greeting
description: For ${var.company}
trigger: {event: signed_up}
workflow:
  - id: hello
    email: {subject: 'Hello from ${var.company}', body: Good day}
  - {id: later, wait: 2d}  # not at once
  - id: again
    email: {subject: Again, body: 'Call ${var.phone}'}
"""


def test_force_overwrites_the_texts_next_to_a_variable(cio: CommandLine) -> None:
    set_up(cio, {CAMPAIGN: STEPS})
    edit(cio, "campaign.greeting", "hello.email.body=Good night")
    edit(cio, "campaign.greeting", "again.email.subject=And again")
    edit(cio, "campaign.greeting", "again.email.body=Call 2")
    done = cio(*FORCE)
    assert done.out.startswith("Imported 1 resource into 1 file:\n")
    assert done.err.startswith(
        "\nSkipped:\n  campaign.greeting: `again.email.body` contains `${var.phone}` in "
        "`workspaces/demo/campaigns/greeting.yaml`."
    )
    wanted = STEPS.replace("Good day", "Good night").replace("Again", "And again")
    assert _parsed(CAMPAIGN.read_text()) == _parsed(wanted)
    assert "# not at once\n" in CAMPAIGN.read_text()
    plan = cio("plan", "demo")
    assert "again.email.body: Call 2 -> Call 1" in plan.out
    assert "Good night" not in plan.out
    assert "drift" in plan.out


LAST = "  - id: last\n    email: {subject: Last, body: Bye}\n"


def test_force_adds_a_step_beside_those_with_variables(cio: CommandLine) -> None:
    set_up(cio, {CAMPAIGN: STEPS})
    CAMPAIGN.write_text(STEPS + LAST)
    assert cio("apply", "demo", "--auto-approve").code == 0
    CAMPAIGN.write_text(STEPS)
    done = cio(*FORCE)
    assert (done.code, done.err) == (0, "")
    assert CAMPAIGN.read_text().startswith(STEPS)
    assert cio("plan", "demo", "--detailed-exitcode").code == 0


def test_force_skips_moved_steps_that_contain_variables(cio: CommandLine) -> None:
    set_up(cio, {CAMPAIGN: STEPS})
    first, second = "workflow:\n", "  - {id: later"
    CAMPAIGN.write_text(STEPS.replace(first, first + LAST).replace(second, f"{second}, name: L"))
    assert cio("apply", "demo", "--auto-approve").code == 0
    CAMPAIGN.write_text(STEPS)
    done = cio(*FORCE)
    assert "campaign.greeting: `workflow` contains `${var.company}`" in done.err
    assert CAMPAIGN.read_text() == STEPS


def test_a_conflict_that_force_skips_remains(cio: CommandLine) -> None:
    set_up(cio, {LEGAL: SNIPPET})
    edit(cio, "snippet.legal", "value=Ho")
    LEGAL.write_text(SNIPPET.replace("tel", "phone"))
    assert cio(*FORCE).out == "Nothing was imported.\n"
    done = cio("apply", "demo", "--auto-approve")
    assert (done.code, "changed on both sides" in done.out) == (4, True)


def test_a_conflict_next_to_an_imported_field_remains(cio: CommandLine) -> None:
    set_up(cio, {CAMPAIGN: STEPS})
    edit(cio, "campaign.greeting", "hello.email.body=Good night")
    edit(cio, "campaign.greeting", "again.email.body=Call 2")
    CAMPAIGN.write_text(STEPS.replace("Call $", "Phone $"))
    assert "Imported 1 resource" in cio(*FORCE).out
    plan = cio("plan", "demo").out
    assert "! again.email.body: Call 2 -> Phone 1  (changed on both sides)" in plan
    assert "Good night" not in plan


def test_a_fresh_clone_knows_objects_of_one_name(cio: CommandLine) -> None:
    files = sorted((DEMO / "segments").glob("*.yaml"))[:2]
    first, second = (f"segment.{path.stem}" for path in files)
    name = yaml.safe_load(files[0].read_text())["name"]
    edit(cio, second, f"name={name}")
    for path, address in zip(files, (first, second), strict=True):
        path.unlink()
        assert cio("state", "forget", "demo", address).code == 0
    done = cio("import", "demo", "--target", "segment.*")
    assert done.code == 0, done.err
    assert "so these files have a `remote_id`:\n" in done.out
    twins = [p for p in (DEMO / "segments").glob("*.yaml") if "remote_id: " in p.read_text()]
    assert len(twins) == 2
    shutil.rmtree(Path(".cioform/demo"))
    assert cio("validate", "demo").code == 0
    plan = cio("plan", "demo")
    assert (plan.code, plan.err) == (0, "")
    assert "  + segment" not in plan.out

    for path in twins:
        path.write_text(re.sub(r"remote_id: .*\n", "", path.read_text()))
    refused = cio("plan", "demo")
    assert refused.err.count("error: Duplicate name") == 2
    assert len(re.findall(r"      remote_id: \d+\n", refused.err)) == 4
    assert "Duplicate name" in cio("validate", "demo").err


def test_what_is_excluded_is_counted(cio: CommandLine) -> None:
    for name in ("has_the_mobile_app", "vip"):
        (DEMO / f"segments/{name}.yaml").unlink(missing_ok=True)
    done = cio("import", "demo", "--exclude", "segment.*", "--target", "segment.*")
    assert done.code == 0
    assert "\nExcluded: 1 object by --exclude 'segment.*'\n" in done.out
    listed = cio("import", "demo", "--exclude", "segment.*", "--json").json["excluded"]
    assert listed == ["segment.has_the_mobile_app"]
    assert cio("import", "demo", "--exclude", "segment.has_the_mobil_app").code == 64
