"""The report of a bulk import, or of the check that a dry run makes."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from cioform.cli.streams import write_stderr, write_stdout
from cioform.core.exit_codes import INCOMPLETE
from cioform.core.text.quantities import pluralize
from cioform.operate.bulk_import.options import ImportCheck, ImportResult
from cioform.operate.bulk_import.pipe import STDIN
from cioform.report.json_output import dumps, to_json_value
from cioform.report.values import escape_unprintable

Contents = Literal["events", "people"]


def print_import_result(
    workspace: str, result: ImportResult, contents: Contents, as_json: bool
) -> int:
    """Print what an import did and return the exit code: 8 if it left out lines of the file."""
    if as_json:
        write_stdout(_json_text(workspace, result, contents))
    else:
        write_stdout(_summary(workspace, result, contents))
        if result.rejected_file:
            write_stderr(f"Rejected lines and reasons: {result.rejected_file}\n")
        if result.unfinished:
            write_stderr(
                "The last line is incomplete and was skipped. Run the import again when the line "
                "is complete.\n"
            )
    anything_new = result.sent or result.after_a_cut
    return INCOMPLETE if (anything_new and result.rejected) or result.unfinished else 0


def print_import_check(
    workspace: str, check: ImportCheck, contents: Contents, as_json: bool
) -> int:
    """Print what an import would do and return the exit code: 8 if it would leave out lines."""
    if as_json:
        write_stdout(_json_text(workspace, check, contents))
    else:
        counts = _counts_text(check.accepted, check.rejected, contents)
        write_stdout(
            f"An import of {_shown(check.file)} into {workspace} would send: {counts}. Nothing was "
            "sent. Customer.io may reject more lines.\n"
        )
        for each in check.reasons:
            write_stderr(f"  line {each.line:,}: {escape_unprintable(each.reason)}\n")
        if check.unfinished:
            write_stderr("The last line is incomplete and would be skipped.\n")
    return INCOMPLETE if check.rejected or check.unfinished else 0


def _summary(workspace: str, result: ImportResult, contents: Contents) -> str:
    total = _counts_text(result.accepted, result.rejected, contents)
    if not result.sent:
        before = f" Already imported: {total}." if result.accepted or result.rejected else ""
        return f"Nothing to import into {workspace} from {_shown(result.file)}.{before}\n"
    now = _counts_text(result.accepted_now, result.rejected_now, contents)
    if not result.resumed_at:
        return f"Imported into {workspace}: {now}.\n"
    return (
        f"Imported into {workspace}, continued at line {result.resumed_at:,}: {now}. "
        f"In total: {total}.\n"
    )


def _shown(file: Path) -> str:
    return "standard input" if file == STDIN else str(file)


def _counts_text(accepted: int, rejected: int, contents: Contents) -> str:
    # Several lines may be about one person.
    one, many = ("event", "events") if contents == "events" else ("line", "lines")
    text = pluralize(accepted, one, many)
    return f"{text}, {pluralize(rejected, 'line', 'lines')} rejected" if rejected else text


def _json_text(workspace: str, result: ImportResult | ImportCheck, contents: Contents) -> str:
    fields = to_json_value(result)
    assert isinstance(fields, dict)
    return dumps(workspace=workspace, what=contents, **fields)
