"""Metrics of deliveries, counted in time buckets."""

from datetime import UTC, datetime

import pytest


def at(*parts):
    return int(datetime(*parts).replace(tzinfo=UTC).timestamp())


NOW = at(2025, 10, 9, 8, 53, 20)
"""The time at which the clock of a emulator starts."""


def delivery(day, **more):
    sent = at(2025, 10, day, 12)
    stamps = {"created": sent, "attempted": sent, "sent": sent, "delivered": sent + 60}
    return {"campaign_id": 1, "action_id": 1002, "queued_at": sent, "metrics": stamps, **more}


@pytest.fixture
def counted(emulator):
    assert emulator.clock.now == NOW
    campaign, step = emulator.email_campaign()
    own = {"campaign_id": campaign, "action_id": step}
    clicked = at(2025, 10, 8, 13)
    opened = {**delivery(7)["metrics"], "opened": clicked, "clicked": clicked}
    links = [
        {"href": "https://b.example", "clicked": [clicked, clicked + 1]},
        {"href": "https://a.example", "clicked": [clicked]},
    ]
    emulator.store.seed(
        "acme",
        {
            "deliveries": [
                delivery(6, **own, person=1),
                delivery(7, **own, person=1, metrics=opened, links=links),
                delivery(7, **own, person=2, language="es"),
                delivery(8, **own, person=3, channel="push"),
                delivery(8, **own, person=4, metrics={"created": at(2025, 10, 8), "failed": 1}),
                delivery(8, campaign_id=77, action_id=9),
            ]
        },
    )
    emulator.campaign, emulator.step = campaign, step
    return emulator


def series(emulator, path="", **query):
    response = emulator.app.get(f"/campaigns/{emulator.campaign}{path}/metrics", params=query)
    return response.raise_for_status().json()["metric"]["series"]


def test_the_last_periods_oldest_first(counted):
    found = series(counted, period="days", steps=4)
    assert found["sent"] == [1, 2, 1, 0]
    assert (found["opened"], found["clicked"]) == ([0, 0, 1, 0], [0, 0, 1, 0])
    assert {len(each) for each in found.values()} == {4}
    assert len(series(counted)["sent"]) == 45
    assert sum(series(counted, period="months", steps=1)["sent"]) == 4
    assert series(counted, period="weeks", steps=2)["sent"] == [0, 4]
    assert series(counted, period="hours")["opened"] == [0] * 4 + [1] + [0] * 19


def test_future_metrics_are_not_counted(counted):
    counted.clock.now = at(2025, 10, 7, 12)
    assert series(counted, steps=2)["sent"] == [1, 2]
    assert series(counted, steps=2)["delivered"] == [1, 0]


def test_one_channel_and_one_message(counted):
    assert series(counted, steps=4, type="push")["sent"] == [0, 0, 1, 0]
    action = f"/actions/{counted.step}"
    assert series(counted, action, steps=4)["sent"] == [1, 2, 1, 0]
    response = counted.app.get(f"/campaigns/{counted.campaign}{action}/metrics?steps=4").json()
    assert response["language_variants"]["es"]["series"]["sent"] == [0, 1, 0, 0]
    assert counted.app.get(f"/campaigns/{counted.campaign}/actions/1/metrics").status_code == 404


def test_a_range_in_a_time_zone(counted):
    span = {"version": 2, "start": at(2025, 10, 6), "end": at(2025, 10, 8, 23, 59)}
    assert series(counted, res="daily", **span)["sent"] == [1, 2, 1]
    # Noon in London is evening in Auckland, a day that began there at eleven in the morning.
    there = series(counted, res="daily", tz="Pacific/Auckland", **span)["sent"]
    assert there == [0, 1, 2, 1]
    assert series(counted, res="monthly", **span)["sent"] == [4]
    assert len(series(counted, res="hourly", **span)["sent"]) == 72


