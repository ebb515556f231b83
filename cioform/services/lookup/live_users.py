"""Add the users that the APIs return to a graph of references, as a plan does."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from cioform.core.address import Address
from cioform.model.objects.snapshot import Listing, LiveSnapshot
from cioform.model.routing.operations import ObjectId
from cioform.plan.reach.reference_graph import NodeState, ReferenceGraph, object_label
from cioform.run.importing.captured import CapturedResources
from cioform.run.reading.reach.audience_size import PeopleCounter
from cioform.run.reading.reach.usage_graph import UsageGraph, is_shared, read_usage_graph
from cioform.run.reading.reach.user_states import read_objects
from cioform.services.context import OpenWorkspace


def with_live_users(
    opened: OpenWorkspace,
    graph: ReferenceGraph,
    seen: CapturedResources,
    addresses: Collection[Address],
) -> ReferenceGraph:
    """Return the graph with every user of `addresses` that an API returns, direct or indirect.

    The graph also says which objects may have users that no API returns.
    """
    ids = {a: ObjectId(a.kind, b.remote_id) for a, b in seen.bindings.items()}
    labels = {each: str(address) for address, each in ids.items()}
    starts = [ids[address] for address in addresses if address in ids]
    found = read_objects(starts, opened.kinds, seen.names, opened.provider)
    objects = {a: live for a, each in ids.items() if is_shared(live := found.get(each)) and live}
    counter = PeopleCounter(
        opened.kinds, LiveSnapshot(Listing({}), objects, seen.names), opened.provider
    )
    managed = {ids[a] for a in opened.configuration.desired.resources if a in ids}
    usage = read_usage_graph([ids[a] for a in objects], {}, managed, counter)
    return _merged(graph, usage, labels)


def _merged(
    graph: ReferenceGraph, usage: UsageGraph, labels: dict[ObjectId, str]
) -> ReferenceGraph:
    uses = {label: dict(used) for label, used in graph.uses.items()}
    states = dict(graph.states)
    for user, used in _edges(usage):
        label = _label(user, labels)
        uses.setdefault(label, {})[_label(used, labels)] = True
        states.setdefault(label, NodeState.UNMANAGED)
    incomplete = frozenset(_label(each, labels) for each in usage.incomplete)
    return ReferenceGraph(uses, states, incomplete)


def _edges(usage: UsageGraph) -> Iterator[tuple[ObjectId, ObjectId]]:
    for used, users in usage.users.items():
        # A user in the list that the workspace does not have was deleted.
        yield from ((user, used) for user in users if usage.live.get(user, user) is not None)


def _label(each: ObjectId, labels: Mapping[ObjectId, str]) -> str:
    return labels.get(each) or object_label(each.kind, f"{each.kind}#{each.remote_id}")
