"""The JSON sent to webhooks: addresses, names of fields and counts, never their content."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from cioform.core.data.json_value import Json
from cioform.core.data.paths import format_path
from cioform.core.dataclasses import dataclass
from cioform.core.diagnostic import Diagnostic
from cioform.plan.drift import DriftReport
from cioform.plan.plan import Plan
from cioform.report.json_output import dumps
from cioform.run.events import ChangeStatus, Outcome

_MAX_ITEMS: Final = 100
"""The most items of a list. How many more there are is in `more`."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Where a notification comes from."""

    workspace: str
    workspace_id: int | None
    commit: str | None
    run_url: str | None
    """The page of the CI job."""


def notification(
    event: str, identifier: str, at: int, sender: Sender, content: dict[str, Json]
) -> bytes:
    """Return the body of a notification."""
    text = dumps(
        event=event,
        id=identifier,
        at=at,
        workspace=sender.workspace,
        workspace_id=sender.workspace_id,
        commit=sender.commit,
        run_url=sender.run_url,
        **content,
    )
    return text.encode()


def drift_content(report: DriftReport) -> dict[str, Json]:
    """Return the notification of drift."""
    return _limited(
        "objects",
        [
            {
                "address": str(each.address),
                "gone": each.gone,
                "fields": [format_path(field.path) for field in each.fields],
            }
            for each in report.drift
        ],
    )


def applied_content(plan: Plan, outcome: Outcome) -> dict[str, Json]:
    """Return the notification of an apply."""
    shown = {change.address for change in plan.visible_changes}
    results = [each for each in outcome.results if each.address in shown]
    return {
        "run": outcome.run,
        "complete": outcome.complete,
        **_limited(
            "changes",
            [
                {
                    "address": str(each.address),
                    "action": each.action.value,
                    "result": each.status.value,
                }
                for each in sorted(results, key=lambda each: each.status is ChangeStatus.DONE)
            ],
        ),
    }


def refused_content(problems: Sequence[Diagnostic]) -> dict[str, Json]:
    """Return the notification of a refusal, without details, which may quote values."""
    return _limited(
        "problems",
        [
            {"summary": each.summary, "address": str(each.address) if each.address else None}
            for each in problems
        ],
    )


def _limited(name: str, items: Sequence[Json]) -> dict[str, Json]:
    return {name: list(items[:_MAX_ITEMS]), "more": max(0, len(items) - _MAX_ITEMS)}
