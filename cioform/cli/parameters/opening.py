"""Open what a command works on: the project, a workspace, a plan file."""

from __future__ import annotations

import shlex
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

from cioform.cli.parameters.options import parse_duration
from cioform.config.project import find_project
from cioform.core.errors import PlanError, UsageError
from cioform.model.remote_access.conversation import Api
from cioform.plan.plan import Plan
from cioform.plan.review.planfile import decode_plan, is_plan_file
from cioform.run.events import Listener, ignore_events
from cioform.storage.user_files import read_text

if TYPE_CHECKING:
    from cioform.services.revisions.files import RevisionFiles
    from cioform.services.workspace import Workspace


def find_project_root(path: Path | None) -> Path:
    """Return the root of the project at or above `path`, by default the current folder."""
    return find_project(path or Path.cwd())


def open_workspace(
    path: Path | None,
    name: str,
    api: str | None = None,
    listener: Listener = ignore_events,
    rate: float | None = None,
    lock_timeout: str | None = None,
    settings_from: str | None = None,
    allow_new_workspace: bool = False,
    revisions: RevisionFiles | None = None,
) -> AbstractContextManager[Workspace]:
    """Open the workspace that a command works on."""
    # `--help` of a command need not wait for the HTTP client.
    from cioform.services.workspace import open_workspace

    apis = frozenset({Api(api)}) if api else None
    return open_workspace(
        find_project_root(path),
        name,
        apis=apis,
        listener=listener,
        rate=rate,
        lock_seconds=parse_duration(lock_timeout, "--lock-timeout") if lock_timeout else 0,
        settings_from=settings_from,
        allow_new_workspace=allow_new_workspace,
        revisions=revisions,
    )


def read_plan(planfile: Path, workspace: str) -> Plan:
    """Return the plan in a file.

    Raises UsageError if the file cannot be read, PlanError if it does not hold a plan.
    """
    text = read_text(planfile)
    # Anything but a plan stays as it is: it may be a file that is named by mistake.
    file = str(planfile) if is_plan_file(text) else f"{workspace}.plan.json"
    command = f"cioform plan {workspace} --out {shlex.quote(file)}"
    plan = decode_plan(text, command, str(planfile))
    if plan.header.rolls_back is not None:
        raise PlanError.of(
            "Invalid plan file",
            f"A rollback is never applied from a file. Nothing was changed. Make a plan:\n\n    "
            f"{command}",
        )
    return plan


def read_plan_of(planfile: Path, workspace: str, otherwise: str) -> Plan:
    """Return the plan in a file, which has to be one for `workspace`.

    Raises what `read_plan` does, and UsageError for another workspace. `otherwise` ends the
    message: what to do with the other one, where `{}` is its name.
    """
    plan = read_plan(planfile, workspace)
    made_for = plan.header.workspace
    if made_for != workspace:
        raise UsageError.of(
            "Plan of another workspace",
            f"{planfile} is a plan for {made_for}, not for {workspace}. Use a plan for "
            f"{workspace}, or {otherwise.format(made_for)}.",
        )
    return plan
