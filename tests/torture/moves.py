"""Documents that move to another file, and back."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from random import Random
from typing import Any, Final

from cioform.core.address import Address
from cioform.kinds import find_kinds

Document = dict[str, Any]

_KINDS: Final = {kind.folder: kind.name for kind in find_kinds()}
_REFERENCES: Final = {
    "segment": "segments",
    "add_to_segment": "segments",
    "remove_from_segment": "segments",
    "layout": "layouts",
    "topic": "topics",
}
"""The folder of what a field refers to by the name in its address."""


class Moves:
    """Where the documents of a workspace are. A file that moves says what it was."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self._moved: set[str] = set()
        self._just_moved: set[str] = set()

    def change(self, names: Collection[str]) -> None:
        """Move some of these files, which exist before and after."""
        count = min(len(names), self.rng.choice((0, 0, 1, 2)))
        self._just_moved = {*self.rng.sample(sorted(names), count)}
        self._moved ^= self._just_moved

    def written(self, files: Mapping[str, Document]) -> dict[str, Document]:
        """Return the documents by the files in which they are now."""
        return {self._place(name): self._document(name, doc) for name, doc in files.items()}

    def now(self, address: Address) -> Address:
        """Return the present address of what had this one before the last move."""
        former = {self._former(name): self._place(name) for name in self._just_moved}
        return {_address(a): _address(b) for a, b in former.items()}.get(address, address)

    def _place(self, name: str) -> str:
        return _other_place(name) if name in self._moved else name

    def _former(self, name: str) -> str:
        return name if name in self._moved else _other_place(name)

    def _document(self, name: str, document: Document) -> Document:
        own: Document = self._with_references(document)
        if name not in self._just_moved:
            return own
        return {"was": str(_address(self._former(name))), **own}

    def _with_references(self, value: Any, field: str = "") -> Any:
        if isinstance(value, dict):
            return {name: self._with_references(each, name) for name, each in value.items()}
        if isinstance(value, list):
            return [self._with_references(each) for each in value]
        if f"{_REFERENCES.get(field)}/{value}.yaml" in self._moved:
            return f"{value}_moved"
        return value


def _other_place(name: str) -> str:
    return name.replace(".yaml", "_moved.yaml")


def _address(name: str) -> Address:
    folder, file = name.split("/")
    return Address(_KINDS[folder], file.removesuffix(".yaml"))
