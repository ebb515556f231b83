"""The identity of a document: its earlier addresses (`was`) and its ID (`remote_id`, `bind`)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from typing import Final

from cioform.core.address import Address, is_address, is_name
from cioform.core.data.json_value import JsonValue
from cioform.core.dataclasses import dataclass, replace
from cioform.core.diagnostic import Diagnostic, Location
from cioform.core.suggest import did_you_mean_address
from cioform.core.text.quoted import quoted
from cioform.model.kind import Kind
from cioform.model.registry import Registry
from cioform.model.remote_access.capabilities import HasTextIds
from cioform.model.resource import Resource
from cioform.model.values.value_errors import format_value

WAS: Final = "was"
REMOTE_ID: Final = "remote_id"
BIND: Final = "bind"
"""The setting that gives the IDs of shared documents."""


_MAX_LISTED: Final = 5
"""Other resources in one message."""


class IdentityError(ValueError):
    """A value that names no object or no address. Its message is a sentence."""


@dataclass(frozen=True, slots=True)
class BoundId:
    """The ID that `bind` in `workspace.yaml` gives to a shared document."""

    remote_id: JsonValue
    location: Location | None


def parse_was(written: JsonValue, address: Address) -> tuple[Address, ...]:
    """Return the earlier addresses of a document. Raises IdentityError."""
    texts = written if isinstance(written, list) else [written]
    return tuple(_earlier_address(text, address) for text in texts)


def _earlier_address(text: JsonValue, address: Address) -> Address:
    example = Address(address.kind, text if isinstance(text, str) and is_name(text) else "old_name")
    if not isinstance(text, str) or not is_address(text):
        raise IdentityError(
            f"`{WAS}` must be the earlier address of this resource, or a list of them, not "
            f"{format_value(text)}. Write:\n\n    {WAS}: {example}"
        )
    earlier = Address.parse(text)
    if earlier == address:
        raise IdentityError(f"`{WAS}` names `{address}`, which is this resource. Remove it.")
    if earlier.kind != address.kind:
        raise IdentityError(
            f"`{WAS}` names `{earlier}`, but a resource cannot change its kind: this is a "
            f"{address.kind}. Remove it."
        )
    return earlier


def parse_remote_id(written: JsonValue, kind: Kind | None, source: str = REMOTE_ID) -> str:
    """Return an ID as text. Raises IdentityError; `source` is the field, for its message.

    An ID is a number, but for the kinds whose IDs are names.
    """
    is_number = isinstance(written, int) and not isinstance(written, bool) and written > 0
    is_text = isinstance(written, str) and written.strip() == written != "" and "#" not in written
    if is_text and not (kind is None or isinstance(kind, HasTextIds) or written.isdecimal()):
        is_text = False
    if not (is_number or is_text):
        raise IdentityError(
            f"`{source}` must be the ID of an object in Customer.io, such as 12, not "
            f"{format_value(written)}."
        )
    return str(written)


@dataclass(frozen=True, slots=True)
class IdentityCheck:
    """All documents of a workspace, to bind them by `bind` and to check them against each other."""

    resources: Mapping[Address, Resource]
    declared: Mapping[Address, Location | None]
    """The documents that were loaded, valid or not."""
    own: Set[str]
    """The addresses of those in the workspace's own folder."""
    bind: Mapping[str, BoundId]
    registry: Registry

    def bound_resources(self) -> dict[Address, Resource]:
        """Return the resources with the IDs that `bind` gives them."""
        bound = dict(self.resources)
        for text, each in self.bind.items():
            if text in self.own:
                continue
            if is_address(text) and (address := Address.parse(text)) in bound:
                remote_id = str(each.remote_id)
                bound[address] = replace(bound[address], remote_id=remote_id)
        return bound

    def problems(self) -> Iterator[Diagnostic]:
        """Yield what is wrong with `bind`, `remote_id` and `was`."""
        for text, each in self.bind.items():
            detail = self._bind_problem(text, each)
            if detail is not None:
                yield Diagnostic("Invalid binding", detail, location=each.location)
        yield from self._shared_ids()
        yield from self._ids_used_twice()
        yield from self._was_problems()
        yield from self._unique_values_used_twice()

    def _bind_problem(self, text: str, each: BoundId) -> str | None:
        try:
            remote_id = parse_remote_id(each.remote_id, self._kind_of(text), f"{BIND}.{text}")
        except IdentityError as error:
            return str(error)
        if text in self.own:
            return (
                f"`{BIND}` has `{text}`, but its file is in this workspace's own folder. Write the "
                f"ID in that file:\n\n    {REMOTE_ID}: {remote_id}"
            )
        if text in map(str, self.declared):
            return None
        hint = did_you_mean_address(text, self.declared)
        return f"`{BIND}` has `{text}`, but no document has that address.{hint}"

    def _kind_of(self, address: str) -> Kind | None:
        kind = address.partition(".")[0]
        return next((each for each in self.registry if each.name == kind), None)

    def _shared_ids(self) -> Iterator[Diagnostic]:
        for address, resource in self.resources.items():
            if resource.remote_id is not None and str(address) not in self.own:
                yield Diagnostic(
                    "ID in a shared file",
                    "Several workspaces may include this file, but an ID belongs to only one of "
                    f"them. Remove `{REMOTE_ID}`, and write in `workspace.yaml`:\n\n"
                    f"    {BIND}:\n      {address}: {resource.remote_id}",
                    address,
                    _location(resource, REMOTE_ID),
                )

    def _ids_used_twice(self) -> Iterator[Diagnostic]:
        holders: dict[tuple[str, str], Address] = {}
        for address, resource in self.bound_resources().items():
            if resource.remote_id is None:
                continue
            first = holders.setdefault((address.kind, resource.remote_id), address)
            if first != address:
                bound = self.bind.get(str(address))
                yield Diagnostic(
                    "Duplicate ID",
                    f"`{first}` has the ID {resource.remote_id} already, and an object has only "
                    "one address.",
                    address,
                    bound.location if bound is not None else _location(resource, REMOTE_ID),
                )

    def _unique_values_used_twice(self) -> Iterator[Diagnostic]:
        """Yield the fields that no two objects may share, besides the name that identifies them."""
        holders: dict[tuple[str, str], Resource] = {}
        for address, resource in self.resources.items():
            kind = self.registry[address.kind]
            value = resource.attributes.get(kind.unique_field)
            if kind.has_unique_names or not isinstance(value, str) or not value.strip():
                continue
            first = holders.setdefault((address.kind, value.strip()), resource)
            if first is not resource:
                yield _value_used_twice(resource, kind.unique_field, value, first)

    def _was_problems(self) -> Iterator[Diagnostic]:
        users: dict[Address, list[Resource]] = defaultdict(list)
        for resource in self.resources.values():
            for earlier in resource.was:
                users[earlier].append(resource)
        for earlier, resources in users.items():
            for at, resource in enumerate(resources):
                if earlier in self.declared:
                    detail = (
                        f"`{WAS}` names `{earlier}`, but that resource still exists "
                        f"({self.declared[earlier]}). Remove its file if it was renamed."
                    )
                elif at > 0:
                    detail = (
                        f"`{resources[0].address}` ({resources[0].location}) says already that it "
                        f"was `{earlier}`. Remove `{WAS}` from one of the two files."
                    )
                else:
                    continue
                yield Diagnostic(
                    "Invalid former address", detail, resource.address, _location(resource, WAS)
                )


