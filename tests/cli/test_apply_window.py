"""Plans that may not be applied now, and what a reason does."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cioform.core.errors import ClosedWindowError
from cioform.model.settings.limits import Guards
from cioform.run.events import ChangeStatus
from tests.support.command_line import CommandLine
from tests.support.sandbox_project import SandboxProject, project

__all__ = ["project"]

SETTINGS = Path("workspaces/demo/workspace.yaml")
ADDRESS = Path("workspaces/demo/snippets/main_address.yaml")
LAST_DAY = datetime.now(UTC).date() + timedelta(days=100)
BLACKOUT = f"blackout:\n  - {{from: 2020-01-01, to: {LAST_DAY}, because: Frozen, time_zone: UTC}}\n"
LONG_BLACKOUT = BLACKOUT.replace(str(LAST_DAY), "2099-12-31")
ALLOWED = ("--auto-approve", "--allow-live")


def close(text: str = BLACKOUT) -> None:
    SETTINGS.write_text(SETTINGS.read_text() + text)


def test_a_plan_says_when_it_may_be_applied(cio: CommandLine) -> None:
    ADDRESS.write_text(ADDRESS.read_text().replace("High Street", "Low Street"))
    close()
    shown = cio("plan", "demo", "--allow-live", "--detailed-exitcode")
    assert shown.code == 2
    opens = f"{LAST_DAY + timedelta(days=1):%a %Y-%m-%d}"
    assert f"the apply window is closed (Frozen) until {opens} 00:00 (UTC)" in shown.out
    window = json.loads(cio("plan", "demo", "--json").out)["header"]["window"]
    assert (window["is_open"], window["because"]) == (False, "Frozen")


def test_a_closed_window_needs_a_reason_which_the_history_keeps(cio: CommandLine) -> None:
    ADDRESS.write_text(ADDRESS.read_text().replace("High Street", "Low Street"))
    close()
    refused = cio("apply", "demo", *ALLOWED)
    assert refused.code == 75
    assert "Nothing was sent" in refused.err
    assert "cioform apply demo --override-window" in refused.err
    assert cio("apply", "demo", *ALLOWED, "--override-window", " ").code == 75
    applied = cio("apply", "demo", *ALLOWED, "--override-window", "wrong address")
    assert applied.code == 0, applied.err
    [run, *_] = json.loads(cio("history", "demo", "--json").out)["runs"]
    assert "wrong address" in json.dumps(run)
    journals = [path.read_text() for path in Path(".cioform/demo/journal").iterdir()]
    assert any('"window_override": "wrong address"' in each for each in journals), journals


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('apply_window: {from: "09:00", to: "09:00", time_zone: UTC}\n', "the window never opens"),
        ('apply_window: {from: "24:00", to: "00:00", time_zone: UTC}\n', "the window never opens"),
        ('apply_window: {from: "09:00", to: "17:00"}\n', "These hours have no time zone"),
        ('apply_window: {days: [monday], from: "09:00", to: "17:00", time_zone: UTC}\n', "`mon`"),
        ('apply_window: {days: [], from: "09:00", to: "17:00", time_zone: UTC}\n', "leave `days`"),
        ('apply_window: {from: "9am", to: "17:00", time_zone: UTC}\n', 'Write "09:00"'),
        ('apply_window: {from: "09:00", to: "17:00", time_zone: Mars}\n', "no time zone"),
        (LONG_BLACKOUT.replace("2099", "2019"), "ends (2019-12-31) before it begins (2020-01-01)"),
        (LONG_BLACKOUT.replace("2099-12-31", "Christmas"), "such as 2026-11-27 18:00"),
        (LONG_BLACKOUT.replace("2099-12-31", "2099-02-31"), "must be a date of the calendar"),
        ("lint: {ignore: [{rule: DT101, because: old, until: 2099-02-31}]}\n", "of the calendar"),
        (BLACKOUT.replace(", because: Frozen", ""), "because"),
    ],
)
def test_windows_that_cannot_be(cio: CommandLine, text: str, problem: str) -> None:
    close(text)
    done = cio("validate", "demo")
    assert done.code == 3
    assert problem in done.err + done.out
    assert "workspace.yaml:" in done.err + done.out


def test_a_run_stops_between_two_objects_when_the_window_closes(project: SandboxProject) -> None:
    for name in ("a", "b", "c"):
        project.write(f"snippets/{name}.yaml", {"name": name, "value": "Hello"})
    # The clock of the sandbox stands at 08:53.
    times = "from: 2025-10-09 09:00, to: 2025-10-19 10:00, time_zone: UTC"
    settings = f"format: 1\nendpoint: sandbox\nblackout: [{{{times}, because: sale}}]\n"
    project.write("workspace.yaml", settings)
    plan = project.plan()

    def pass_time() -> None:
        if project.writes:
            project.time.now += 600

    project.tick = pass_time
    outcome = project.apply(plan, Guards())
    statuses = [result.status for result in outcome.results]
    assert statuses[0] is ChangeStatus.DONE
    assert statuses[-1] is ChangeStatus.SKIPPED
    assert not outcome.complete
    assert "The apply window is closed (sale) until" in outcome.results[-1].diagnostics[0].detail

    project.tick = lambda: None
    with pytest.raises(ClosedWindowError):
        project.apply(project.plan(), Guards())
    project.time.now += 11 * 86_400
    assert project.apply(project.plan(), Guards()).complete


def test_a_window_that_never_opens_is_not_tried_again(cio: CommandLine) -> None:
    ADDRESS.write_text(ADDRESS.read_text().replace("High Street", "Low Street"))
    close(LONG_BLACKOUT)
    done = cio("apply", "demo", *ALLOWED)
    assert done.code == 4, done.err
    assert "error: Apply window never opens" in done.err
    assert cio("apply", "demo", *ALLOWED, "--override-window", "wrong price").code == 0
