"""Workflows whose branches cross: kept as they are, because Customer.io refuses their edges."""

from __future__ import annotations

from typing import Final

from cioform.core.data.json_value import JsonValue
from cioform.core.errors import PlanError
from cioform.kinds.campaign.codec.graph_codec import to_graph
from cioform.kinds.campaign.sync.steps.step_actions import CurrentCampaign
from cioform.kinds.campaign.sync.steps.workflow_update import keeps_edges
from cioform.language.workflow.crossing import find_crossing
from cioform.model.hints import IMPORT_COMMAND

_RULE: Final = (
    "Customer.io accepts a workflow only if all branches of a step meet again in one step, or end "
    "in an exit of their own. Give each branch its own copy of these steps, with other IDs."
)
_BY_HAND: Final = (
    " Or change the workflow in Customer.io, then write it to the file:\n\n" + IMPORT_COMMAND
)


def reject_crossing_branches(workflow: JsonValue, base: CurrentCampaign | None = None) -> None:
    """Raise PlanError if the edges of a workflow have to be written and its branches cross.

    `base` is the campaign before the change; None for a new one.
    """
    graph = to_graph(workflow)
    crossing = find_crossing(graph)
    if crossing is None or (base is not None and keeps_edges(base, graph)):
        return
    steps = " and in ".join(f"`{step}`" for step in crossing.targets)
    detail = (
        f"The branches of `{crossing.step}` meet other branches in different steps: in {steps}. "
        f"{_RULE}{'' if base is None else _BY_HAND}"
    )
    raise PlanError.of("Branches that cross cannot be written", detail)
