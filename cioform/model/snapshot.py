"""The three pictures of a workspace: desired, live, applied."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from cioform.core.address import Address
from cioform.core.json_value import Attributes
from cioform.model.live_object import LiveObject, RemoteObject
from cioform.model.names import Names
from cioform.model.resource import Resource


@dataclass(frozen=True, slots=True)
class DesiredState:
    """What the files say, by address."""

    resources: Mapping[Address, Resource]


@dataclass(frozen=True, slots=True)
class Binding:
    """An address tied to a remote id, with what we last put there.

    `applied` is None for an object that is ours but whose last write did not finish: it is then
    compared two ways, as on a first run."""

    address: Address
    remote_id: str
    identity: str
    applied: Attributes | None = None
    parts: Mapping[str, str] = field(default_factory=dict)
    protect: bool = False


@dataclass(frozen=True, slots=True)
class AppliedState:
    """What we last put there: the state's bindings, with the id and length of their history."""

    lineage: str
    serial: int
    bindings: Mapping[Address, Binding]


@dataclass(frozen=True, slots=True)
class Listing:
    """All that the lists of a workspace say: every object by kind, none decoded."""

    found: Mapping[str, tuple[RemoteObject, ...]]


@dataclass(frozen=True, slots=True)
class LiveSnapshot:
    """What is in the workspace: every object listed, and in full those in scope that a file or a
    binding names. `names` is how references were understood."""

    listing: Listing
    objects: Mapping[Address, LiveObject]
    names: Names
    requests: int = 0
    """How many requests the reading took."""
