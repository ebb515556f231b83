"""One request as a handler sees it, and what it answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict

from cioform.emulator.protocol.auth import Caller
from cioform.emulator.protocol.behavior import Rules
from cioform.emulator.store.database import Store, Workspace
from cioform.emulator.store.record_types import Record, Thing
from cioform.emulator.store.workspace_data import Space
from cioform.emulator.wire.errors import not_found
from cioform.emulator.wire.json_input import whole


@dataclass(frozen=True)
class Call:
    """A request that was let in: who, where, what. Lives as long as its transaction."""

    method: str
    path: str
    args: Mapping[str, Any]
    query: "MultiDict[str, str]"
    body: dict[str, Any]
    caller: Caller
    workspace: Workspace
    store: Store
    space: Space
    rules: Rules
    now: int
    ip: str

    def get(self, thing: Thing, argument: str = "id") -> Record:
        """The record whose id the path carries under `argument`; 404 when it is not there."""
        record = self.space.get(thing, self.args[argument])
        if record is None:
            raise not_found(thing.object_type)
        return record

    def number(self, key: str, default: int) -> int:
        """A whole number from the query; what is not one counts as not given."""
        number = whole(self.query.get(key, ""))
        return default if number is None else number

    def inner(self, key: str) -> dict[str, Any]:
        """The object under the singular key of the body; empty when it is missing."""
        value = self.body.get(key)
        return value if isinstance(value, dict) else {}


@dataclass(frozen=True)
class Reply:
    """What is answered: JSON in `body`, or nothing when it is None."""

    body: Any = None
    status: int = 200


Handler = Callable[[Call], Reply]

DONE = Reply(None, 204)
