"""Compare two workspaces by their files, and write the difference into the files of one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from cioform.config.write.editing.edited_files import write_texts
from cioform.kinds import find_kinds
from cioform.services.project.text_cache import cached_texts
from cioform.services.promotion.comparison import Comparison, compare_workspaces
from cioform.storage.user_files import report_write_errors


def compare_files(root: Path, source: str, target: str, patterns: Sequence[str] = ()) -> Comparison:
    """Return how the files of two workspaces of the project at `root` differ.

    `patterns` limit the addresses. Nothing is written or sent.
    """
    with cached_texts(root):
        return compare_workspaces(root, source, target, patterns, find_kinds())


def write_promotion(comparison: Comparison, root: Path) -> tuple[Path, ...]:
    """Write the new texts into the files of the target; return the files written."""
    with report_write_errors(root):
        write_texts(comparison.texts)
    return tuple(comparison.texts)
