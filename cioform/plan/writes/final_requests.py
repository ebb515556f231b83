"""The requests of changes once it is known which files get the names that they want."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cioform.model.objects.snapshot import LiveSnapshot
from cioform.model.registry import Registry
from cioform.model.remote_access.capabilities import IsCreatedOnDemand
from cioform.plan.change import BlockedChange, Change
from cioform.plan.matching.pair import MatchedPair
from cioform.plan.plan import PlanHeader
from cioform.plan.writes.created_on_demand import CreatedOnDemand
from cioform.plan.writes.write_planner import WritePlanner


def with_final_requests(
    changes: Sequence[Change],
    blocked: Iterable[BlockedChange],
    registry: Registry,
    live: LiveSnapshot,
    header: PlanHeader,
    pairs: Sequence[MatchedPair],
) -> Sequence[Change]:
    """Return the changes with the requests that apply sends for them.

    They were planned as if each file in `pairs` got its name. An object that others create on
    demand, such as a tag, keeps its former name if its change is blocked.
    """
    unnamed = {
        item.address
        for item in blocked
        if isinstance(registry[item.address.kind], IsCreatedOnDemand)
    }
    if not unnamed:
        return changes
    named = [pair for pair in pairs if pair.address not in unnamed]
    on_demand = CreatedOnDemand(registry, live.listing, named)
    writes = WritePlanner(live, frozenset(header.apis), on_demand)
    return [
        writes.with_requests(registry[each.address.kind], each, live.objects.get(each.address))
        for each in changes
    ]
