"""One planned thing: what, to which object, why, whom it reaches, and what it will send."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from cioform.core.address import Address
from cioform.core.json_value import Attributes, JsonValue
from cioform.model.conversation import Api
from cioform.model.reach import Reach
from cioform.model.resource import FieldPath


class Action(StrEnum):
    """What happens to an object. Move, adopt and forget touch our state only."""

    CREATE = "create"
    UPDATE = "update"
    REPLACE = "replace"
    DELETE = "delete"
    MOVE = "move"
    ADOPT = "adopt"
    FORGET = "forget"
    NOOP = "noop"

    @property
    def writes(self) -> bool:
        """Tell whether it sends anything."""
        return self in (Action.CREATE, Action.UPDATE, Action.REPLACE, Action.DELETE)


class Origin(StrEnum):
    """Who moved: the files, the workspace, or both to different values."""

    CONFIG = "config"
    DRIFT = "drift"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A value that will change. None stands for absent."""

    path: FieldPath
    before: JsonValue
    after: JsonValue
    origin: Origin = Origin.CONFIG


@dataclass(frozen=True, slots=True)
class PlannedRequest:
    """A call that the change will make. Ids the plan has yet to create read `(id of x)`."""

    api: Api
    method: str
    path: str
    shape: JsonValue = None
    """The members of its body, without their values: what the schema guard checks."""

    @property
    def writes(self) -> bool:
        """Tell whether the call changes something."""
        return self.method != "GET"


@dataclass(frozen=True, slots=True)
class Change:
    """One change, with all that apply needs to carry it out and nothing it has to work out."""

    address: Address
    action: Action
    remote_id: str | None = None
    identity: str = ""
    reason: str = ""
    """For people only: what apply does never depends on it."""
    fields: tuple[FieldChange, ...] = ()
    reach: Reach = field(default_factory=Reach)
    fingerprint: str | None = None
    """Of the live object it was computed from; None when there was none."""
    api: Api | None = None
    requests: tuple[PlannedRequest, ...] = ()
    wanted: Attributes | None = None
    parts: Mapping[str, str] = field(default_factory=dict)
    """Our names of the object's parts, as planned from."""
    depends_on: tuple[Address, ...] = ()
    moved_from: Address | None = None
    protect: bool = False
    protected: bool = False
    """Whether the state remembers a protection, which outlives the block in the file."""
    reads: int = 1
    """Requests that reading the object takes, once before and once after the write."""

    @property
    def has_unknown_state(self) -> bool:
        """Tell whether it touches something that is there and whose state cannot be read."""
        return self.remote_id is not None and not self.reach.is_known

    @property
    def may_be_live(self) -> bool:
        """Tell whether people may get what changes, with nobody pressing another button."""
        return self.reach.is_live or self.has_unknown_state


@dataclass(frozen=True, slots=True)
class BlockedChange:
    """A change that no API at hand can make, and the way out."""

    address: Address
    action: Action
    fields: tuple[FieldChange, ...]
    way_out: str


@dataclass(frozen=True, slots=True)
class Editor:
    """Who changed something behind our back, as the audit log says."""

    who: str
    at: int | None = None
    """Unix seconds."""
    source: str = ""
    """`UI`, `API`, or what else the log says."""


@dataclass(frozen=True, slots=True)
class Drift:
    """An object that somebody changed since we last wrote it."""

    address: Address
    remote_id: str
    fields: tuple[FieldChange, ...]
    """From applied (`before`) to live (`after`)."""
    gone: bool = False
    """Whether the object was deleted."""
    editor: Editor | None = None


@dataclass(frozen=True, slots=True)
class UnreadableFields:
    """Fields that the credentials at hand cannot read and that were therefore not compared."""

    address: Address
    fields: tuple[str, ...]
