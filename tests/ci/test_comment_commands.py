"""Who may say what in a comment, and for which commit."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from cioform.cli.app import run
from cioform.core.secrets.secret import Secret
from cioform.forge.checks import DEFAULT_APP
from cioform.forge.client import GitHub
from cioform.services.ci.comment_command import (
    CommentCommand,
    answer_comment,
    read_comment_command,
)
from tests.support.fake_github import FakeGitHub, serve

HEAD, MERGED = "a" * 40, "c" * 40
BEFORE, AFTER = "2026-11-28T09:00:00Z", "2026-11-28T11:00:00Z"


def event(body: str, user: str = "jane", at: str = AFTER, **more: Any) -> dict[str, Any]:
    comment = {"id": 5, "body": body, "created_at": at, "user": {"login": user, "type": "User"}}
    issue = {"number": 1, "pull_request": {"url": "u"}}
    repository = {"default_branch": "main"}
    content = {"action": "created", "issue": issue, "comment": comment, "repository": repository}
    return content | more


def ask(fake: FakeGitHub, content: dict[str, Any]) -> CommentCommand:
    transport = httpx.WSGITransport(app=fake)
    github = GitHub(fake.repository, Secret(fake.token), fake.url, transport=transport)
    found = read_comment_command(github, content, DEFAULT_APP)
    answer_comment(github, content, found)
    return found


@pytest.fixture
def fake() -> FakeGitHub:
    """Return a repository with a pull request that was pushed at 10 o'clock."""
    github = FakeGitHub(writers={"jane"})
    github.add_pull(1, HEAD)
    return github


def test_a_command_of_a_writer_is_obeyed(fake: FakeGitHub) -> None:
    found = ask(fake, event("/cioform plan acme\r\nPlease."))
    assert (found.command, found.workspace, found.head) == ("plan", "acme", HEAD)
    assert found.branch == "branch-1"
    assert fake.reactions == {5: ["eyes"]}


@pytest.mark.parametrize(
    "content",
    [
        event("/cioform plan", user="eve"),
        event("/cioform plan", user="../../user"),
        event("/cioform plan", action="edited"),
        event("/cioform plan", issue={"number": 1}),
        event("Try /cioform plan"),
        event("/cioforms plan"),
        event("x" * 5_000_000),
        event("/cioform plan", comment={"id": 5, "body": "/cioform plan", "user": None}),
        {},
    ],
)
def test_everything_else_is_ignored(fake: FakeGitHub, content: dict[str, Any]) -> None:
    assert ask(fake, content) == CommentCommand()
    assert (fake.reactions, fake.comments) == ({}, {})


@pytest.mark.parametrize(
    ("body", "pull", "at", "says"),
    [
        ("/cioform plan", {}, BEFORE, "may have changed after"),
        ("/cioform plan", {}, "yesterday", "may have changed after"),
        ("/cioform destroy", {}, AFTER, "Unknown command"),
        ("/cioform plan acme; rm -rf /", {}, AFTER, "Unknown command"),
        ("/cioform plan --allow-live", {}, AFTER, "Unknown command"),
        ("/cioform plan acme 7", {}, AFTER, "takes a workspace and nothing else"),
        ("/cioform plan", {"state": "closed"}, AFTER, "is closed"),
        ("/cioform apply", {}, AFTER, "Merge the pull request first"),
        ("/cioform plan", {"base": {"sha": None}}, AFTER, "did not return the head"),
        ("/cioform pull acme", {"base": None}, AFTER, "did not return the head"),
        ("/cioform pull", {}, AFTER, "needs a workspace"),
        ("/cioform unlock acme", {}, AFTER, "needs the ID"),
        (
            "/cioform pull acme",
            {"head": {"sha": HEAD, "ref": "x", "repo": {"full_name": "eve/messages"}}},
            AFTER,
            "in a fork",
        ),
    ],
)
def test_the_comment_says_why_nothing_happens(
    fake: FakeGitHub, body: str, pull: dict[str, Any], at: str, says: str
) -> None:
    fake.pulls[1] |= pull
    found = ask(fake, event(body, at=at))
    assert (found.command, says in found.refusal) == ("", True)
    assert fake.reactions == {5: ["confused"]}
    assert fake.comments[1][0]["body"] == found.refusal


def test_a_check_shows_that_the_commit_stood_before_a_later_push(fake: FakeGitHub) -> None:
    fake.pulls[1]["head"]["repo"]["pushed_at"] = "2026-11-28T12:00:00Z"  # to another branch
    assert ask(fake, event("/cioform plan")).command == ""
    check = {"name": "cioform/acme", "head_sha": HEAD, "completed_at": fake.now}
    fake.checks.append({**check, "app": {"slug": "somebody-else"}})
    assert ask(fake, event("/cioform plan")).command == ""
    fake.checks.append({**check, "app": {"slug": "github-actions"}})
    assert ask(fake, event("/cioform plan")).command == "plan"


def test_apply_is_about_the_commit_of_the_merge(fake: FakeGitHub) -> None:
    fake.merge(1, MERGED)
    assert ask(fake, event("/cioform apply")).head == MERGED


def test_only_what_the_default_branch_has_is_applied(fake: FakeGitHub) -> None:
    fake.merge(1, MERGED)
    fake.pulls[1]["base"]["ref"] = "branch-of-jane"
    found = ask(fake, event("/cioform apply"))
    assert (found.command, "into the default branch" in found.refusal) == ("", True)
    fake.pulls[1]["base"].pop("ref")
    assert ask(fake, event("/cioform apply", repository={})).command == ""


def test_the_command_line_writes_outputs(
    fake: FakeGitHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "event.json").write_text(json.dumps(event("/cioform unlock acme 2026-7f")))
    with serve(fake):
        for name, value in {
            "GITHUB_EVENT_PATH": str(tmp_path / "event.json"), "GITHUB_API_URL": fake.url,
            "GITHUB_TOKEN": fake.token, "GITHUB_REPOSITORY": fake.repository,
            "GITHUB_OUTPUT": str(tmp_path / "outputs"),
        }.items():  # fmt: skip
            monkeypatch.setenv(name, value)
        assert run(("ci", "command")) == 0
    assert (tmp_path / "outputs").read_text().splitlines()[:3] == [
        "command=unlock", "workspace=acme", "run=2026-7f",
    ]  # fmt: skip
