"""The commit and the pipeline run that a result belongs to, so that no other one is mixed in."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from cioform.forge.ci_run import read_ci_run
from cioform.report.fleet.document import Origin
from cioform.services.project.git import checked_out_commit


def origin_of(root: Path, environment: Mapping[str, str]) -> Origin:
    """Return the commit that is checked out, and the run that the environment names."""
    return Origin(checked_out_commit(root), read_ci_run(environment).run_id)
