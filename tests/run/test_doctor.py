"""What `doctor` makes of what the APIs report."""

from __future__ import annotations

from email.utils import formatdate
from typing import Any

import httpx
import pytest

from cioform.core.errors import StateError
from cioform.core.secrets.secret import Secret
from cioform.emulator.server.transports.in_process import InProcessTransport
from cioform.kinds import find_kinds
from cioform.model.remote_access.conversation import Api
from cioform.model.remote_access.endpoints import Credentials
from cioform.model.settings.limits import LiveEdits
from cioform.remote.factory import HttpProvider, connect
from cioform.run.doctor import (
    Check,
    DoctorReport,
    capability_matrix,
    live_edits_check,
    run_checks,
)
from cioform.state.store import StateNotWritableError
from tests.support.memory_backend import MemoryRemote
from tests.support.sandbox_project import BOTH_APIS, ENDPOINT, SandboxProject

REGISTRY = find_kinds()


class _Dated(httpx.BaseTransport):
    """Answers as the emulator, with another clock."""

    def __init__(self, inner: httpx.BaseTransport, now: float) -> None:
        self.inner = inner
        self.now = now

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = self.inner.handle_request(request)
        response.headers["date"] = formatdate(self.now, usegmt=True)
        return response


def report(project: SandboxProject, *, ahead: float = 0, number: int | None = None) -> DoctorReport:
    """Run the checks with a clock of Customer.io that is so many seconds ahead."""
    now = project.time.read()
    provider = _provider(project, now + ahead)
    try:
        number = project.workspace.environment_id if number is None else number
        return run_checks(REGISTRY, provider, number, project.root / "openapi.json", now)
    finally:
        provider.close()


def _provider(project: SandboxProject, now: float) -> HttpProvider:
    keys = project.workspace.credentials
    return connect(
        ENDPOINT,
        Credentials(Secret(keys.app_api_key), Secret(keys.service_account_token)),
        project.workspace.environment_id,
        transport=_Dated(InProcessTransport(project.app), now),
        clock=project.time.read,
        monotonic=project.time.read,
        sleep=project.time.sleep,
    )


@pytest.mark.parametrize(
    ("ahead", "ok", "detail"),
    [
        (0, True, "in step with Customer.io's clock"),
        (0.5, True, "in step with Customer.io's clock"),
        (-0.6, True, "Customer.io's clock is 1 s behind"),
        (60, True, "Customer.io's clock is 60 s ahead"),
        (61, False, "Customer.io's clock is 61 s ahead"),
        (-60, True, "Customer.io's clock is 60 s behind"),
        (-61, False, "Customer.io's clock is 61 s behind"),
    ],
)
def test_a_clock_may_differ_by_a_minute(
    project: SandboxProject, ahead: float, ok: bool, detail: str
) -> None:
    found = report(project, ahead=ahead)
    clocks = [check for check in found.checks if check.name.startswith("clock")]
    assert clocks
    assert {(check.ok, check.detail) for check in clocks} == {(ok, detail)}
    assert found.exit_code == (0 if ok else 5)


def test_the_number_of_another_workspace_is_found(project: SandboxProject) -> None:
    found = report(project, number=7)
    wrong = [check for check in found.checks if check.ok is False]
    assert all(check.detail.startswith("7 is not one of the account's") for check in wrong)
    assert {check.name.split()[0] for check in wrong} == {"workspace"}
    assert found.exit_code == 6


def test_everything_is_accepted(project: SandboxProject) -> None:
    found = report(project)
    assert {check.ok for check in found.checks} == {True}
    details = [check.detail for check in found.checks if check.name.startswith("workspace")]
    assert all(each.startswith(f'{project.workspace.environment_id} is "') for each in details)
    assert found.exit_code == 0


def test_the_most_serious_failure_decides() -> None:
    def failed(*codes: int) -> int:
        return DoctorReport(tuple(Check("x", False, "", code) for code in codes), ()).exit_code

    assert failed(5, 6) == 6
    assert failed(5, 7, 6) == 7
    assert DoctorReport((Check("x", None, "", 6), Check("y", True, "", 5)), ()).exit_code == 0


