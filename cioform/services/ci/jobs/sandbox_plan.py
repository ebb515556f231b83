"""Plan on a sandbox that has the files of the target branch, where no credentials may be used."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from cioform.config.project import SETTINGS_FILE, WORKSPACES_FOLDER, workspace_names
from cioform.config.read.parsing.parse import parse_first
from cioform.core.data.json_value import as_mapping
from cioform.model.settings.limits import Guards
from cioform.services.policies.check import POLICIES_FOLDER
from cioform.services.workspace import open_workspace
from cioform.state.git.command import Git
from cioform.storage.user_files import read_text, report_write_errors, write_text

NOTE: Final = (
    "Planned on the sandbox, to which the files of the target branch were applied first. This "
    "plan does not know what is running in Customer.io, whom it reaches, and what was edited "
    "there."
)
_OF_CUSTOMER_IO: Final = ("region", "workspace_id", "credentials", "state", "notify")
"""The settings that are about the real workspace."""
_GIT_SETTINGS: Final = (
    ("user.name", "cioform"), ("user.email", "cioform@localhost"), ("commit.gpgSign", "false"),
)  # fmt: skip
REVISION: Final = "HEAD"
"""In the copy, the revision with the files of the target branch."""
_NO_GUARDS: Final = Guards(
    allow_delete=True, allow_live=True, allow_replace=True, max_deletes=None, max_percent=100
)


@contextmanager
def sandbox_copy(root: Path, name: str, base: Path | None) -> Iterator[Path]:
    """Provide a copy of the project whose workspace is a sandbox with the files of `base`.

    The copy is a repository, so that the settings of the target branch can judge the plan.
    """
    with TemporaryDirectory(prefix="cioform-ci-") as folder:
        copy = Path(folder)
        git = Git(copy, _GIT_SETTINGS)
        git.run("init", "-q")
        _copy_files(base, copy, name)
        # What the target branch has is not judged.
        _commit(git, f":!{WORKSPACES_FOLDER}/{POLICIES_FOLDER}")
        if name in workspace_names(copy):
            _apply_everything(copy, name)
        _commit(git)
        _copy_files(root, copy, name)
        yield copy


def _commit(git: Git, *excluded: str) -> None:
    git.run("add", "-A", "-f", "--", ".", ":!.*", *excluded)
    git.run("commit", "-q", "--allow-empty", "-m", "Target branch")


def _apply_everything(copy: Path, name: str) -> None:
    with open_workspace(copy, name, settings_from=REVISION) as opened:
        opened.apply(opened.plan(), _NO_GUARDS)


def _copy_files(source: Path | None, copy: Path, name: str) -> None:
    """Replace the files of the copy, in which one workspace becomes a sandbox.

    Documents may name files anywhere in the project, except hidden ones.
    """
    for path in copy.glob("[!.]*"):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
    if source is not None:
        with report_write_errors(copy):
            shutil.copytree(
                source, copy, symlinks=True, dirs_exist_ok=True, ignore=shutil.ignore_patterns(".*")
            )
    workspaces = copy / WORKSPACES_FOLDER
    workspaces.mkdir(exist_ok=True)
    settings = workspaces / name / SETTINGS_FILE
    if settings.is_file():
        text = _settings_of_sandbox(read_text(settings), str(settings))
        for path in (workspaces, settings.parent, settings):
            _replace_link(path)
        write_text(settings, text)


def _replace_link(path: Path) -> None:
    """Replace a link, through which something would be written elsewhere, by what it leads to."""
    if path.is_symlink():
        target = path.resolve()
        path.unlink()
        if target.is_dir():
            shutil.copytree(target, path, symlinks=True)


def _settings_of_sandbox(text: str, shown: str) -> str:
    fields = as_mapping(parse_first(text, shown))
    kept = {field: value for field, value in fields.items() if field not in _OF_CUSTOMER_IO}
    return json.dumps({**kept, "endpoint": "sandbox"}, indent=2)