def test_the_repeated_hour_in_autumn(counted):
    start, end = at(2025, 10, 25, 22), at(2025, 10, 26, 22, 59, 59)
    span = {"version": 2, "tz": "Europe/Rome", "start": start, "end": end}
    assert len(series(counted, res="hourly", **span)["sent"]) == 25
    assert len(series(counted, res="daily", **span)["sent"]) == 1


@pytest.mark.parametrize(
    "query",
    [
        {"period": "years"},
        {"period": "days", "steps": 46},
        {"period": "days", "steps": 0},
        {"version": 2},
        {"version": 2, "res": "daily"},
        {"version": 2, "res": "yearly", "start": 1, "end": 2},
        {"version": 2, "res": "daily", "start": 2, "end": 1},
        {"version": 2, "res": "daily", "start": 1, "end": 400_000_000},
        {"version": 2, "res": "daily", "start": 1, "end": 2, "tz": "Mars/Base"},
        {"version": 2, "res": "hourly", "start": 1, "end": 300_000_000},
    ],
)
def test_invalid_time_ranges(counted, query):
    response = counted.app.get(f"/campaigns/{counted.campaign}/metrics", params=query)
    assert response.status_code == 400


def test_links(counted):
    path = f"/campaigns/{counted.campaign}/metrics/links"
    links = counted.app.get(path, params={"steps": 2}).json()["links"]
    assert [(e["link"]["href"], e["metric"]["series"]["clicked"]) for e in links] == [
        ("https://a.example", [1, 0]),
        ("https://b.example", [2, 0]),
    ]
    unique = counted.app.get(path, params={"steps": 2, "unique": "true"}).json()["links"]
    assert unique[1]["metric"]["series"]["clicked"] == [1, 0]


def test_journey_metrics(counted):
    path = f"/campaigns/{counted.campaign}/journey_metrics"
    span = {"start": at(2025, 10, 6), "end": at(2025, 10, 8, 23, 59)}
    response = counted.app.get(path, params={**span, "resolution": "days"})
    metric = response.raise_for_status().json()["journey_metric"]
    assert (metric["started"], metric["messaged"]) == ([1, 1, 2], [1, 1, 1])
    for params in (span, {**span, "res": "days"}):
        refused = counted.app.get(path, params=params)
        assert (refused.status_code, "invalid resolution" in refused.text) == (400, True)


def test_transactional_messages_and_newsletters(emulator):
    message = {"transactional_message": {"name": "Receipt", "trigger_name": "receipt"}}
    emulator.journeys.post("/transactional_messages", json=message).raise_for_status()
    body = {"transactional_message_id": "receipt", "identifiers": {"id": "1"}, "to": "a@b.example"}
    emulator.app.post("/send/email", json=body).raise_for_status()
    found = emulator.app.get("/transactional/receipt/metrics", params={"steps": 1}).json()
    assert found["metric"]["series"]["sent"] == [1]
    assert emulator.app.get("/transactional/nothing/metrics").status_code == 404
    assert emulator.app.get("/newsletters").json() == {"newsletters": [], "next": ""}
    assert emulator.app.get("/newsletters/1/metrics").status_code == 404
    assert emulator.app.get("/workspaces").json()["workspaces"][0]["messages_sent"] == 1


def test_future_clicks_are_not_counted(counted):
    path = f"/campaigns/{counted.campaign}"
    own = counted.app.get(path + "/messages").json()["messages"][0]["id"]
    click = {"delivery_id": own, "metric": "clicked", "href": "https://c.example"}
    click["timestamp"] = NOW + 60
    counted.track.post("/metrics", json=click).raise_for_status()

    def clicks():
        links = counted.app.get(path + "/metrics/links").json()["links"]
        [one] = [each for each in links if each["link"]["href"] == "https://c.example"]
        return sum(one["metric"]["series"]["clicked"])

    assert clicks() == 0
    counted.clock.now += 60
    assert clicks() == 1
