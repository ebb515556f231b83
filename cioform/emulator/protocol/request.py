"""The request that a handler receives, and the response that it returns."""

from collections.abc import Callable, Mapping
from typing import Any

from werkzeug.datastructures import MultiDict

from cioform.core.dataclasses import dataclass
from cioform.emulator.protocol.auth import Caller
from cioform.emulator.protocol.behavior import Behavior
from cioform.emulator.store.database import EmulatedWorkspace, Store
from cioform.emulator.store.record_types import Record, RecordType
from cioform.emulator.store.workspace_data import WorkspaceData
from cioform.emulator.wire.errors import not_found
from cioform.emulator.wire.json_input import parse_integer


@dataclass(frozen=True)
class Request:
    """An authorized request. It is valid until its transaction ends."""

    method: str
    path: str
    path_params: Mapping[str, Any]
    query: "MultiDict[str, str]"
    body: dict[str, Any]
    caller: Caller
    workspace: EmulatedWorkspace
    store: Store
    workspace_data: WorkspaceData
    behavior: Behavior
    now: int
    ip: str

    def get(self, record_type: RecordType, path_param: str = "id") -> Record:
        """Return the record whose ID is the path parameter `path_param`; 404 if there is none."""
        record = self.workspace_data.get(record_type, self.path_params[path_param])
        if record is None:
            raise not_found(record_type.object_type)
        return record

    def query_int(self, key: str, default: int) -> int:
        """Return an integer of the query; `default` if it is missing or not an integer."""
        number = parse_integer(self.query.get(key, ""))
        return default if number is None else number

    def body_object(self, key: str) -> dict[str, Any]:
        """Return the object under `key` of the body; empty if it is missing or not an object."""
        value = self.body.get(key)
        return value if isinstance(value, dict) else {}


@dataclass(frozen=True)
class Response:
    """A response with JSON in `body`, or without a body if that is None."""

    body: Any = None
    status: int = 200


Handler = Callable[[Request], Response]

NO_CONTENT = Response(None, 204)
