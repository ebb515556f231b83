"""How far an import or a list of members is, on stderr, and what came of an import."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Self

from cioform.cli.exit_codes import INCOMPLETE
from cioform.cli.output import out, tell
from cioform.cli.terminal.status import StatusLine

if TYPE_CHECKING:
    from cioform.operate.bulk_import.options import Checked, Imported, ImportProgress


class _Counter:
    """A line that is there as long as a block takes."""

    def __init__(self, line: StatusLine | None = None) -> None:
        self._line = line or StatusLine()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._line.end()


class Counting(_Counter):
    """Listens to an import: how far it is, and when it will end."""

    def __init__(
        self, line: StatusLine | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(line)
        self._clock = clock
        self._first: tuple[float, int] | None = None

    def __call__(self, progress: ImportProgress) -> None:
        """Take notice of a batch."""
        share = 100 * progress.offset // progress.size if progress.size else 100
        said = f"importing: line {progress.line:,}, {share} %"
        if progress.rejected:
            said += f", {progress.rejected:,} rejected"
        self._line.show(said, self._left(progress))

    def _left(self, progress: ImportProgress) -> float:
        """Give the seconds that the rest will take, as the part since the first batch did."""
        now = self._clock()
        if self._first is None:
            self._first = now, progress.offset
        begun, offset = self._first
        done = progress.offset - offset
        return (now - begun) / done * (progress.size - progress.offset) if done else 0.0


class Tally(_Counter):
    """Counts the ids that were sent; how many will come, nobody knows."""

    def __init__(self, done: str, line: StatusLine | None = None) -> None:
        super().__init__(line)
        self._done = done

    def __call__(self, number: int) -> None:
        """Take notice of a call."""
        self._line.show(f"{number:,} {self._done}")


def tell_imported(workspace: str, done: Imported, what: str, as_json: bool) -> int:
    """Print what an import did and give the exit code: 8 when it left lines of the file."""
    if as_json:
        out(_json(workspace, done, what))
    else:
        out(_text(workspace, done, what))
    if done.rejected_file and not as_json:
        tell(f"The rejected lines with their reasons: {done.rejected_file}\n")
    if done.unfinished and not as_json:
        tell("The last line was still being written; import again to take it too.\n")
    news = done.sent or done.after_a_cut
    return INCOMPLETE if (news and done.rejected) or done.unfinished else 0


def tell_checked(workspace: str, found: Checked, what: str, as_json: bool) -> int:
    """Print what an import would do and give the exit code: 8 when it would leave lines."""
    from cioform.report.values import visible

    if as_json:
        out(_json(workspace, found, what))
    else:
        would = _counts(found.accepted, found.rejected, what)
        out(f"An import of {found.file} into {workspace}, whole: {would}. Nothing was sent.\n")
        for each in found.reasons:
            tell(f"  line {each.line:,}: {visible(each.reason)}\n")
        if found.unfinished:
            tell("The last line is still being written.\n")
    return INCOMPLETE if found.rejected or found.unfinished else 0


def _text(workspace: str, done: Imported, what: str) -> str:
    if not done.sent:
        before = done.accepted or done.rejected
        already = f"; imported before: {_counts(done.accepted, done.rejected, what)}"
        return f"Nothing to import into {workspace} from {done.file}{already if before else ''}.\n"
    now = _counts(done.accepted_now, done.rejected_now, what)
    if not done.resumed_at:
        return f"Imported into {workspace}: {now}.\n"
    return (
        f"Imported into {workspace}, going on from line {done.resumed_at:,}: {now}; with those "
        f"before {_counts(done.accepted, done.rejected, what)}.\n"
    )


def _counts(accepted: int, rejected: int, what: str) -> str:
    from cioform.report.plan.view import count

    taken = count(accepted, *(("event", "events") if what == "events" else ("person", "people")))
    return f"{taken}, {count(rejected, 'line', 'lines')} rejected" if rejected else taken


def _json(workspace: str, done: Imported | Checked, what: str) -> str:
    from cioform.report.json_output import dumps, plain

    said: dict[str, Any] = plain(done)
    return dumps(workspace=workspace, what=what, **said)
