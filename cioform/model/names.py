"""References: addresses and known names in files, remote ids in the workspace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from cioform.core.address import Address, is_address
from cioform.core.errors import PlanError
from cioform.core.suggest import did_you_mean


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference of one resource to another.

    `text` is an address, the name of a read-only object (`team@acme.com`), or
    `segment#12` for a live object that no file manages.
    """

    kind: str
    text: str
    path: tuple[str | int, ...]

    @property
    def address(self) -> Address | None:
        """The address, when the reference is one."""
        if is_address(self.text) and self.text.startswith(self.kind + "."):
            return Address.parse(self.text)
        return None


@dataclass(frozen=True, slots=True)
class Names:
    """The references of a workspace in both directions, as of one reading of it."""

    ids: Mapping[Address, str] = field(default_factory=dict)
    """The remote id of each address."""
    known: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """By kind, the remote ids of read-only objects by the names that people use."""
    parts: Mapping[tuple[str, str], Mapping[str, str]] = field(default_factory=dict)
    """By kind and remote id, the remote ids of parts by our names, such as steps."""
    pending: frozenset[Address] = frozenset()
    """Addresses that the plan creates, so that they have no id yet."""
    _texts: Mapping[tuple[str, str], str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        texts: dict[tuple[str, str], str] = {}
        for kind, known in self.known.items():
            for name, remote_id in known.items():
                texts.setdefault((kind, remote_id), name)
        for address, remote_id in self.ids.items():
            texts.setdefault((address.kind, remote_id), str(address))
        object.__setattr__(self, "_texts", texts)

    def id_of(self, kind: str, text: str) -> int | str:
        """Return the remote id of a reference, as a number where it is one.

        For an object that the plan has yet to create it is a text such as `(id of segment.vip)`.
        Raise PlanError when the workspace has no object of that name.
        """
        prefix = kind + "#"
        if text.startswith(prefix):
            return _parse_id(text.removeprefix(prefix))
        if is_address(text) and text.startswith(kind + "."):
            address = Address.parse(text)
            if address in self.ids:
                return _parse_id(self.ids[address])
            if address in self.pending:
                return f"(id of {address})"
        elif text in self.known.get(kind, {}):
            return _parse_id(self.known[kind][text])
        raise PlanError.of(
            "Unknown reference",
            f"The workspace has no {kind} {text!r}, so a reference to it cannot be written."
            f"{did_you_mean(text, self.known.get(kind, {}))} Create it first, or correct the name.",
        )

    def name_of(self, kind: str, remote_id: object) -> str:
        """Return the reference that a file would use for a remote id.

        It is the name that people know if the kind has one, else the address if a file manages the
        object, else a text such as `segment#12`.
        """
        text = str(remote_id)
        return self._texts.get((kind, text), f"{kind}#{text}")

    def parts_of(self, kind: str, remote_id: str) -> Mapping[str, str]:
        """Return the bound parts of an object, empty when it has none."""
        return self.parts.get((kind, remote_id), {})


def _parse_id(text: str) -> int | str:
    return int(text) if text.isdecimal() else text
