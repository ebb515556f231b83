"""`notify` in the settings: who is notified of what, and that it changes nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import prepared as prepared
from tests.notifying.conftest import Receiver
from tests.support.command_line import CommandLine
from tests.support.command_line import cio as cio
from tests.support.git import git

SETTINGS = Path("workspaces/demo/workspace.yaml")
FOOTER = Path("workspaces/demo/snippets/footer.yaml")
NOTIFY = """
notify:
  - url: ${env.CIOFORM_NOTIFY_URL}
    secret: ${env.CIOFORM_NOTIFY_SECRET}
"""
TEXT = "the text of a message"


@pytest.fixture
def notified(cio: CommandLine, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> Receiver:
    monkeypatch.setenv("CIOFORM_NOTIFY_URL", receiver.url)
    monkeypatch.setenv("CIOFORM_NOTIFY_SECRET", "the key of the signature")
    SETTINGS.write_text(SETTINGS.read_text(encoding="utf-8") + NOTIFY, encoding="utf-8")
    FOOTER.write_text(f"name: footer\nvalue: {TEXT}\n", encoding="utf-8")
    assert cio("plan", "demo").code == 0
    assert receiver.received == []
    return receiver


def test_an_apply_and_drift_are_reported_without_their_content(
    cio: CommandLine, notified: Receiver
) -> None:
    assert cio("apply", "demo", "--auto-approve").code == 0
    assert cio("apply", "demo", "--auto-approve").code == 0  # nothing to apply, nothing to tell
    assert cio("drift", "demo").code == 0
    edited = ("sandbox", "edit", "demo", "snippet.footer", f"value={TEXT}!", "--as", "j@acme.com")
    assert cio(*edited).code == 0
    assert cio("drift", "--all", "--exit-zero").code == 0
    applied, drift = notified.events
    assert (applied["event"], applied["workspace"], applied["complete"]) == (
        "applied",
        "demo",
        True,
    )
    assert applied["changes"] == [
        {"address": "snippet.footer", "action": "create", "result": "done"}
    ]
    assert drift["event"] == "drift"
    assert drift["objects"] == [{"address": "snippet.footer", "gone": False, "fields": ["value"]}]
    for _, body in notified.received:
        assert TEXT.encode() not in body
        assert b"acme.com" not in body


def test_a_refusal_is_reported_without_its_details(cio: CommandLine, notified: Receiver) -> None:
    assert cio("apply", "demo", "--reviewed", "0" * 64).code == 4
    [refused] = notified.events
    assert (refused["event"], refused["more"]) == ("refused", 0)
    assert [each.keys() for each in refused["problems"]] == [{"summary", "address"}]


def test_a_webhook_that_fails_changes_neither_the_exit_code_nor_the_answer(
    cio: CommandLine, notified: Receiver
) -> None:
    notified.statuses = [400, 400]
    done = cio("apply", "demo", "--auto-approve", "--json")
    assert (done.code, done.json["complete"]) == (0, True)
    assert "\nwarning: demo: The notification to `CIOFORM_NOTIFY_URL` was not " in done.err
    assert notified.url not in done.err


def test_only_what_is_asked_for_is_sent(cio: CommandLine, notified: Receiver) -> None:
    text = SETTINGS.read_text(encoding="utf-8")
    SETTINGS.write_text(f"{text}    on: [drift]\n", encoding="utf-8")
    assert cio("apply", "demo", "--auto-approve").code == 0
    assert notified.received == []


def test_a_pull_request_cannot_choose_who_is_notified(cio: CommandLine, notified: Receiver) -> None:
    git("init", "-q", "-b", "main")
    git("add", ".")
    git("commit", "-qm", "first")
    text = SETTINGS.read_text(encoding="utf-8")
    SETTINGS.write_text(text.replace(NOTIFY, ""), encoding="utf-8")
    done = cio("plan", "demo", "--settings-from", "main")
    assert "notify" in done.out
    done = cio("apply", "demo", "--auto-approve", "--settings-from", "main")
    assert (done.code, len(notified.received)) == (0, 1), done


@pytest.mark.parametrize(
    ("field", "message"),
    [
        ("url: https://hooks.acme.com/t0ken", "`notify.url` must refer to an environment variable"),
        ("url: ${env.GITHUB_TOKEN}", "`notify.url` may not read `GITHUB_TOKEN`"),
        ("urll: ${env.CIOFORM_NOTIFY_URL}", "`url`"),
    ],
)
def test_what_is_refused(cio: CommandLine, field: str, message: str) -> None:
    text = SETTINGS.read_text(encoding="utf-8") + NOTIFY
    SETTINGS.write_text(text.replace("url: ${env.CIOFORM_NOTIFY_URL}", field), encoding="utf-8")
    done = cio("validate", "demo")
    assert (done.code, message in done.err, "t0ken" in done.err) == (3, True, False), done.err


def test_no_document_may_contain_the_secret(
    cio: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CIOFORM_NOTIFY_SECRET", "k" * 24)
    settings = SETTINGS.read_text(encoding="utf-8")
    leak = f"variables: {{leak: {'k' * 24}}}\n"
    SETTINGS.write_text(settings + NOTIFY + leak, encoding="utf-8")
    done = cio("validate", "demo")
    assert (done.code, "k" * 24 in done.err) == (3, False), done.err
