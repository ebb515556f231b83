"""References: names in files, remote IDs in the workspace."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from cioform.core.address import Address, is_name
from cioform.core.data.json_value import Attributes
from cioform.core.dataclasses import dataclass, field, replace
from cioform.core.errors import PlanError
from cioform.core.suggest import did_you_mean
from cioform.core.text.quoted import quoted
from cioform.core.text.word_lists import join_names
from cioform.model.remote_access.remote_ids import id_value


@dataclass(frozen=True, slots=True)
class Requirement:
    """What an object must be where not every object of its kind can be used."""

    is_met: Callable[[Attributes], bool]
    """Tells whether an object with these attributes can be used. What is unknown counts as met."""
    summary: str
    """The summary of the problem otherwise."""
    explanation: str
    """Why, and what to do instead, in full sentences."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference of one resource to another, at a place that takes one kind only.

    `text` is the name in an address (`vip` for `segment.vip`), the name by which people know an
    object (`team@acme.com`), or `segment#12` for a live object that no file manages.
    """

    kind: str
    text: str
    path: tuple[str | int, ...]
    requirement: Requirement | None = None
    declared: Address | None = None
    """The address of the file that declares an object of that name, if the text is no address."""
    in_raw: bool = False
    """Whether a `raw` form at `path` has the ID as a number, which no other text can stand for."""

    @property
    def address(self) -> Address | None:
        """The address, if the text can be the name of one or a file declares the object."""
        return self.declared or _address(self.kind, self.text)


@dataclass(frozen=True, slots=True)
class Names:
    """The references of a workspace in both directions, as of one reading of it."""

    ids: Mapping[Address, str] = field(default_factory=dict)
    """The remote ID of each address."""
    known: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """By kind, the remote IDs of objects by the names that people use."""
    parts: Mapping[tuple[str, str], Mapping[str, str]] = field(default_factory=dict)
    """By kind and remote ID, the remote IDs of parts by our names, such as steps."""
    pending: frozenset[Address] = frozenset()
    """Addresses that the plan creates, so that they have no ID yet."""
    declared: Mapping[tuple[str, str], Address] = field(default_factory=dict)
    """By kind and name, the addresses of the files that declare objects with such names."""
    shared: Mapping[tuple[str, str], Sequence[str]] = field(default_factory=dict)
    """By kind and name, what to write for each of the objects that share a name."""
    _texts: Mapping[tuple[str, str], str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        texts: dict[tuple[str, str], str] = {}
        for kind, known in self.known.items():
            for name, remote_id in known.items():
                texts.setdefault((kind, remote_id), name)
        for address, remote_id in self.ids.items():
            if is_name(address.name):  # a state may have the address `segment.none`
                texts.setdefault((address.kind, remote_id), address.name)
        object.__setattr__(self, "_texts", texts)

    def id_of(self, kind: str, text: str) -> int | str:
        """Return the remote ID of a reference, as a number where it is one.

        For an object that the plan has yet to create it is a text such as `(id of segment.vip)`.
        Raises PlanError when the workspace has no object of that name.
        """
        if (remote_id := self.find_id(kind, text)) is not None:
            return id_value(remote_id)
        address = self._address_of(kind, text)
        if address in self.pending:
            return f"(id of {address})"
        raise self._error(kind, text)

    def _error(self, kind: str, text: str) -> PlanError:
        """Return why a text means no object."""
        if others := self.shared.get((kind, text)):
            return PlanError.of(
                "Ambiguous reference",
                f"More than one {kind} has the name {quoted(text)} in the workspace or in the "
                "files, so a reference to it has to be more exact. Write "
                f"{join_names(others, 'or')}.",
            )
        return PlanError.of(
            "Reference not found",
            f"The workspace has no {kind} {quoted(text)}, so a reference to it cannot be written."
            f"{did_you_mean(text, self.known.get(kind, {}))} Create it first, or correct the name.",
        )

    def name_of(self, kind: str, remote_id: object) -> str:
        """Return the reference that a file would use for a remote ID.

        It is the name that people know if the kind has one, else the name in its address if a file
        manages the object, else a text such as `segment#12`.
        """
        text = str(remote_id)
        return self._texts.get((kind, text), f"{kind}#{text}")

    def known_name(self, kind: str, remote_id: object, own: str) -> str:
        """Return the name by which people know an object, `own` if no such name is known."""
        name = self.name_of(kind, remote_id)
        return name if self.known.get(kind, {}).get(name) == str(remote_id) else own

    def without(self, kind: str, remote_id: str) -> Names:
        """Return the names without those by which people know one object."""
        known = {name: each for name, each in self.known.get(kind, {}).items() if each != remote_id}
        return replace(self, known={**self.known, kind: known})

    def canonical_name(self, kind: str, text: str) -> str:
        """Return the name of an object that `name_of` returns, for any text that refers to it.

        A text that refers to nothing is returned as it is.
        """
        remote_id = self.find_id(kind, text)
        return text if remote_id is None else self.name_of(kind, remote_id)

    def find_id(self, kind: str, text: str) -> str | None:
        """Return the remote ID of a reference, None if there is no object of that name."""
        prefix = kind + "#"
        if text.startswith(prefix):
            return text.removeprefix(prefix)
        if text in (known := self.known.get(kind, {})):
            return known[text]
        address = self._address_of(kind, text)
        return None if address is None else self.ids.get(address)

    def _address_of(self, kind: str, text: str) -> Address | None:
        return self.declared.get((kind, text)) or _address(kind, text)

    def parts_of(self, kind: str, remote_id: str) -> Mapping[str, str]:
        """Return the bound parts of an object, empty when it has none."""
        return self.parts.get((kind, remote_id), {})


def referenced_id(reference: Reference) -> str | None:
    """Return the ID in a reference such as `segment#12`, None if it has a name."""
    prefix = f"{reference.kind}#"
    return reference.text.removeprefix(prefix) if reference.text.startswith(prefix) else None


def short_reference(kind: str, text: str) -> str:
    """Return a reference to an object of `kind` as files write it: `segment.vip` -> `vip`.

    Older files and states name the kind again. Any other text is returned as it is.
    """
    name = text.removeprefix(kind + ".")
    return name if is_name(name) else text


def _address(kind: str, text: str) -> Address | None:
    return Address(kind, text) if is_name(text) else None
