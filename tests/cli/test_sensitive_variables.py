"""Sensitive variables: only the workspace has their values, whatever is printed or stored."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from cioform.cli.app import run
from cioform.services.project.project_files import init
from tests.cli.test_forged_plan_files import forge
from tests.support.command_line import CommandLine, CommandResult

FIRST = "f1rst-s3cr3t-4711"
SECOND = "s3cond-s3cr3t-0815"
SETTINGS = Path("workspaces/acme/workspace.yaml")
HOOK = Path("workspaces/acme/campaigns/hook.yaml")

VARIABLES = """\
variables:
  token:
    value: ${env.CIOFORM_SECRET_TOKEN}
    sensitive: true
"""
CAMPAIGN = """\
name: Hook
trigger: {event: signup}
reentry: once
workflow:
  - id: call
    webhook:
      url: https://acme.com/${var.token}/hook
      headers: {Authorization: "Bearer ${var.token}", X-Key: "${var.token}"}
      body: '{"key": "${var.token}", "text": "{{ snippets.key }}"}'
"""
SNIPPET = "name: key\nvalue: ${var.token}\n"


@pytest.fixture
def cio(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> CommandLine:
    """Return a function that runs a command in a project with a sensitive variable."""
    root = tmp_path / "project"
    root.mkdir()
    monkeypatch.chdir(root)
    monkeypatch.setenv("CIOFORM_SECRET_TOKEN", FIRST)
    init(root, "acme", sandbox=True)
    Path("workspaces/acme/snippets/key.yaml").write_text(SNIPPET)
    HOOK.parent.mkdir()
    HOOK.write_text(CAMPAIGN)
    SETTINGS.write_text(SETTINGS.read_text() + VARIABLES)

    def command(*words: str) -> CommandResult:
        capsys.readouterr()
        done = CommandResult(run(words), *capsys.readouterr())
        for secret in (FIRST, SECOND):
            assert secret not in done.out + done.err, words
        return done

    return command


def files_with_a_secret() -> set[str]:
    """Return the files with a value, but for the sandbox, which is the remote."""
    return {
        str(path)
        for path in Path().rglob("*")
        if path.is_file() and path.name.partition(".sqlite")[0] != "sandbox"
        if any(secret.encode() in path.read_bytes() for secret in (FIRST, SECOND))
    }


def remote_texts() -> str:
    with sqlite3.connect(".cioform/sandbox.sqlite") as database:
        return "\n".join(database.iterdump())


def see_everything(cio: CommandLine) -> None:
    """Run every command that shows a plan, a resource or a state."""
    for words in (
        ("plan", "acme", "--full"),
        ("plan", "acme", "--json"),
        ("plan", "acme", "--markdown", "--explain"),
        ("plan", "acme", "--out", "plan.json"),
        ("drift", "acme"),
        ("drift", "acme", "--json"),
        ("show", "acme", "campaign.hook"),
        ("show", "acme", "campaign.hook", "--live"),
        ("show", "acme", "campaign.hook", "--live", "--json"),
        ("show", "acme", "snippet.key", "--live"),
        ("state", "show", "acme", "campaign.hook"),
        ("state", "pull", "acme"),
        ("history", "acme"),
        ("lint", "acme"),
        ("validate", "acme"),
    ):
        assert cio(*words).code in (0, 2), words


def test_only_the_workspace_has_the_value(
    cio: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    cio("plan", "acme", "--out", "plan.json")
    assert cio("apply", "acme", "plan.json").code == 0
    assert remote_texts().count(FIRST) >= 4
    assert "No changes" in cio("plan", "acme").out
    monkeypatch.setenv("CIOFORM_SECRET_TOKEN", SECOND)
    see_everything(cio)
    assert "2 to update" in cio("plan", "acme").out
    assert cio("apply", "acme", "--auto-approve").code == 0
    assert SECOND in remote_texts()
    assert files_with_a_secret() == set()
    assert Path(".cioform/sandbox.sqlite").stat().st_mode & 0o077 == 0


def test_a_value_in_the_workspace_is_masked_in_drift_and_imported_as_its_variable(
    cio: CommandLine,
) -> None:
    cio("apply", "acme", "--auto-approve")
    cio("sandbox", "edit", "acme", "snippet.footer", f"value=Key {FIRST}")
    assert "Key sensitive.token." in cio("plan", "acme", "--full").out
    assert cio("import", "acme", "--force").code == 0
    assert "Key ${var.token}" in Path("workspaces/acme/snippets/footer.yaml").read_text()
    HOOK.unlink()
    assert cio("import", "acme").code == 0
    imported = HOOK.with_suffix("") / "campaign.yaml"
    assert "Authorization: Bearer ${var.token}" in imported.read_text()
    assert files_with_a_secret() == set()


def test_a_placeholder_that_somebody_typed_stays_what_it_is(cio: CommandLine) -> None:
    cio("apply", "acme", "--auto-approve")
    typed = (
        "sensitive.token."
        + Path(".cioform/acme/state.json").read_text().split("sensitive.token.")[1][:16]
    )
    cio("sandbox", "edit", "acme", "campaign.hook", f"description={typed}")
    HOOK.write_text(CAMPAIGN.replace("/hook", "/other"))
    cio("apply", "acme", "--auto-approve", "--prefer", "live")
    assert f"{FIRST}/other" in remote_texts()


def test_another_value_than_the_reviewed_one_is_refused(
    cio: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    cio("plan", "acme", "--out", "plan.json")
    monkeypatch.setenv("CIOFORM_SECRET_TOKEN", SECOND)
    assert cio("apply", "acme", "plan.json").code == 4
    refused = cio("apply", "acme", "plan.json", "--no-check-files")
    assert refused.code == 4
    assert "The sensitive variable `token` had another value" in refused.err
    assert SECOND not in remote_texts()


def test_a_forged_plan_cannot_move_a_value(cio: CommandLine) -> None:
    cio("plan", "acme", "--out", "p.json")

    def name_it(content: dict[str, object]) -> None:
        changes = content["changes"]
        assert isinstance(changes, list)
        key = next(c for c in changes if c["address"] == "snippet.key")
        key["wanted"]["name"] = key["wanted"]["value"]

    forge(name_it)
    refused = cio("apply", "acme", "p.json", "--no-check-files")
    assert refused.code == 4
    assert "would write a sensitive value to a place where people see it" in " ".join(
        refused.err.split()
    )
