"""Check that the files are newer than those that were applied last."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from cioform.core.errors import PlanError
from cioform.services.context import OpenWorkspace
from cioform.services.project.git import fetch, git_line, is_shallow
from cioform.state.git.command import Git
from cioform.state.runs import RunInfo, RunSummary

_DEEPENINGS: Final = ("--deepen=100", "--deepen=1000", "--unshallow")


def check_not_older(opened: OpenWorkspace, run: RunInfo, *, allow_older: bool) -> None:
    """Raise PlanError unless the commit of the files descends from the last one that was applied.

    A CI job that is run again has the files of then, and would undo what was applied since. A
    state that is not shared has one user, who decides.
    """
    last = opened.store.last_run() if opened.store.is_shared and not allow_older else None
    expected = (last.run.base or last.run.commit) if last else None
    if last is None or expected is None:
        return
    if run.commit is None:
        git_line(opened.root, "rev-parse", "--git-dir")  # raises if Git cannot be asked
        raise _refused_error(last, expected, "these files are not committed to a Git repository")
    if not _descends(opened.root, expected, run.commit, last):
        raise _refused_error(
            last, expected, f"commit {run.commit[:12]} of these files is not based on it"
        )


def _descends(root: Path, ancestor: str, commit: str, last: RunSummary) -> bool:
    """Return whether a commit is based on another one.

    A shallow clone may lack the commits in between, and is deepened until it has them. Raises
    PlanError if it cannot be deepened.
    """
    for option in _DEEPENINGS:
        if Git(root).contains(commit, ancestor) or not is_shallow(root):
            break
        if failure := fetch(root, option, "origin", commit):
            raise PlanError.of(
                "History not known",
                f"Run {last.run.id} of {last.run.who} applied commit {ancestor[:12]}. This "
                "clone is shallow, and cioform cannot tell whether these files are based on that "
                f"commit, because `git fetch` failed: {failure}. Nothing was sent. Check out with "
                "all of the history (in GitHub Actions `fetch-depth: 0`), or pass --allow-older.",
            )
    return Git(root).contains(commit, ancestor)


def _refused_error(last: RunSummary, expected: str, problem: str) -> PlanError:
    return PlanError.of(
        "Older than what was applied",
        f"Run {last.run.id} of {last.run.who} applied commit {expected[:12]}, and {problem}. "
        "Applying these files would undo what was merged since. Nothing was sent. If a CI job was "
        "run again, run the newest one instead. To go back on purpose, revert the commit, or pass "
        "--allow-older.",
    )
