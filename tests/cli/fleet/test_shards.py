"""Workspaces divided among machines, and rates that several of them share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cioform.config.workspace_summary import WorkspaceSummary
from cioform.core.errors import UsageError
from cioform.core.secrets.secret import Secret
from cioform.emulator.protocol.behavior import Behavior
from cioform.emulator.server.app import make_app
from cioform.emulator.server.faults.faults import FaultInjector
from cioform.emulator.server.transports.in_process import InProcessTransport
from cioform.emulator.store.database import Store
from cioform.model.remote_access.conversation import Api, Request
from cioform.model.remote_access.endpoints import ENDPOINTS, Credentials
from cioform.model.settings.limits import Rates
from cioform.remote.factory import connect
from cioform.remote.rate_limiter import RATE_SHARE, RateDomains
from cioform.services.fleet.shards import Shard, in_shard, parse_shard, rate_domains
from tests.support.examples import EXAMPLES
from tests.support.sandbox_project import SleepClock


def workspaces(credentials: list[list[str]]) -> list[WorkspaceSummary]:
    return [
        WorkspaceSummary(f"ws_{at}", credentials={f"c{n}": v for n, v in enumerate(variables)})
        for at, variables in enumerate(credentials)
    ]


SETTINGS = settings(
    derandomize=True, max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck)
)
variables = st.integers(0, 9).map("CUSTOMERIO_{}".format)
fleets = st.lists(st.lists(variables, max_size=2), max_size=12)


@SETTINGS
@given(fleets, st.integers(1, 9))
def test_every_workspace_is_in_one_shard_with_all_that_share_its_rate(
    credentials: list[list[str]], total: int
) -> None:
    every = workspaces(credentials)
    shards = [in_shard(every, Shard(number, total), every) for number in range(1, total + 1)]
    assert sorted(each.name for shard in shards for each in shard) == sorted(e.name for e in every)
    for variable in {variable for variables in credentials for variable in variables}:
        users = [n for n, s in enumerate(shards) for e in s if variable in e.credentials.values()]
        assert len(set(users)) == 1


@SETTINGS
@given(fleets, st.integers(1, 9))
def test_a_new_workspace_and_a_narrower_selection_move_none(
    credentials: list[list[str]], total: int
) -> None:
    every = workspaces(credentials)
    more = [*every, WorkspaceSummary("new", credentials={"c": "CUSTOMERIO_NEW"})]
    for number in range(1, total + 1):
        shard = Shard(number, total)
        kept = in_shard(every, shard, every)
        assert [e for e in in_shard(more, shard, more) if e.name != "new"] == kept
        assert in_shard(every[:3], shard, every) == [e for e in every[:3] if e in kept]


def test_workspaces_are_spread_over_the_shards() -> None:
    every = workspaces([[f"CUSTOMERIO_{at}"] for at in range(200)])
    sizes = [len(in_shard(every, Shard(number, 8), every)) for number in range(1, 9)]
    assert min(sizes) >= 15
    assert max(sizes) <= 35
    assert len(set(rate_domains(every).values())) == 200


def test_the_number_comes_from_the_option_or_the_job() -> None:
    assert parse_shard("3/8", {}) == Shard(3, 8)
    assert parse_shard("auto/8", {"JOB_COMPLETION_INDEX": "0"}) == Shard(1, 8)
    assert parse_shard("auto/8", {"CI_NODE_INDEX": "8"}) == Shard(8, 8)
    for text, environment in (
        ("0/8", {}), ("9/8", {}), ("1", {}), ("1/0", {}), ("-1/8", {}), ("auto/8", {}),
        ("auto/8", {"JOB_COMPLETION_INDEX": "8"}), ("auto/8", {"JOB_COMPLETION_INDEX": "x"}),
    ):  # fmt: skip
        with pytest.raises(UsageError):
            parse_shard(text, environment)


@pytest.mark.parametrize("owner", ["workspace", "account"])
def test_one_service_account_in_two_workspaces_exceeds_no_rate(
    owner: Literal["workspace", "account"],
) -> None:
    behavior = Behavior(journeys_rate_limit=10, journeys_rate_of=owner)
    rejected = requests_sent(behavior, [RateDomains(), RateDomains()]) - 40
    assert (rejected > 0) == (owner == "account")
    assert requests_sent(behavior, [RateDomains()] * 2) == 40


def requests_sent(behavior: Behavior, domains: Sequence[RateDomains]) -> int:
    """Return how many requests it takes to read twenty times from each of two workspaces."""
    clock, store = SleepClock(), Store.open(":memory:")
    app = make_app(store, behavior, FaultInjector(), clock.read, clock.read)
    token = Secret(store.workspace("one").credentials.service_account_token)
    providers = [
        connect(
            ENDPOINTS["sandbox"], Credentials(service_account_token=token),
            store.workspace(name).environment_id, domains=shared,
            transport=InProcessTransport(app), clock=clock.read, monotonic=clock.read,
            sleep=clock.sleep, jitter=lambda: 1.0,
        )
        for name, shared in zip(("one", "two"), domains, strict=True)
    ]  # fmt: skip
    for _ in range(20):
        for provider in providers:
            provider.send(Request(Api.JOURNEYS, "GET", "~/segments"))
    store.close()
    return sum(provider.count for provider in providers)


def test_connections_with_one_credential_share_the_lowest_rate() -> None:
    clock, domains = SleepClock(0), RateDomains()
    request = Request(Api.JOURNEYS, "GET", "/x")
    limiters = [
        domains.limiter(
            ENDPOINTS["us"], Credentials(service_account_token=Secret(token)),
            Rates(journeys=rate), clock.read, clock.sleep,
        )
        for token, rate in (("sa_one", 10), ("sa_one", 5), ("sa_two", 10))
    ]  # fmt: skip
    one, same, other = (limiter.of(request) for limiter in limiters)
    assert one is same is not other
    for throttle in (one, same, one):
        throttle.acquire()
    assert clock.slept == pytest.approx(2 / (5 * RATE_SHARE))
    other.acquire()
    assert clock.slept == pytest.approx(2 / (5 * RATE_SHARE))
