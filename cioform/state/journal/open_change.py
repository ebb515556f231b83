"""A change that a journal leaves open, with the requests that were sent for it."""

from __future__ import annotations

from collections.abc import Mapping

from cioform.core.address import Address
from cioform.core.data.json_value import Attributes, Json
from cioform.core.dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class JournaledRequest:
    """A write that was begun. `status` is None if no response was recorded."""

    api: str
    method: str
    path: str
    body: Json = None
    status: int | None = None


@dataclass(frozen=True, slots=True)
class OpenChange:
    """A change that was begun and, as far as the journal says, neither completed nor failed."""

    address: Address
    action: str
    remote_id: str | None = None
    parts: Mapping[str, str] = field(default_factory=dict)
    backup: Json = None
    wanted: Attributes | None = None
    requests: tuple[JournaledRequest, ...] = ()
    """The writes that were begun for it; if there are none, nothing happened."""
    planned_requests: int | None = None
    """How many writes it was to send; None if an older version wrote the journal."""
    identity: str = ""
    """The name of the object, where `wanted` does not say it."""
    backup_api: str = ""
    """The API that the backup was read from; empty if an older version wrote the journal."""
    former_parts: Mapping[str, str] = field(default_factory=dict)
    """The parts of the object when the change began."""
    kept: Mapping[str, str] = field(default_factory=dict)
    """The fields that the change leaves as they are in the workspace, as a binding has them."""

    @property
    def accepted_bodies(self) -> list[Json]:
        """The bodies of the writes that Customer.io accepted; only these have a recorded status."""
        return [each.body for each in self.requests if each.status is not None]

    @property
    def is_all_sent(self) -> bool:
        """Whether all of its writes were carried out, given that the object exists."""
        accepted = sum(each.status is not None for each in self.requests)
        return self.planned_requests in (1, accepted)

    @property
    def last_request(self) -> JournaledRequest | None:
        """The last write that was begun; None if there was none."""
        return self.requests[-1] if self.requests else None
