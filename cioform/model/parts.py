"""The capability of kinds whose objects consist of parts, such as the steps of a campaign."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Mapping, MutableMapping, Sequence, Set
from typing import ClassVar

from cioform.core.abstract import Abstract
from cioform.core.data.json_value import Attributes, Json
from cioform.core.data.paths import FieldPath
from cioform.model.part_change import PartChange
from cioform.model.reach import Reach


class HasPartPaths(Abstract):
    """A kind with parts at other places in a file than in the canonical form."""

    @property
    @abstractmethod
    def parts_field(self) -> str:
        """The top-level field that holds the parts."""

    nested_parts: ClassVar[tuple[str, ...]]
    """Where the parts are below `parts_field` if it is a mapping, as in `graph.nodes`.

    The first name is that of the field that a file has instead of `parts_field`.
    """
    canonical_only_fields: ClassVar[Mapping[str, str]]
    """Top-level fields of the canonical form that files do not have, each with the field in which
    a file has its values: the `messages` of a campaign are in its `workflow`."""

    @abstractmethod
    def parts(self, document: Mapping[str, Json]) -> Iterable[tuple[FieldPath, Json]]:
        """Yield every part of a document with its place in it. The document may be invalid."""

    @abstractmethod
    def file_form(self, attributes: Attributes, like: Attributes | None = None) -> Attributes:
        """Return the canonical form with everything where a file has it.

        With `like`, parts are arranged as by `normalize_like`, and a part that needs no ID has one
        in parentheses. Values keep their notation. Fields that no file has stay.
        """

    @abstractmethod
    def path_in_file(self, path: FieldPath, forms: Sequence[Attributes]) -> FieldPath:
        """Return the path in a file, or in one of the file forms, of a canonical path."""

    @abstractmethod
    def canonical_patterns(self, pattern: FieldPath, attributes: Attributes) -> Sequence[FieldPath]:
        """Return the patterns of the canonical form for one of the file with form `attributes`."""


class HasPartNames(Abstract):
    """A kind with parts that have names, which a file may change."""

    @abstractmethod
    def part_moves(self, document: Mapping[str, Json]) -> Mapping[str, str]:
        """Return the former names of parts of a valid document, mapped to their current names."""

    def unnamed_moves(
        self, _present: Attributes, _wanted: Attributes, _named: Set[str], /
    ) -> Mapping[str, str]:
        """Return the parts of `_present` that have other names in `_wanted`, by their places.

        These are parts that need no name. `_named` has the names of all parts of `_present`, which
        was last applied, or is live.
        """
        return {}

    @abstractmethod
    def rename_parts(self, attributes: Attributes, names: Mapping[str, str]) -> Attributes:
        """Return canonical attributes in which parts have other names."""

    @abstractmethod
    def use_live_former_names(
        self, attributes: Attributes, live: Attributes, names: Mapping[str, str]
    ) -> Attributes:
        """Return what `rename_parts` returned, with former names as they are in `live`.

        These are the titles of parts that have no title in the file.
        """

    @abstractmethod
    def pair_parts(self, live: Attributes, wanted: Attributes) -> Mapping[str, str]:
        """Return for parts of `live` the name of the same part in `wanted`, where it is certain."""

    @abstractmethod
    def fill_missing_ids(self, document: MutableMapping[str, Json]) -> None:
        """Add an ID, in place, to every part without one, as `cioform fmt` does."""


class ComparesParts(Abstract):
    """A kind with parts that are compared and described one by one."""

    @abstractmethod
    def normalize_like(self, attributes: Attributes, like: Attributes) -> Attributes:
        """Return the form that `normalize` returns, with the parts arranged as in `like`.

        Where a file may have parts in one of several places, they are where the file of `like`
        has them.
        """

    @abstractmethod
    def project_onto(self, live: Attributes, wanted: Attributes) -> Attributes:
        """Return `live` without the nested values that `wanted` does not manage.

        These are values inside of lists, where `unmanaged_fields` cannot name them. Both may lack
        fields or hold unknown ones.
        """

    @abstractmethod
    def unmanaged_in_parts(
        self, live: Attributes, wanted: Attributes
    ) -> Iterable[tuple[FieldPath, Json]]:
        """Yield the path and the value of everything that `project_onto` leaves out.

        A part is named by its ID alone, at any depth: `("workflow", "pause", "raw", "x")`.
        Unreadable values are UNKNOWN.
        """

    def implied_part(self, _parts: Json, _name: str | int, /) -> Json:
        """Return a part that exists although `_parts` does not list it; None if there is none.

        Example: the exit after the last step, which a file need not list.
        """
        return None

    @abstractmethod
    def value_left_out(self, path: FieldPath, wanted: Attributes) -> Json:
        """Return what a field of a part gets because the file of `wanted` leaves it out.

        `path` is that of the file. The value is None for a field that is then absent.
        """

    @abstractmethod
    def describe_changes(self, live: Attributes, wanted: Attributes, reach: Reach) -> str:
        """Return what a change does to the parts, as in `adds step nudge`.

        The text is empty when the changed fields already say everything.
        """

    @abstractmethod
    def changed_parts(self, live: Attributes, wanted: Attributes) -> Iterable[PartChange]:
        """Return what a change does to each part that it touches."""


class HasParts(HasPartPaths, HasPartNames, ComparesParts):
    """A kind whose objects consist of parts with IDs of their own, as a campaign of its steps."""
