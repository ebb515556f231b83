"""A project on a bare remote, with a served sandbox, a state in Git, and a GitHub."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cioform.emulator.protocol.behavior import Behavior
from cioform.emulator.server.app import make_app
from cioform.emulator.server.transports.serve import serve as serve_sandbox
from cioform.services.connections.sandbox import open_sandbox_store
from cioform.services.project.project_files import init
from tests.state.shared.git_remote import clone, git, make_remote
from tests.support.fake_github import FakeGitHub, serve
from tests.support.workflow_runner import (
    JobResult,
    RunCioform,
    WorkflowRunner,
)

SETTINGS = """\
format: 1
workspace_id: {number}
endpoint: {{app: {url}, journeys: {url}, track: {url}}}
credentials: {{service_account_token: "${{env.CUSTOMERIO_SERVICE_ACCOUNT_TOKEN}}"}}
state: {{backend: git}}
"""
FOOTER = "name: footer\nvalue: Acme, 1 High Street\n"


@dataclass
class ForgeProject:
    """Where the jobs of a team run."""

    folder: Path
    """The clone of a person, which is the current folder."""
    github: FakeGitHub
    runner: WorkflowRunner
    event_file: Path

    @property
    def base(self) -> str:
        """The last commit of the target branch."""
        return git(self.runner.remote, "rev-parse", "main")

    def pull_request(self, number: int, branch: str) -> str:
        """Open a pull request for a branch, or take its new commits; return its last commit."""
        head = git(self.runner.remote, "rev-parse", branch)
        if number in self.github.pulls:
            self.github.pulls[number]["head"]["sha"] = head
        else:
            self.github.add_pull(number, head)
            self.github.pulls[number]["head"]["ref"] = branch
            self.github.pulls[number]["base"]["sha"] = self.base
        return head

    def job(self, workflow: str, name: str, event: Mapping[str, Any], **more: Any) -> JobResult:
        """Run a job of a workflow for an event."""
        self.event_file.write_text(json.dumps(event))
        return self.runner.run(workflow, name, **more)

    def plan(self, number: int) -> list[JobResult]:
        """Run the jobs that plan a pull request, on the commit that would merge it."""
        pull = self.github.pulls[number]
        event = {"pull_request": {**pull, "base": {**pull["base"], "sha": self.base}}}
        head = pull["head"]["sha"]
        planned = self.job("plan", "plan", event, sha=head)
        needs = {"plan": planned.outputs}
        return [planned, self.job("plan", "publish", event, sha=head, needs=needs)]

    def apply(self, number: int, before: str) -> list[JobResult]:
        """Run the jobs after the merge of a pull request."""
        merged = self.base
        self.github.merge(number, merged)
        event = {"before": before}
        self.runner.patch.setenv("GITHUB_SHA", merged)
        applied = self.job("apply", "apply", event, sha=merged)
        needs = {"apply": applied.outputs}
        return [applied, self.job("apply", "publish", event, sha=merged, needs=needs)]

    def comment(self, number: int, body: str, user: str) -> JobResult:
        """Run the job that reads a comment in a pull request."""
        comment = {
            "id": 5, "body": body, "created_at": "2026-11-28T11:00:00Z",
            "user": {"login": user, "type": "User"},
        }  # fmt: skip
        event = {
            "action": "created", "comment": comment,
            "issue": {"number": number, "pull_request": {"url": "u"}},
            "repository": {"default_branch": "main"},
        }  # fmt: skip
        return self.job("comment", "read", event, sha=self.base)

    def job_of_comment(self, name: str, read: JobResult) -> JobResult:
        """Run the job that does what a comment asks for."""
        return self.runner.run("comment", name, sha=self.base, needs={"read": read.outputs})

    def drift(self) -> list[JobResult]:
        """Run the nightly jobs."""
        self.runner.patch.setenv("GITHUB_SHA", self.base)
        found = self.job("drift", "drift", {}, sha=self.base)
        needs = {"drift": found.outputs}
        return [found, self.job("drift", "publish", {}, sha=self.base, needs=needs)]


@contextmanager
def forge_project(
    place: Path, patch: pytest.MonkeyPatch, cioform: RunCioform
) -> Iterator[ForgeProject]:
    """Yield a project whose workspace `acme` is applied, in a clone that is the current folder."""
    remote = make_remote(place)
    folder = clone(remote, place / "clone")
    patch.chdir(folder)
    init(folder, "acme", sandbox=True)
    (folder / "workspaces/acme/snippets/footer.yaml").write_text(FOOTER)
    store = open_sandbox_store(folder)
    emulated = store.workspace("acme")
    server = serve_sandbox(make_app(store, Behavior(rate_limit=None)))
    event_file = place / "event.json"
    try:
        with serve(FakeGitHub()) as github:
            token = {"CUSTOMERIO_SERVICE_ACCOUNT_TOKEN": emulated.credentials.service_account_token}
            for name, value in token.items():
                patch.setenv(name, value)
            settings = SETTINGS.format(number=emulated.environment_id, url=server.url)
            (folder / "workspaces/acme/workspace.yaml").write_text(settings)
            _start(folder, cioform)
            environment = {
                **github.environment_of_job(place), "PATH": os.environ["PATH"],
                "GITHUB_TOKEN_OF_JOB": github.token,
            }  # fmt: skip
            runner = WorkflowRunner(remote, place / "jobs", patch, cioform, environment, token)
            yield ForgeProject(folder, github, runner, event_file)
    finally:
        server.stop()
        store.close()


def _start(folder: Path, cioform: RunCioform) -> None:
    """Create the state, apply the files, and push them."""
    for words in (("state", "init", "acme"), ("apply", "acme", "--auto-approve")):
        done = cioform(*words)
        assert done.code == 0, done.err
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "Start")
    git(folder, "push", "-q", "origin", "HEAD:main")