def test_the_matrix_names_the_api_of_each_verb() -> None:
    def matrix(readable: frozenset[Api], writable: frozenset[Api]) -> dict[str, Any]:
        return {each.kind: each.verbs for each in capability_matrix(REGISTRY, readable, writable)}

    app_only = frozenset({Api.APP})
    assert matrix(BOTH_APIS, BOTH_APIS)["tag"]["create"] == "journeys"
    app = matrix(app_only, app_only)
    assert app["snippet"]["create"] == "app"
    assert app["layout"]["create"] is None
    read_only = matrix(BOTH_APIS, app_only)
    assert (read_only["tag"]["list"], read_only["tag"]["create"]) == ("journeys", None)


@pytest.mark.parametrize(
    ("path", "status", "code", "not_accepted"),
    [
        ("^/v1/workspaces", 401, 6, ("App API key",)),
        ("oauth/token|^/v1/accounts/current", 401, 6, ("service account token",)),
        ("^/v1/workspaces", 503, 75, ("App API key",)),
        ("^/v1/", 403, 6, ("App API key", "service account token")),
    ],
)
def test_only_rights_of_accepted_credentials_are_listed(
    project: SandboxProject, path: str, status: int, code: int, not_accepted: tuple[str, ...]
) -> None:
    project.inject_fault(f"status:{status}", "*", path, times=99)
    found = report(project)
    assert (found.exit_code, found.not_accepted) == (code, not_accepted)
    apis = {api for row in found.matrix for api in row.verbs.values() if api}
    names = {"App API key": "app", "service account token": "journeys"}
    assert apis.isdisjoint(names[name] for name in not_accepted)
    assert bool(apis) == (len(not_accepted) == 1)


def state_checks(project: SandboxProject) -> dict[str, tuple[bool | None, str]]:
    with project.open() as opened:
        found = opened.doctor().checks
    return {each.name: (each.ok, each.detail) for each in found if each.name.startswith("state")}


def test_a_local_state_is_checked(project: SandboxProject) -> None:
    assert state_checks(project)["state"][1].startswith("empty: nothing was applied yet, in ")
    assert not (project.state_folder / "state.lock").exists()
    project.write("snippets/a.yaml", {"name": "a", "value": "1"})
    project.apply()
    assert state_checks(project)["state"][1].startswith("1 binding, serial 1, in ")
    with project.open() as opened, opened._opened.store.lock():
        assert state_checks(project)["state lock"][1].startswith("held by ")
    (project.state_folder / "state.json").write_text("{")
    (ok, detail) = state_checks(project)["state"]
    assert ok is False
    assert "state.json" in detail


@pytest.mark.parametrize(
    ("refusal", "ok"),
    [
        (None, True),
        (StateNotWritableError.of("State not writable", "Ask for it."), None),
        (StateError.of("Storage ignores conditions", "Use another."), False),
    ],
)
def test_a_shared_state_is_checked(
    project: SandboxProject, refusal: StateError | None, ok: bool | None
) -> None:
    project.remote = remote = MemoryRemote()
    project.apply()
    remote.refusal = refusal
    before = remote.files
    found = state_checks(project)
    assert found["state storage"][0] is ok
    assert found["state"] == (True, "empty: nothing was applied yet, in memory")
    assert remote.files == before


def test_a_credential_is_accepted_with_what_its_api_tells(project: SandboxProject) -> None:
    details = {check.name: check.detail for check in report(project).checks}
    assert details["App API key"] == "accepted"
    assert details["service account token"] == "account Emulated account"


@pytest.mark.parametrize(
    ("setting", "refused_at", "passed", "text"),
    [
        (LiveEdits.YES, None, None, "`live_edits: yes`"),
        (LiveEdits.YES, 0, False, "refused on 1970-01-01"),
        (LiveEdits.NO, 0, None, "the plan blocks changes of what is running; refused on 1970"),
        (LiveEdits.NO, None, None, "the plan blocks changes of what is running"),
        (LiveEdits.UNKNOWN, 0, None, "refused on 1970-01-01"),
        (LiveEdits.UNKNOWN, None, None, "no API returns"),
    ],
)
def test_a_refused_live_edit_contradicts_only_the_setting_that_allows_it(
    setting: LiveEdits, refused_at: int | None, passed: bool | None, text: str
) -> None:
    check = live_edits_check(setting, refused_at)
    assert check.ok is passed
    assert text in check.detail
    assert ("refused on" in check.detail) is (refused_at is not None)
