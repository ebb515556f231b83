"""A live campaign without the nested values that its file leaves unmanaged."""

from __future__ import annotations

from cioform.core.json_value import UNKNOWN, Attributes
from cioform.kinds.campaign.codec.graph_codec import project_workflow_onto
from cioform.kinds.campaign.settings.reentry import project_reentry_onto


def project_attributes_onto(live: Attributes, wanted: Attributes) -> Attributes:
    """Return `live` without what `wanted` leaves unmanaged in its workflow and its re-entry."""
    projected = dict(live)
    for name, project in (("workflow", project_workflow_onto), ("reentry", project_reentry_onto)):
        if UNKNOWN not in (live.get(name, UNKNOWN), wanted.get(name, UNKNOWN)):
            projected[name] = project(live[name], wanted[name])
    return projected
