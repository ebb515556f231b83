"""People: identify, find, merge, suppress, delete."""

import pytest


def attributes(emulator, person, kind="id"):
    response = emulator.app.get(f"/customers/{person}/attributes", params={"id_type": kind})
    return response.raise_for_status().json()["customer"]


def identify(emulator, person, **given):
    return emulator.track.put(f"/customers/{person}", json=given).raise_for_status()


def test_values_keep_their_types(emulator):
    given = {"email": "Ann@acme.example", "plan": "pro", "seats": 3, "ratio": 1.5, "vip": True}
    identify(emulator, "7", **given, created_at=1_700_000_000, tags=["a", "b"])
    customer = attributes(emulator, "7")
    assert customer["identifiers"] == {"id": "7", "email": "Ann@acme.example", "cio_id": "03000001"}
    expected = customer["attributes"]
    assert {key: expected[key] for key in given} == given
    assert (expected["created_at"], expected["tags"], expected["id"]) == (
        1_700_000_000,
        ["a", "b"],
        "7",
    )
    assert customer["timestamps"]["plan"] == emulator.clock.now


def test_values_can_be_shown_as_text(make_emulator):
    emulator = make_emulator(attributes_as_text=True)
    identify(emulator, "7", seats=3, vip=True)
    expected = attributes(emulator, "7")["attributes"]
    assert (expected["seats"], expected["vip"]) == ("3", "true")


def test_an_email_address_identifies_a_person(emulator):
    identify(emulator, "ann%2Bnews%40acme.example", plan="pro")
    assert emulator.app.get("/customers/ann%2Bnews%40acme.example/attributes").status_code == 404
    customer = attributes(emulator, "ann%2Bnews%40acme.example", "email")
    assert (customer["identifiers"]["id"], customer["attributes"]["plan"]) == (None, "pro")
    found = emulator.app.get("/customers", params={"email": "ANN+news@acme.example"}).json()
    assert [each["cio_id"] for each in found["results"]] == ["03000001"]
    # `+` not encoded is a space, and finds nobody (app facts, 2).
    assert emulator.app.get("/customers?email=ann+news@acme.example").json() == {"results": []}


def test_one_person_with_all_their_identifiers(emulator):
    identify(emulator, "ann@acme.example", plan="pro")
    identify(emulator, "7", email="ann@acme.example")
    identify(emulator, "cio_03000001", name="Ann")
    customer = attributes(emulator, "03000001", "cio_id")
    assert customer["id"] == "7"
    assert (customer["attributes"]["plan"], customer["attributes"]["name"]) == ("pro", "Ann")


def test_an_identifier_of_somebody_else_is_a_failed_change(emulator):
    identify(emulator, "7", email="ann@acme.example")
    identify(emulator, "8", email="ann@acme.example", plan="pro")
    expected = attributes(emulator, "8")["attributes"]
    assert ("email" in expected, expected["plan"]) == (False, "pro")
    [failed] = emulator.app.get("/customers/8/activities?type=failed_attribute_change").json()[
        "activities"
    ]
    assert failed["name"] == "email"


def test_an_id_changes_only_by_cio_id(emulator):
    identify(emulator, "7", email="ann@acme.example")
    identify(emulator, "ann@acme.example", id="9")
    assert attributes(emulator, "7")["id"] == "7"
    identify(emulator, "cio_03000001", id="9")
    assert attributes(emulator, "9")["id"] == "9"
    assert emulator.app.get("/customers/7/attributes").status_code == 404


def test_an_unknown_cio_id_creates_nobody(emulator):
    identify(emulator, "cio_0300ffff", plan="pro")
    emulator.track.put("/customers/7", json={"_update": True, "plan": "pro"}).raise_for_status()
    assert emulator.store.dump("acme")["people"] == []


def test_an_empty_value_deletes_an_attribute(emulator):
    identify(emulator, "7", plan="pro", seats=3)
    identify(emulator, "7", plan="", seats=None, other="")
    assert set(attributes(emulator, "7")["attributes"]) == {"id", "cio_id"}


def test_an_older_value_is_ignored(emulator):
    identify(emulator, "7", plan="pro")
    identify(emulator, "7", plan="old", _timestamp=int(emulator.clock.now) - 5)
    assert attributes(emulator, "7")["attributes"]["plan"] == "pro"


@pytest.mark.parametrize(
    ("path", "given", "expected"),
    [
        ("x" * 151, {}, "150 bytes"),
        ("é" * 76, {}, "150 bytes"),
        ("7", {"n" * 151: "x"}, "150 bytes"),
        ("7", {"a": "x" * 1001}, "1000 bytes"),
        ("7", {"email": "nobody"}, "e-mail"),
        ("7", {"_timestamp": "yesterday", "a": 1}, "unix seconds"),
    ],
)
def test_invalid_identifiers_and_values(emulator, path, given, expected):
    response = emulator.track.put(f"/customers/{path}", json=given)
    assert (response.status_code, expected in response.json()["meta"]["errors"][0]) == (400, True)
    assert emulator.store.dump("acme")["people"] == []


