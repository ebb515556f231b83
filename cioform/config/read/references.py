"""Whether every reference leads somewhere, and none leads back to where it began."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set

from cioform.config.read.positions import nearest_location
from cioform.core.address import Address, is_address
from cioform.core.diagnostic import Diagnostic
from cioform.core.suggest import did_you_mean
from cioform.model.names import Reference
from cioform.model.registry import Registry
from cioform.model.resource import Resource

Resources = Mapping[Address, Resource]


def check_references(
    resources: Resources, declared: Set[Address], registry: Registry
) -> Iterator[Diagnostic]:
    """Give a problem for each reference to nothing and for each cycle. `declared` also has the
    resources that could not be loaded, so that one mistake is not reported twice."""
    for resource in resources.values():
        for reference in resource.references:
            detail = _dangling_reason(reference, declared, registry)
            if detail is not None:
                place = nearest_location(resource.positions, reference.path) or resource.location
                yield Diagnostic("Dangling reference", detail, resource.address, place)
    yield from _cycles(resources)


def _dangling_reason(
    reference: Reference, declared: Set[Address], registry: Registry
) -> str | None:
    text, kind = reference.text, reference.kind
    if reference.address is not None:
        if reference.address in declared:
            return None
        close = did_you_mean(text, [str(one) for one in declared if one.kind == kind])
        return f"No document has the address `{text}`.{close} Create it, or correct the reference."
    if kind not in registry or registry[kind].is_read_only or text.startswith(kind + "#"):
        # Only the workspace itself knows its read-only things and its unmanaged objects.
        return None
    if is_address(text) and text.split(".")[0] in registry:
        return f"`{text}` is a {text.split('.')[0]}, and a {kind} is wanted here."
    named = [str(one) for one in declared if one.kind == kind and one.name == text]
    hint = f" Did you mean `{named[0]}`?" if named else f" It looks like `{kind}.name`."
    return f"`{text}` is not the address of a {kind}.{hint}"


def _cycles(resources: Resources) -> Iterator[Diagnostic]:
    done: set[Address] = set()
    for start in resources:
        if start not in done:
            yield from _cycles_from(start, resources, done)


def _cycles_from(start: Address, resources: Resources, done: set[Address]) -> Iterator[Diagnostic]:
    # Depth first with the way held in a list: a chain of references may be longer than the stack.
    way: list[Address] = [start]
    ahead: list[Iterator[Address]] = [_targets(start, resources)]
    on_way = {start}
    while way:
        target = next(ahead[-1], None)
        if target is None:
            ahead.pop()
            on_way.discard(way[-1])
            done.add(way.pop())
        elif target in on_way:
            yield _cycle(way[way.index(target) :], resources)
        elif target not in done:
            way.append(target)
            on_way.add(target)
            ahead.append(_targets(target, resources))


def _targets(address: Address, resources: Resources) -> Iterator[Address]:
    found = (reference.address for reference in resources[address].references)
    return iter([target for target in found if target is not None and target in resources])


def _cycle(ring: list[Address], resources: Resources) -> Diagnostic:
    last = resources[ring[-1]]
    path = next(ref.path for ref in last.references if ref.address == ring[0])
    shown = " -> ".join(f"`{address}`" for address in (*ring, ring[0]))
    return Diagnostic(
        "Cyclic reference",
        f"Each of these needs the next one to be there before it: {shown}. None can be created "
        "first. Take one of the references out.",
        last.address,
        nearest_location(last.positions, path) or last.location,
    )
