"""Git in the current folder, as a person."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from shutil import copytree

import pytest


def git(*words: str) -> str:
    """Run a command of Git and return what it prints."""
    names = ("-c", "user.name=Jane", "-c", "user.email=jane@acme.com")
    return subprocess.run(
        ["git", *names, *words], check=True, capture_output=True, text=True
    ).stdout.strip()


def commit_all(message: str = "Base") -> None:
    """Commit the files of a project."""
    git("add", "workspaces", ".gitignore")
    git("commit", "-qm", message)


def repository(
    project: Path, factory: pytest.TempPathFactory, begin: Callable[[], None] = commit_all
) -> Path:
    """Return a copy of a project in a repository, in which `begin` makes the first commits.

    It is to be copied by each test of a module, since Git takes a process for each step.
    """
    root = copytree(project, factory.mktemp("repository") / "project")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        git("init", "-q", "-b", "main", "--template=")
        begin()
        git("repack", "-adq")  # into one file, which is copied faster
    return root
