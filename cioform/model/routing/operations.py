"""Operations: one verb on one API, with a protocol for each verb.

An operation returns a conversation, which does no I/O by itself: `plan` runs it without sending
anything, `run` sends its requests.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from typing import Protocol, TypeVar

from cioform.core.data.paths import FieldPath
from cioform.core.dataclasses import dataclass, field
from cioform.model.objects.live_object import LiveObject, RemoteObject
from cioform.model.reach import PeopleCount
from cioform.model.references.names import Names
from cioform.model.remote_access.conversation import Conversation
from cioform.model.resource import ResourceModel

ModelT_contra = TypeVar("ModelT_contra", bound=ResourceModel, contravariant=True)


@dataclass(frozen=True, slots=True)
class WriteContext:
    """What a create or an update is given besides the model."""

    names: Names = field(default_factory=Names)
    """The remote IDs that references stand for."""
    paths: Sequence[FieldPath] = ()
    """The fields that an update changes; empty for a create, which writes all of them."""
    described: Set[str] | None = frozenset()
    """The open fields that the API's description declares (see `HasOpenFields`). None while a plan
    is carried out: what it contains was looked up when it was made."""
    existing: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """By kind and name, the IDs of existing objects that the write would otherwise create on
    demand. Empty in `apply`, which looks them up in the workspace."""
    may_empty: bool = False
    """Whether a message may lose the text without which it cannot be sent, as in the UI."""


@dataclass(frozen=True, slots=True)
class WriteResult:
    """The outcome of a write: the remote ID of the object, and those of its parts by our names."""

    remote_id: str
    parts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ObjectId:
    """An object of a workspace, whether or not a file manages it."""

    kind: str
    remote_id: str


@dataclass(frozen=True, slots=True)
class Usage:
    """What uses an object now."""

    users: Sequence[ObjectId] = ()
    misses: Set[str] = frozenset()
    """The kinds of users that the response never has, or has without their IDs."""


class Lister(Protocol):
    """Lists the objects of a kind."""

    def __call__(self) -> Conversation[list[RemoteObject]]:
        """Return every object, as much of it as the list contains."""


class Reader(Protocol):
    """Reads one object in full."""

    def __call__(self, found: RemoteObject, /) -> Conversation[RemoteObject]:
        """Return the object with its whole wire form.

        `found` is a row of the list, or a stub whose wire form is only `{"id": ...}` when the
        object is read by its ID.
        """


class Creator(Protocol[ModelT_contra]):
    """Creates an object."""

    def __call__(
        self, wanted: ModelT_contra, context: WriteContext, /
    ) -> Conversation[WriteResult]:
        """Return the IDs of the new object."""


class Updater(Protocol[ModelT_contra]):
    """Changes an object."""

    def __call__(
        self, live: LiveObject, wanted: ModelT_contra, context: WriteContext, /
    ) -> Conversation[WriteResult]:
        """Return the IDs of the object after the fields in `context.paths` were written."""


class Deleter(Protocol):
    """Deletes an object."""

    def __call__(self, live: LiveObject, /) -> Conversation[None]:
        """Delete the object."""


class Counter(Protocol):
    """Counts the audience of an object."""

    def __call__(self, live: LiveObject, /) -> Conversation[PeopleCount | None]:
        """Return how many people the object reaches now; None when the API does not tell."""


class Estimator(Protocol[ModelT_contra]):
    """Counts the audience that an object would have."""

    def __call__(self, wanted: ModelT_contra, context: WriteContext, /) -> Conversation[int | None]:
        """Return how many people `wanted` would reach; None when the API does not tell.

        It changes nothing.
        """


class UsageFinder(Protocol):
    """Finds what uses an object."""

    def __call__(self, live: LiveObject, /) -> Conversation[Usage | None]:
        """Return what uses the object now; None if the response does not tell."""
