"""What works on files alone: validate, format, schema, init."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from cioform.config.load import Configuration, load_configuration
from cioform.config.project import check_workspace_name
from cioform.config.read.files import YAML_SUFFIXES
from cioform.config.schema import json_schema as make_schema
from cioform.config.write.formatting import format_yaml
from cioform.config.write.resources import new_workspace_yaml, schema_comment
from cioform.core.diagnostic import Diagnostic
from cioform.core.errors import ConfigError, UsageError
from cioform.kinds import find_kinds
from cioform.model.kind import Kind
from cioform.model.registry import Registry
from cioform.storage.user_files import read_text, report_write_errors, write_text

SCHEMA_PATH: Final = Path("workspaces", "schema.json")
"""The editor schema, from the project's root; the documents' first lines lead there."""

_GITIGNORE_LINE: Final = b".cioform/\n"
_GITIGNORE_VARIANTS: Final = {b".cioform", b".cioform/", b"/.cioform", b"/.cioform/"}


def validate(
    root: Path, names: list[str], environment: Mapping[str, str] | None = None
) -> tuple[list[Configuration], tuple[Diagnostic, ...]]:
    """Load workspaces without a credential or a network. Gives those that are right, and every
    problem and warning of all of them."""
    kinds = find_kinds()
    given = os.environ if environment is None else environment
    loaded: list[Configuration] = []
    problems: list[Diagnostic] = []
    for name in names:
        try:
            workspace = load_configuration(root, name, kinds, given)
        except ConfigError as error:
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
    path = root / SCHEMA_PATH
    with report_write_errors(path):
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
            wanted = format_yaml(text, _kind_of(path, kinds), str(path))
        except (ConfigError, UsageError) as error:
            problems += error.diagnostics
            continue
        if wanted != text:
            changed.append(path)
            if not check:
                write_text(path, wanted)
    if problems:
        raise ConfigError(problems)
    return changed


def init(root: Path, name: str, *, sandbox: bool = False) -> list[Path]:
    """Make a new workspace: its settings, a first snippet, the editor schema and an ignore file.
    Nothing that exists is overwritten; an ignore file gets a line more. Gives the files made and
    changed. Raises UsageWrong where `name` cannot be a workspace's or is one's already."""
    check_workspace_name(name)
    folder = root / "workspaces" / name
    if (folder / "workspace.yaml").exists():
        raise UsageError.of("Workspace is there already", f"{folder} has a workspace.yaml already.")
    starters = [kind for kind in find_kinds() if kind.starter_file]
    schema_path = root / SCHEMA_PATH
    # The settings last: where something cannot be written, the same command may be run again.
    made = {
        **{
            (path := folder / kind.folder / kind.starter_file): (
                schema_comment(path, schema_path, kind.name) + kind.example
            )
            for kind in starters
        },
        folder / "workspace.yaml": new_workspace_yaml(
            "sandbox" if sandbox else "us", schema=Path("..", SCHEMA_PATH.name).as_posix()
        ),
    }
    beside = [*_add_to_gitignore(root / ".gitignore"), write_schema(root)]
    written = [path for path in made if not path.exists()]
    for path in written:
        with report_write_errors(path):
            path.parent.mkdir(parents=True, exist_ok=True)
        write_text(path, made[path])
    return [*reversed(written), *beside]


def _add_to_gitignore(file: Path) -> list[Path]:
    """Keep `.cioform/` out of Git, and give the file if that took a line more. What stands in it
    stays, byte for byte."""
    with report_write_errors(file):
        there = file.read_bytes() if file.exists() else b""
        if not _GITIGNORE_VARIANTS.isdisjoint(line.rstrip() for line in there.splitlines()):
            return []
        begin = b"" if there.endswith(b"\n") or not there else b"\n"
        file.write_bytes(there + begin + _GITIGNORE_LINE)
    return [file]


def _yaml_files(paths: Iterable[Path]) -> list[Path]:
    found: list[Path] = []
    for path in paths:
        if not path.exists():
            raise UsageError.of("No such file", f"{path} does not exist.")
        if path.is_file() and not path.name.endswith(YAML_SUFFIXES):
            raise UsageError.of(
                "Not a YAML file",
                f"{path} does not end in {' or '.join(YAML_SUFFIXES)}, and laid out as YAML it would "
                "be lost. Nothing was changed. Name documents, or their folder.",
            )
        found += sorted(_yaml_files_below(path)) if path.is_dir() else [path]
    return found


def _yaml_files_below(folder: Path) -> Iterator[Path]:
    return (p for p in folder.rglob("*") if p.name.endswith(YAML_SUFFIXES) and p.is_file())


def _kind_of(path: Path, kinds: Registry) -> Kind | None:
    folders = (kinds.by_folder(part) for part in reversed(path.parts[:-1]))
    return next((kind for kind in folders if kind), None)
