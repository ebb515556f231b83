"""Ask for each hunk of files whether it is written, as `git add --patch` does."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from cioform.cli.streams import write_stderr
from cioform.cli.user_paths import shorten_path
from cioform.config.write.editing.hunks import Hunk, apply_hunks, find_hunks
from cioform.core.dataclasses import dataclass
from cioform.report.plan.parts.text_diff import diff_lines
from cioform.report.plan.text import render_diff
from cioform.report.styling import Styler, Tone


@dataclass(frozen=True, slots=True)
class HunkQuestions:
    """Asks a person; `context` lines around each hunk are shown."""

    style: Styler
    context: int

    def choose(self, before: Mapping[Path, str], after: Mapping[Path, str]) -> dict[Path, str]:
        """Return the texts with the hunks that were accepted, without files that stay."""
        lines = {path: before[path].splitlines(keepends=True) for path in after}
        hunks = [(p, hunk) for p, text in after.items() for hunk in _hunks(lines[p], text)]
        accepted: dict[Path, list[Hunk]] = {}
        answer = ""
        for number, (path, hunk) in enumerate(hunks, 1):
            if answer != "a":
                self._show(path, lines[path], hunk)
                answer = _ask(f"[{number}/{len(hunks)}]")
            if answer == "q":
                break
            if answer in ("y", "a"):
                accepted.setdefault(path, []).append(hunk)
        return {path: "".join(apply_hunks(lines[path], found)) for path, found in accepted.items()}

    def _show(self, path: Path, before: Sequence[str], hunk: Hunk) -> None:
        old, new = (
            [line.rstrip("\r\n") for line in text] for text in (before, apply_hunks(before, [hunk]))
        )
        write_stderr(f"\n{self.style(str(shorten_path(path)), Tone.BOLD)}\n")
        write_stderr(render_diff(diff_lines(old, new, self.context), self.style))


def _hunks(before: Sequence[str], after: str) -> Sequence[Hunk]:
    return find_hunks(before, after.splitlines(keepends=True))


def _ask(number: str) -> str:
    """Return `y`, `n`, `a` or `q`; the end of the input is `q`."""
    while True:
        write_stderr(f"{number} Write these lines to the file? [y/n/a/q] ")
        line = sys.stdin.readline()
        answer = line.strip().lower()[:1]
        if not line or answer == "q":
            return "q"
        if answer in ("y", "n", "a"):
            return answer
        write_stderr("y: yes, n: no, a: this and all others, q: none of the others\n")
