"""What works on files alone: validate, format, schema, init."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from cioform.base.diagnostic import Diagnostic
from cioform.base.errors import FilesWrong
from cioform.config.load import Workspace, load_workspace
from cioform.kinds import find_kinds


def validate(
    root: Path, names: list[str], environment: Mapping[str, str] | None = None
) -> tuple[list[Workspace], tuple[Diagnostic, ...]]:
    """Load workspaces without a credential or a network. Gives those that are right, and every
    problem and warning of all of them."""
    kinds = find_kinds()
    loaded: list[Workspace] = []
    problems: list[Diagnostic] = []
    for name in names:
        try:
            workspace = load_workspace(root, name, kinds, environment or os.environ)
        except FilesWrong as error:
            problems += error.diagnostics
        else:
            loaded.append(workspace)
            problems += workspace.warnings
    return loaded, tuple(problems)
