"""The options of commands that work on many workspaces."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from cioform.cli.command_list.option_groups import OptionGroup
from cioform.core.dataclasses import dataclass
from cioform.core.errors import UsageError

_AllOption: TypeAlias = Annotated[
    bool,
    typer.Option("--all", help="Work on every workspace of the project.", show_default=False),
]
_OnlyOption: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--only",
        metavar="PATTERN",
        help="With --all: only workspaces that match, e.g. 'eu_*' or tag:eu; repeatable.",
        show_default=False,
    ),
]
_ShardOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--shard",
        metavar="I/N",
        help="With --all: only part I of N; auto/N takes I from the job's environment.",
        show_default=False,
    ),
]
_ReportsOption: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--reports",
        metavar="DIR",
        help="With --all: write the result of each workspace to a file in this folder.",
        show_default=False,
    ),
]
_ResumeOption: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--resume",
        help="With --reports: keep the results of the same commit and pipeline run, and work on "
        "the other workspaces only.",
        show_default=False,
    ),
]
_ResumeApplyOption: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--resume",
        help="With --all: continue where an apply of the same plans was stopped.",
        show_default=False,
    ),
]
_NoWaitOption: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--no-wait",
        help="With --all: exit with 75 instead of waiting for a soak time.",
        show_default=False,
    ),
]
_ParallelOption: TypeAlias = Annotated[
    int | None,
    typer.Option(
        "--parallel",
        min=1,
        max=500,
        metavar="N",
        help="With --all: maximum number of workspaces to work on at once (default: 50).",
        show_default=False,
    ),
]


@dataclass(frozen=True)
class FleetOptions(OptionGroup):
    """Which workspaces a command works on, and where their results go."""

    every: _AllOption = False
    only: _OnlyOption = None
    shard: _ShardOption = None
    reports: _ReportsOption = None
    resume: _ResumeOption = False
    parallel: _ParallelOption = None

    def check(self, workspace: str | None, command: str) -> None:
        """Raise UsageError unless either one workspace is named or all are asked for."""
        given = (self.only, self.shard, self.reports, self.resume, self.parallel)
        names = "--only, --shard, --reports, --resume and --parallel"
        _check(self.every, workspace, command, names if any(given) else "")


@dataclass(frozen=True)
class RolloutOptions(OptionGroup):
    """Which workspaces are applied ring by ring, and whether that goes on or waits."""

    every: _AllOption = False
    only: _OnlyOption = None
    resume: _ResumeApplyOption = False
    no_wait: _NoWaitOption = False

    def check(self, workspace: str | None) -> None:
        """Raise UsageError unless either one workspace is named or all are asked for."""
        given = self.only or self.resume or self.no_wait
        _check(self.every, workspace, "apply", "--only, --resume and --no-wait" if given else "")


def _check(every: bool, workspace: str | None, command: str, given: str) -> None:
    """Raise UsageError; `given` are options that need --all."""
    if every and workspace is not None:
        raise UsageError.of(
            "Mutually exclusive options",
            f"`{workspace}` and --all cannot be combined. To choose among all workspaces, "
            f"pass --all --only '{workspace}'.",
        )
    if not every and given:
        raise UsageError.of("Missing option", f"{given} are for many workspaces. Add --all.")
    if not every and workspace is None:
        raise UsageError.of(
            "Missing argument",
            f"Name a workspace, or pass --all:\n\n    cioform {command} --all",
        )
