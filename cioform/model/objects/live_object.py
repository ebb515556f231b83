"""An object of a workspace: as an API returned it, and decoded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar, cast

from cioform.core.data.json_value import Attributes, Json
from cioform.core.dataclasses import dataclass, field
from cioform.model.objects.stamp import Stamp
from cioform.model.reach import Reach
from cioform.model.remote_access.conversation import Api, WireObject

WireT = TypeVar("WireT")


@dataclass(frozen=True, slots=True)
class RemoteObject:
    """An object as an API returned it, not yet decoded."""

    remote_id: str
    identity: str
    """The value of the field by which its kind tells objects apart, such as its name."""
    api: Api
    """The API that returned it."""
    wire: WireObject
    """The JSON of the object in the response."""
    aliases: tuple[str, ...] = ()
    """The names by which references may call it (see `HasOwnNames`)."""

    @property
    def json(self) -> Json:
        """The same as JSON data. The cast is safe: every TypedDict here holds JSON data."""
        return cast(Json, self.wire)

    def wire_as(self, _body_type: type[WireT]) -> WireT:
        """Return the JSON of the object as the TypedDict that its route has checked it for."""
        return cast(WireT, self.wire)


@dataclass(frozen=True, slots=True)
class Decoded:
    """The canonical form of a remote object. A field that the API does not return is `UNKNOWN`."""

    attributes: Attributes
    parts: Mapping[str, str] = field(default_factory=dict)
    """The remote IDs of its parts by our names for them, such as the steps of a campaign."""
    reach: Reach = Reach()
    recognized: Mapping[str, str] = field(default_factory=dict)
    """The parts that no state binds, and that have another name in the file than in the object:
    they were recognized by their place or content. File name -> remote ID."""
    stamp: Stamp | None = None
    """The file that manages it, as its description says; the stamp is no part of `attributes`."""


@dataclass(frozen=True, slots=True)
class LiveObject:
    """A remote object with its canonical form."""

    kind: str
    found: RemoteObject
    decoded: Decoded
    requests: int = 1
    """How many requests it took to read."""

    @property
    def remote_id(self) -> str:
        """The ID in the workspace."""
        return self.found.remote_id

    @property
    def attributes(self) -> Attributes:
        """The fields in canonical form."""
        return self.decoded.attributes
