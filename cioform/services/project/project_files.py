"""Create the files of a project: a new workspace and the schema for editors."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Final

from cioform.config.project import WORKSPACES_FOLDER, check_workspace_name, workspace_names
from cioform.config.read.file_names import name_warnings
from cioform.config.rings import RingsFile
from cioform.config.schema import json_schema
from cioform.config.write.new_settings import new_workspace_yaml
from cioform.config.write.resources import schema_comment
from cioform.core.data.json_value import Json
from cioform.core.diagnostic import Location
from cioform.core.errors import UsageError
from cioform.kinds import find_kinds
from cioform.model.remote_access.capabilities import HasStarterFile
from cioform.policies.policy_file import PolicyFile
from cioform.storage.atomic import replace_file
from cioform.storage.file_batch import replace_files
from cioform.storage.user_files import report_write_errors, write_text

SCHEMA_PATH: Final = Path("workspaces", "schema.json")
"""The schema for editors, relative to the project; the first line of each document names it."""

_GITIGNORE_LINE: Final = b".cioform/\n"
_GITIGNORE_VARIANTS: Final = {b".cioform", b".cioform/", b"/.cioform", b"/.cioform/"}


def editor_schema() -> dict[str, Json]:
    """Return the JSON Schema that editors complete and check documents with."""
    return json_schema(find_kinds(), {"policy": PolicyFile, "rings": RingsFile})


def write_schema(root: Path) -> Path:
    """Write the schema for editors where the documents refer to it, and return its path."""
    path = root / SCHEMA_PATH
    with report_write_errors(path):
        replace_files({path: _schema_text().encode()})
    return path


@cache
def _schema_text() -> str:
    """Return the content of the schema file, which is the same for every workspace."""
    return json.dumps(editor_schema(), indent=2) + "\n"


def init(root: Path, name: str, *, sandbox: bool = False) -> list[Path]:
    """Create a workspace: settings, the schema for editors and a `.gitignore`.

    In a sandbox it has a first document too. In Customer.io an import writes the documents, and the
    first plan would create one that is not there.

    Returns the files that were created or changed. A document that exists is not overwritten, and
    an existing `.gitignore` gets one more line. Raises UsageError where `name` is not a valid
    name or is a workspace already.
    """
    check_workspace_name(name)
    names = [each for each in workspace_names(root) if each != name]
    for problem in name_warnings([*names, name], WORKSPACES_FOLDER):
        if problem.location == Location(f"{WORKSPACES_FOLDER}/{name}"):
            raise UsageError.of("Invalid workspace name", problem.detail)
    folder = root / "workspaces" / name
    if (folder / "workspace.yaml").exists():
        raise UsageError.of(
            "Workspace already exists",
            f"{folder} already has a workspace.yaml. Choose another name, or use the one that "
            f"exists:\n\n    cioform plan {name}",
        )
    endpoint = "sandbox" if sandbox else "us"
    # The settings come last: after a failed write the same command can be run again.
    content = {
        **(_starter_documents(root, folder) if sandbox else {}),
        folder / "workspace.yaml": new_workspace_yaml(
            endpoint, schema=Path("..", SCHEMA_PATH.name).as_posix()
        ),
    }
    shared = [*_add_to_gitignore(root / ".gitignore"), write_schema(root)]
    created = [path for path in content if not path.exists()]
    for path in created:
        with report_write_errors(path):
            path.parent.mkdir(parents=True, exist_ok=True)
        write_text(path, content[path])
    return [*reversed(created), *shared]


def _starter_documents(root: Path, folder: Path) -> dict[Path, str]:
    """Return the first documents of a new workspace, by path."""
    starters = {
        folder / kind.folder / kind.starter_file: kind
        for kind in find_kinds()
        if isinstance(kind, HasStarterFile)
    }
    return {
        path: schema_comment(path, root / SCHEMA_PATH, kind.name) + kind.example
        for path, kind in starters.items()
    }


def _add_to_gitignore(file: Path) -> list[Path]:
    """Add `.cioform/` unless it is listed, and return the file if it changed.

    What the file holds stays as it is, byte for byte.
    """
    with report_write_errors(file):
        content = file.read_bytes() if file.exists() else b""
        if not _GITIGNORE_VARIANTS.isdisjoint(line.rstrip() for line in content.splitlines()):
            return []
        separator = b"" if content.endswith(b"\n") or not content else b"\n"
        replace_file(file.resolve(), content + separator + _GITIGNORE_LINE, durable=False)
    return [file]
