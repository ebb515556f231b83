"""The commit and the pipeline run that a result belongs to, so that no other one is mixed in."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from cioform.forge.ci_run import read_ci_run
from cioform.report.fleet.document import FilesOrigin
from cioform.services.project.git import checked_out_commit


def origin_of(root: Path, environment: Mapping[str, str]) -> FilesOrigin:
    """Return the commit that is checked out, and the run that the environment names."""
    return FilesOrigin(checked_out_commit(root), read_ci_run(environment).run_id)
