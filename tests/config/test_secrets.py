"""Secrets of other services: refused in files and plain variables, and hidden in plans."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from cioform.core.errors import ConfigError
from cioform.core.secrets.secret import Secret
from cioform.services.preview.people import find_people
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


LOADED: Final = {
    "_policies/words.yaml": "id: words\ntext: Use it\ncheck: {forbidden_words: [ok]}\n",
    "_rings.yaml": "rings: [{name: all, workspaces: ['*']}]\n",
    "acme/workspace.yaml": "format: 1\nendpoint: sandbox\ninclude: [_shared]\n",
    "acme/_lint-baseline.yaml": "findings: []\n",
    "acme/_data/customer.yaml": "fields: {plan: {type: string}}\n",
    "acme/_data/events/signed_up.yaml": "fields: {plan: {type: string}}\n",
    "acme/snippets/footer.yaml": "name: footer\nvalue: Bye\n",
    "acme/snippets/body.html": "Bye\n",
    "_shared/snippets/header.yaml": "name: header\nvalue: Hello\n",
    "_shared/_data/customer.yaml": "fields: {language: {type: string}}\n",
}
"""A file of every sort that a command loads."""
CREDENTIAL: Final = "0123456789abcdef0123456789abcdef"
SENSITIVE: Final = "correcthorse8battery"


@pytest.fixture
def every_file(cio: CommandLine, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """Return the command line of a project that has every sort of file."""
    monkeypatch.setenv("CUSTOMERIO_KEY", CREDENTIAL)
    monkeypatch.setenv("CIOFORM_SECRET_PHRASE", SENSITIVE)
    for name, text in LOADED.items():
        file = Path("workspaces", name)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    with SETTINGS.open("a") as settings:
        settings.write("credentials: {app_api_key: '${env.CUSTOMERIO_KEY}'}\nvariables:\n")
        settings.write("  phrase: {value: '${env.CIOFORM_SECRET_PHRASE}', sensitive: true}\n")
    body = Path("workspaces/acme/snippets/bye.yaml")
    body.write_text("name: bye\nvalue: {file: body.html}\n")
    accepted = cio("validate", "acme")
    assert accepted.code == 0, accepted.err
    return cio


@pytest.mark.parametrize("secret", [TOKEN, CREDENTIAL, SENSITIVE])
@pytest.mark.parametrize("name", LOADED)
def test_every_file_that_is_loaded_is_searched(
    every_file: CommandLine, name: str, secret: str
) -> None:
    file = Path("workspaces", name)
    file.write_text(f"{file.read_text()}# {secret}\n")
    line = len(file.read_text().splitlines())
    done = every_file("validate", "acme")
    assert done.code == 3
    assert f"{file.as_posix()}:{line}" in done.err
    assert secret[-8:] not in done.out + done.err


@pytest.mark.parametrize("name", [name for name in LOADED if name.endswith(".yaml")])
def test_a_secret_in_escapes_is_found_in_every_yaml_file(
    every_file: CommandLine, name: str
) -> None:
    file = Path("workspaces", name)
    file.write_text(f'{file.read_text()}x: "\\u0067{TOKEN[1:]}"\n')
    done = every_file("validate", "acme")
    assert (done.code, "GitHub token" in done.err) == (3, True)
    assert TOKEN[-8:] not in done.out + done.err


@pytest.mark.parametrize("words", ["plan acme", "policies list", "policies test", "policies check"])
def test_the_text_of_a_policy_is_not_shown_with_a_secret(cio: CommandLine, words: str) -> None:
    policy = Path("workspaces/_policies/words.yaml")
    policy.parent.mkdir()
    text = LOADED["_policies/words.yaml"].replace("ok", "Acme")
    policy.write_text(text.replace("Use it", f"Use {TOKEN}"))
    done = cio(*words.split())
    assert done.code == 3
    assert TOKEN[-8:] not in done.out + done.err


@pytest.mark.parametrize("secret", [TOKEN, CREDENTIAL])
def test_a_person_of_a_preview_has_no_secret(tmp_path: Path, secret: str) -> None:
    person = tmp_path / "ada.yaml"
    person.write_text(f"customer:\n  first_name: {secret}\n")
    with pytest.raises(ConfigError) as refused:
        find_people([str(person)], lambda _: {}, [Secret(CREDENTIAL)])
    assert f"{person}:2" in str(refused.value.diagnostics[0].location)


def test_a_list_of_workspaces_shows_no_secret(every_file: CommandLine) -> None:
    SETTINGS.write_text(f"{SETTINGS.read_text()}tags: [{TOKEN}]\n")
    done = every_file("workspaces")
    assert TOKEN[-8:] not in done.out + done.err


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
