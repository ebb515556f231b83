"""Find what a resource refers to and what refers to it, in the files or in the workspace too."""

from __future__ import annotations

from collections.abc import Iterator

from cioform.core.address import Address
from cioform.core.dataclasses import replace
from cioform.plan.reach.reference_graph import (
    NodeState,
    ObjectTexts,
    ReferenceGraph,
    build_graph,
)
from cioform.plan.selecting.scope import Scope
from cioform.run.importing.capture import capture_resources
from cioform.services.context import OpenWorkspace
from cioform.services.reading.recovery import read_recovered_state
from cioform.services.selection import facts_of


def reference_graph(opened: OpenWorkspace, *, live: bool) -> ReferenceGraph:
    """Return the graph of references of the files.

    With `live`, the objects of the workspace that no file manages are read and belong to it.
    """
    objects = list(_objects_of_files(opened))
    if not live:
        return build_graph(objects, opened.kinds)
    opened.require_credentials()
    applied = read_recovered_state(opened)
    desired = opened.configuration.desired
    captured = capture_resources(
        opened.kinds, desired, applied, opened.provider, Scope(), listener=opened.listener
    )
    for address, attributes in captured.attributes.items():
        if address not in desired.resources:
            remote_id = captured.bindings[address].remote_id
            objects.append(
                ObjectTexts(
                    str(address),
                    opened.kinds[address.kind],
                    attributes,
                    NodeState.UNMANAGED,
                    remote_id,
                )
            )
    return build_graph(objects, opened.kinds)


def select_objects(opened: OpenWorkspace, graph: ReferenceGraph, scope: Scope) -> list[str]:
    """Return the labels of the objects of the graph that are in scope.

    Raises UsageError for a selector that is not valid or names nothing.
    """
    unmanaged = [label for label, state in graph.states.items() if state is NodeState.UNMANAGED]
    facts = replace(
        facts_of(opened, opened.load_state()), also_known=tuple(map(Address.parse, unmanaged))
    )
    resolved = scope.resolve(facts)
    chosen = {str(address) for address in facts.known if resolved.includes(address)}
    return sorted(chosen.intersection(graph.states))


def _objects_of_files(opened: OpenWorkspace) -> Iterator[ObjectTexts]:
    for address, resource in opened.configuration.desired.resources.items():
        remote_id = resource.remote_id or ""
        kind = opened.kinds[address.kind]
        yield ObjectTexts(str(address), kind, resource.attributes, remote_id=remote_id)
