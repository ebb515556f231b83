"""The tour of a pull request: each command of the page, and the jobs between them."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

import pytest

from cioform.core.errors import CioformError
from cioform.services.project.project_files import init
from cioform.services.workspace import open_workspace
from cioform.state.runs import RunInfo
from tests.state.shared.git_remote import git
from tests.support.command_line import CommandLine, captured_command_line
from tests.support.forge_project import ForgeProject, forge_project
from tests.support.workflow_runner import every_step

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the jobs run on Linux")

PAGE: Final = Path(__file__).resolve().parents[2] / "docs/pull-request-tour.md"
_PART: Final = re.compile(
    r"^```(sh|text)\n(.*?)^```|^<!-- run: (.*?) -->$", re.MULTILINE | re.DOTALL
)
_IDENTITY: Final = {
    "GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@acme.com", "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@acme.com",
}  # fmt: skip


class Tour:
    """Reads the page and does what it says."""

    def __init__(self, project: ForgeProject, cioform: CommandLine) -> None:
        self.project = project
        self._cioform = cioform
        self._shown = ""
        """What the last job or command showed."""

    def part(self, language: str, text: str, job: str) -> None:
        """Do one part of the page."""
        if job:
            self._run_job(job)
        elif language == "sh":
            self._shown = "".join(map(self._line, text.splitlines()))
        else:
            for line in text.splitlines():
                assert line in self._shown, f"{line!r} is not in:\n{self._shown}"

    def _line(self, line: str) -> str:
        if line.startswith("cioform "):
            words = re.findall(r"'[^']*'|\"[^\"]*\"|\S+", line)[1:]
            return self._run_cioform(
                *(self._run_id() if "$RUN" in w else w.strip("'\"") for w in words)
            )
        done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=False)
        assert done.returncode == 0, (line, done.stderr)
        return done.stdout

    def _run_cioform(self, *words: str) -> str:
        done = self._cioform(*words)
        assert done.code == (8 if words[0] == "rollback" else 0), (words, done.out, done.err)
        return str(done.out)

    def _run_id(self) -> str:
        """Return the run that the page rolls back: the one that created the greeting."""
        runs = json.loads(self._run_cioform("history", "acme", "--json"))["runs"]
        return str(
            next(
                each["id"]
                for each in runs
                if each["counts"].get("created") == 1 and each["counts"].get("updated") == 1
            )
        )

    def _run_job(self, what: str) -> None:
        words = what.split()
        if what.startswith("pull request"):
            self.project.pull_request(int(words[2]), words[4])
            jobs = self.project.plan(int(words[2]))
        elif what.startswith("merge"):
            subprocess.run(["git", "fetch", "-q"], check=True)
            before = subprocess.run(
                ["git", "rev-parse", "origin/main~1"], check=True, capture_output=True, text=True
            ).stdout.strip()
            jobs = self.project.apply(int(words[2]), before)
        else:
            jobs = self.project.drift()
        assert [job.code for job in jobs] in ([0, 0], [2, 0]), [job.out for job in jobs]
        self._shown = "\n".join([*(job.out for job in jobs), *self._texts()])

    def _texts(self) -> Iterator[str]:
        """Yield what GitHub shows."""
        github = self.project.github
        for listed in github.comments.values():
            yield from (each["body"] for each in listed)
        yield from (each["body"] for each in github.issues)


@pytest.fixture
def cioform(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    """Return a function that runs a command in the current folder."""
    for name, value in _IDENTITY.items():
        monkeypatch.setenv(name, value)

    return captured_command_line(capsys)


@pytest.fixture
def project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cioform: CommandLine
) -> Iterator[ForgeProject]:
    with forge_project(tmp_path, monkeypatch, cioform) as found:
        yield found


def test_every_step_of_the_tour_works(project: ForgeProject, cioform: CommandLine) -> None:
    tour = Tour(project, cioform)
    for language, text, job in _PART.findall(PAGE.read_text("utf-8")):
        tour.part(language, text, job)
    [issue] = project.github.issues
    assert issue["state"] == "closed"
    assert len(project.github.comments[1]) == 2
    _obey_comments(project, cioform)
    _promote(project)
    assert every_step() == project.runner.seen


def _obey_comments(project: ForgeProject, cioform: CommandLine) -> None:
    """Pull into a branch and release a lock, by comments on a pull request."""
    cioform("sandbox", "edit", "acme", "snippet.footer", "value=Acme, Paris", "--as", "joe@a.io")
    project.github.writers.add("jane")
    read = project.comment(3, "/cioform pull acme", "jane")
    assert read.outputs["command"] == "pull"
    assert project.job_of_comment("pull", read).code == 0
    remote = project.runner.remote
    shown = git(remote, "show", "revert-address:workspaces/acme/snippets/footer.yaml")
    assert "Acme, Paris" in shown
    subject = git(remote, "log", "-1", "--format=%s", "revert-address")
    assert subject == "Take the edits of acme in Customer.io into the files"
    project.pull_request(3, "revert-address")
    again = project.job_of_comment("pull", project.comment(3, "/cioform pull acme", "jane"))
    assert (again.code, "Nothing to commit: " in again.out) == (0, True), again.out

    run_of_another = RunInfo(id="20261128T000000Z-abcdef", command="apply")
    with (
        open_workspace(Path.cwd(), "acme") as opened,
        suppress(CioformError),  # the lock is gone at its end
        opened.state.opened.store.lock(run_of_another),
    ):
        read = project.comment(3, f"/cioform unlock acme {run_of_another.id}", "jane")
        released = project.job_of_comment("unlock", read)
    assert released.code == 0, released.out
    assert project.comment(3, "/cioform plan", "eve").outputs["command"] == ""


def _promote(project: ForgeProject) -> None:
    git(Path.cwd(), "switch", "-q", "main")
    init(Path.cwd(), "other", sandbox=True)
    Path("workspaces/other/snippets/footer.yaml").unlink()
    git(Path.cwd(), "add", "-A")
    git(Path.cwd(), "commit", "-qm", "Another workspace")
    git(Path.cwd(), "push", "-q", "origin", "main")
    inputs = {"source": "acme", "target": "other"}
    done = project.job("promote", "promote", {}, sha=project.base, inputs=inputs)
    assert done.code == 0, done.out
    branch = "promote-other-7"
    files = git(project.runner.remote, "ls-tree", "-r", "--name-only", branch)
    assert "workspaces/other/snippets/footer.yaml" in files
    promoted = git(project.runner.remote, "rev-parse", branch)
    again = project.job("promote", "promote", {}, sha=promoted, inputs=inputs)
    assert (again.code, "Nothing to commit: " in again.out) == (0, True), again.out
