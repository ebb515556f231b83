"""Metrics: their requests, their numbers and their charts."""

from typing import Any

import pytest

from cioform.core.data.json_value import Json
from cioform.core.errors import UsageError
from cioform.operate.campaigns.campaigns import Campaigns
from cioform.operate.campaigns.metrics import (
    LinkMetrics,
    Metrics,
    Period,
    TimeRange,
    parse_links,
    parse_metrics,
)
from cioform.report.operate.metrics import (
    links_csv,
    metrics_csv,
    render_links,
    render_metrics,
    sparkline,
)

NOW = 1_790_000_000.0  # Monday, 21 September 2026, 14:13:20 UTC


def campaigns(provider: Any, targets: Any) -> Campaigns:
    return Campaigns(provider, targets, lambda: NOW)


def formatted(span: TimeRange) -> list[str]:
    return [each.isoformat() for each in span.starts(NOW)]


def test_steps_begin_at_the_start_of_their_period() -> None:
    assert formatted(TimeRange.of("hours", 2)) == [
        "2026-09-21T13:00:00+00:00",
        "2026-09-21T14:00:00+00:00",
    ]
    assert formatted(TimeRange.of("days", 2, "Europe/Berlin"))[0] == "2026-09-20T00:00:00+02:00"
    assert [each[:10] for each in formatted(TimeRange.of("weeks", 2))] == [
        "2026-09-13",
        "2026-09-20",
    ]
    months = [each[:7] for each in formatted(TimeRange.of("months", 10))]
    assert months[0] == "2025-12"
    assert months[-1] == "2026-09"


@pytest.mark.parametrize(("period", "steps"), [("days", 46), ("hours", 25), ("weeks", 1)])
def test_invalid_steps(period: str, steps: int) -> None:
    with pytest.raises(UsageError, match="Invalid number of periods"):
        TimeRange.of(period, steps)


def test_an_invalid_time_zone() -> None:
    with pytest.raises(UsageError, match="Unknown time zone"):
        TimeRange.of("days", 3, "Mars/Olympus")


@pytest.mark.parametrize(
    ("subject", "action", "path"),
    [
        ("campaign.welcome", None, "/v1/campaigns/7/metrics"),
        ("7", "3", "/v1/campaigns/7/actions/3/metrics"),
        ("campaign#7", None, "/v1/campaigns/7/metrics"),
        ("broadcast#2", "3", "/v1/broadcasts/2/actions/3/metrics"),
        ("newsletter#4", None, "/v1/newsletters/4/metrics"),
        ("transactional.receipt", None, "/v1/transactional/5/metrics"),
    ],
)
def test_targets_with_metrics(
    subject: str, action: str | None, path: str, scripted: Any, targets: Any
) -> None:
    provider = scripted(lambda _: {"metric": {"series": {"sent": [1, 2]}}})
    bound = targets(campaign__welcome="7", transactional__receipt="5")
    found = campaigns(provider, bound).metrics(subject, action=action, steps=2)
    assert provider.asked[0].path == path
    assert found.totals == {"sent": 3}
    assert found.starts == ("2026-09-20", "2026-09-21")


def test_targets_without_metrics(scripted: Any, targets: Any) -> None:
    counted = campaigns(scripted(lambda _: {}), targets())
    with pytest.raises(UsageError, match="Unknown metrics subject"):
        counted.metrics("segment.x")
    with pytest.raises(UsageError, match="No journeys"):
        counted.journey("broadcast#2")


def test_campaigns_use_version_2_and_others_use_periods(scripted: Any, targets: Any) -> None:
    provider = scripted(lambda _: {"metric": {}, "journey_metric": {}, "links": []})
    counted = campaigns(provider, targets())
    counted.metrics("7", period="days", steps=3, zone="Europe/Berlin", channel="email")
    counted.metrics("broadcast#2", period="weeks")
    counted.journey("7", period="months", steps=2)
    counted.links("7", unique=True, steps=5)
    days, weeks, journey, links = (dict(request.query) for request in provider.asked)
    assert days == {
        "version": "2", "res": "daily", "tz": "Europe/Berlin", "type": "email",
        "start": 1_789_768_800, "end": int(NOW),
    }  # fmt: skip
    assert weeks == {"period": "weeks", "steps": 12}
    assert (journey["resolution"], "res" in journey) == ("monthly", False)
    assert links == {"period": "days", "steps": 5, "unique": "true"}


