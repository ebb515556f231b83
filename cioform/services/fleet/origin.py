"""The commit and the pipeline run that a result belongs to, so that no other one is mixed in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cioform.forge.ci_run import read_ci_run
from cioform.services.project.git import checked_out_commit


@dataclass(frozen=True, slots=True)
class Origin:
    """Which files a command worked on, and in which run of a pipeline."""

    commit: str | None
    run: str | None


def origin_of(root: Path, environment: Mapping[str, str]) -> Origin:
    """Return the commit that is checked out, and the run that the environment names."""
    return Origin(checked_out_commit(root), read_ci_run(environment).run_id)
