"""Validate the files of workspaces, without a credential or a network."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from cioform.config.load import Configuration, default_problems, load_configuration
from cioform.config.read.identity import names_used_twice
from cioform.core.diagnostic import Diagnostic
from cioform.core.errors import ConfigError
from cioform.kinds import find_kinds
from cioform.services.fleet.rings import rings_problems
from cioform.services.linting.check import lint_errors
from cioform.services.project.text_cache import cached_texts


def validate(
    root: Path, names: list[str], environment: Mapping[str, str] | None = None
) -> tuple[list[Configuration], tuple[Diagnostic, ...]]:
    """Load workspaces and return the valid ones, with the problems and warnings of all.

    `environment` replaces the process's environment variables.
    """
    with cached_texts(root):
        return _validate(root, names, os.environ if environment is None else environment)


def _validate(
    root: Path, names: list[str], variables: Mapping[str, str]
) -> tuple[list[Configuration], tuple[Diagnostic, ...]]:
    kinds = find_kinds()
    loaded: list[Configuration] = []
    problems: list[Diagnostic] = []
    for name in names:
        try:
            configuration = load_configuration(root, name, kinds, variables)
        except ConfigError as error:
            problems += error.diagnostics
        else:
            found = [
                *default_problems(configuration, kinds),
                *names_used_twice(configuration.desired.resources, kinds),
                *lint_errors(root, configuration, kinds),
            ]
            problems += found
            problems += configuration.warnings
            if not found:
                loaded.append(configuration)
    problems += rings_problems(root)
    return loaded, tuple(problems)