def test_series_are_found_at_any_depth() -> None:
    span = TimeRange.of("days", 2)
    bodies: list[Json] = [
        {"metric": {"series": {"sent": [1, 2], "note": "x"}}},
        {"metric": {"sent": [1, 2], "other": [True]}},
    ]
    for body in bodies:
        assert parse_metrics("x", span, body, "metric", NOW).series == {"sent": (1, 2)}
    longer = parse_metrics("x", span, {"metric": {"series": {"sent": [1] * 4}}}, "metric", NOW)
    assert len(longer.starts) == 4
    assert longer.starts[-1] == "2026-09-21"


def test_links_are_ordered_by_clicks() -> None:
    rows: list[Json] = [
        {"link": {"id": 1, "href": "/a"}, "metric": {"series": {"clicked": [1, 0]}}},
        {"link": {"id": 2, "href": "/b"}, "metric": {"series": {"clicked": [2, 3]}}},
    ]
    assert [(link.href, link.total) for link in parse_links({"links": rows})] == [
        ("/b", 5),
        ("/a", 1),
    ]


def metrics() -> Metrics:
    series = {"delivered": (0, 1, 8), "sent": (1, 2, 8), "bounced": (0, 0, 0)}
    days = ("2026-09-19", "2026-09-20", "2026-09-21")
    return Metrics("campaign.welcome", Period.DAYS, "UTC", days, series)


def test_the_chart() -> None:
    assert render_metrics(metrics()) == (
        "campaign.welcome  days, 2026-09-19 to 2026-09-21, UTC\n"
        "\n"
        "  sent       11  ▁▂█\n"
        "  delivered   9  ·▁█\n"
        "\n"
        "  A full bar is 8.\n"
    )
    assert sparkline(range(9), 8) == "·▁▂▃▄▅▆▇█"
    assert sparkline([1, 1000], 1000) == "▁█"
    empty = Metrics("x", Period.DAYS, "UTC", ("2026-09-19",), {"sent": (0,)})
    assert "There is no data" in render_metrics(empty)


def test_csv() -> None:
    assert metrics_csv(metrics()).splitlines() == [
        "start,bounced,delivered,sent",
        "2026-09-19,0,0,1",
        "2026-09-20,0,1,2",
        "2026-09-21,0,8,8",
    ]
    links = (LinkMetrics('/a,"b"', {"clicked": (1, 2)}),)
    assert links_csv(links) == 'href,clicked\n"/a,""b""",3\n'
    assert "███" in render_links(links)


def test_sent_messages_are_counted(sandbox: Any) -> None:
    sandbox.acme.people.identify("u1", {"email": "jane@acme.com"})
    for data in ({}, {"reset_link": "x"}):
        sandbox.acme.send.email("USER_PASSWORD_RESET", to="jane@acme.com", data=data)
    messages = sandbox.store.dump("acme")["transactional_messages"]
    number = next(m["id"] for m in messages if m["trigger_name"] == "USER_PASSWORD_RESET")
    totals = sandbox.acme.campaigns.metrics(f"transactional#{number}", steps=3).totals
    assert (totals["sent"], totals["failed"]) == (1, 1)


def test_the_sandbox_serves_all_metrics_of_a_campaign(sandbox: Any) -> None:
    counted = sandbox.acme.campaigns
    sandbox.bind(campaign__first=str(counted.list()[0].id))
    [first, *_] = counted.list()
    assert str(first.address) == "campaign.first"
    assert counted.show("campaign.first") == first
    for period in Period:
        counted.metrics("campaign.first", period=period, zone="Europe/Berlin")
        counted.journey("campaign.first", period=period)
        counted.links("campaign.first", period=period)
    counted.metrics("campaign.first", action=str(first.steps[0].id))


def test_a_time_zone_is_not_shown_for_days_counted_in_utc(sandbox: Any) -> None:
    with pytest.raises(UsageError, match="Unsupported time zone"):
        sandbox.acme.campaigns.metrics("transactional#1", zone="Europe/Berlin")
    with pytest.raises(UsageError, match="Unknown period"):
        sandbox.acme.campaigns.metrics("campaign#1", period="day")


def test_the_requested_number_of_weeks_is_returned(sandbox: Any) -> None:
    first = sandbox.acme.campaigns.list()[0]
    for steps in (2, 12):
        counted = sandbox.acme.campaigns.metrics(str(first.id), period="weeks", steps=steps)
        assert {len(series) for series in counted.series.values()} == {steps}


@pytest.mark.parametrize("sandbox", [{"week_start": "monday"}], indirect=True)
def test_weeks_that_begin_on_monday_need_one_more(sandbox: Any) -> None:
    first = sandbox.acme.campaigns.list()[0]
    counted = sandbox.acme.campaigns.metrics(str(first.id), period="weeks", steps=2)
    assert len(counted.starts) == 3
