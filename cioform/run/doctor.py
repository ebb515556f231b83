"""Is everything in place: credentials, workspace id, clock, the remote's own description."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cioform.core.errors import CioformError, RemoteError
from cioform.model.conversation import Api, Request
from cioform.model.registry import Registry
from cioform.model.router import choose_route
from cioform.model.routes import CreateRoute, DeleteRoute, ListRoute, ReadRoute, UpdateRoute
from cioform.plan.change import Change
from cioform.remote.capabilities import ApiAccess, probe_apis
from cioform.remote.factory import HttpProvider
from cioform.remote.openapi_cache import load_openapi, validate_requests

_MAX_CLOCK_SKEW: Final = 60.0
"""Seconds that clocks may differ: a token is refreshed so long before it ends."""

_CREDENTIAL_NAMES: Final = {
    Api.APP: "App API key",
    Api.JOURNEYS: "service account token",
    Api.TRACK: "Track API key",
}


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at. `ok` is None where nothing can be said."""

    name: str
    ok: bool | None
    detail: str
    exit_code: int = 0
    """What the command should end with when this is wrong."""


@dataclass(frozen=True, slots=True)
class KindCapabilities:
    """What can be done with a kind: by verb, the API that does it, or None."""

    kind: str
    verbs: Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class DoctorReport:
    """All that was looked at, and what the credentials at hand can do."""

    checks: tuple[Check, ...]
    matrix: tuple[KindCapabilities, ...]

    @property
    def exit_code(self) -> int:
        """The exit code of the worst check; 0 when nothing is wrong."""
        return max((check.exit_code for check in self.checks if check.ok is False), default=0)


def run_checks(
    registry: Registry,
    provider: HttpProvider,
    environment_id: int | None,
    cache: Path,
    now: float,
) -> DoctorReport:
    """Look at everything a plan and an apply stand on; sends only reads."""
    accesses = probe_apis(provider, lambda: now)
    checks = [check for access in accesses for check in _access_checks(access, environment_id)]
    for api in (Api.APP, Api.JOURNEYS):
        if api not in provider.apis:
            checks.append(
                Check(_CREDENTIAL_NAMES[api], None, "not at hand; what only it can do is blocked")
            )
    checks.append(_openapi_check(provider, cache, now))
    return DoctorReport(tuple(checks), capability_matrix(registry, provider.apis))


_SHOWN_ROUTES: Final = (ListRoute, ReadRoute, CreateRoute, UpdateRoute, DeleteRoute)


def capability_matrix(registry: Registry, apis: frozenset[Api]) -> tuple[KindCapabilities, ...]:
    """Give for every kind the API that would do each verb with these credentials."""
    return tuple(
        KindCapabilities(
            kind.name,
            {
                route_type.verb.value: (
                    route.api.value if (route := choose_route(kind, route_type, apis)) else None
                )
                for route_type in _SHOWN_ROUTES
            },
        )
        for kind in registry
    )


def validate_planned_requests(
    changes: Sequence[Change], provider: HttpProvider, cache: Path, now: float
) -> None:
    """The schema guard: raise unless every Journeys write of a plan, member by member, is in the
    workspace's own description of its API."""
    planned = (request for change in changes for request in change.requests if request.writes)
    requests = [Request(p.api, p.method, p.path, p.shape) for p in planned]
    problems = validate_requests(requests, provider, cache, now)
    if problems:
        raise RemoteError(problems)


def _access_checks(access: ApiAccess, environment_id: int | None) -> Iterator[Check]:
    name = _CREDENTIAL_NAMES[access.api]
    if access.error is not None:
        said = " ".join(problem.detail for problem in access.error.diagnostics)
        yield Check(name, False, said, access.error.exit_code)
        return
    notes = [f"account {access.account}"] if access.account else []
    notes += ["read only: it plans and never applies"] if access.read_only else []
    yield Check(name, True, ", ".join(notes) or "accepted")
    yield from _workspace_checks(access, environment_id)
    if access.clock_skew is not None:
        ok = abs(access.clock_skew) <= _MAX_CLOCK_SKEW
        yield Check(
            f"clock ({name})", ok, f"{access.clock_skew:+.0f} s against Customer.io", 0 if ok else 5
        )


def _workspace_checks(access: ApiAccess, environment_id: int | None) -> Iterator[Check]:
    if not access.workspaces:
        return
    known = {place.environment_id: place.name for place in access.workspaces}
    name = f"workspace ({_CREDENTIAL_NAMES[access.api]})"
    listed = ", ".join(f"{number} {title!r}" for number, title in known.items())
    if environment_id is None:
        yield Check(name, None, f"no environment_id in workspace.yaml; the account has {listed}")
    elif environment_id in known:
        title = known[environment_id]
        yield Check(name, True, f"{environment_id} is {title!r}" if title else f"{environment_id}")
    else:
        yield Check(name, False, f"{environment_id} is not among {listed}", 6)


def _openapi_check(provider: HttpProvider, cache: Path, now: float) -> Check:
    name = "schema guard"
    if Api.JOURNEYS not in provider.apis:
        return Check(name, None, "only needed for writes over the Journeys API")
    try:
        document = load_openapi(provider, cache, now)
    except CioformError as problem:
        return Check(name, False, problem.diagnostics[0].detail, 5)
    return Check(name, True, f"the API describes {len(document['paths'])} paths")
