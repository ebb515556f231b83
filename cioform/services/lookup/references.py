"""Find what a resource refers to and what refers to it, in the files or in the workspace too."""

from __future__ import annotations

from collections.abc import Iterator

from cioform.core.address import Address
from cioform.plan.reach.reference_graph import (
    NodeState,
    ObjectTexts,
    ReferenceGraph,
    build_graph,
)
from cioform.plan.selecting.scope import Scope
from cioform.run.importing.captured import CapturedResources
from cioform.services.context import OpenWorkspace
from cioform.services.lookup.known_resources import find_known_resources
from cioform.services.lookup.live_users import with_live_users


def reference_graph(opened: OpenWorkspace, seen: CapturedResources | None = None) -> ReferenceGraph:
    """Return the graph of references of the files.

    The objects in `seen` that no file manages belong to it, too.
    """
    objects = [*_objects_of_files(opened)]
    if seen is not None:
        objects += _objects_without_file(opened, seen)
    return build_graph(objects, opened.kinds)


def find_references(
    opened: OpenWorkspace, scope: Scope | None, *, live: bool, address: Address | None = None
) -> tuple[ReferenceGraph, list[str]]:
    """Return the graph of references, and the addresses in `scope`, none without a scope.

    With `live`, the workspace is read, with all users of the selected resources and of `address`.
    Raises UsageError for a selector that is invalid or matches nothing.
    """
    if scope is None and not live:
        return reference_graph(opened), []  # The state is not needed.
    known = find_known_resources(opened, live=live)
    graph = reference_graph(opened, known.seen)
    selected: list[Address] = []
    if scope is not None:
        resolved = scope.resolve(known.facts)
        selected = [each for each in sorted(known.facts.known) if resolved.includes(each)]
    if known.seen is not None:
        wanted = [*selected, *([address] if address is not None else [])]
        graph = with_live_users(opened, graph, known.seen, wanted)
    return graph, list(map(str, selected))


def _objects_of_files(opened: OpenWorkspace) -> Iterator[ObjectTexts]:
    for address, resource in opened.configuration.desired.resources.items():
        remote_id = resource.remote_id or ""
        kind = opened.kinds[address.kind]
        yield ObjectTexts(str(address), kind, resource.attributes, remote_id=remote_id)


def _objects_without_file(opened: OpenWorkspace, seen: CapturedResources) -> Iterator[ObjectTexts]:
    for address, attributes in seen.attributes.items():
        if address not in opened.configuration.desired.resources:
            kind, remote_id = opened.kinds[address.kind], seen.bindings[address].remote_id
            yield ObjectTexts(str(address), kind, attributes, NodeState.UNMANAGED, remote_id)
