"""The objects that files claim: by `remote_id` and `bind`, or by `was`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from cioform.core.address import Address
from cioform.core.dataclasses import dataclass
from cioform.core.diagnostic import Diagnostic
from cioform.model.kind import Kind
from cioform.model.objects.live_object import RemoteObject
from cioform.model.objects.snapshot import Binding
from cioform.model.resource import Resource


@dataclass(frozen=True, slots=True)
class Claims:
    """The files and bindings of one kind, beside the objects of the workspace."""

    kind: Kind
    workspace: str
    """The workspace's name, for the commands in messages."""
    resources: Mapping[Address, Resource]
    bindings: Mapping[Address, Binding]
    found: Mapping[str, RemoteObject]
    """The objects by their IDs."""

    def ids(self) -> dict[Address, str]:
        """Return the ID that each file claims, unless the state binds the file to another one.

        A file that names an earlier address gets the object of that address.
        """
        claimed = {}
        for address, resource in self.resources.items():
            if resource.remote_id is not None:
                claimed[address] = resource.remote_id
            elif address not in self.bindings and (earlier := self._moved_id(resource)):
                claimed[address] = earlier
        return claimed

    def problems(self) -> Iterator[Diagnostic]:
        """Yield why a file cannot have the object whose ID it names."""
        holders = {
            binding.remote_id: address
            for address, binding in self.bindings.items()
            if address in self.resources and binding.remote_id in self.found
        }
        for address, resource in self.resources.items():
            remote_id = resource.remote_id
            if remote_id is None:
                continue
            binding = self.bindings.get(address)
            if remote_id not in self.found:
                yield self._missing(resource, remote_id)
            elif holders.get(remote_id, address) != address:
                yield self._held(resource, remote_id, holders[remote_id])
            elif binding and binding.remote_id in self.found and binding.remote_id != remote_id:
                yield self._rebound(resource, remote_id, binding.remote_id)

    def _moved_id(self, resource: Resource) -> str | None:
        ids = (self.bindings[old].remote_id for old in resource.was if old in self.bindings)
        return next((remote_id for remote_id in ids if remote_id in self.found), None)

    def _missing(self, resource: Resource, remote_id: str) -> Diagnostic:
        name = str(resource.attributes[self.kind.identity])
        same = [each for each in self.found.values() if each.identity == name]
        hint = "Correct the ID, or remove it to create a new object."
        if not remote_id.isdecimal() and all(each.isdecimal() for each in self.found):
            hint = f"The IDs of this kind are numbers, as in `remote_id: 12`. {hint}"
        if same:
            hint = f"These have the same {self.kind.identity}:\n\n{candidate_lines(resource, same)}"
        return _diagnostic(
            "Object not found",
            resource,
            f"The workspace has no {self.kind.name} with the ID {remote_id}. {hint}",
        )

    def _held(self, resource: Resource, remote_id: str, holder: Address) -> Diagnostic:
        return _diagnostic(
            "Object is already bound",
            resource,
            f"The file says that {resource.address} has the ID {remote_id}, but the state binds "
            f"that object to {holder}. If the file is right, forget the other binding:\n\n"
            f"    cioform state forget {self.workspace} {holder}",
        )

    def _rebound(self, resource: Resource, remote_id: str, bound: str) -> Diagnostic:
        return _diagnostic(
            "File and state disagree",
            resource,
            f"The file says that {resource.address} has the ID {remote_id}, but the state binds it "
            f"to the ID {bound}. If the state is right, correct the ID in the file. If the file is "
            f"right, forget the binding:\n\n"
            f"    cioform state forget {self.workspace} {resource.address}",
        )


def candidate_lines(resource: Resource, candidates: Sequence[RemoteObject]) -> str:
    """Return the line for each candidate that binds a file to it, for a message."""
    if resource.is_shared:
        head = "    bind:\n"
        return head + "\n".join(f"      {resource.address}: {c.remote_id}" for c in candidates)
    return "\n".join(f"    remote_id: {candidate.remote_id}" for candidate in candidates)


def place_to_paste(resource: Resource) -> str:
    """Return where a line of `candidate_lines` belongs."""
    return "in `workspace.yaml`" if resource.is_shared else "in the file"


def _diagnostic(summary: str, resource: Resource, detail: str) -> Diagnostic:
    place = resource.positions.get(("remote_id",)) or resource.location
    return Diagnostic(summary, detail, resource.address, place)
