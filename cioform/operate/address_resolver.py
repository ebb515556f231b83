"""Resolve addresses to remote IDs, for commands that use an object without changing it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from cioform.core.address import Address, is_address
from cioform.core.dataclasses import dataclass
from cioform.core.errors import UsageError
from cioform.core.suggest import did_you_mean, did_you_mean_address
from cioform.core.text.quoted import quoted
from cioform.model.kind import Kind
from cioform.model.objects.snapshot import AppliedState
from cioform.model.remote_access.capabilities import HasMembers, MessageSource, SendsMessages


@dataclass(frozen=True, slots=True)
class ObjectNames:
    """The names by which commands accept the objects of one kind: `segment.vip`, `segment#12`."""

    kind: str
    workspace: str
    load: Callable[[], AppliedState]

    def id_of(self, text: str) -> str:
        """Return the remote ID of an address, of a number, or of `kind#12`.

        Raises UsageError for anything else, and for an address without a binding.
        """
        found = self.find(text)
        if found is None:
            hint = did_you_mean_address(text, self.by_id().values())
            raise UsageError.of(
                "Invalid address",
                f"{quoted(text)} is neither the address of a {self.kind} (as in {self.kind}.name) "
                f"nor its number (as in 12 or {self.kind}#12).{hint}",
            )
        return found

    def find(self, text: str) -> str | None:
        """Return the remote ID as `id_of` does, None for anything but an address or a number."""
        text = str(text)  # callers may pass a number
        number = text.removeprefix(f"{self.kind}#")
        if number.isdecimal():
            return number
        if is_address(text) and self.is_address(text):
            return self._bound_id(Address.parse(text))
        return None

    def by_id(self) -> dict[str, Address]:
        """Return the addresses of the kind by remote ID."""
        bindings = self.load().bindings
        return {
            b.remote_id: address for address, b in bindings.items() if address.kind == self.kind
        }

    def has_form(self, text: str) -> bool:
        """Return whether a text begins as the names of this kind do."""
        return self.is_address(text) or text.startswith(f"{self.kind}#")

    def is_address(self, text: str) -> bool:
        """Return whether a text begins as the addresses of this kind do."""
        return text.startswith(f"{self.kind}.")

    def _bound_id(self, address: Address) -> str:
        bindings = self.load().bindings
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


class AddressResolver:
    """The bindings of a workspace, loaded when the first address is resolved."""

    def __init__(
        self, workspace: str, kinds: Iterable[Kind], load: Callable[[], AppliedState]
    ) -> None:
        self.workspace = workspace
        self._kinds = tuple(kinds)
        self._load = load

    @property
    def segments(self) -> ObjectNames:
        """The names of what has members."""
        return self._names(next(kind.name for kind in self._kinds if isinstance(kind, HasMembers)))

    def sources(self, source: MessageSource) -> ObjectNames:
        """Return the names of what sends messages. Where no kind has them, they have no address."""
        kinds = (
            kind.name
            for kind in self._kinds
            if isinstance(kind, SendsMessages) and kind.message_source is source
        )
        return self._names(next(kinds, source.value))

    def _names(self, kind: str) -> ObjectNames:
        return ObjectNames(kind, self.workspace, self._load)
