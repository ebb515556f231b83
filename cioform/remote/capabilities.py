"""What each credential at hand opens, asked of the remote: for `doctor`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime

from cioform.core.errors import CioformError
from cioform.core.json_value import Plain
from cioform.model.conversation import Api, Request
from cioform.remote.factory import HttpProvider


@dataclass(frozen=True, slots=True)
class Workspace:
    """A workspace that a credential reaches."""

    environment_id: int
    name: str


@dataclass(frozen=True, slots=True)
class Access:
    """What one API answered. `problem` is why it did not let us in, None where it did."""

    api: Api
    problem: CioformError | None = None
    workspaces: tuple[Workspace, ...] = ()
    account: str = ""
    data_center: str = ""
    read_only: bool = False
    expires_at: float | None = None
    """When the token in use ends, in Unix seconds; it is renewed by itself."""
    skew: float | None = None
    """How many seconds the remote's clock is ahead of ours; None where it does not tell."""


Clock = Callable[[], float]


def capabilities(provider: HttpProvider, clock: Clock) -> tuple[Access, ...]:
    """Give the access by every credential at hand, in the order app, journeys, track. Sends at
    most three reads an API; what is refused is told and not raised."""
    look = {Api.APP: _app, Api.JOURNEYS: _journeys, Api.TRACK: _track}
    found = []
    for api in sorted(provider.apis):
        try:
            found.append(look[api](provider, clock))
        except CioformError as problem:
            found.append(Access(api, problem))
    return tuple(found)


def _app(provider: HttpProvider, clock: Clock) -> Access:
    """The list is of the whole account, though the key is of one workspace (app facts, 5.6)."""
    body, skew = _get(provider, Request(Api.APP, "GET", "/v1/workspaces"), clock)
    return Access(Api.APP, workspaces=_workspaces(body, "workspaces"), skew=skew)


def _journeys(provider: HttpProvider, clock: Clock) -> Access:
    grant = provider.door.grant()
    body, skew = _get(provider, Request(Api.JOURNEYS, "GET", "/v1/accounts/current"), clock)
    account = body.get("account") if isinstance(body, dict) else None
    account = account if isinstance(account, dict) else {}
    access = Access(
        Api.JOURNEYS,
        account=str(account.get("name") or ""),
        data_center=str(account.get("data_center") or "us"),
        read_only=grant.read_only,
        expires_at=grant.expires_at,
        skew=skew,
    )
    path = f"/v1/accounts/{account.get('id')}/environments"
    try:
        body, _ = _get(provider, Request(Api.JOURNEYS, "GET", path), clock)
    except CioformError as problem:
        return replace(access, problem=problem)
    return replace(access, workspaces=_workspaces(body, "environments"))


def _track(provider: HttpProvider, clock: Clock) -> Access:
    """Answers the region and the one workspace of the key (app facts, section 2)."""
    body, skew = _get(provider, Request(Api.TRACK, "GET", "/api/v1/accounts/region"), clock)
    body = body if isinstance(body, dict) else {}
    number = body.get("environment_id")
    here = (Workspace(number, ""),) if isinstance(number, int) else ()
    region = str(body.get("region") or "")
    return Access(Api.TRACK, workspaces=here, data_center=region, skew=skew)


def _get(provider: HttpProvider, request: Request, clock: Clock) -> tuple[Plain, float | None]:
    """Give the body and the skew of the clocks."""
    answer = provider.door.fetch(request)
    body = provider.door.decode(request, answer).body
    try:
        theirs = parsedate_to_datetime(answer.headers.get("date", "")).timestamp()
    except (ValueError, TypeError):
        return body, None
    return body, theirs - clock()


def _workspaces(body: Plain, key: str) -> tuple[Workspace, ...]:
    rows = body.get(key) if isinstance(body, dict) else None
    return tuple(
        Workspace(int(row["id"]), str(row.get("name") or ""))
        for row in rows or ()
        if isinstance(row, dict) and str(row.get("id", "")).isdigit()
    )
