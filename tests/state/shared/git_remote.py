"""A bare remote and clones of it, made by the real Git."""

from __future__ import annotations

import subprocess
from pathlib import Path

from cioform.state.git.backend import GitBackend

REF = "refs/heads/cioform/acme"


def git(folder: Path, *arguments: str) -> str:
    result = subprocess.run(
        ["git", "-c", "user.name=Ada", "-c", "user.email=ada@acme.com", *arguments],
        cwd=folder, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return result.stdout.strip()


def make_remote(folder: Path, *options: str) -> Path:
    """Return a bare repository with one commit on `main`."""
    remote, seed = folder / "remote.git", folder / "seed"
    git(folder, "init", "-q", "--bare", "-b", "main", *options, str(remote))
    git(folder, "init", "-q", "-b", "main", *options, str(seed))
    (seed / "README").write_text("acme\n")
    git(seed, "add", "README")
    git(seed, "commit", "-q", "-m", "First")
    git(seed, "push", "-q", str(remote), "main")
    return remote


def clone(remote: Path, folder: Path, *options: str) -> Path:
    git(remote, "clone", "-q", *options, f"file://{remote}", str(folder))
    return folder


def backend(project: Path, remote: str = "origin") -> GitBackend:
    return GitBackend(project, project / ".cioform" / "acme" / "state.git", remote, REF)
