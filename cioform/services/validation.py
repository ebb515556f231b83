"""Validate the files of workspaces, without a credential or a network."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from cioform.config.load import Configuration, default_problems, load_configuration
from cioform.config.one_workspace import one_workspace_problems
from cioform.config.project import WORKSPACES_FOLDER
from cioform.config.read.file_names import name_warnings
from cioform.config.read.identity import names_used_twice
from cioform.core.address import Address
from cioform.core.dataclasses import dataclass, replace
from cioform.core.diagnostic import Diagnostic
from cioform.core.errors import ConfigError
from cioform.kinds import find_kinds
from cioform.model.registry import Registry
from cioform.plan.selecting.scope import Scope
from cioform.services.fleet.rings import rings_problems
from cioform.services.linting.check import lint_errors
from cioform.services.lookup.selection import WorkspaceFacts
from cioform.services.policies.check import POLICIES_FOLDER, policy_problems
from cioform.services.policies.misplaced import misplaced_policies
from cioform.services.project.text_cache import cached_texts


@dataclass(frozen=True, slots=True)
class Validated:
    """A workspace without errors."""

    configuration: Configuration
    resources: int
    """How many resources were checked."""


def validate(
    root: Path,
    names: Sequence[str],
    environment: Mapping[str, str] | None = None,
    scope: Scope | None = None,
) -> tuple[list[Validated], tuple[Diagnostic, ...]]:
    """Load workspaces and return the valid ones, with the problems and warnings of all.

    `environment` replaces the process's environment variables. `scope` limits the resources that
    are checked; files that cannot be loaded are reported anyway, because it is not known what they
    are. Raises UsageError if it names nothing and there is only one workspace.
    """
    variables = os.environ if environment is None else environment
    if scope is not None:
        scope = replace(scope, may_be_empty=len(names) > 1)
    validated: list[Validated] = []
    problems: list[Diagnostic] = []
    with cached_texts(root):
        kinds = find_kinds()
        for name in names:
            try:
                configuration = load_configuration(root, name, kinds, variables)
            except ConfigError as error:
                problems += error.diagnostics
                continue
            chosen = _chosen(root, configuration, kinds, scope)
            found = list(_problems(root, configuration, kinds, chosen))
            found += one_workspace_problems(root, name, configuration.settings, variables)
            problems += found
            problems += _about(chosen, configuration.warnings)
            if not found:
                number = len(configuration.desired.resources if chosen is None else chosen)
                validated.append(Validated(configuration, number))
        problems += rings_problems(root)
        problems += (
            *policy_problems(root),
            *misplaced_policies(root),
            *_folder_name_warnings(root),
        )
    return validated, tuple(problems)


def _folder_name_warnings(root: Path) -> Iterator[Diagnostic]:
    """Yield what other systems have against the names of workspaces and of files with policies."""
    for folder in (WORKSPACES_FOLDER, f"{WORKSPACES_FOLDER}/{POLICIES_FOLDER}"):
        with suppress(OSError):  # reported where the files are read
            names = sorted(entry.name for entry in (root / folder).iterdir())
            yield from name_warnings(names, folder)


def _chosen(
    root: Path, configuration: Configuration, kinds: Registry, scope: Scope | None
) -> frozenset[Address] | None:
    """Return the addresses to check, None for all."""
    if scope is None:
        return None
    resolved = scope.resolve(WorkspaceFacts(root, configuration, kinds))
    return frozenset(filter(resolved.includes, configuration.desired.resources))


def _problems(
    root: Path, configuration: Configuration, kinds: Registry, chosen: frozenset[Address] | None
) -> Iterator[Diagnostic]:
    yield from _about(chosen, default_problems(configuration, kinds))
    # One of two resources with the same name may be selected and the other one reported.
    yield from names_used_twice(configuration.desired.resources, kinds)
    yield from lint_errors(root, configuration, kinds, chosen)


def _about(
    chosen: frozenset[Address] | None, problems: Iterable[Diagnostic]
) -> Iterator[Diagnostic]:
    """Yield the problems of the addresses to check, and those of no single address."""
    for problem in problems:
        if chosen is None or problem.address is None or problem.address in chosen:
            yield problem
