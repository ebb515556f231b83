"""A small project in a repository, and the jobs of its workflow."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cioform.services.project.project_files import init
from cioform.services.workspace import open_workspace
from tests.support.ci_job import Job
from tests.support.command_line import CommandLine
from tests.support.command_line import cio as cio
from tests.support.fake_github import FakeGitHub, serve
from tests.support.git import git

SEGMENT = "name: Everyone\nmanual: true\n"


@pytest.fixture(scope="package")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a repository with an applied workspace, to be copied by each test."""
    root = tmp_path_factory.mktemp("project")
    init(root, "demo", sandbox=True)
    (root / "workspaces/demo/segments").mkdir()
    (root / "workspaces/demo/segments/everyone.yaml").write_text(SEGMENT)
    git("-C", str(root), "init", "-q", "-b", "main")
    git("-C", str(root), "add", "workspaces", ".gitignore")
    git("-C", str(root), "commit", "-qm", "Base")
    with open_workspace(root, "demo") as opened:
        assert opened.apply(opened.plan()).complete
    return root


@pytest.fixture
def job(cio: CommandLine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Job]:
    """Yield the jobs of a repository on a GitHub."""
    with serve(FakeGitHub()) as github:
        yield Job(cio, monkeypatch, github)
