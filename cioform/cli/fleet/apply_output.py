"""The output of `apply --all`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from cioform.cli.fleet.output import print_problems
from cioform.cli.output import format_table, stdout_styler
from cioform.cli.streams import write_stdout
from cioform.core.text.quantities import pluralize
from cioform.report.json_output import diagnostic_json, dumps
from cioform.report.styling import Styler, Tone
from cioform.services.fleet.applied import AppliedWorkspace, ApplyStatus
from cioform.services.fleet.rollout import RolloutOutcome

_WORDS = {
    ApplyStatus.DONE: "applied",
    ApplyStatus.UNCHANGED: "with nothing to apply",
    ApplyStatus.FAILED: "failed",
    ApplyStatus.NOT_STARTED: "not started",
}


def print_rollout(
    outcome: RolloutOutcome,
    digest: str,
    repeated: Mapping[str, str],
    *,
    as_json: bool,
    color: bool,
) -> None:
    """Print how each workspace ended, and what went wrong."""
    if as_json:
        write_stdout(
            dumps(
                digest=digest,
                exit_code=outcome.exit_code,
                stopped_in=outcome.stopped_in,
                soaking=outcome.soaking,
                workspaces=[_fields(each) for each in outcome.workspaces],
            )
        )
    else:
        write_stdout("\n".join(_lines(outcome, stdout_styler(color))) + "\n")
    print_problems(
        [(each.workspace, problem) for each in outcome.workspaces for problem in each.problems],
        repeated,
        color=color,
    )


def _fields(each: AppliedWorkspace) -> dict[str, object]:
    return {
        "workspace": each.workspace,
        "ring": each.ring,
        "status": each.status,
        "exit_code": each.exit_code,
        "run": each.run,
        "kept": each.was_kept,
        "diagnostics": [diagnostic_json(problem) for problem in each.problems],
    }


def _lines(outcome: RolloutOutcome, style: Styler) -> Iterator[str]:
    counts = Counter(each.status for each in outcome.workspaces)
    parts = [f"{counts[status]:,} {word}" for status, word in _WORDS.items() if counts[status]]
    total = pluralize(len(outcome.workspaces), "workspace", "workspaces")
    yield style(f"{total}: {', '.join(parts)}" if parts else "No workspaces.", Tone.BOLD)
    yield ""
    head = ("WORKSPACE", "RING", "RESULT", "EXIT")
    yield format_table([head, *map(_row, outcome.workspaces)]).rstrip("\n")
    if outcome.stopped_in:
        yield ""
        yield f"Stopped in ring {outcome.stopped_in}: more workspaces failed than it allows."
    if outcome.stopped_in or outcome.soaking:
        yield "To continue, run the same command with --resume."


def _row(each: AppliedWorkspace) -> tuple[str, ...]:
    text = f": {each.text}" if each.text else ""
    kept = " (kept)" if each.was_kept else ""
    return each.workspace, each.ring, f"{each.status}{text}{kept}", str(each.exit_code)
