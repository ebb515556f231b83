"""The two workspaces of a promotion, and the documents of one as the other would read them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from cioform.config.load import Configuration, load_configuration, load_documents_as
from cioform.core.address import Address
from cioform.core.dataclasses import dataclass
from cioform.core.diagnostic import Diagnostic
from cioform.core.errors import UsageError
from cioform.model.registry import Registry
from cioform.model.resource import Resource


@dataclass(frozen=True, slots=True)
class Sides:
    """Two workspaces of a project, where `source` is promoted to `target`."""

    root: Path
    kinds: Registry
    source: Configuration
    target: Configuration
    candidates: Mapping[Address, Resource]
    """The documents of the source's own folder, with the variables and defaults of the target."""
    problems: tuple[Diagnostic, ...]
    """What the settings of the target cannot read in these documents."""

    def load_target(self, texts: Mapping[str, str]) -> Configuration:
        """Return the target as it will be with `texts` in its files. Raises ConfigError."""
        return load_configuration(self.root, self.target.name, self.kinds, os.environ, texts)


def load_sides(root: Path, source: str, target: str, kinds: Registry) -> Sides:
    """Load two workspaces of the project at `root`. Raises ConfigError if one is not valid."""
    if source == target:
        raise UsageError.of(
            "Source and target are the same",
            f"`{source}` cannot be promoted to itself. Name two workspaces of the project.",
        )
    one, other = (load_configuration(root, name, kinds, os.environ) for name in (source, target))
    candidates, problems = load_documents_as(root, one, other, kinds)
    return Sides(root, kinds, one, other, candidates, tuple(problems))
