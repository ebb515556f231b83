from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from cioform.cli.app import run
from cioform.services.project.project_files import init
from cioform.services.workspace import open_workspace
from tests.support.command_line import CommandLine, CommandResult

NAMES = ("canary", "eu_one", "eu_two", "us_one")


@pytest.fixture(scope="session")
def applied_fleet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project of sandbox workspaces, each with a snippet that was applied."""
    root = tmp_path_factory.mktemp("fleet")
    for name in NAMES:
        init(root, name, sandbox=True)
        with open_workspace(root, name) as opened:
            opened.apply(opened.plan())
    return root


@pytest.fixture
def cio(
    applied_fleet: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> CommandLine:
    """Return a function that runs a command in a new copy of the project."""
    root = tmp_path / "project"
    shutil.copytree(applied_fleet, root)
    monkeypatch.chdir(root)
    for variable in ("GITHUB_RUN_ID", "CI_PIPELINE_ID", "CIOFORM_RUN_ID"):
        monkeypatch.delenv(variable, raising=False)

    def command(*words: str) -> CommandResult:
        capsys.readouterr()
        return CommandResult(run(words), *capsys.readouterr())

    return command
