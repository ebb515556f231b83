"""Check that every reference has a target, and that no references form a cycle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from typing import Final

from cioform.config.read.layering.layers import DefaultsLayer
from cioform.config.read.parsing.positions import nearest_location
from cioform.core.address import Address, is_address, slugify
from cioform.core.diagnostic import Diagnostic, Location
from cioform.core.graph import find_cycles
from cioform.core.suggest import closest, suggest
from cioform.core.text.word_lists import join_names, with_article
from cioform.language.messages.defaults import default_references
from cioform.model.fields.upgrading import outdated_syntax_message
from cioform.model.references.names import Reference
from cioform.model.registry import Registry
from cioform.model.remote_access.capabilities import HasOwnNames
from cioform.model.resource import Resource

Resources = Mapping[Address, Resource]

_MAX_LISTED: Final = 10
"""Addresses in one message."""


def check_references(
    resources: Resources,
    declared: Set[Address],
    incomplete_kinds: Set[str | None],
    registry: Registry,
) -> Iterator[Diagnostic]:
    """Yield a problem for each reference without a target and for each cycle.

    A mistake in a default is reported once, however many messages have it from there. `declared`
    also has the addresses of resources that could not be loaded, so that one mistake is not
    reported twice. `incomplete_kinds` are the kinds of documents that could not even be parsed
    (None if a document's kind is unknown): their addresses are not all known.
    """
    reported: set[tuple[str, Location | None]] = set()
    for resource in resources.values():
        for reference in resource.references:
            if None in incomplete_kinds or reference.kind in incomplete_kinds:
                continue
            found = _reference_problem(reference, declared, registry) or _unsuitable(
                reference, resources
            )
            if found is None:
                continue
            place = nearest_location(resource.positions, reference.path) or resource.location
            if (found[1], place) not in reported:
                reported.add((found[1], place))
                yield Diagnostic(*found, resource.address, place)
    referring = [address for address, resource in resources.items() if resource.references]
    for cycle in find_cycles(referring, lambda address: _targets(address, resources)):
        yield _cycle(cycle, resources)


def check_default_references(
    defaults: DefaultsLayer | None, declared: Set[Address], registry: Registry
) -> Iterator[Diagnostic]:
    """Yield a problem for each reference without a target in the defaults of the settings.

    It is apart from `check_references` because an import may write what they refer to.
    """
    for reference in default_references(defaults.values) if defaults is not None else ():
        found = _reference_problem(reference, declared, registry)
        if found is not None:
            yield Diagnostic(*found, location=defaults.locate(reference.path) if defaults else None)


def _reference_problem(
    reference: Reference, declared: Set[Address], registry: Registry
) -> tuple[str, str] | None:
    """Return the summary and the detail of what is wrong with a reference, None if nothing is."""
    text, kind = reference.text, reference.kind
    if is_address(text):
        return _address_problem(reference, Address.parse(text), registry)
    if text.startswith(kind + "#") and not text.removeprefix(kind + "#").isdecimal():
        detail = f"`{text}` has no ID. Write the number that Customer.io gave it: `{kind}#12`."
        return "Dangling reference", detail
    if reference.address in declared or kind not in registry or text.startswith(kind + "#"):
        return None
    named = registry[kind]
    if isinstance(named, HasOwnNames):
        # Only the workspace itself knows all of these objects and their names.
        wrong_name = named.reference_problem(text)
        if wrong_name is None:
            return None
        return "Dangling reference", wrong_name + (_suggest_name(kind, text, declared) or "")
    hint = _suggest_name(kind, slugify(text), declared)
    if reference.address is None:
        detail = f"`{text}` is not the name of {with_article(kind)}: write the name in its address."
    else:
        detail = f"No document has the address `{reference.address}`."
        hint = hint or (f" Create `{registry[kind].folder}/{text}.yaml`, or correct the reference.")
    return "Dangling reference", detail + (hint or "")


def _unsuitable(reference: Reference, resources: Resources) -> tuple[str, str] | None:
    """Return the problem of an object that cannot be used where a reference is."""
    requirement, address = reference.requirement, reference.address
    if requirement is None or address is None or address not in resources:
        return None
    if requirement.is_met(resources[address].attributes):
        return None
    return requirement.summary, f"`{address}` cannot be used here. {requirement.explanation}"


def _address_problem(
    reference: Reference, address: Address, registry: Registry
) -> tuple[str, str] | None:
    """Return what is wrong with an address where the bare name belongs.

    None for a text that only looks like an address.
    """
    kind = reference.kind
    if address.kind == kind:
        key = next(step for step in reversed(reference.path) if isinstance(step, str))
        detail = outdated_syntax_message("The kind is clear here.", f"{key}: {address.name}")
        return "Address instead of a name", detail
    if address.kind in registry:
        wanted, given = with_article(kind), with_article(address.kind)
        detail = f"This field needs {wanted}, but `{address}` is {given}."
        return "Dangling reference", detail
    return None


def _suggest_name(kind: str, name: str, declared: Set[Address]) -> str | None:
    """Return the name that was probably meant, or all of them if they are few, or None."""
    names = sorted(address.name for address in declared if address.kind == kind)
    near = closest(name, names) or next((known for known in names if name in known), None)
    if near is not None:
        return suggest(near)
    if 0 < len(names) <= _MAX_LISTED:
        listed = join_names(names)
        return f" Existing names: {listed}."
    return None


def _targets(address: Address, resources: Resources) -> Iterator[Address]:
    found = (reference.address for reference in resources[address].references)
    return iter([target for target in found if target is not None and target in resources])


def _cycle(cycle: list[Address], resources: Resources) -> Diagnostic:
    last = resources[cycle[-1]]
    path = next(ref.path for ref in last.references if ref.address == cycle[0])
    shown = " -> ".join(f"`{address}`" for address in (*cycle, cycle[0]))
    return Diagnostic(
        "Cyclic reference",
        f"These resources refer to each other in a cycle: {shown}. Each must exist before the one "
        "that refers to it, so none can be created first. Remove one of the references.",
        last.address,
        nearest_location(last.positions, path) or last.location,
    )
