"""The steps of a campaign and their actions, before and after a change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cioform.core.dataclasses import dataclass
from cioform.kinds.campaign.codec.actions import ENTRY_ACTION_TYPES, expand_variants
from cioform.kinds.campaign.wire.wire_types import WireAction, WireEdge
from cioform.language.workflow import Graph


@dataclass(frozen=True, slots=True)
class StepActions:
    """The actions of the wanted steps after the writes."""

    parts: Mapping[str, str]
    """The action ID of each step."""
    actions: Mapping[str, WireAction]
    """The action of each step, as read."""
    all_actions: Mapping[str, WireAction]
    """All actions of the campaign by ID, including the variants of A/B tests."""

    @classmethod
    def of(cls, parts: Mapping[str, str], actions: Sequence[WireAction]) -> StepActions:
        """Return the actions of steps, from all actions of their campaign."""
        by_id = {str(action["id"]): action for action in actions}
        return cls(parts, {name: by_id[action_id] for name, action_id in parts.items()}, by_id)


@dataclass(frozen=True, slots=True)
class CurrentCampaign:
    """A campaign before its steps change."""

    campaign_id: str
    name: str
    actions: Sequence[WireAction]
    edges: Sequence[WireEdge]
    parts: Mapping[str, str]
    """The action IDs of its steps by our names; empty for a new campaign."""
    has_people: bool = False
    """Whether people may be in it, so that a new message must not be sent before it is written."""
    bound: frozenset[str] = frozenset()
    """The IDs of the actions that the state binds to a step."""

    @property
    def entry_action_id(self) -> str | None:
        """The action that Customer.io puts before the first step."""
        return next((str(a["id"]) for a in self.actions if a["type"] in ENTRY_ACTION_TYPES), None)


def known_action_ids(graph: Graph, *known: Mapping[str, str]) -> dict[str, str]:
    """Return the action ID of every step that has one, and `0` for the others.

    No action has the ID 0. A wait for a step that does not exist yet is written with it first, and
    again with the real ID once the step exists.
    """
    action_ids = {node.id: "0" for node in expand_variants(graph.nodes)}
    for parts in known:
        action_ids |= {name: own_id for name, own_id in parts.items() if name in action_ids}
    return action_ids
