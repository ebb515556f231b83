"""Steps of types that cioform does not know: they are kept as they are, never made or rewritten."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

from cioform.core.errors import PlanError
from cioform.kinds.campaign.codec.actions import has_content_of
from cioform.kinds.campaign.sync.steps.match_actions import match_actions
from cioform.kinds.campaign.sync.steps.step_actions import CurrentCampaign
from cioform.kinds.campaign.wire.wire_types import WireTemplate
from cioform.language.workflow import ACTION, Graph, Node
from cioform.model.hints import IMPORT_COMMAND

_ONLY_KEPT: Final = (
    "Steps of types that no keyword describes are kept as they are, because cioform does not know "
    "how the API writes them."
)
_BY_HAND: Final = "in Customer.io, then write it to the file:\n\n" + IMPORT_COMMAND


def reject_unknown_steps(nodes: Iterable[Node]) -> None:
    """Raise PlanError if a campaign that does not exist yet has steps of unknown types."""
    if unknown := [node for node in nodes if ACTION in node.fields]:
        named = ", ".join(f"`{node.id}` (`{node.keyword}`)" for node in unknown)
        raise _blocked_error(
            f"The campaign has steps without a keyword: {named}. {_ONLY_KEPT} Take them out to "
            f"create the campaign without them. To have them, add them {_BY_HAND}"
        )


def reject_changed_unknown_steps(
    graph: Graph, base: CurrentCampaign, templates: Mapping[str, WireTemplate]
) -> None:
    """Raise PlanError if a change would make a step of an unknown type, or rewrite one.

    Such a step may be moved or removed. `templates` are the templates of the campaign by ID.
    """
    matched = match_actions(base.actions, base.parts, graph, base.bound)
    actions = {str(action["id"]): action for action in base.actions}
    outgoing = graph.outgoing_edges()
    live_ways = Counter(str(edge["from"]) for edge in base.edges)
    for node in graph.nodes:
        if ACTION not in node.fields:
            continue
        if node.id not in matched:
            raise _blocked_error(
                f"The step `{node.id}` is new and has no keyword. {_ONLY_KEPT} Add it {_BY_HAND}"
            )
        action_id, ways = matched[node.id], len(outgoing[node.id])
        if not has_content_of(node, actions[action_id], templates):
            raise _changed_step_error(node, "differs from the one in Customer.io")
        if live_ways[action_id] != ways:
            noun = "branch" if ways == 1 else "branches"
            found = f"has {ways} {noun}, and {live_ways[action_id]}"
            raise _changed_step_error(node, f"{found} in Customer.io")


def _changed_step_error(node: Node, difference: str) -> PlanError:
    return _blocked_error(f"The step `{node.id}` {difference}. {_ONLY_KEPT} Change it {_BY_HAND}")


def _blocked_error(detail: str) -> PlanError:
    return PlanError.of("Step of an unknown type cannot be written", detail)
