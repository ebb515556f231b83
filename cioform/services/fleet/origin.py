"""The commit and the pipeline run that a result belongs to, so that no other one is mixed in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cioform.services.project.git import checked_out_commit

_RUNS: Final = (
    "CIOFORM_RUN_ID", "GITHUB_RUN_ID", "CI_PIPELINE_ID", "BUILDKITE_BUILD_ID",
    "CIRCLE_WORKFLOW_ID", "BITBUCKET_PIPELINE_UUID", "BUILD_TAG",
)  # fmt: skip
"""The variables that all jobs of one pipeline run share; ours first, for systems without one."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Which files a command worked on, and in which run of a pipeline."""

    commit: str | None
    run: str | None


def origin_of(root: Path, environment: Mapping[str, str]) -> Origin:
    """Return the commit that is checked out, and the run that the environment names."""
    run = next((environment[name] for name in _RUNS if environment.get(name)), None)
    return Origin(checked_out_commit(root), run)
