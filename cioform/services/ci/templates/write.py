"""Write the files of a CI system into a repository."""

from __future__ import annotations

from pathlib import Path

from cioform.services.ci.templates import System, ci_files
from cioform.services.project.git import git_line
from cioform.storage.user_files import report_write_errors, write_text


def write_ci_files(root: Path, system: System) -> tuple[list[Path], list[Path]]:
    """Write what is not there yet; return the files that were written, and those that were kept.

    The files belong to the top of the repository, above a project in a folder of it.
    """
    top = Path(git_line(root, "rev-parse", "--show-toplevel") or root)
    written: list[Path] = []
    kept: list[Path] = []
    for name, text in ci_files(system).items():
        path = top / name
        if path.exists():
            kept.append(path)
            continue
        with report_write_errors(path):
            path.parent.mkdir(parents=True, exist_ok=True)
        write_text(path, text)
        written.append(path)
    return written, kept
