"""The unmanaged fields that one live object has, and their digests."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
from typing import TypeAlias

from cioform.core.data.json_value import UNKNOWN, Attributes, Json, digest
from cioform.core.data.paths import FieldPath, format_path
from cioform.core.dataclasses import dataclass, field
from cioform.model.kind import Kind
from cioform.model.objects.live_object import LiveObject
from cioform.model.parts import HasParts
from cioform.model.references.names import Names
from cioform.plan.compare.unmanaged import pattern_tree, unmanaged_values

Record: TypeAlias = Mapping[str, str]
"""By path, the digest of a value that is not a default; empty for one that could not be read."""


@dataclass(frozen=True, slots=True)
class LiveFields:
    """What one object has, for the comparison of its unmanaged fields."""

    kind: Kind
    remote_id: str
    attributes: Attributes
    names: Names
    _found: list[tuple[Attributes, dict[FieldPath, Json]]] = field(default_factory=list)
    _records: list[tuple[Attributes, Record]] = field(default_factory=list)

    @classmethod
    def of(cls, kind: Kind, live: LiveObject, names: Names) -> LiveFields:
        """Return the fields of an object that was read."""
        return cls(kind, live.remote_id, live.attributes, names)

    def unmanaged(self, wanted: Attributes) -> dict[FieldPath, Json]:
        """Return the values that `wanted` leaves unmanaged and that are not defaults."""
        # Nearly always what a file wants is what was applied, and both are asked for.
        for known, values in self._found:
            if known == wanted:
                return values
        live, kind = self.attributes, self.kind
        found = unmanaged_values(live, wanted, pattern_tree(kind.unmanaged_fields))
        if isinstance(kind, HasParts):
            found.update(kind.unmanaged_in_parts(live, wanted))
        others = {path: value for path, value in found.items() if not self.is_default(path, value)}
        self._found.append((wanted, others))
        return others

    def is_default(self, path: FieldPath, value: Json) -> bool:
        """Return whether a value is blank, or the default of a new object."""
        return self.kind.is_default(path, value, self.attributes)

    def record(self, wanted: Attributes) -> Record:
        """Return the digests of what `wanted` leaves unmanaged and that is not a default."""
        for known, record in self._records:
            if known == wanted:
                return record
        values = self.unmanaged(wanted).items()
        record = {_text_of(path): self.digest(path, value) for path, value in values}
        self._records.append((wanted, record))
        return record

    def digest(self, path: FieldPath, value: Json) -> str:
        """Return the digest of a value, which is no other object's and survives a new name."""
        if value is UNKNOWN:
            return ""
        kind = self.kind.named_kind(path)
        if kind and isinstance(value, str):
            value = [kind, self.names.find_id(kind, value) or value]
        return digest([self.remote_id, value])


@lru_cache(4096)
def _text_of(path: FieldPath) -> str:
    return format_path(path)


def is_possible(kind: Kind, applied: Attributes) -> bool:
    """Return whether an object can have a field that `applied` leaves unmanaged."""
    if kind.unmanaged_fields or isinstance(kind, HasParts):
        return True
    return any(name not in applied for name in _optional_fields(kind))


@cache
def _optional_fields(kind: Kind) -> tuple[str, ...]:
    fields = kind.model.model_fields.items()
    return tuple(each.alias or name for name, each in fields if each.default is None)
