"""Upgrade the files of workspaces to the current format: all files of a workspace, or none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Final

from typing_extensions import override

from cioform.config.file_format import FORMAT, format_of
from cioform.config.load import load_configuration
from cioform.config.permissions import ALLOW_ENDPOINT, ALLOW_ENV, EVERYTHING
from cioform.config.project import SETTINGS_FILE, WORKSPACES_FOLDER, workspace_names
from cioform.config.read.files import ProjectFiles
from cioform.config.read.parsing.parse import parse_first
from cioform.config.write.upgrade import upgrade_documents, upgrade_settings
from cioform.core.data.json_value import as_mapping
from cioform.core.dataclasses import dataclass, field, replace
from cioform.core.diagnostic import Diagnostic, Location
from cioform.core.errors import ConfigError
from cioform.core.text.word_lists import join_names
from cioform.kinds import find_kinds
from cioform.model.fields.upgrading import is_outdated_syntax, not_upgraded_message
from cioform.services.project.formatting import kind_of_file
from cioform.storage.user_files import atomic_writer

_MIN_SIMILARITY: Final = 0.4
"""From which similarity on a line counts as the former form of another one, as difflib has it."""


@dataclass(slots=True)
class UpgradeResult:
    """The files that an upgrade rewrites, and why others are left as they are."""

    old_texts: dict[Path, str] = field(default_factory=dict)
    new_texts: dict[Path, str] = field(default_factory=dict)
    problems: list[Diagnostic] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Workspace:
    name: str
    format: int
    include: frozenset[str]


def upgrade_files(root: Path, names: Sequence[str], *, check: bool = False) -> UpgradeResult:
    """Upgrade workspaces of the project at `root`, and those that share files with them.

    A file keeps its comments. If one cannot be rewritten, none of its workspace is. The settings,
    with the number of the format, are written last, so that an interrupted upgrade can be run
    again. With `check` nothing is written.
    """
    result = UpgradeResult()
    project = ProjectFiles.at(root)
    workspaces = list(_read_workspaces(root, project, result.problems))
    for group in _groups(workspaces):
        if not any(workspace.name in names for workspace in group):
            continue
        texts, problems = _upgrade_group(root, project, group)
        result.problems += problems
        if problems:
            continue
        for path, text in texts.items():
            old = project.read(path)
            if text != old:
                result.old_texts[Path(path)] = old
                result.new_texts[Path(path)] = text
    if not check:
        for changed, text in result.new_texts.items():
            with atomic_writer(changed) as file:
                file.write(text)
    return result


def _read_workspaces(
    root: Path, project: ProjectFiles, problems: list[Diagnostic]
) -> Iterator[_Workspace]:
    for name in workspace_names(root):
        path = project.join(WORKSPACES_FOLDER, name, SETTINGS_FILE)
        try:
            value = parse_first(project.read(path), project.display_path(path))
        except ConfigError as error:
            problems += error.diagnostics
            continue
        settings = as_mapping(value)
        include = settings.get("include")
        names = include if isinstance(include, list) else ()
        yield _Workspace(name, format_of(settings), frozenset(map(str, names)))


def _groups(workspaces: Sequence[_Workspace]) -> list[list[_Workspace]]:
    """Return the workspaces in groups that share no folder with each other."""
    groups: list[list[_Workspace]] = []
    for workspace in workspaces:
        near = [g for g in groups if any(workspace.include & other.include for other in g)]
        groups = [g for g in groups if g not in near]
        groups.append([*(each for group in near for each in group), workspace])
    return groups


def _upgrade_group(
    root: Path, project: ProjectFiles, group: Sequence[_Workspace]
) -> tuple[dict[str, str], list[Diagnostic]]:
    """Return the new text of each file by its path, the settings last, and every problem."""
    texts: dict[str, str] = {}
    settings: dict[str, str] = {}
    problems: list[Diagnostic] = []
    registry = find_kinds()
    older = [workspace for workspace in group if workspace.format < FORMAT]
    for folder in _folders(group):
        path = project.join(WORKSPACES_FOLDER, folder)
        for file in project.yaml_files(path, problems, []) if project.is_folder(path) else ():
            shown = project.display_path(file)
            try:
                text = project.read(file)
                if file == project.join(path, SETTINGS_FILE):
                    settings[file] = upgrade_settings(text, shown)
                else:
                    kind = kind_of_file(Path(file), registry)
                    texts[file] = upgrade_documents(text, kind, shown, registry)
            except ConfigError as error:
                problems += error.diagnostics
    texts |= settings
    for workspace in older if not problems else ():
        try:
            load_configuration(root, workspace.name, registry, _AnyEnvironment(), texts)
        except ConfigError as error:
            problems += [_before_upgrade(each, project, texts) for each in error.diagnostics]
    if problems:
        problems.insert(0, _nothing_rewritten(older))
    return texts, problems


def _before_upgrade(
    problem: Diagnostic, project: ProjectFiles, texts: Mapping[str, str]
) -> Diagnostic:
    """Return a problem of an upgraded file with its line in the file as it is."""
    detail = problem.detail
    if is_outdated_syntax(detail):
        detail = not_upgraded_message(detail)
    return replace(problem, detail=detail, location=_old_location(problem, project, texts))


def _old_location(
    problem: Diagnostic, project: ProjectFiles, texts: Mapping[str, str]
) -> Location | None:
    at = problem.location
    path = next((p for p in texts if at is not None and project.display_path(p) == at.file), None)
    if at is None or at.line is None or path is None:
        return at
    old = [line.strip() for line in project.read(path).splitlines()]
    new = [line.strip() for line in texts[path].splitlines()]
    return replace(at, line=_old_line(old, new, at.line))


def _old_line(old: Sequence[str], new: Sequence[str], number: int) -> int | None:
    """Return the number of the old line that is the same as a new one, or the most like it."""
    wanted = new[number - 1]
    same = [at for at, line in enumerate(old, 1) if line == wanted]
    if same:
        before = new[: number - 1].count(wanted)
        return same[min(before, len(same) - 1)]
    field = f"{wanted.partition(':')[0]}:"
    of_field = [line for line in old if line.startswith(field)]
    near = get_close_matches(wanted, old, 1, _MIN_SIMILARITY) or of_field
    return old.index(near[0]) + 1 if near else None


def _folders(group: Sequence[_Workspace]) -> list[str]:
    """Return the folders to upgrade; a shared one is new if a workspace that includes it is."""
    older = [workspace for workspace in group if workspace.format < FORMAT]
    newer = {name for workspace in group if workspace not in older for name in workspace.include}
    shared = {name for workspace in older for name in workspace.include} - newer
    return [*sorted(shared), *(workspace.name for workspace in older)]


def _nothing_rewritten(workspaces: Sequence[_Workspace]) -> Diagnostic:
    names = join_names(workspace.name for workspace in workspaces)
    return Diagnostic(
        "Not upgraded",
        f"No file of {names} was rewritten, because not all of them can be. Correct what follows, "
        "then run the command again. The messages name fields as format 1 does; the line numbers "
        "are those of the files as they are now.",
        location=Location(f"{WORKSPACES_FOLDER}/{workspaces[0].name}/{SETTINGS_FILE}"),
    )


class _AnyEnvironment(dict[str, str]):
    """An environment in which every variable is set and everything is allowed.

    An upgrade sends nothing and shows no value, so it needs neither credentials nor permissions.
    """

    def __missing__(self, name: str) -> str:
        return EVERYTHING if name in (ALLOW_ENV, ALLOW_ENDPOINT) else "0"

    @override
    def get(self, name: str, default: object = None) -> str:
        return self[name]

    @override
    def __contains__(self, name: object) -> bool:
        return True
