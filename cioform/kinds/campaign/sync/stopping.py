"""Campaigns that are stopping: Customer.io refuses to change them until they have stopped."""

from __future__ import annotations

from collections.abc import Set
from typing import Final

from cioform.core.data.json_value import JsonValue
from cioform.core.errors import PlanError
from cioform.kinds.campaign.codec.graph_codec import to_graph
from cioform.kinds.campaign.sync.steps.step_actions import CurrentCampaign
from cioform.kinds.campaign.sync.steps.workflow_update import keeps_edges

_APART: Final[Set[str | int]] = frozenset({"messages", "workflow", "tags"})
"""What is written by other requests than those that change the campaign itself."""


def reject_while_stopping(
    state: JsonValue, changed_fields: Set[str | int], base: CurrentCampaign, workflow: JsonValue
) -> None:
    """Raise PlanError for a change of a campaign that is stopping (journeys facts, 4, States)."""
    if state != "stopping":
        return
    if changed_fields - _APART or (
        "workflow" in changed_fields and not keeps_edges(base, to_graph(workflow))
    ):
        raise PlanError.of(
            "Campaign is stopping",
            "The campaign is stopping: people finish it, and Customer.io refuses to change it "
            "until the last of them has left. Plan again when it has stopped, or stop it at once "
            "in Customer.io.",
        )
