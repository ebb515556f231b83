"""How far an import is, on stderr, and what came of it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, TextIO

from cioform.cli.codes import INCOMPLETE
from cioform.cli.output import out, tell

if TYPE_CHECKING:
    from cioform.operate.imports import Imported, ImportProgress

_ERASE = "\r\x1b[K"


class Counting:
    """A listener that rewrites one line; where nobody looks it says nothing."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._shown = False

    def __call__(self, progress: ImportProgress) -> None:
        """Take notice of a batch."""
        if not self._stream.isatty():
            return
        share = 100 * progress.offset // progress.size if progress.size else 100
        said = f"importing: line {progress.line:,}, {share} %"
        if progress.rejected:
            said += f", {progress.rejected:,} rejected"
        self._stream.write(f"{_ERASE}{said}")
        self._stream.flush()
        self._shown = True

    def end(self) -> None:
        """Take the line away."""
        if self._shown:
            self._stream.write(_ERASE)
            self._stream.flush()
            self._shown = False


class Tally:
    """Counts ids on one line; where nobody looks it says nothing."""

    def __init__(self, done: str, stream: TextIO | None = None) -> None:
        self._done = done
        self._stream = stream or sys.stderr

    def __call__(self, number: int) -> None:
        """Take notice of a call."""
        if self._stream.isatty():
            self._stream.write(f"{_ERASE}{number:,} {self._done}")
            self._stream.flush()

    def end(self) -> None:
        """Take the line away."""
        if self._stream.isatty():
            self._stream.write(_ERASE)
            self._stream.flush()


def tell_imported(workspace: str, done: Imported, what: str, as_json: bool) -> int:
    """Print what an import did and give the exit code: 8 when lines were rejected."""
    if as_json:
        out(_json(workspace, done, what))
    else:
        out(_text(workspace, done, what))
    if done.rejected_file and not as_json:
        tell(f"The rejected lines with their reasons: {done.rejected_file}\n")
    if done.unfinished and not as_json:
        tell("The last line was still being written; import again to take it too.\n")
    return INCOMPLETE if done.rejected else 0


def _text(workspace: str, done: Imported, what: str) -> str:
    from cioform.report.view import count

    lines = count(done.rejected, "line", "lines")
    rejected = f", {lines} rejected" if done.rejected else ""
    if not done.sent:
        before = done.accepted or done.rejected
        already = f"; imported before: {done.accepted:,} {what}{rejected}" if before else ""
        return f"Nothing to import into {workspace} from {done.file}{already}.\n"
    on = f", going on from line {done.resumed_at:,}" if done.resumed_at else ""
    return f"Imported into {workspace}{on}: {done.accepted:,} {what}{rejected}.\n"


def _json(workspace: str, done: Imported, what: str) -> str:
    from cioform.report.json import dumps, plain

    said: dict[str, Any] = plain(done)
    return dumps(workspace=workspace, what=what, **said)
