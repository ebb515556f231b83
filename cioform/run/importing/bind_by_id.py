"""Bind one address to the object that has a given ID: `import --target ADDRESS --id ID`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from cioform.core.address import Address, is_address
from cioform.core.dataclasses import dataclass
from cioform.core.errors import UsageError
from cioform.model.objects.snapshot import AppliedState, Binding, Listing
from cioform.plan.selecting.scope import Scope

_EXAMPLE_ADDRESS: Final = "segment.trial_users"
"""The address in the message for a project without files."""


@dataclass(frozen=True, slots=True)
class BindRequest:
    """The address to bind and the ID of its object."""

    workspace: str
    """The workspace's name, for the commands that errors propose."""
    address: Address
    remote_id: str

    @classmethod
    def parse(
        cls, workspace: str, scope: Scope, remote_id: str, known: Iterable[Address] = ()
    ) -> BindRequest:
        """Return the request for the only target of `scope`. Errors name one of the `known`.

        Raises UsageError where there is no target, more than one, or a pattern.
        """
        targets = scope.target
        if len(targets) == 1 and is_address(targets[0]):
            return cls(workspace, Address.parse(targets[0]), remote_id)
        example = next(map(str, sorted(known)), _EXAMPLE_ADDRESS)
        address = next((target for target in targets if is_address(target)), example)
        raise UsageError.of(
            "--id requires exactly one address",
            "--id binds an object to one address. Name that address, and no other, with --target. "
            f"For example:\n\n    cioform import {workspace} --target {address} --id {remote_id}",
        )


def bind_by_id(
    request: BindRequest,
    listing: Listing,
    applied: AppliedState,
    bindings: Mapping[Address, Binding],
) -> dict[Address, Binding]:
    """Return the bindings with the address of `request` bound to its object.

    Raises UsageError where there is no such object, or the state binds it to another address.
    """
    address, remote_id = request.address, request.remote_id
    _check_not_bound_elsewhere(request, applied)
    of_kind = listing.found.get(address.kind, ())
    found = next((each for each in of_kind if each.remote_id == remote_id), None)
    if found is None:
        raise UsageError.of(
            "Object not found",
            f"The workspace {request.workspace} has no {address.kind} with the ID {remote_id}.",
            address=address,
        )
    others = {
        a: b for a, b in bindings.items() if (a.kind, b.remote_id) != (address.kind, remote_id)
    }
    return {**others, address: Binding(address, remote_id, found.identity)}


def _check_not_bound_elsewhere(request: BindRequest, applied: AppliedState) -> None:
    """Raise UsageError when another address is bound to the object.

    With two addresses, the next plan would delete the object that was just bound.
    """
    address, remote_id = request.address, request.remote_id
    for other, binding in applied.bindings.items():
        if other != address and (other.kind, binding.remote_id) == (address.kind, remote_id):
            commands = [f"cioform state mv {request.workspace} {other} {address}"]
            if address in applied.bindings:
                commands.insert(0, f"cioform state forget {request.workspace} {address}")
            raise UsageError.of(
                "Object is already bound",
                f"The object {remote_id} is bound to {other}, and an object has only one address. "
                f"To bind it to {address} instead:\n\n"
                + "\n".join(f"    {command}" for command in commands),
                address=address,
            )
