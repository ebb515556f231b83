"""The three snapshots of a workspace: desired, live, applied."""

from __future__ import annotations

from collections.abc import Mapping, Set

from cioform.core.address import Address
from cioform.core.data.json_value import Attributes
from cioform.core.dataclasses import dataclass, field
from cioform.core.text.quantities import pluralize
from cioform.model.objects.live_object import LiveObject, RemoteObject
from cioform.model.references.names import Names
from cioform.model.resource import Resource


@dataclass(frozen=True, slots=True)
class DesiredState:
    """The resources of the files by address."""

    resources: Mapping[Address, Resource]


@dataclass(frozen=True, slots=True)
class LastSeen:
    """What else was known of an object when it was last applied or imported."""

    state: str = ""
    """As in `Reach`, for an object that people start or stop; empty if it could not be read."""
    at: int | None = None
    """Unix seconds, of this machine's clock."""
    same_name: tuple[str, ...] = ()
    """The IDs of the unmanaged objects with its name."""


@dataclass(frozen=True, slots=True)
class Binding:
    """An address bound to a remote ID, with the fields that were last written.

    `applied` is None when the last write did not finish. The object is then compared without it, as
    on a first run.
    """

    address: Address
    remote_id: str
    identity: str
    applied: Attributes | None = None
    parts: Mapping[str, str] = field(default_factory=dict)
    protect: bool = False
    last_seen: LastSeen = field(default_factory=LastSeen)
    kept: Mapping[str, str] = field(default_factory=dict)
    """The fields that `--prefer live` left as they are in the workspace: path -> digest of what the
    file said."""
    unmanaged: Mapping[str, str] | None = None
    """What the object had in fields that no file sets: path in canonical form -> digest, empty for
    what could not be read. What is not listed had its default. None if nobody has looked."""


@dataclass(frozen=True, slots=True)
class RolledBack:
    """A change that a run undid, although the files still have it."""

    run: str
    """The ID of that run."""
    file: str
    """The digest of what the file said then; empty if there was none."""


@dataclass(frozen=True, slots=True)
class AppliedState:
    """The bindings of the state, with the ID and the number of writes of its history."""

    lineage: str
    serial: int
    bindings: Mapping[Address, Binding]
    live_edits_refused_at: int | None = None
    """When Customer.io refused for the first time to let a service account change what is running,
    in Unix seconds; None once it has allowed it."""
    rolled_back: Mapping[Address, RolledBack] = field(default_factory=dict)
    """What was rolled back and is not resolved in the files."""
    settings: Mapping[str, str] | None = None
    """The digests of the settings and policies that judged the last apply; None if it recorded
    none."""

    @property
    def size_text(self) -> str:
        """How many bindings there are, in words: `1,204 bindings`."""
        return pluralize(len(self.bindings), "binding", "bindings")


@dataclass(frozen=True, slots=True)
class Listing:
    """Every object of a workspace by kind, as listed and not decoded."""

    found: Mapping[str, tuple[RemoteObject, ...]]
    absent: Set[tuple[str, str]] = frozenset()
    """The kinds and IDs that files refer to by number and that do not exist."""


@dataclass(frozen=True, slots=True)
class LiveSnapshot:
    """The live objects of a workspace.

    All objects are listed; those in scope that a file or a binding names are read in full.
    `names` are the references as they were understood.
    """

    listing: Listing
    objects: Mapping[Address, LiveObject]
    names: Names
    requests: int = 0
    """How many requests it took to read them."""
    described: Set[str] = frozenset()
    """The open fields that the API's description declares (see `HasOpenFields`)."""