@pytest.mark.parametrize(("length", "status"), [(1000, 200), (1001, 400)])
def test_the_longest_value(emulator, length, status):
    response = emulator.track.put("/customers/7", json={"a": "x" * length})
    assert response.status_code == status


def test_delete_removes_all_data_of_a_person(emulator):
    identify(emulator, "7", email="ann@acme.example")
    emulator.track.post("/customers/7/events", json={"name": "bought"})
    emulator.track.delete("/customers/7").raise_for_status()
    assert emulator.app.get("/customers/7/attributes").status_code == 404
    assert emulator.app.get("/activities").json()["activities"] == []
    [deleted] = emulator.app.get("/activities", params={"deleted": "true"}).json()["activities"]
    assert deleted["type"] == "profile_delete"
    emulator.track.delete("/customers/nobody").raise_for_status()
    identify(emulator, "7")
    assert attributes(emulator, "7")["identifiers"]["cio_id"] == "03000002"


def test_a_suppressed_person_cannot_be_created(emulator):
    identify(emulator, "7", email="ann@acme.example")
    emulator.track.post("/customers/7/suppress").raise_for_status()
    identify(emulator, "7", plan="pro")
    identify(emulator, "ann@acme.example", plan="pro")
    emulator.track.post("/customers/7/events", json={"name": "bought"}).raise_for_status()
    assert emulator.store.dump("acme")["people"] == []
    emulator.track.post("/customers/7/unsuppress").raise_for_status()
    identify(emulator, "ann@acme.example", plan="pro")
    assert attributes(emulator, "ann@acme.example", "email")["attributes"]["plan"] == "pro"


def test_devices_are_added_and_deleted(emulator):
    path = "/customers/7/devices"
    device = {"id": "tok/en", "platform": "ios", "attributes": {"app_version": "1"}}
    emulator.track.put(path, json={"device": device}).raise_for_status()
    emulator.track.put(path, json={"device": {**device, "last_used": 5}}).raise_for_status()
    [shown] = attributes(emulator, "7")["devices"]
    assert (shown["id"], shown["last_used"]) == ("tok/en", 5)
    emulator.track.delete(path + "/tok%2Fen").raise_for_status()
    assert attributes(emulator, "7")["devices"] == []
    refused = emulator.track.put(path, json={"device": {"id": "x"}})
    assert (refused.status_code, refused.json()) == (
        400,
        {"meta": {"errors": ["device.platform is required"]}},
    )


def test_merging_keeps_the_values_of_the_primary_person(emulator):
    identify(emulator, "1", plan="pro")
    identify(emulator, "2", plan="free", city="Rome", email="b@acme.example")
    emulator.track.post("/customers/2/events", json={"name": "bought"})
    body = {"primary": {"id": "1"}, "secondary": {"email": "b@acme.example"}}
    emulator.track.post("/merge_customers", json=body).raise_for_status()
    expected = attributes(emulator, "1")["attributes"]
    assert (expected["plan"], expected["city"], expected["email"]) == (
        "pro",
        "Rome",
        "b@acme.example",
    )
    assert emulator.app.get("/customers/2/attributes").status_code == 404
    types = [e["type"] for e in emulator.app.get("/customers/1/activities").json()["activities"]]
    assert types[0] == "profile_merge"
    assert "event" in types
    again = emulator.track.post("/merge_customers", json=body)
    assert again.status_code == 400
    assert emulator.track.post("/merge_customers", json={"primary": {"id": "1"}}).status_code == 400


def test_anonymous_events_are_linked_to_their_person(emulator):
    event = {"name": "looked", "anonymous_id": "anon", "data": {"page": "/"}}
    emulator.track.post("/events", json=event).raise_for_status()
    assert emulator.app.get("/customers/7/activities").status_code == 404
    identify(emulator, "7", anonymous_id="anon")
    emulator.track.post("/events", json={**event, "name": "looked again"}).raise_for_status()
    found = emulator.app.get("/customers/7/activities?type=event").json()["activities"]
    assert [each["name"] for each in found] == ["looked again", "looked"]
    assert found[1]["data"] == {"page": "/"}
    assert "anonymous_id" not in attributes(emulator, "7")["attributes"]