def names_used_twice(
    resources: Mapping[Address, Resource], registry: Registry
) -> Iterator[Diagnostic]:
    """Yield a problem for each resource that only its name identifies, and another has it too."""
    holders: dict[tuple[str, str], list[Resource]] = defaultdict(list)
    for address, resource in resources.items():
        name = str(resource.attributes[registry[address.kind].identity])
        holders[address.kind, name].append(resource)
    for (kind, name), same in holders.items():
        unbound = [each for each in same if each.remote_id is None]
        for resource in unbound[1:]:
            others = [each for each in same[: _MAX_LISTED + 1] if each is not resource]
            yield _name_used_twice(resource, registry[kind].identity, name, others[:_MAX_LISTED])


def _name_used_twice(
    resource: Resource, identity: str, name: str, others: Sequence[Resource]
) -> Diagnostic:
    """Return the problem of a resource that shares its name with `others`."""
    address = resource.address
    listed = ", ".join(f"`{each.address}` ({each.location})" for each in others)
    line = f"{BIND}:\n      {address}: 12" if resource.is_shared else f"{REMOTE_ID}: 12"
    return Diagnostic(
        "Duplicate name",
        f"The {identity} {quoted(name)} is also that of {listed}, and without a state an object "
        f"is found by its {identity}. Change one of them, or write the ID of the object "
        f"{'in `workspace.yaml`' if resource.is_shared else 'here'}, such as:\n\n    {line}",
        address,
        resource.positions.get((identity,)) or resource.location,
    )


def _value_used_twice(resource: Resource, field: str, value: str, first: Resource) -> Diagnostic:
    return Diagnostic(
        "Two resources with one unique value",
        f"`{field}` is {quoted(value)}, as that of `{first.address}` ({first.location}), and "
        f"Customer.io refuses the same `{field}` twice. Change one of them.",
        resource.address,
        _location(resource, field),
    )


def _location(resource: Resource, field: str) -> Location | None:
    return resource.positions.get((field,)) or resource.location
