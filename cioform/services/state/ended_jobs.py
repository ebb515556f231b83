"""Ask GitHub whether the job that holds a lock has ended, so that its lock can be taken over."""

from __future__ import annotations

import os
from contextlib import closing
from typing import Final

from cioform.core.data.json_value import as_mapping
from cioform.core.errors import CioformError
from cioform.core.text.lazy_pattern import lazy_pattern
from cioform.forge.ci_run import read_ci_run
from cioform.forge.client import connect_github
from cioform.run.events import Listener, LockTakenOver
from cioform.state.runs import RunInfo

_PAGE: Final = lazy_pattern(r"https?://[^/]+/([\w.-]+/[\w.-]+)/actions/runs/(\d+)")


def has_job_ended(run: RunInfo, listener: Listener) -> bool:
    """Return whether GitHub says that the job of a run has completed, and report it.

    It is asked only from another job of the same repository, and with a token that may read
    actions. If it is not known, the answer is no.
    """
    own = read_ci_run(os.environ)
    page = _PAGE.fullmatch(run.url or "")
    if page is None or own.repository != page[1] or own.run_id in (None, page[2]):
        return False
    try:
        with closing(connect_github(os.environ, own.repository)) as github:
            job = as_mapping(github.get(f"/actions/runs/{page[2]}"))
    except CioformError:
        return False
    if job.get("status") != "completed":
        return False
    listener(LockTakenOver(run.id, run.url or ""))
    return True
