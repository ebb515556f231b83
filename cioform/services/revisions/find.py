"""Find a revision that a command names, and what has changed since."""

from __future__ import annotations

from pathlib import Path

from cioform.core.errors import PlanError, UsageError
from cioform.services.project.git import fetch, git_line, git_output, is_shallow


def changed_paths(root: Path, commit: str) -> frozenset[str] | None:
    """Return what differs from `commit` in the files of `root`, whether committed or not.

    The paths are relative to `root`; a renamed file has both. None if Git cannot tell.
    """
    differing = git_output(
        root, "diff", "--name-only", "-z", "--no-renames", "--no-ext-diff", "--relative",
        "--ignore-submodules=none", commit, "--", ".",
    )  # fmt: skip
    untracked = git_output(root, "ls-files", "--others", "--exclude-standard", "-z", "--", ".")
    if differing is None or untracked is None:
        return None
    return frozenset(path for path in f"{differing}\0{untracked}".split("\0") if path)


def find_commit(root: Path, revision: str, why: str) -> str:
    """Return the commit of a revision, which is fetched if the clone lacks it.

    Raises PlanError if there is none; `why` is a clause that says what it is needed for.
    """
    if revision.startswith("-"):
        raise UsageError.of("Invalid revision", f"`{revision}` is not a revision of Git.")
    if found := _commit(root, revision):
        return found
    depth = ("--depth=1",) if is_shallow(root) else ()
    failure = fetch(root, *depth, "origin", revision.removeprefix("refs/remotes/origin/"))
    if found := _commit(root, revision):
        return found
    fetched = f" and it cannot be fetched: {failure}." if failure else "."
    raise PlanError.of(
        "Base revision not found",
        f"Git has no commit `{revision}` here{fetched} It is needed, because {why}. Fetch it "
        "first; in GitHub Actions, check out with all of the history:"
        "\n\n    - uses: actions/checkout@v4\n      with: {fetch-depth: 0}",
    )


def _commit(root: Path, revision: str) -> str | None:
    arguments = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    return git_line(root, *arguments) or None
