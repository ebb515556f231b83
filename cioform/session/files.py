"""What works on files alone: validate, format, schema, init."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from cioform.base.diagnostic import Diagnostic
from cioform.base.errors import FilesWrong, UsageWrong
from cioform.config.formatting import format_text
from cioform.config.load import Workspace, load_workspace
from cioform.config.schema import schema as make_schema
from cioform.config.write import schema_line, workspace_yaml
from cioform.kinds import find_kinds
from cioform.model.kind import Kind
from cioform.model.registry import Registry

SCHEMA: Final = Path("workspaces", "schema.json")
"""The editor schema, from the project's root; the documents' first lines lead there."""

_IGNORED: Final = ".cioform/\n"


def validate(
    root: Path, names: list[str], environment: Mapping[str, str] | None = None
) -> tuple[list[Workspace], tuple[Diagnostic, ...]]:
    """Load workspaces without a credential or a network. Gives those that are right, and every
    problem and warning of all of them."""
    kinds = find_kinds()
    given = os.environ if environment is None else environment
    loaded: list[Workspace] = []
    problems: list[Diagnostic] = []
    for name in names:
        try:
            workspace = load_workspace(root, name, kinds, given)
        except FilesWrong as error:
            problems += error.diagnostics
        else:
            loaded.append(workspace)
            problems += workspace.warnings
    return loaded, tuple(problems)


def schema() -> dict[str, Any]:
    """Give the JSON Schema for editors."""
    return make_schema(find_kinds())


def write_schema(root: Path) -> Path:
    """Write the editor schema where the documents look for it."""
    path = root / SCHEMA
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(schema(), indent=2) + "\n", encoding="utf-8")
    return path


def format_files(paths: Sequence[Path], *, check: bool = False) -> list[Path]:
    """Lay out YAML files, or those below folders, in the one way. Gives those that differed;
    with `check` nothing is written. Raises FilesWrong with every file that is not valid."""
    kinds = find_kinds()
    changed: list[Path] = []
    problems: list[Diagnostic] = []
    for path in _yaml_files(paths):
        text = path.read_text(encoding="utf-8")
        try:
            wanted = format_text(text, _kind_of(path, kinds), str(path))
        except FilesWrong as error:
            problems += error.diagnostics
            continue
        if wanted != text:
            changed.append(path)
            if not check:
                path.write_text(wanted, encoding="utf-8")
    if problems:
        raise FilesWrong(problems)
    return changed


def init(root: Path, name: str, *, sandbox: bool = False) -> list[Path]:
    """Make a new workspace: its settings, a first snippet, the editor schema and an ignore file.
    Nothing that exists is overwritten. Gives the files made."""
    folder = root / "workspaces" / name
    if (folder / "workspace.yaml").exists():
        raise UsageWrong.of("Workspace is there already", f"{folder} has a workspace.yaml already.")
    kind = find_kinds()["snippet"]
    snippet = folder / kind.folder / "footer.yaml"
    schema_path = root / SCHEMA
    made = {
        folder / "workspace.yaml": workspace_yaml(
            "sandbox" if sandbox else "us", schema=Path("..", SCHEMA.name).as_posix()
        ),
        snippet: schema_line(snippet, schema_path, kind.name) + kind.example,
        root / ".gitignore": _IGNORED,
    }
    written = [path for path in made if not path.exists()]
    for path in written:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(made[path], encoding="utf-8")
    return [*written, write_schema(root)]


def _yaml_files(paths: Iterable[Path]) -> list[Path]:
    found: list[Path] = []
    for path in paths:
        if not path.exists():
            raise UsageWrong.of("No such file", f"{path} does not exist.")
        found += sorted(path.rglob("*.yaml")) if path.is_dir() else [path]
    return found


def _kind_of(path: Path, kinds: Registry) -> Kind | None:
    folders = (kinds.of_folder(part) for part in reversed(path.parts[:-1]))
    return next((kind for kind in folders if kind), None)
