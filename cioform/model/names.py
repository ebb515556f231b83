"""What references mean: addresses and known names on one side, remote ids on the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from cioform.core.address import Address, is_address
from cioform.core.errors import PlanError


@dataclass(frozen=True, slots=True)
class Reference:
    """A resource naming another. `text` is an address, the name people know a read-only thing
    by (`team@acme.com`), or `segment#12` for a live object that no file manages."""

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
    """Both directions of every reference in a workspace, as of one reading of it.

    `ids`: address -> remote id. `known`: kind -> the name people use -> remote id.
    `parts`: (kind, remote id) -> our name of a part -> its remote id (a campaign's steps)."""

    ids: Mapping[Address, str] = field(default_factory=dict)
    known: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    parts: Mapping[tuple[str, str], Mapping[str, str]] = field(default_factory=dict)
    pending: frozenset[Address] = frozenset()
    """Addresses that the same plan creates, so that they have no id yet."""
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
        """Give the remote id for a reference: a number where it is one, `(id of x)` for what the
        plan has yet to create. Raises PlanRefused when nothing of that name is there."""
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
            f"The workspace has no {kind} {text!r}, so what refers to it cannot be written. "
            "Create it first, or correct the name.",
        )

    def name_of(self, kind: str, remote_id: object) -> str:
        """Give what a file would write for a remote id: the name people know (of kinds that have
        one), the address when a file manages it, else `segment#12`."""
        text = str(remote_id)
        return self._texts.get((kind, text), f"{kind}#{text}")

    def parts_of(self, kind: str, remote_id: str) -> Mapping[str, str]:
        """Give the bound parts of an object, empty when it has none."""
        return self.parts.get((kind, remote_id), {})


def _parse_id(text: str) -> int | str:
    return int(text) if text.isdecimal() else text
