"""Remove what a file leaves unmanaged in the workflow and the re-entry of a campaign."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cioform.core.data.json_value import UNKNOWN, Json, JsonValue, KindFields
from cioform.core.data.leaves import left_out
from cioform.core.data.paths import FieldPath
from cioform.kinds.campaign.canonical import walk_workflow
from cioform.kinds.campaign.codec.actions import expand_variants
from cioform.kinds.campaign.codec.graph_codec import (
    counterparts,
    project_step,
    project_workflow_onto,
    to_graph,
)
from cioform.kinds.campaign.file_form.document import GENERATED_EXIT_ID
from cioform.kinds.campaign.settings.reentry import project_reentry_onto
from cioform.language.messages.message import MESSAGE_TYPES, unmanaged_paths
from cioform.language.workflow import ACTION, MAIN_EXIT_ID

UNMANAGED_FIELDS: Final = frozenset(
    path for message in MESSAGE_TYPES.values() for path in unmanaged_paths(message, "messages.*")
) | {"reentry.frequency_cap"}


def project_attributes_onto(live: KindFields, wanted: KindFields) -> KindFields:
    """Return `live` without what `wanted` leaves unmanaged in its workflow and its re-entry."""
    projected = dict(live)
    for name, project in (("workflow", project_workflow_onto), ("reentry", project_reentry_onto)):
        if UNKNOWN not in (live.get(name, UNKNOWN), wanted.get(name, UNKNOWN)):
            projected[name] = project(live[name], wanted[name])
    return projected


def left_out_of_attributes(
    live: KindFields, wanted: KindFields
) -> Iterator[tuple[FieldPath, Json]]:
    """Yield what `project_attributes_onto` leaves out: the path and the value of each."""
    for name in ("workflow", "reentry"):
        live_value, own_value = live.get(name), wanted.get(name)
        if live_value is None or own_value in (None, UNKNOWN, live_value):
            continue
        if live_value is UNKNOWN:
            yield (name,), UNKNOWN
        elif name == "reentry":
            yield from left_out((name,), live_value, project_reentry_onto(live_value, own_value))
        elif live_value:
            yield from _left_out_of_workflow(live_value, own_value)


def _left_out_of_workflow(live: JsonValue, wanted: JsonValue) -> Iterator[tuple[FieldPath, Json]]:
    nodes = {node.id: node for node in expand_variants(to_graph(wanted).nodes)}
    own = counterparts(live, nodes)
    for _, step in walk_workflow(live):
        if ACTION in step:
            continue  # a step of an unknown type is managed as a whole
        if (name := step["id"]) in own:
            yield from left_out(("workflow", name), step, project_step(step, own[name]))


def implied_exit(steps: Json, name: str | int) -> Json:
    """Return the exit that the steps end with although the file does not list it, by its ID.

    Return None if the ID is not that of an exit, or if the file lists an exit there.
    """
    if not isinstance(steps, list) or GENERATED_EXIT_ID.fullmatch(str(name)) is None:
        return None
    is_implied = any(node.id == MAIN_EXIT_ID for node in to_graph(steps).nodes)
    return {"id": name, "exit": True} if is_implied else None