def test_many_people_by_id(emulator):
    identify(emulator, "1")
    identify(emulator, "2")
    response = emulator.app.post("/customers/attributes", json={"ids": ["2", "nobody", "1"]}).json()
    assert [each["id"] for each in response["customers"]] == ["2", "1"]
    too_many = {"ids": [str(n) for n in range(101)]}
    assert emulator.app.post("/customers/attributes", json=too_many).status_code == 400


@pytest.mark.parametrize(
    ("spec", "ids"),
    [
        ({"attribute": {"field": "plan", "operator": "eq", "value": "pro"}}, ["1", "2"]),
        ({"attribute": {"field": "vip", "operator": "eq", "value": "true"}}, ["2"]),
        ({"attribute": {"field": "seats", "operator": "exists"}}, ["2", "3"]),
        ({"not": {"attribute": {"field": "seats", "operator": "exists"}}}, ["1"]),
        (
            {
                "and": [
                    {"attribute": {"field": "plan", "operator": "eq", "value": "pro"}},
                    {"not": {"segment": {"id": 10}}},
                ]
            },
            ["1"],
        ),
        (
            {
                "or": [
                    {"segment": {"id": 10}},
                    {"attribute": {"field": "seats", "operator": "eq", "value": "9"}},
                ]
            },
            ["2", "3"],
        ),
    ],
)
def test_search_by_filter(emulator, spec, ids):
    identify(emulator, "1", plan="pro")
    identify(emulator, "2", plan="pro", vip=True, seats=1)
    identify(emulator, "3", seats=9)
    created = emulator.app.post("/segments", json={"segment": {"name": "Beta"}}).json()["segment"]
    emulator.track.post(f"/segments/{created['id']}/add_customers", json={"ids": ["2"]})
    response = emulator.app.post("/customers", json={"filter": spec}).json()
    assert (response["ids"], response["next"]) == (ids, "")


@pytest.mark.parametrize(
    "spec",
    [
        None,
        {},
        {"and": []},
        {"attribute": {"field": "plan", "operator": "gt"}},
        {"segment": {"id": 99}},
        {"segment": {"id": 1}, "attribute": {"field": "a", "operator": "exists"}},
        {"gadget": 1},
    ],
)
def test_invalid_filters(emulator, spec):
    assert emulator.app.post("/customers", json={"filter": spec}).status_code == 400


def test_search_is_paginated(emulator):
    for number in range(5):
        identify(emulator, str(number), plan="pro")
    spec = {"attribute": {"field": "plan", "operator": "exists"}}
    first = emulator.app.post("/customers?limit=3", json={"filter": spec}).json()
    rest = emulator.app.post(
        f"/customers?limit=3&start={first['next']}", json={"filter": spec}
    ).json()
    assert (first["ids"] + rest["ids"], rest["next"]) == (["0", "1", "2", "3", "4"], "")


def test_topics_are_set_one_by_one(emulator):
    topics = [{"id": 1, "name": "News"}, {"id": 2, "name": "Offers", "opt_in": True}]
    emulator.store.seed("acme", {"subscription_topics": topics})
    identify(emulator, "7", cio_subscription_preferences={"topics": {"topic_1": False}})
    identify(emulator, "7", cio_subscription_preferences={"topics": {"topic_2": True}})
    response = emulator.app.get("/customers/7/subscription_preferences").json()["customer"]
    assert [(e["identifier"], e["subscribed"]) for e in response["topics"]] == [
        ("topic_1", False),
        ("topic_2", True),
    ]


def test_relationships_to_objects(emulator):
    link = {"identifiers": {"object_type_id": "1", "object_id": "acme"}}
    given = {"action": "add_relationships", "relationships": [link]}
    identify(emulator, "7", cio_relationships=given)
    shown = emulator.app.get("/customers/7/relationships").json()
    assert shown == {"cio_relationships": [link], "next": ""}
    identify(emulator, "7", cio_relationships={**given, "action": "delete_relationships"})
    assert emulator.app.get("/customers/7/relationships").json()["cio_relationships"] == []


def test_the_wrong_type_of_id_finds_nobody(emulator):
    identify(emulator, "7", email="ann@acme.example")
    assert emulator.app.get("/customers/7/attributes?id_type=email").status_code == 404
    assert emulator.app.get("/customers/7/attributes?id_type=phone_number").status_code == 400


def test_people_and_their_data_are_dumped_and_seeded(emulator):
    identify(emulator, "7", email="ann@acme.example", anonymous_id="anon")
    emulator.track.post("/customers/7/events", json={"name": "bought", "data": {"total": 3}})
    emulator.track.post("/customers/9/suppress")
    content = emulator.store.dump("acme")
    assert content["people"]
    emulator.store.seed("copy", content)
    assert emulator.store.dump("copy") == content
    emulator.store.reset("acme")
    assert emulator.store.dump("acme")["activities"] == []
