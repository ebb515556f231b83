"""Block changes of objects that need something that people have not set up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from cioform.core.address import Address
from cioform.model.remote_access.capabilities import Obstacle
from cioform.plan.change import Action, BlockedChange, Change
from cioform.plan.matching.pair import MatchedPair
from cioform.plan.reach.uses import UseFinder
from cioform.plan.writes.write_planner import blocked_change


def block_obstacles(
    changes: Sequence[Change],
    obstacles: Mapping[Address, Obstacle],
    pairs: Sequence[MatchedPair],
    uses: UseFinder,
) -> tuple[list[Change], list[BlockedChange]]:
    """Return the changes that can be made, and those that an obstacle blocks.

    An obstacle that may not matter is added to the reason of the change. Deletions of what managed
    objects use are not judged here, because the same plan may end those uses.
    """
    possible: list[Change] = []
    blocked: list[BlockedChange] = []
    for change in changes:
        obstacle = obstacles.get(change.address)
        if obstacle is None or not change.action.writes or _is_used(change, pairs, uses):
            possible.append(change)
        elif obstacle.blocks:
            blocked.append(blocked_change(change, obstacle.text))
        else:
            possible.append(replace(change, reason=f"{change.reason}; {obstacle.text}"))
    return possible, blocked


def _is_used(change: Change, pairs: Sequence[MatchedPair], uses: UseFinder) -> bool:
    if change.action is not Action.DELETE:
        return False
    return any(pair.exists and change.address in uses.now(pair) for pair in pairs)
