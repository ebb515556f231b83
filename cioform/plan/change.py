"""A planned change: what, to which object, why, whom it reaches, and what it will send."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from cioform.core.address import Address
from cioform.core.data.json_value import Attributes, Json
from cioform.core.data.paths import FieldPath
from cioform.core.dataclasses import dataclass, field
from cioform.core.diagnostic import Location
from cioform.model.part_change import PartChange
from cioform.model.reach import Reach, ReachState
from cioform.model.remote_access.conversation import Api


class Action(StrEnum):
    """What happens to an object. Move, adopt and forget change the state file only."""

    CREATE = "create"
    UPDATE = "update"
    REPLACE = "replace"
    DELETE = "delete"
    MOVE = "move"
    ADOPT = "adopt"
    FORGET = "forget"
    NOOP = "noop"

    @property
    def writes_values(self) -> bool:
        """Whether it sends values, as every write but a deletion does."""
        return self.writes and self is not Action.DELETE

    @property
    def writes(self) -> bool:
        """Whether the action sends requests that write."""
        return self in (Action.CREATE, Action.UPDATE, Action.REPLACE, Action.DELETE)


class Origin(StrEnum):
    """Which side changed a value: the files, the workspace, or both to different values."""

    CONFIG = "config"
    DRIFT = "drift"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A value that will change. None means that there is none."""

    path: FieldPath
    before: Json
    after: Json
    origin: Origin = Origin.CONFIG
    is_order: bool = False
    """Whether only the order of a list's items changes; the values are the IDs of the items."""
    sources: Mapping[str, str] = field(default_factory=dict)
    """Where new values came from that the document lacks, by path: `overrides in .../a.yaml:12`."""


@dataclass(frozen=True, slots=True)
class PlannedRequest:
    """A request that the change will send. An ID that does not exist yet reads `(id of x)`."""

    api: Api
    method: str
    path: str
    shape: Json = None
    """The members of its body without values, to be checked against the API description."""
    creates: str = ""
    """The object that it creates unless an earlier change of the plan did, such as `tag vip`."""

    @property
    def writes(self) -> bool:
        """Whether the request changes something."""
        return self.method != "GET"


@dataclass(frozen=True, slots=True)
class User:
    """An object that uses a shared one, directly or through others."""

    address: Address
    state: ReachState
    people: int | None = None
    """How many people are in its audience, if the plan counted them."""
    through: tuple[str, ...] = ()
    """The shared objects between the two, the nearest to the changed one first: addresses, or
    texts such as `the unmanaged segment "Nested"`."""
    is_certain: bool = True
    """Whether the use is certain; a name in a Liquid comment may be no use."""
    remote_id: str | None = None

    @property
    def kind(self) -> str:
        """The name of its kind."""
        return self.address.kind


@dataclass(frozen=True, slots=True)
class UnmanagedUser:
    """An object that uses a shared one and that neither a file nor the state knows."""

    kind: str
    remote_id: str
    name: str
    state: ReachState
    through: tuple[str, ...] = ()
    """The shared objects between the two, as in `User`."""


@dataclass(frozen=True, slots=True)
class NamedAudience:
    """The people in what the conditions of a change name, such as a segment of a trigger."""

    name: str
    """An address, or the reference of an unmanaged object: `segment#12`."""
    people: int | None
    """How many there are now; None if nobody counted them or it does not exist yet."""
    people_after: int | None = None
    """How many there will be after the plan, if it changes that audience and it was estimated."""


