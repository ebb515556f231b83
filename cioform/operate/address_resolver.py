"""Resolve addresses to remote ids, for commands that use an object without changing it."""

from __future__ import annotations

from collections.abc import Callable

from cioform.core.address import Address, is_address
from cioform.core.errors import UsageError
from cioform.core.suggest import did_you_mean, did_you_mean_address
from cioform.model.objects.snapshot import AppliedState


class AddressResolver:
    """The bindings of a workspace, loaded when the first address is resolved."""

    def __init__(self, workspace: str, load: Callable[[], AppliedState]) -> None:
        self.workspace = workspace
        self._load = load

    def id_of(self, kind: str, text: str) -> str:
        """Return the remote id of an address, of a number, or of `kind#12`.

        Raises UsageError for anything else, and for an address that is bound to nothing.
        """
        found = self.find(kind, text)
        if found is None:
            hint = did_you_mean_address(text, self.addresses(kind).values())
            raise UsageError.of(
                "Not an address",
                f"{text!r} is neither the address of a {kind} (as in {kind}.name) nor its number "
                f"(as in 12 or {kind}#12).{hint}",
            )
        return found

    def find(self, kind: str, text: str) -> str | None:
        """Return the remote id as `id_of` does, None for what is no address and no number."""
        text = str(text)  # callers may pass a number
        number = text.removeprefix(f"{kind}#")
        if number.isdecimal():
            return number
        if is_address(text) and text.startswith(f"{kind}."):
            return self._bound_id(Address.parse(text))
        return None

    def addresses(self, kind: str) -> dict[str, Address]:
        """Return the addresses of a kind by remote id."""
        bindings = self._load().bindings
        return {b.remote_id: address for address, b in bindings.items() if address.kind == kind}

    def _bound_id(self, address: Address) -> str:
        bindings = self._load().bindings
        if address not in bindings:
            raise UsageError.of(
                "Address not bound",
                f"{address} is not bound to an object of {self.workspace}."
                f"{did_you_mean(address, bindings)} Create its object from a file, or import "
                f"existing objects:\n\n    cioform apply {self.workspace}\n"
                f"    cioform import {self.workspace}",
                address=address,
            )
        return bindings[address].remote_id
