"""Routes: which operation of a kind goes over which API, and which fields it covers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from functools import cached_property
from typing import ClassVar, Final, Generic

from typing_extensions import TypeVar

from cioform.core.data.json_value import Attributes
from cioform.core.data.paths import FieldPath
from cioform.core.dataclasses import dataclass, field
from cioform.model.remote_access.conversation import Api
from cioform.model.resource import ResourceModel
from cioform.model.routing.operations import (
    Counter,
    Creator,
    Deleter,
    Estimator,
    Lister,
    Reader,
    Updater,
    UsageFinder,
)

ModelT_contra = TypeVar(
    "ModelT_contra", bound=ResourceModel, contravariant=True, default=ResourceModel
)


class Verb(StrEnum):
    """What can be done with the objects of a kind."""

    LIST = "list"
    READ = "read"
    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    COUNT = "count"
    ESTIMATE = "estimate"
    USAGE = "usage"


@dataclass(frozen=True)
class Route(Generic[ModelT_contra]):
    """One verb on one API. The subclasses hold the operation of their verb."""

    verb: ClassVar[Verb]
    api: Api
    fields: frozenset[str] | None = field(default=None, kw_only=True)
    """The fields that it reads or writes, with `*` for any name: `messages.*.subject`. None means
    all fields."""
    cannot_write: Callable[[FieldPath, Attributes], bool] | None = field(default=None, kw_only=True)
    """Returns whether it cannot write one of `fields` to an object with these attributes."""

    def covers(self, path: FieldPath, wanted: Attributes | None = None) -> bool:
        """Return whether the route reads or writes the value at `path`.

        `wanted` is the object to be written, where it is known.
        """
        if self.fields is not None and not any(_matches(each, path) for each in self._patterns):
            return False
        return wanted is None or self.cannot_write is None or not self.cannot_write(path, wanted)

    @cached_property
    def _patterns(self) -> list[list[str]]:
        """The names of each of `fields`, which a plan compares with every path of every change."""
        return [each.split(".") for each in self.fields or ()]


@dataclass(frozen=True)
class ListRoute(Route[ResourceModel]):
    """Lists every object."""

    verb = Verb.LIST
    operation: Lister


@dataclass(frozen=True)
class ReadRoute(Route[ResourceModel]):
    """Reads what the list of the same API leaves out."""

    verb = Verb.READ
    operation: Reader


@dataclass(frozen=True)
class CreateRoute(Route[ModelT_contra]):
    """Creates an object."""

    verb = Verb.CREATE
    operation: Creator[ModelT_contra]


@dataclass(frozen=True)
class UpdateRoute(Route[ModelT_contra]):
    """Changes an object."""

    verb = Verb.UPDATE
    operation: Updater[ModelT_contra]


@dataclass(frozen=True)
class DeleteRoute(Route[ResourceModel]):
    """Deletes an object."""

    verb = Verb.DELETE
    operation: Deleter


@dataclass(frozen=True)
class CountRoute(Route[ResourceModel]):
    """Counts the people whom an object reaches."""

    verb = Verb.COUNT
    operation: Counter


@dataclass(frozen=True)
class EstimateRoute(Route[ModelT_contra]):
    """Counts the people whom an object would reach if the fields of the route were written."""

    verb = Verb.ESTIMATE
    operation: Estimator[ModelT_contra]


@dataclass(frozen=True)
class UsageRoute(Route[ResourceModel]):
    """Finds what uses an object, unmanaged objects included."""

    verb = Verb.USAGE
    operation: UsageFinder


ROUTE_TYPES: Final[tuple[type[Route], ...]] = (
    ListRoute,
    ReadRoute,
    CreateRoute,
    UpdateRoute,
    DeleteRoute,
    CountRoute,
    EstimateRoute,
    UsageRoute,
)
"""The route of each verb, in the order of `Verb`."""


def _matches(pattern: Sequence[str], path: FieldPath) -> bool:
    """Return whether `path` is at or below `pattern`, in which `*` stands for any one name."""
    return len(pattern) <= len(path) and all(
        name in ("*", str(step)) for name, step in zip(pattern, path, strict=False)
    )
