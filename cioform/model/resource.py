"""A resource: one object as a file describes it."""

from collections.abc import Mapping
from datetime import date
from typing import ClassVar, Final

from pydantic import BaseModel, ConfigDict

from cioform.core.address import Address
from cioform.core.data.json_value import Attributes
from cioform.core.data.paths import FieldPath
from cioform.core.dataclasses import dataclass, field
from cioform.core.diagnostic import Location
from cioform.model.references.names import Reference

_NO_NAMES: Final[Mapping[str, str]] = {}
_NO_FIELDS: Final[tuple[str, ...]] = ()
_NO_FIELD_SET: Final[frozenset[str]] = frozenset()


class ResourceModel(BaseModel):
    """Base of every kind's model.

    Strict: a number where text belongs is a mistake in the file, not something to convert silently.
    The types of its class variables are those of their values: for every model, pydantic evaluates
    the annotations of all its bases again.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, defer_build=True)

    old_fields: ClassVar = _NO_NAMES
    """Fields of an older file format, each with the name that replaced it.

    A file that has one is refused with the line to write, and an upgrade rewrites it.
    """

    other_names: ClassVar = _NO_NAMES
    """What other tools call a field: each with its name here, or with a sentence that says what to
    write."""

    single_value: ClassVar = _NO_FIELDS
    """The fields that somebody means who writes one value instead of a mapping, for suggestions."""

    filled_by_defaults: ClassVar = _NO_FIELD_SET
    """Required fields that a file may leave to `defaults`. The schema of editors, which sees one
    file at a time, does not require them."""

    documented_in: ClassVar[type[BaseModel] | None] = None
    """The model whose docstrings describe the fields of this one, which has no source."""

    @classmethod
    def yaml_field_names(cls) -> tuple[str, ...]:
        """Return the names of the fields in files, in the order of the model."""
        return tuple(field.alias or name for name, field in cls.model_fields.items())

    def to_fields(self) -> Attributes:
        """Return the fields under their names in files, without omitted ones."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource as loaded: its fields in canonical form, and where each was written."""

    address: Address
    attributes: Attributes
    references: tuple[Reference, ...] = ()
    location: Location | None = None
    positions: Mapping[FieldPath, Location] = field(default_factory=dict)
    body_files: Mapping[FieldPath, str] = field(default_factory=dict)
    """The paths of the files that hold values of their own, such as bodies."""
    protect: bool = False
    ignore: tuple[FieldPath, ...] = ()
    """Patterns of the canonical form: what is neither compared nor written."""
    because: str = ""
    """Why `ignore` is there, as the file says."""
    ignored_until: date | None = None
    """The last day on which `ignore` holds; when it is over, nothing is ignored."""
    was: tuple[Address, ...] = ()
    """Its earlier addresses."""
    remote_id: str | None = None
    """The ID of its object, if the files say it: `remote_id`, or `bind` in `workspace.yaml`."""
    is_shared: bool = False
    """Whether its file is in a folder that several workspaces may include."""
    part_moves: Mapping[str, str] = field(default_factory=dict)
    """The former names of its parts, mapped to their current names."""
    sources: Mapping[FieldPath, str] = field(default_factory=dict)
    """Where values came from that the file does not have, by the file's path."""