@dataclass(frozen=True, slots=True)
class Change:
    """One change, with all that apply needs to make it."""

    address: Address
    action: Action
    remote_id: str | None = None
    identity: str = ""
    reason: str = ""
    """For people only; nothing depends on it."""
    fields: tuple[FieldChange, ...] = ()
    """What changes, by the paths of the file: for people."""
    reach: Reach = field(default_factory=Reach)
    fingerprint: str | None = None
    """That of the live object that the change was computed from; None if there was none."""
    api: Api | None = None
    requests: tuple[PlannedRequest, ...] = ()
    wanted: Attributes | None = None
    parts: Mapping[str, str] = field(default_factory=dict)
    """The remote IDs of the object's parts by their names in the files."""
    depends_on: tuple[Address, ...] = ()
    moved_from: Address | None = None
    protect: bool = False
    protected: bool = False
    """Whether the state has a protection, which stays in force when the file is removed."""
    reads: int = 1
    """How many requests one reading of the object takes; apply reads before and after a write."""
    differences: tuple[FieldChange, ...] = ()
    """What changes in the canonical form, which decides what is sent."""
    users: tuple[User, ...] = ()
    """What uses the object, now or after the plan, if it is a shared one."""
    in_two_steps: bool = False
    """Whether it is one of two changes of the same address that replace an object in use: the new
    object is created first, and the former one is deleted after its users have changed."""

    changed_parts: tuple[PartChange, ...] = ()
    """What an update does to the parts of the object."""
    same_name: tuple[str, ...] = ()
    """The IDs of the unmanaged objects that have its name."""
    is_gated: bool = False
    """Whether Customer.io may refuse it, because something is running (the live-data gate)."""
    kept: Mapping[str, str] = field(default_factory=dict)
    """The fields that stay as they are in the workspace because of `--prefer live`, now or before:
    path in canonical form -> digest of what the file says."""
    unmanaged_record: Mapping[str, str] | None = None
    """What the state will record of the fields that no file sets, as in `Binding`; None for a new
    object, which is looked at when it is there."""
    selects_people: bool = False
    """Whether it changes the conditions that decide who is in the object's audience."""
    audiences: tuple[NamedAudience, ...] = ()
    """What the changed conditions of a trigger, a filter or an exit name."""
    unmanaged_users: tuple[UnmanagedUser, ...] = ()
    """What else uses the object now, where an API tells."""
    unmanaged_users_unknown: bool = False
    """Whether not all unmanaged users of a shared object were looked for: no API tells them, or
    the credentials cannot read them."""
    unknown_users_may_be_live: bool = False
    """Whether an unmanaged object that reaches people may be among these users."""
    people_let_in: int | None = None
    """How many people at most can enter through a changed trigger, as far as known."""
    lets_in_unknown: bool = False
    """Whether the trigger changes and the number of people who can enter is unknown."""
    possible_users: tuple[UnmanagedUser, ...] = ()
    """The users that may be among them: the first that may reach people, or all if none does."""
    name_from: Address | None = None
    """The address whose change gives up the name that this one takes, if each name is unique."""

    @property
    def all_users(self) -> tuple[User | UnmanagedUser, ...]:
        """What uses the object, managed or not."""
        return (*self.users, *self.unmanaged_users)

    @property
    def deletes_former(self) -> bool:
        """Whether it deletes the former object of an address that has a new one by then."""
        return self.in_two_steps and self.action is Action.DELETE

    @property
    def is_not_estimated(self) -> bool:
        """Whether its audience changes by an unknown number."""
        return self.selects_people and self.reach.people_after is None

    @property
    def has_unknown_state(self) -> bool:
        """Whether the object exists and its state cannot be read."""
        return self.remote_id is not None and not self.reach.is_known

    @property
    def may_be_live(self) -> bool:
        """Whether people may receive the change without any further action."""
        return (
            self.reach.is_live
            or self.has_unknown_state
            or self.unknown_users_may_be_live
            or any(user.state.may_be_live for user in self.all_users)
        )


@dataclass(frozen=True, slots=True)
class BlockedChange:
    """A change that cannot be made; `hint` says why, and what to do."""

    address: Address
    action: Action
    fields: tuple[FieldChange, ...]
    hint: str
    differences: tuple[FieldChange, ...] = ()
    location: Location | None = None
    """Its location in its file; None without a file."""
    changed_parts: tuple[PartChange, ...] = ()
    users: tuple[User, ...] = ()
    """What uses the object, as in `Change`."""


@dataclass(frozen=True, slots=True)
class Editor:
    """Who changed something outside of cioform, as the audit log says."""

    who: str
    at: int | None = None
    """Unix seconds."""
    source: str = ""
    """`UI`, `API`, or another word of the log."""


@dataclass(frozen=True, slots=True)
class Attribution:
    """Who changed some fields of an object."""

    paths: tuple[FieldPath, ...]
    """Those of the fields in the drift; empty if the object itself was deleted or made."""
    editors: tuple[Editor, ...]
    """The one who made the last change first."""
    is_certain: bool = True
    """Whether every editor changed the fields; otherwise one of them did."""


@dataclass(frozen=True, slots=True)
class Drift:
    """An object that somebody changed since it was last applied."""

    address: Address
    remote_id: str
    fields: tuple[FieldChange, ...]
    """From applied (`before`) to live (`after`), by the paths of the file."""
    gone: bool = False
    """Whether the object was deleted, and not created again."""
    new_remote_id: str | None = None
    """The ID of the object that was made in its place after it was deleted."""
    same_name: tuple[str, ...] = ()
    """The IDs of new unmanaged objects that have its name."""
    editor: Editor | None = None
    """Who made the last change of it."""
    editors: tuple[Attribution, ...] = ()
    """Who changed which of the fields, as far as the audit log says it."""
    since: int | None = None
    """When the first change was made, in Unix seconds; None if the audit log does not tell it."""
    applied_at: int | None = None
    """When cioform wrote or read the object last, in Unix seconds: most changes are later."""
    maybe_older: tuple[FieldPath, ...] = ()
    """Those of `fields` that were in no file then: an edit of one survives an apply."""
    unmanaged: tuple[FieldPath, ...] = ()
    """Those of `fields` that are in no file, so that apply leaves them as they are."""
    lost: tuple[FieldPath, ...] = ()
    """Those of `fields` that are in no file, and go with a part or an object that no file has."""
