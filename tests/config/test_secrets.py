"""Secrets of other services: refused in files and plain variables, and hidden in plans."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from tests.support.command_line import CommandLine, captured_command_line

TOKEN: Final = "gh" + "p_" + "a1B2c3D4" * 5
HOOK: Final = "https://hooks.slack" + ".com/services/T012345678/B012345678/" + "a1B2c3" * 4
SNIPPET: Final = Path("workspaces/acme/snippets/footer.yaml")
SETTINGS: Final = Path("workspaces/acme/workspace.yaml")


@pytest.fixture
def cio(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> CommandLine:
    monkeypatch.chdir(tmp_path)
    command = captured_command_line(capsys)
    assert command("init", "acme", "--sandbox").code == 0
    return command


@pytest.mark.parametrize("secret", [TOKEN, HOOK])
def test_a_secret_in_a_file_stops_before_any_request(cio: CommandLine, secret: str) -> None:
    SNIPPET.write_text(f"name: footer\nvalue: Use {secret} now\n")
    done = cio("plan", "acme")
    assert done.code == 3
    assert "workspaces/acme/snippets/footer.yaml:2" in done.err
    assert "sensitive: true" in done.err
    assert secret[-8:] not in done.err


@pytest.mark.parametrize("secret", [TOKEN, HOOK])
def test_a_plain_variable_may_not_hold_one_and_a_sensitive_one_may(
    cio: CommandLine, monkeypatch: pytest.MonkeyPatch, secret: str
) -> None:
    monkeypatch.setenv("CIOFORM_VAR_T", secret)
    monkeypatch.setenv("CIOFORM_SECRET_T", secret)
    settings = SETTINGS.read_text()
    SETTINGS.write_text(f"{settings}variables: {{t: '${{env.CIOFORM_VAR_T}}'}}\n")
    refused = cio("validate", "acme")
    assert (refused.code, secret[-8:] in refused.err + refused.out) == (3, False)
    assert "sensitive: true" in refused.out + refused.err
    sensitive = "{t: {value: '${env.CIOFORM_SECRET_T}', sensitive: true}}"
    SETTINGS.write_text(f"{settings}variables: {sensitive}\n")
    accepted = cio("validate", "acme")
    assert accepted.code == 0, accepted.out + accepted.err


def test_a_secret_in_the_workspace_is_not_shown(cio: CommandLine) -> None:
    assert cio("apply", "acme", "--auto-approve").code == 0
    assert cio("sandbox", "edit", "acme", "snippet.footer", f"value=Use {TOKEN}").code == 0
    for words in ("plan acme --full", "plan acme --format markdown", "drift acme",
                  "plan acme --html plan.html", "plan acme --format sarif"):  # fmt: skip
        done = cio(*words.split())
        assert TOKEN[-8:] not in done.out + done.err, words
    assert "Use ghp_***" in cio("plan", "acme", "--full").out
    page = Path("plan.html").read_text()
    assert (TOKEN[-8:] in page, "ghp_***" in page) == (False, True)


def test_an_import_says_what_to_do_about_one(
    cio: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cio("apply", "acme", "--auto-approve").code == 0
    assert cio("sandbox", "edit", "acme", "snippet.footer", f"value=Use {TOKEN}").code == 0
    SNIPPET.unlink()
    refused = cio("import", "acme", "--force")
    assert (refused.code, "snippet.footer: `value` contains" in refused.err) == (8, True)
    assert not SNIPPET.exists()
    monkeypatch.setenv("CIOFORM_SECRET_GITHUB_TOKEN", TOKEN)
    variable = "{value: '${env.CIOFORM_SECRET_GITHUB_TOKEN}', sensitive: true}"
    SETTINGS.write_text(f"{SETTINGS.read_text()}variables: {{github_token: {variable}}}\n")
    SNIPPET.write_text("name: footer\nvalue: Use ${var.github_token}\n")
    assert cio("import", "acme").code == 0
    assert "No changes" in cio("plan", "acme").out
