"""What works on files alone: validate, format, schema, init."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from cioform.config.load import Workspace, load_workspace
from cioform.config.project import check_new_name
from cioform.config.read.files import YAML_ENDS
from cioform.config.schema import schema as make_schema
from cioform.config.write.formatting import format_text
from cioform.config.write.resources import schema_line, workspace_yaml
from cioform.core.diagnostic import Diagnostic
from cioform.core.errors import FilesWrong, UsageWrong
from cioform.kinds import find_kinds
from cioform.model.kind import Kind
from cioform.model.registry import Registry
from cioform.storage.user_files import read_text, write_text, writing

SCHEMA: Final = Path("workspaces", "schema.json")
"""The editor schema, from the project's root; the documents' first lines lead there."""

_IGNORED: Final = b".cioform/\n"
_IGNORES: Final = {b".cioform", b".cioform/", b"/.cioform", b"/.cioform/"}


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
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    write_text(path, json.dumps(schema(), indent=2) + "\n")
    return path


def format_files(paths: Sequence[Path], *, check: bool = False) -> list[Path]:
    """Lay out YAML files, or those below folders, in the one way. Gives those that differed;
    with `check` nothing is written. Raises FilesWrong with every file that is not valid."""
    kinds = find_kinds()
    changed: list[Path] = []
    problems: list[Diagnostic] = []
    for path in _yaml_files(paths):
        try:
            text = read_text(path)
            wanted = format_text(text, _kind_of(path, kinds), str(path))
        except (FilesWrong, UsageWrong) as error:
            problems += error.diagnostics
            continue
        if wanted != text:
            changed.append(path)
            if not check:
                write_text(path, wanted)
    if problems:
        raise FilesWrong(problems)
    return changed


def init(root: Path, name: str, *, sandbox: bool = False) -> list[Path]:
    """Make a new workspace: its settings, a first snippet, the editor schema and an ignore file.
    Nothing that exists is overwritten; an ignore file gets a line more. Gives the files made and
    changed. Raises UsageWrong where `name` cannot be a workspace's or is one's already."""
    check_new_name(name)
    folder = root / "workspaces" / name
    if (folder / "workspace.yaml").exists():
        raise UsageWrong.of("Workspace is there already", f"{folder} has a workspace.yaml already.")
    kind = find_kinds()["snippet"]
    snippet = folder / kind.folder / "footer.yaml"
    schema_path = root / SCHEMA
    # The settings last: where something cannot be written, the same command may be run again.
    made = {
        snippet: schema_line(snippet, schema_path, kind.name) + kind.example,
        folder / "workspace.yaml": workspace_yaml(
            "sandbox" if sandbox else "us", schema=Path("..", SCHEMA.name).as_posix()
        ),
    }
    beside = [*_ignore_state(root / ".gitignore"), write_schema(root)]
    written = [path for path in made if not path.exists()]
    for path in written:
        with writing(path):
            path.parent.mkdir(parents=True, exist_ok=True)
        write_text(path, made[path])
    return [*reversed(written), *beside]


def _ignore_state(file: Path) -> list[Path]:
    """Keep `.cioform/` out of Git, and give the file if that took a line more. What stands in it
    stays, byte for byte."""
    with writing(file):
        there = file.read_bytes() if file.exists() else b""
        if not _IGNORES.isdisjoint(line.rstrip() for line in there.splitlines()):
            return []
        begin = b"" if there.endswith(b"\n") or not there else b"\n"
        file.write_bytes(there + begin + _IGNORED)
    return [file]


def _yaml_files(paths: Iterable[Path]) -> list[Path]:
    found: list[Path] = []
    for path in paths:
        if not path.exists():
            raise UsageWrong.of("No such file", f"{path} does not exist.")
        if path.is_file() and not path.name.endswith(YAML_ENDS):
            raise UsageWrong.of(
                "Not a YAML file",
                f"{path} does not end in {' or '.join(YAML_ENDS)}, and laid out as YAML it would "
                "be lost. Nothing was changed. Name documents, or their folder.",
            )
        found += sorted(_below(path)) if path.is_dir() else [path]
    return found


def _below(folder: Path) -> Iterator[Path]:
    return (p for p in folder.rglob("*") if p.name.endswith(YAML_ENDS) and p.is_file())


def _kind_of(path: Path, kinds: Registry) -> Kind | None:
    folders = (kinds.of_folder(part) for part in reversed(path.parts[:-1]))
    return next((kind for kind in folders if kind), None)
