"""What each credential at hand opens, asked of the remote: for `doctor`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime

from cioform.core.errors import CioformError
from cioform.core.json_value import JsonValue
from cioform.model.conversation import Api, Request
from cioform.remote.factory import HttpProvider


@dataclass(frozen=True, slots=True)
class WorkspaceAccess:
    """A workspace that a credential reaches."""

    environment_id: int
    name: str


@dataclass(frozen=True, slots=True)
class ApiAccess:
    """What one API answered. `problem` is why it did not let us in, None where it did."""

    api: Api
    error: CioformError | None = None
    workspaces: tuple[WorkspaceAccess, ...] = ()
    account: str = ""
    data_center: str = ""
    read_only: bool = False
    expires_at: float | None = None
    """When the token in use ends, in Unix seconds; it is renewed by itself."""
    clock_skew: float | None = None
    """How many seconds the remote's clock is ahead of ours; None where it does not tell."""


Clock = Callable[[], float]


def probe_apis(provider: HttpProvider, clock: Clock) -> tuple[ApiAccess, ...]:
    """Give the access by every credential at hand, in the order app, journeys, track. Sends at
    most three reads an API; what is refused is told and not raised."""
    look = {Api.APP: _app, Api.JOURNEYS: _journeys, Api.TRACK: _track}
    found = []
    for api in sorted(provider.apis):
        try:
            found.append(look[api](provider, clock))
        except CioformError as problem:
            found.append(ApiAccess(api, problem))
    return tuple(found)


def _app(provider: HttpProvider, clock: Clock) -> ApiAccess:
    """The list is of the whole account, though the key is of one workspace (app facts, 5.6)."""
    body, skew = _get_with_clock_skew(provider, Request(Api.APP, "GET", "/v1/workspaces"), clock)
    return ApiAccess(Api.APP, workspaces=_parse_workspaces(body, "workspaces"), clock_skew=skew)


def _journeys(provider: HttpProvider, clock: Clock) -> ApiAccess:
    grant = provider.connection.access_token()
    body, skew = _get_with_clock_skew(
        provider, Request(Api.JOURNEYS, "GET", "/v1/accounts/current"), clock
    )
    account = body.get("account") if isinstance(body, dict) else None
    account = account if isinstance(account, dict) else {}
    access = ApiAccess(
        Api.JOURNEYS,
        account=str(account.get("name") or ""),
        data_center=str(account.get("data_center") or "us"),
        read_only=grant.read_only,
        expires_at=grant.expires_at,
        clock_skew=skew,
    )
    path = f"/v1/accounts/{account.get('id')}/environments"
    try:
        body, _ = _get_with_clock_skew(provider, Request(Api.JOURNEYS, "GET", path), clock)
    except CioformError as problem:
        return replace(access, error=problem)
    return replace(access, workspaces=_parse_workspaces(body, "environments"))


def _track(provider: HttpProvider, clock: Clock) -> ApiAccess:
    """Answers the region and the one workspace of the key (app facts, section 2)."""
    body, skew = _get_with_clock_skew(
        provider, Request(Api.TRACK, "GET", "/api/v1/accounts/region"), clock
    )
    body = body if isinstance(body, dict) else {}
    number = body.get("environment_id")
    here = (WorkspaceAccess(number, ""),) if isinstance(number, int) else ()
    region = str(body.get("region") or "")
    return ApiAccess(Api.TRACK, workspaces=here, data_center=region, clock_skew=skew)


def _get_with_clock_skew(
    provider: HttpProvider, request: Request, clock: Clock
) -> tuple[JsonValue, float | None]:
    """Give the body and the skew of the clocks."""
    answer = provider.connection.send_raw(request)
    body = provider.connection.decode(request, answer).body
    try:
        theirs = parsedate_to_datetime(answer.headers.get("date", "")).timestamp()
    except (ValueError, TypeError):
        return body, None
    return body, theirs - clock()


def _parse_workspaces(body: JsonValue, key: str) -> tuple[WorkspaceAccess, ...]:
    rows = body.get(key) if isinstance(body, dict) else None
    return tuple(
        WorkspaceAccess(int(row["id"]), str(row.get("name") or ""))
        for row in rows or ()
        if isinstance(row, dict) and str(row.get("id", "")).isdigit()
    )
