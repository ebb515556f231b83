"""Check what a plan and an apply need: credentials, workspace ID, clock and API description."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from cioform.core.data.json_value import as_mapping
from cioform.core.dataclasses import dataclass
from cioform.core.errors import AuthError, CioformError, RemoteError
from cioform.core.exit_codes import worst_exit_code
from cioform.core.text.quantities import pluralize
from cioform.core.text.quoted import quoted
from cioform.core.time.timestamps import format_minute
from cioform.model.registry import Registry
from cioform.model.remote_access.conversation import Api, Request
from cioform.model.router import choose_route
from cioform.model.routing.routes import CreateRoute, DeleteRoute, ListRoute, ReadRoute, UpdateRoute
from cioform.model.settings.limits import LiveEdits
from cioform.plan.change import Change
from cioform.remote.capabilities import ApiAccess, probe_apis
from cioform.remote.factory import HttpProvider
from cioform.remote.openapi.openapi_cache import load_openapi, validate_requests
from cioform.remote.own_workspace import ambiguous_account_text

_MAX_CLOCK_SKEW: Final = 60.0
"""Seconds. A token is renewed this long before it expires, so a greater difference is too late."""

_CREDENTIAL_NAMES: Final = {
    Api.APP: "App API key",
    Api.JOURNEYS: "service account token",
    Api.TRACK: "Track API key",
}


@dataclass(frozen=True, slots=True)
class Check:
    """The result of one check."""

    name: str
    ok: bool | None
    """None where nothing can be checked."""
    detail: str
    exit_code: int = 0
    """The exit code of the command when the check fails."""


@dataclass(frozen=True, slots=True)
class KindCapabilities:
    """What the credentials can do with a kind."""

    kind: str
    verbs: Mapping[str, str | None]
    """The API that does each verb, None where none does."""


@dataclass(frozen=True, slots=True)
class DoctorReport:
    """The results of all checks, and what the credentials can do with each kind."""

    checks: tuple[Check, ...]
    matrix: tuple[KindCapabilities, ...]
    """Empty if no credential was accepted."""
    not_accepted: tuple[str, ...] = ()
    """The credentials that are set and whose rights are not known: `App API key`."""

    @property
    def exit_code(self) -> int:
        """The most serious exit code of the checks that failed, 0 when none did."""
        failed = {check.exit_code for check in self.checks if check.ok is False}
        return worst_exit_code(failed)


def run_checks(
    registry: Registry,
    provider: HttpProvider,
    workspace_id: int | None,
    cache: Path,
    now: float,
    *more: Check,
) -> DoctorReport:
    """Run all checks; sends reads only. `more` are results of other checks, which come last.

    `cache` is the file of the API description, `now` is in Unix seconds.
    """
    accesses = probe_apis(provider, lambda: now)
    checks = [check for access in accesses for check in _access_checks(access, workspace_id)]
    checks += _unset_checks(provider.apis)
    accepted = [access for access in accesses if access.error is None]
    readable = frozenset(access.api for access in accepted)
    writable = frozenset(access.api for access in accepted if not access.read_only)
    checks += [_openapi_check(provider, readable, cache, now), *more]
    return DoctorReport(
        tuple(checks),
        capability_matrix(registry, readable, writable) if accepted else (),
        tuple(_CREDENTIAL_NAMES[each.api] for each in accesses if each.error is not None),
    )


_SHOWN_ROUTES: Final = (ListRoute, ReadRoute, CreateRoute, UpdateRoute, DeleteRoute)


def capability_matrix(
    registry: Registry, readable: frozenset[Api], writable: frozenset[Api]
) -> tuple[KindCapabilities, ...]:
    """Return for every kind the API that would do each verb, of those that may do it."""
    apis = {
        route: readable if route in (ListRoute, ReadRoute) else writable for route in _SHOWN_ROUTES
    }
    return tuple(
        KindCapabilities(
            kind.name,
            {
                route_type.verb.value: (
                    route.api.value if (route := choose_route(kind, route_type, allowed)) else None
                )
                for route_type, allowed in apis.items()
            },
        )
        for kind in registry
    )


def validate_planned_requests(
    changes: Sequence[Change], provider: HttpProvider, cache: Path, now: float
) -> None:
    """Raise RemoteError unless the API description has every Journeys write of a plan.

    Each field of a body is checked. The description is the workspace's own OpenAPI document.
    """
    planned = (request for change in changes for request in change.requests if request.writes)
    requests = [Request(p.api, p.method, p.path, p.shape) for p in planned]
    problems = validate_requests(requests, provider, cache, now)
    if problems:
        raise RemoteError(problems)


def _unset_checks(apis: frozenset[Api]) -> Iterator[Check]:
    for api in (Api.APP, Api.JOURNEYS):
        if api not in apis:
            detail = "not set; operations that need it are unavailable"
            yield Check(_CREDENTIAL_NAMES[api], None, detail)
    if not apis:
        yield Check(
            "credentials",
            False,
            "none is set, so nothing can be read. Set one of the environment variables that "
            "`credentials` in `workspace.yaml` refers to.",
            AuthError.exit_code,
        )


def _access_checks(access: ApiAccess, workspace_id: int | None) -> Iterator[Check]:
    name = _CREDENTIAL_NAMES[access.api]
    if access.error is not None:
        detail = " ".join(problem.detail for problem in access.error.diagnostics)
        yield Check(name, False, detail, access.error.exit_code)
        return
    notes = [f"account {access.account}"] if access.account else []
    notes += ["read-only: it can plan but not apply"] if access.read_only else []
    yield Check(name, True, ", ".join(notes) or "accepted")
    yield from _workspace_checks(access, workspace_id)
    if access.clock_skew is not None:
        ok = abs(access.clock_skew) <= _MAX_CLOCK_SKEW
        yield Check(f"clock ({name})", ok, _format_clock_skew(access.clock_skew), 0 if ok else 5)


def _format_clock_skew(seconds: float) -> str:
    shown = round(abs(seconds))
    if not shown:
        return "in step with Customer.io's clock"
    return f"Customer.io's clock is {shown} s {'ahead' if seconds > 0 else 'behind'}"


def _workspace_checks(access: ApiAccess, workspace_id: int | None) -> Iterator[Check]:
    name = f"workspace ({_CREDENTIAL_NAMES[access.api]})"
    if not access.workspaces:
        if access.api is not Api.JOURNEYS:
            yield Check(name, None, "Customer.io does not say which workspace the key belongs to")
        return
    known = {each.workspace_id: each.name for each in access.workspaces}
    listed = ", ".join(f"{number} {quoted(title)}" for number, title in known.items())
    if workspace_id is None:
        yield Check(name, None, f"workspace.yaml has no workspace_id; the account has {listed}")
    elif workspace_id in known:
        title = known[workspace_id]
        found = f"{workspace_id} is {quoted(title)}" if title else f"{workspace_id}"
        unclear = ambiguous_account_text(len(known)) if access.api is Api.APP else ""
        yield Check(name, True, f"{found}; {unclear}" if unclear else found)
    else:
        yield Check(
            name, False, f"{workspace_id} is not one of the account's workspaces: {listed}", 6
        )


def live_edits_check(setting: LiveEdits, refused_at: int | None) -> Check:
    """Return what is known of whether service accounts may change what is running.

    No request is known that reads it (journeys facts, section 9.5).
    """
    known = {
        LiveEdits.YES: "`live_edits: yes`: service accounts may change what is running",
        LiveEdits.NO: "`live_edits: no`: the plan blocks changes of what is running",
        LiveEdits.UNKNOWN: "not known: no API returns whether service accounts may change what is "
        "running; record it with `live_edits` in workspace.yaml",
    }[setting]
    refused = f"; refused on {format_minute(refused_at)}" if refused_at is not None else ""
    is_contradicted = setting is LiveEdits.YES and refused_at is not None
    return Check("live edits", False if is_contradicted else None, f"{known}{refused}")


def _openapi_check(
    provider: HttpProvider, accepted: frozenset[Api], cache: Path, now: float
) -> Check:
    name = "schema guard"
    if Api.JOURNEYS not in provider.apis:
        return Check(name, None, "needed only for writes over the Journeys API")
    if Api.JOURNEYS not in accepted:
        detail = f"not checked, because the {_CREDENTIAL_NAMES[Api.JOURNEYS]} was not accepted"
        return Check(name, None, detail)
    try:
        document = load_openapi(provider, cache, now)
    except CioformError as error:
        return Check(name, False, error.diagnostics[0].detail, error.exit_code)
    paths = pluralize(len(as_mapping(document["paths"])), "path", "paths")
    return Check(name, True, f"the API description has {paths}")
