"""Exit codes that a pipeline decides by."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cioform.services.sandbox.serving import serve_sandbox
from cioform.storage.lock import ProcessLock
from tests.support.command_line import CommandLine

SNIPPET = Path("workspaces/demo/snippets/main_address.yaml")
DRAFT = Path("workspaces/demo/transactional/password_reset.yaml")


def edit(file: Path, before: str, after: str) -> None:
    text = file.read_text()
    assert before in text
    file.write_text(text.replace(before, after))


def test_a_detailed_exit_code_says_whether_a_guard_refuses(cio: CommandLine) -> None:
    edit(DRAFT, "Reset your password", "Your new password")
    assert cio("plan", "demo", "--detailed-exitcode").code == 2
    edit(SNIPPET, "1 High Street", "8 Canal Road")  # running campaigns use it
    assert cio("plan", "demo", "--detailed-exitcode").code == 4
    assert cio("plan", "demo").code == 0


def test_a_plan_takes_the_options_that_apply_will_have(cio: CommandLine) -> None:
    edit(SNIPPET, "1 High Street", "8 Canal Road")
    done = cio("plan", "demo", "--detailed-exitcode", "--allow-live", "--out", "p.json")
    assert done.code == 2
    assert "Guards:" not in done.out
    assert "Allowed: apply needs these options too\n  · --allow-live\n" in done.out
    assert "    cioform apply demo p.json --allow-live\n" in done.out
    refused = cio("apply", "demo", "p.json")  # a plan file allows nothing by itself
    assert (refused.code, "allow_live" in refused.err) == (4, True)
    assert cio("plan", "demo", "--detailed-exitcode", "--allow-delete").code == 4


def test_another_command_that_holds_the_state_is_a_reason_to_try_again(cio: CommandLine) -> None:
    lock = ProcessLock(Path(".cioform/demo/state.lock"))
    lock.acquire()
    try:
        done = cio("plan", "demo")
    finally:
        lock.release()
    assert done.code == 75
    assert done.err.startswith("error: State is locked\n")


@pytest.fixture
def remote(cio: CommandLine, monkeypatch: pytest.MonkeyPatch) -> Iterator[CommandLine]:
    """Yield the command line, in a project with a served workspace and no credential."""
    folder = Path("workspaces/remote")
    folder.mkdir()
    with serve_sandbox(Path.cwd(), "remote", rate=None) as served:
        url = served.info["app"]
        (folder / "workspace.yaml").write_text(
            "format: 1\n"
            f"endpoint: {{app: '{url}', journeys: '{url}', track: '{url}'}}\n"
            f"workspace_id: {served.info['workspace_id']}\n"
            "credentials: {app_api_key: '${env.CUSTOMERIO_APP_API_KEY}'}\n"
        )
        monkeypatch.delenv("CUSTOMERIO_APP_API_KEY", raising=False)
        yield cio


def test_doctor_without_a_credential(remote: CommandLine) -> None:
    done = remote("doctor", "remote")
    assert done.code == 6
    assert "none is set" in done.out


def test_a_wrong_key_is_noticed_even_if_there_is_nothing_to_list(
    remote: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUSTOMERIO_APP_API_KEY", "wrong-key-0123456789")
    done = remote("plan", "remote")
    assert (done.code, done.out) == (6, "")
    assert "Credential rejected" in done.err
