"""Format YAML files."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from cioform.config.read.file_names import YAML_SUFFIXES, is_yaml_file
from cioform.config.read.files import unreadable_folder_problem
from cioform.config.write.yaml.formatting import format_yaml
from cioform.core.diagnostic import Diagnostic
from cioform.core.errors import ConfigError, UsageError
from cioform.kinds import find_kinds
from cioform.model.kind import Kind
from cioform.model.registry import Registry
from cioform.storage.file_batch import remove_leftovers
from cioform.storage.user_files import atomic_writer, files_below, read_text


def format_files(paths: Sequence[Path], *, check: bool = False) -> list[Path]:
    """Format YAML files, or those below folders, and return the files that were not formatted.

    With `check` nothing is written. Raises ConfigError with every file that is not valid YAML, and
    every folder that cannot be read.
    """
    kinds = find_kinds()
    unformatted: list[Path] = []
    problems: list[Diagnostic] = []
    files = _yaml_files(paths, problems)
    for folder in () if check else dict.fromkeys(path.parent for path in files):
        remove_leftovers(folder)
    for path in files:
        try:
            text = read_text(path, newline="")
            formatted = format_yaml(text, kind_of_file(path, kinds), str(path), kinds)
        except (ConfigError, UsageError) as error:
            problems += error.diagnostics
            continue
        if formatted != text:
            unformatted.append(path)
            if not check:
                with atomic_writer(path) as file:
                    file.write(formatted)
    if problems:
        raise ConfigError(problems)
    return unformatted


def _yaml_files(paths: Iterable[Path], problems: list[Diagnostic]) -> list[Path]:
    files: list[Path] = []
    for path in paths:
        if not path.exists():
            raise UsageError.of("File not found", f"{path} does not exist.")
        if path.is_file() and not is_yaml_file(path.name):
            raise UsageError.of(
                "Unsupported file type",
                f"{path} does not end in {' or '.join(YAML_SUFFIXES)}, so formatting it as YAML "
                "could destroy its content. Nothing was changed. Name YAML files, or a folder.",
            )
        files += sorted(_yaml_files_below(path, problems)) if path.is_dir() else [path]
    return files


def _yaml_files_below(folder: Path, problems: list[Diagnostic]) -> Iterator[Path]:
    def report(error: OSError) -> None:
        problems.append(unreadable_folder_problem(error.filename, error))

    real = folder.resolve()
    for path in files_below(folder, report):
        # A link may lead out of the project, to a file that is not reviewed with it.
        # A link may also lead to itself, which only this function takes.
        target = Path(os.path.realpath(path))
        is_inside = is_yaml_file(path.name) and target.is_relative_to(real)
        if is_inside and path.is_file():
            yield path


def kind_of_file(path: Path, kinds: Registry) -> Kind | None:
    """Return the kind whose folder the file is in, or None."""
    folders = (kinds.by_folder(part) for part in reversed(path.parts[:-1]))
    return next((kind for kind in folders if kind), None)
