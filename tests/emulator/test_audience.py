"""Evaluate segments over people and their activities."""

import pytest

DAY = 86_400


def leaf(event, times=1, within=0, inverse=False):
    return {"event": event, "times": times, "within": within, "inverse": inverse}


def did(name="bought", filters=None):
    return {"type": "event", "name": name, "filters": filters or {}}


def became(field, operator, value="", to=True, was=True, **more):
    sides = []
    if to:
        sides.append({"field": "to", "operator": operator, "value": value, "inverse": False})
    if was:
        sides.append({"field": "from", "operator": operator, "value": value, "inverse": True})
    sides = [{**each, **more} for each in sides]
    return {"type": "attribute_change", "name": field, "filters": {"and": sides}}


def segment(emulator, *groups, name="S"):
    conditions = {"and": [{"or": list(group)} for group in groups]}
    body = {"segment": {"name": name, "type": "dynamic", "conditions": conditions}}
    created = emulator.ui.post("/segments", json=body).raise_for_status().json()
    return created["segment"]["id"]


def inside(emulator, number):
    response = emulator.app.get(f"/segments/{number}/membership").raise_for_status().json()
    count = emulator.app.get(f"/segments/{number}/customer_count").json()["count"]
    ids = response["ids"] or []
    assert count == len(ids)
    return ids


@pytest.fixture
def shop(emulator):
    """Create Ann with recent purchases, Bob with an old one, Cy with none, Dee without data."""
    now = int(emulator.clock.now)
    for person, given in {
        "ann": {"plan": "pro", "seats": 12, "vip": True, "last_seen": now - DAY},
        "bob": {"plan": "trial", "seats": 3, "vip": False, "last_seen": now - 40 * DAY},
        "cy": {"plan": "", "seats": "7"},
        "dee": {},
    }.items():
        emulator.track.put(f"/customers/{person}", json=given).raise_for_status()
    for person, ago, total in (("ann", 1, 5), ("ann", 2, 50), ("ann", 3, 9), ("bob", 90, 99)):
        event = {"name": "bought", "data": {"total": total}, "timestamp": now - ago * DAY}
        emulator.track.post(f"/customers/{person}/events", json=event).raise_for_status()
    return emulator


@pytest.mark.parametrize(
    ("one", "ids"),
    [
        (leaf(became("plan", "eq", "pro")), ["ann"]),
        (leaf(became("plan", "eq", "pro", was=False)), ["ann"]),
        # Who lacks the attribute is not in the inverse either (journeys facts, 3).
        (leaf(became("plan", "eq", "pro"), inverse=True), ["bob"]),
        (leaf(became("vip", "eq", "true")), ["ann"]),
        (leaf(became("vip", "eq", "false")), ["bob"]),
        (leaf(became("seats", "eq", "12")), ["ann"]),
        (leaf(became("seats", "gt", "5")), ["ann", "cy"]),
        (leaf(became("seats", "lt", "5")), ["bob"]),
        (leaf(became("seats", "bw", "3", value2="7")), ["bob", "cy"]),
        (leaf(became("plan", "contains", "ri")), ["bob"]),
        (leaf(became("seats", "exists")), ["ann", "bob", "cy"]),
        (leaf(became("last_seen", "timestamp_gt", str(-30 * DAY))), ["ann"]),
        (leaf(became("last_seen", "timestamp_lt", str(-30 * DAY))), ["bob"]),
        (leaf(became("last_seen", "timestamp_lta", "1758000000")), ["bob"]),
        (leaf(became("last_seen", "timestamp_gta", "1758000000")), ["ann"]),
        (leaf(became("plan", "unheard_of", "pro")), []),
        (leaf(did()), ["ann", "bob"]),
        (leaf(did(), inverse=True), ["cy", "dee"]),
        (leaf(did(), times=3), ["ann"]),
        (leaf(did(), times=4), []),
        (leaf(did(), within=30 * DAY), ["ann"]),
        (leaf(did(), within=30 * DAY, inverse=True), ["bob", "cy", "dee"]),
        (leaf(did(), times=2, within=2 * DAY), ["ann"]),
        (leaf(did("sold")), []),
        (leaf(did("*")), ["ann", "bob"]),
        (
            leaf(did(filters={"and": [{"field": "total", "operator": "gt", "value": "49"}]})),
            ["ann", "bob"],
        ),
        (
            leaf(did(filters={"and": [{"field": "total", "operator": "gt", "value": "60"}]})),
            ["bob"],
        ),
        (
            leaf(
                did(
                    filters={
                        "or": [
                            {"field": "total", "operator": "eq", "value": "99"},
                            {"field": "gone", "operator": "exists"},
                        ]
                    }
                )
            ),
            ["bob"],
        ),
    ],
)
def test_a_single_condition(shop, one, ids):
    assert inside(shop, segment(shop, [one])) == ids


def test_groups_join_as_and_of_or(shop):
    pro, trial = leaf(became("plan", "eq", "pro")), leaf(became("plan", "eq", "trial"))
    assert inside(shop, segment(shop, [pro, trial])) == ["ann", "bob"]
    assert inside(shop, segment(shop, [pro, trial], [leaf(did(), times=2)])) == ["ann"]
    assert inside(shop, segment(shop, [pro], [trial])) == []


