"""What is shown of drift."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cioform.plan.change import Drift
from cioform.report.plan.fields import DisplayOptions
from cioform.report.plan.items import ItemView, view_drifted_object


@dataclass(frozen=True, slots=True)
class DriftView:
    """The drift of a workspace as it is shown, from the last applied values to the live ones."""

    workspace: str
    items: tuple[ItemView, ...]
    next_commands: tuple[str, ...]


def view_drift(
    workspace: str, drift: Sequence[Drift], display: DisplayOptions | None = None
) -> DriftView:
    """Return what is shown of the drift in a workspace."""
    items = tuple(view_drifted_object(item, display or DisplayOptions()) for item in drift)
    commands = [f"cioform plan {workspace}"] if drift else []
    existing = [item.address for item in drift if not item.gone]
    if existing:
        commands.append(f"cioform import {workspace} --target {existing[0]} --force")
    return DriftView(workspace, items, tuple(commands))
