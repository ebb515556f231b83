"""Check that a credential belongs to the workspace, by what Customer.io says about it.

Requests to the App and the Track API do not name a workspace: the key decides which one is read and
written, so nothing else would notice a wrong key. With a service account, every path names the
workspace: that of another account is not found.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final

from cioform.core.data.json_value import Json, as_mapping
from cioform.core.dataclasses import dataclass
from cioform.core.errors import CioformError, RemoteError
from cioform.model.remote_access.conversation import Api, Request, Response
from cioform.remote.http import ApiConnection
from cioform.remote.responses.response_errors import ResponseErrors

LIST_WORKSPACES: Final = Request(Api.APP, "GET", "/v1/workspaces")
"""The response has all workspaces of the account of the key (app facts, 5.6)."""
READ_REGION: Final = Request(Api.TRACK, "GET", "/api/v1/accounts/region")
"""The response has the region and the one workspace of the key (app facts, section 2)."""

CURRENT_ACCOUNT: Final = Request(Api.JOURNEYS, "GET", "/v1/accounts/current")

_QUESTIONS: Final[Mapping[Api, Request]] = {Api.APP: LIST_WORKSPACES, Api.TRACK: READ_REGION}
"""The requests that are sent in parallel to the first request of a run."""
_ROWS: Final[Mapping[Api, str]] = {Api.APP: "workspaces", Api.JOURNEYS: "environments"}


@dataclass(frozen=True, slots=True)
class WorkspaceAccess:
    """A workspace that a credential gives access to."""

    workspace_id: int
    name: str


def parse_workspaces(body: Json, key: str) -> tuple[WorkspaceAccess, ...]:
    """Return the workspaces in a response; rows without an ID are left out."""
    rows = as_mapping(body).get(key)
    return tuple(
        WorkspaceAccess(int(row["id"]), str(row.get("name") or ""))
        for row in (rows if isinstance(rows, list) else ())
        if isinstance(row, Mapping) and _is_id(str(row.get("id", "")))
    )


def environments_of(account: Json) -> Request:
    """Return the request for the workspaces of a service account's account."""
    number = as_mapping(as_mapping(account).get("account")).get("id")
    return Request(Api.JOURNEYS, "GET", f"/v1/accounts/{number}/environments")


def _is_id(text: str) -> bool:
    return text.isdecimal() and len(text) < 20


def workspace_of_region(body: Json) -> tuple[WorkspaceAccess, ...]:
    """Return the one workspace in the response of the Track API; empty if there is none."""
    number = as_mapping(body).get("environment_id")
    return (WorkspaceAccess(number, ""),) if type(number) is int else ()


class OwnWorkspaceCheck:
    """Asks once for each API which workspaces its credential gives access to.

    It asks in parallel to the first request.
    """

    def __init__(
        self, connection: ApiConnection, errors: ResponseErrors, workspace_id: int | None
    ) -> None:
        """Check nothing if `workspace_id` is None."""
        self._connection = connection
        self._errors = errors
        self._workspace_id = workspace_id
        self._lock = threading.Lock()
        self._asked: dict[Api, Future[Response | None]] = {}
        # Threads of its own: the others may all be waiting for the response.
        self._pool = ThreadPoolExecutor(len(_QUESTIONS), thread_name_prefix="cioform-check")

    def begin(self, api: Api) -> None:
        """Ask for the workspaces of a credential, unless they were asked for."""
        if self._workspace_id is None or api not in _QUESTIONS or api not in self._connection.apis:
            return
        with self._lock:
            if api not in self._asked:
                self._asked[api] = self._pool.submit(self._ask, _QUESTIONS[api])

    def require(self, api: Api) -> None:
        """Wait for the response, and raise AuthError if the credential is another workspace's.

        If Customer.io does not say, nothing is raised.
        """
        self.require_among(api, self._workspaces(api))

    def require_found(self, request: Request, error: CioformError) -> None:
        """Raise AuthError if a list was not found because the account lacks the workspace.

        Only then is the account asked for its workspaces, once.
        """
        is_list = request.path.startswith("~/") and request.path.count("/") == 1
        if is_list and isinstance(error, RemoteError) and error.status == 404:
            with self._lock:
                if Api.JOURNEYS not in self._asked:
                    self._asked[Api.JOURNEYS] = self._pool.submit(self._ask_account)
            self.require(Api.JOURNEYS)

    def require_among(self, api: Api, workspaces: Sequence[WorkspaceAccess]) -> None:
        """Raise AuthError if a credential gives access to these workspaces but not to this one."""
        known = {each.workspace_id: each.name for each in workspaces}
        if self._workspace_id is not None and known and self._workspace_id not in known:
            raise self._errors.other_workspace(api, self._workspace_id, known) from None

    def response_to(self, request: Request) -> Response | None:
        """Return the response if the check has sent the same request; else None."""
        asked = self._asked.get(request.api)
        is_question = asked is not None and request == _QUESTIONS.get(request.api)
        return asked.result() if asked is not None and is_question else None

    def unconfirmed_reason(self) -> str:
        """Return why an App API key may belong to another workspace; empty if it cannot."""
        self.begin(Api.APP)
        if Api.APP not in self._asked:
            return ""
        count = len(self._workspaces(Api.APP))
        if not count:
            return "Customer.io does not say which workspace the App API key belongs to"
        return ambiguous_account_text(count)

    def close(self) -> None:
        """Stop the threads."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _ask(self, request: Request) -> Response | None:
        try:
            return self._connection.send(request)
        except CioformError:
            return None

    def _ask_account(self) -> Response | None:
        """Return the workspaces of a service account's account."""
        account = self._ask(CURRENT_ACCOUNT)
        request = account and environments_of(account.body)
        return self._ask(request) if request else None

    def _workspaces(self, api: Api) -> tuple[WorkspaceAccess, ...]:
        response = asked.result() if (asked := self._asked.get(api)) is not None else None
        if response is None:
            return ()
        if api is Api.TRACK:
            return workspace_of_region(response.body)
        return parse_workspaces(response.body, _ROWS[api])


def ambiguous_account_text(count: int) -> str:
    """Return why a key of an account with several workspaces is not confirmed; empty for one."""
    if count < 2:
        return ""
    return (
        f"the account has {count:,} workspaces, and Customer.io does not say which of them the "
        "App API key belongs to"
    )
