"""A repository on a GitHub in this process, and the jobs of its workflow."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import pytest

from tests.support.command_line import CommandLine, CommandResult
from tests.support.fake_github import FakeGitHub
from tests.support.git import git

SNIPPETS: Final = Path("workspaces/demo/snippets")
RESULT: Final = Path("cioform-ci/result.json")


def commit(name: str, value: str) -> str:
    """Commit a snippet and return the commit."""
    content = json.dumps({"name": name, "value": value})
    (SNIPPETS / f"{name}.yaml").write_text(content, "utf-8")
    git("add", "workspaces")
    git("commit", "-qm", f"Change {name}")
    return git("rev-parse", "HEAD")


class Job:
    """A repository on a GitHub, and the jobs of its workflow."""

    def __init__(self, cio: CommandLine, patch: pytest.MonkeyPatch, github: FakeGitHub) -> None:
        self._cio = cio
        self._patch = patch
        self.github = github
        self.base = git("rev-parse", "HEAD")
        for name, value in github.environment_of_job(Path.cwd()).items():
            patch.setenv(name, value)
        patch.setenv("GITHUB_TOKEN", github.token)

    def event(self, content: dict[str, Any], head: str | None = None) -> None:
        """Write the event that starts the next job."""
        Path("event.json").write_text(json.dumps(content))
        self._patch.setenv("GITHUB_SHA", head or git("rev-parse", "HEAD"))

    def pull_request(self, number: int = 1, source: str = "acme/messages") -> str:
        """Start a job for a pull request with the commit that is checked out; return it."""
        head = git("rev-parse", "HEAD")
        if number not in self.github.pulls:
            self.github.add_pull(number, head)
        repo = {"full_name": self.github.repository}
        self.event(
            {
                "pull_request": {
                    "number": number,
                    "head": {"sha": head, "repo": {"full_name": source}},
                    "base": {
                        "sha": self.base,
                        "ref": self.github.pulls[number]["base"]["ref"],
                        "repo": repo,
                    },
                }
            }
        )
        return head

    def plan_and_publish(self, number: int = 1) -> None:
        """Do what the workflow does for a pull request."""
        self.pull_request(number)
        assert self("plan").code == 0
        published = self("publish", "cioform-ci")
        assert (published.code, "warning" in published.err) == (0, False), published.err

    def merge(self, *numbers: int) -> None:
        """Merge pull requests by the commit that is checked out, and start the job of the push."""
        head = git("rev-parse", "HEAD")
        for number in numbers:
            self.github.merge(number, head)
        self.event({"before": self.base})

    def comment(self, number: int = 1) -> str:
        [comment] = self.github.comments[number]
        return str(comment["body"])

    def __call__(self, *words: str) -> CommandResult:
        return self._cio("ci", *words)
