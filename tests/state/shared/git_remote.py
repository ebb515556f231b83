"""A bare remote and clones of it, made by the real Git."""

from __future__ import annotations

import shutil
import subprocess
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from cioform.model.objects.snapshot import AppliedState
from cioform.state.git.backend import GitBackend
from cioform.state.runs import UNNAMED_RUN
from cioform.state.shared.creation import create_state
from cioform.state.shared.store import SharedStateStore
from cioform.state.shared.validity import StateIdentity
from cioform.state.state import StateOwner
from tests.support.memory_backend import LINEAGE

REF = "refs/heads/cioform/acme"


def git(folder: Path, *arguments: str) -> str:
    result = subprocess.run(
        ["git", "-c", "user.name=Ada", "-c", "user.email=ada@acme.com", *arguments],
        cwd=folder, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return result.stdout.strip()


def make_remote(folder: Path, *options: str) -> Path:
    """Return a bare repository with one commit on `main`. Git takes six processes for the first."""
    return shutil.copytree(Path(_first_remote(options).name) / "remote.git", folder / "remote.git")


@cache
def _first_remote(options: tuple[str, ...]) -> TemporaryDirectory[str]:
    kept = TemporaryDirectory()
    remote, seed = Path(kept.name) / "remote.git", Path(kept.name) / "seed"
    git(remote.parent, "init", "-q", "--bare", "-b", "main", "--template=", *options, str(remote))
    git(remote.parent, "init", "-q", "-b", "main", *options, str(seed))
    (seed / "README").write_text("acme\n")
    git(seed, "add", "README")
    git(seed, "commit", "-q", "-m", "First")
    git(seed, "push", "-q", str(remote), "main")
    (remote / "hooks").mkdir()
    return kept


def clone(remote: Path, folder: Path, *options: str) -> Path:
    git(remote, "clone", "-q", "--template=", *options, f"file://{remote}", str(folder))
    return folder


def backend(project: Path, remote: str = "origin") -> GitBackend:
    return GitBackend(project, project / ".cioform" / "acme" / "state.git", remote, REF, "acme")


class GitRemote:
    """A state on the remote `origin` of the clone that a project is in."""

    def __init__(self) -> None:
        self._exists = False

    def open_store(
        self, _project: Path, folder: Path, owner: StateOwner, **more: Any
    ) -> SharedStateStore:
        """Return the state of the project, which is created if there is none."""
        more.pop("tick")
        storage = backend(_project)
        if not self._exists:
            self._exists = True
            create_state(storage, None, owner, AppliedState(LINEAGE, 0, {}), UNNAMED_RUN)
        return SharedStateStore(storage, folder, StateIdentity(owner, LINEAGE), **more)