def test_nested_segments(shop):
    created = shop.app.post("/segments", json={"segment": {"name": "Beta"}}).json()["segment"]
    shop.track.post(f"/segments/{created['id']}/add_customers", json={"ids": ["bob", "cy"]})
    named = {"segment": {"id": created["id"]}}
    assert inside(shop, segment(shop, [named])) == ["bob", "cy"]
    denied = {"segment": {"id": created["id"], "inverse": True}}
    assert inside(shop, segment(shop, [denied])) == ["ann", "dee"]
    pro = segment(shop, [leaf(became("plan", "eq", "pro"))])
    assert inside(shop, segment(shop, [{"segment": {"id": pro}}, named])) == ["ann", "bob", "cy"]


def test_a_change_between_two_values_is_counted(shop):
    sides = [
        {"field": "from", "operator": "eq", "value": "trial", "inverse": False},
        {"field": "to", "operator": "eq", "value": "pro", "inverse": False},
    ]
    event = {"type": "attribute_change", "name": "plan", "filters": {"and": sides}}
    number = segment(shop, [leaf(event)])
    assert shop.app.get(f"/segments/{number}/membership").json()["ids"] is None
    shop.track.put("/customers/bob", json={"plan": "pro"})
    shop.track.put("/customers/bob", json={"plan": "free"})
    assert inside(shop, number) == ["bob"]


def test_membership_changes_with_time(shop):
    lately = segment(shop, [leaf(did(), within=7 * DAY)])
    stale = segment(shop, [leaf(became("last_seen", "timestamp_lt", str(-3 * DAY)))], name="Stale")
    assert (inside(shop, lately), inside(shop, stale)) == (["ann"], ["bob"])
    shop.clock.now += 8 * DAY
    assert (inside(shop, lately), inside(shop, stale)) == ([], ["ann", "bob"])


def test_the_segments_of_a_person(shop):
    buyers = segment(shop, [leaf(did())], name="Buyers")
    segment(shop, [leaf(became("plan", "eq", "trial"))], name="Trial")
    created = shop.app.post("/segments", json={"segment": {"name": "Beta"}}).json()["segment"]
    shop.track.post(f"/segments/{created['id']}/add_customers", json={"ids": ["ann"]})
    shown = shop.app.get("/customers/ann/segments").json()["segments"]
    assert shown == [{"id": buyers, "name": "Buyers"}, {"id": created["id"], "name": "Beta"}]


def test_a_seeded_number_counts_only_while_the_segment_is_empty(make_emulator):
    seed = {
        "segments": [
            {"id": 10, "name": "Pro", "people": 412, "conditions": {"and": []}},
            {"id": 11, "name": "Beta", "type": "manual", "people": 7},
        ]
    }
    for stand_in, before in ((True, [412, 7]), (False, [0, 0])):
        emulator = make_emulator(simulate_segment_counts=stand_in)
        emulator.store.seed("acme", seed)
        paths = [f"/segments/{number}/customer_count" for number in (10, 11)]
        assert [emulator.app.get(path).json()["count"] for path in paths] == before
        emulator.track.post("/segments/11/add_customers", json={"ids": ["a"]})
        assert emulator.app.get(paths[1]).json()["count"] == 1


def test_members_by_email_and_cio_id(emulator):
    emulator.track.put("/customers/ann@acme.example", json={})
    created = emulator.app.post("/segments", json={"segment": {"name": "Beta"}}).json()["segment"]
    path = f"/segments/{created['id']}"
    ids = ["ANN@acme.example", "nobody@acme.example"]
    emulator.track.post(path + "/add_customers?id_type=email", json={"ids": ids}).raise_for_status()
    response = emulator.app.get(path + "/membership").json()
    assert [each["email"] for each in response["identifiers"]] == ["ann@acme.example"]
    emulator.track.put("/customers/7", json={"email": "ann@acme.example"})
    assert emulator.app.get(path + "/membership").json()["ids"] == ["7"]
    deleted = {"ids": ["03000001"]}
    emulator.track.post(path + "/remove_customers?id_type=cio_id", json=deleted).raise_for_status()
    assert emulator.app.get(path + "/customer_count").json()["count"] == 0
    assert emulator.track.post(path + "/add_customers?id_type=fax", json=deleted).status_code == 400
    assert emulator.track.post(path + "/add_customers", json={"ids": []}).status_code == 400
    many = {"ids": [str(n) for n in range(1001)]}
    assert emulator.track.post(path + "/add_customers", json=many).status_code == 400


@pytest.mark.parametrize(
    ("setting", "count", "people"), [("keep", 1, 0), ("make", 1, 1), ("ignore", 0, 0)]
)
def test_unknown_members_are_kept_created_or_ignored(make_emulator, setting, count, people):
    emulator = make_emulator(unknown_members=setting)
    created = emulator.app.post("/segments", json={"segment": {"name": "Beta"}}).json()["segment"]
    path = f"/segments/{created['id']}"
    emulator.track.post(path + "/add_customers", json={"ids": ["new"]}).raise_for_status()
    assert emulator.app.get(path + "/customer_count").json()["count"] == count
    assert len(emulator.store.dump("acme")["people"]) == people
    activities = emulator.app.get("/activities").json()["activities"]
    assert [each["type"] for each in activities] == ["profile_create"] * people
