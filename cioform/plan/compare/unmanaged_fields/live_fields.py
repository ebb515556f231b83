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
from cioform.model.objects.tags import HasTags
from cioform.model.parts import HasParts
from cioform.model.references.names import Names
from cioform.model.unknown_members import unknown_fields
from cioform.plan.compare.differences import ABSENT
from cioform.plan.compare.unmanaged import pattern_tree, unmanaged_values
from cioform.plan.compare.unmanaged_fields.unmanaged_paths import is_in, value_at_path

Record: TypeAlias = Mapping[str, str]
"""By path, the digest of a value that is not a default; empty for one that could not be read."""


@dataclass(frozen=True, slots=True)
class LiveFields:
    """What one object has, for the comparison of its unmanaged fields."""

    kind: Kind
    remote_id: str
    attributes: Attributes
    names: Names
    ids: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """By kind and name, the IDs of the tags that its own response shows."""
    _found: list[tuple[Attributes, dict[FieldPath, Json]]] = field(default_factory=list)
    _records: list[tuple[Attributes, Record]] = field(default_factory=list)

    @classmethod
    def of(cls, kind: Kind, live: LiveObject, names: Names) -> LiveFields:
        """Return the fields of an object that was read."""
        unknown = unknown_fields(kind, live.found)
        attributes = {**live.attributes, **unknown} if unknown else live.attributes
        tag_ids = kind.tag_ids(live.found) if isinstance(kind, HasTags) else {}
        return cls(kind, live.remote_id, attributes, names, tag_ids)

    def unmanaged(self, wanted: Attributes) -> dict[FieldPath, Json]:
        """Return the values that `wanted` leaves unmanaged and that are not defaults."""
        # Both the file and the applied attributes are looked up, and nearly always they are equal.
        for known, values in self._found:
            if known == wanted:
                return values
        live, kind = self.attributes, self.kind
        found = unmanaged_values(live, wanted, pattern_tree(kind.unmanaged_fields))
        if isinstance(kind, HasParts):
            found.update(kind.unmanaged_in_parts(live, wanted))
        is_default = kind.is_default
        others = {path: v for path, v in found.items() if not is_default(path, v, live)}
        if others and (overridden := tuple(kind.overridden(live, wanted))):
            others = {path: v for path, v in others.items() if not is_in(path, overridden)}
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
        """Return the digest of a value, which is unique to the object and survives new names in it.

        An API may show a list of names without their IDs, so a second digest is made of the names.
        """
        if value is UNKNOWN:
            return ""
        name = next((step for step in reversed(path) if isinstance(step, str)), "")
        by_id = self._with_ids(value, name)
        if isinstance(value, str):
            kind = self.kind.naming_fields.get(name)
            return self._digest([kind, value] if kind and by_id == value else by_id)
        texts = (self._digest(by_id), *(() if by_id == value else (self._digest(value),)))
        return "/".join(texts)

    def is_recorded(self, path: FieldPath, value: Json, recorded: str) -> bool:
        """Return whether a value is the recorded one.

        The state may be from an older version, which made the digest of names.
        """
        now = self.digest(path, value)
        if now == recorded or value is UNKNOWN:
            return now == recorded
        parts = {*now.split("/"), self._digest(value)}
        return not parts.isdisjoint(recorded.split("/"))

    def has_same(self, path: FieldPath, value: Json, before: LiveFields, former: Json) -> bool:
        """Return whether a value is the same as `before`, apart from new names of objects."""
        return value == former or self.digest(path, value) == before.digest(path, former)

    def kept_record(self, path: FieldPath, recorded: str, now: str) -> str:
        """Return the record of a value that no run wrote and whose digest is `now`.

        An edit stays an edit. An unchanged value of an older state gets a current digest.
        """
        value = value_at_path(self.kind, self.attributes, path)
        if recorded == now or value is ABSENT or not self.is_recorded(path, value, recorded):
            return recorded
        return recorded if {*now.split("/")} <= {*recorded.split("/")} else now

    def _digest(self, value: Json) -> str:
        return digest([self.remote_id, value])

    def _with_ids(self, value: Json, name: str) -> Json:
        """Return a value with the kind and ID of each object instead of its name."""
        if isinstance(value, dict):
            return {key: self._with_ids(item, key) for key, item in value.items()}
        if isinstance(value, list):
            items = [self._with_ids(item, name) for item in value]
            return sorted(items, key=str) if name in self.kind.naming_fields else items
        kind = self.kind.naming_fields.get(name)
        if kind is None or not isinstance(value, str):
            return value
        found = self.ids.get((kind, value)) or self.names.find_id(kind, value)
        return [kind, found] if found else value


@lru_cache(4096)
def _text_of(path: FieldPath) -> str:
    return format_path(path)


def is_possible(kind: Kind, applied: Attributes) -> bool:
    """Return whether an object can have a field that `applied` leaves unmanaged."""
    if kind.unmanaged_fields or isinstance(kind, HasParts):
        return True
    return not applied.keys() >= _optional_fields(kind)


@cache
def _optional_fields(kind: Kind) -> frozenset[str]:
    fields = kind.model.model_fields.items()
    return frozenset(each.alias or name for name, each in fields if each.default is None)
