"""How far an import or a list of members is, on stderr, and what came of an import."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Self

from cioform.cli.exit_codes import INCOMPLETE
from cioform.cli.streams import write_stderr, write_stdout
from cioform.cli.terminal.status import StatusLine
from cioform.operate.bulk_import.options import ImportCheck, ImportProgress, ImportResult
from cioform.report.json_output import dumps, to_json_value
from cioform.report.plan.view import pluralize
from cioform.report.values import escape_unprintable


class _ProgressLine:
    """A line that is there as long as a block takes."""

    def __init__(self, line: StatusLine | None = None) -> None:
        self._line = line or StatusLine()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._line.end()


class ImportProgressLine(_ProgressLine):
    """Listens to an import: how far it is, and when it will end."""

    def __init__(
        self, line: StatusLine | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(line)
        self._clock = clock
        self._first_batch: tuple[float, int] | None = None

    def __call__(self, progress: ImportProgress) -> None:
        """Take notice of a batch."""
        share = 100 * progress.offset // progress.size if progress.size else 100
        said = f"importing: line {progress.line:,}, {share} %"
        if progress.rejected:
            said += f", {progress.rejected:,} rejected"
        self._line.show(said, self._seconds_left(progress))

    def _seconds_left(self, progress: ImportProgress) -> float:
        """Give the seconds that the rest will take, as the part since the first batch did."""
        now = self._clock()
        if self._first_batch is None:
            self._first_batch = now, progress.offset
        begun, offset = self._first_batch
        done = progress.offset - offset
        return (now - begun) / done * (progress.size - progress.offset) if done else 0.0


class ImportCounter(_ProgressLine):
    """Counts the ids that were sent; how many will come, nobody knows."""

    def __init__(self, done: str, line: StatusLine | None = None) -> None:
        super().__init__(line)
        self._verb = done

    def __call__(self, number: int) -> None:
        """Take notice of a call."""
        self._line.show(f"{number:,} {self._verb}")


def print_import_result(workspace: str, done: ImportResult, what: str, as_json: bool) -> int:
    """Print what an import did and give the exit code: 8 when it left lines of the file."""
    if as_json:
        write_stdout(_result_json(workspace, done, what))
    else:
        write_stdout(_import_summary(workspace, done, what))
    if done.rejected_file and not as_json:
        write_stderr(f"The rejected lines with their reasons: {done.rejected_file}\n")
    if done.unfinished and not as_json:
        write_stderr("The last line was still being written; import again to take it too.\n")
    news = done.sent or done.after_a_cut
    return INCOMPLETE if (news and done.rejected) or done.unfinished else 0


def print_import_check(workspace: str, found: ImportCheck, what: str, as_json: bool) -> int:
    """Print what an import would do and give the exit code: 8 when it would leave lines."""

    if as_json:
        write_stdout(_result_json(workspace, found, what))
    else:
        would = _counts_text(found.accepted, found.rejected, what)
        write_stdout(
            f"An import of {found.file} into {workspace}, whole: {would}. Nothing was sent.\n"
        )
        for each in found.reasons:
            write_stderr(f"  line {each.line:,}: {escape_unprintable(each.reason)}\n")
        if found.unfinished:
            write_stderr("The last line is still being written.\n")
    return INCOMPLETE if found.rejected or found.unfinished else 0


def _import_summary(workspace: str, done: ImportResult, what: str) -> str:
    if not done.sent:
        before = done.accepted or done.rejected
        already = f"; imported before: {_counts_text(done.accepted, done.rejected, what)}"
        return f"Nothing to import into {workspace} from {done.file}{already if before else ''}.\n"
    now = _counts_text(done.accepted_now, done.rejected_now, what)
    if not done.resumed_at:
        return f"Imported into {workspace}: {now}.\n"
    return (
        f"Imported into {workspace}, going on from line {done.resumed_at:,}: {now}; with those "
        f"before {_counts_text(done.accepted, done.rejected, what)}.\n"
    )


def _counts_text(accepted: int, rejected: int, what: str) -> str:

    taken = pluralize(
        accepted, *(("event", "events") if what == "events" else ("person", "people"))
    )
    return f"{taken}, {pluralize(rejected, 'line', 'lines')} rejected" if rejected else taken


def _result_json(workspace: str, done: ImportResult | ImportCheck, what: str) -> str:

    said: dict[str, Any] = to_json_value(done)
    return dumps(workspace=workspace, what=what, **said)
