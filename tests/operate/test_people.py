"""People: value types, attribute groups and identifiers."""

from typing import Any

import pytest

from cioform.core.errors import RemoteError, UsageError
from cioform.operate.identity import (
    IdType,
    Person,
    encode_path_segment,
    person_for_read,
    person_for_write,
)
from cioform.operate.people.profile import AttributeCategory, ValueType, attribute

JANE = "jane+news@acme.com"


def test_values_keep_their_types(sandbox: Any) -> None:
    given = {"plan": "trial", "age": 42, "vip": True, "since": 1_700_000_000, "zip": "01234"}
    sandbox.acme.people.identify("u1", given)
    profile = sandbox.acme.people.show("u1")
    assert {name: profile[name] for name in given} == given
    found = {each.name: each for each in profile.attributes}
    assert found["since"].type is ValueType.TIMESTAMP
    assert found["since"].date == "2023-11-14T22:13:20Z"
    assert found["zip"].type is ValueType.TEXT
    assert found["vip"].type is ValueType.BOOLEAN
    assert found["age"].changed_at == sandbox.time.now


def test_omitted_attributes_do_not_change(sandbox: Any) -> None:
    sandbox.acme.people.identify("u1", {"plan": "trial"})
    sandbox.acme.people.identify("u1", {"age": 42})
    assert sandbox.acme.people.show("u1")["plan"] == "trial"


def test_attributes_are_standard_custom_or_computed() -> None:
    sorts = {name: attribute(name, "x").sort for name in ("email", "plan", "_last_emailed")}
    assert sorts == {
        "email": AttributeCategory.STANDARD,
        "plan": AttributeCategory.CUSTOM,
        "_last_emailed": AttributeCategory.COMPUTED,
    }


@pytest.mark.parametrize(
    ("name", "value", "wanted"),
    [
        ("since", 999_999_999, ValueType.NUMBER),
        ("since", 1_000_000_000, ValueType.TIMESTAMP),
        ("since", 1_700_000_000.5, ValueType.NUMBER),
        ("phone", 1_700_000_000, ValueType.NUMBER),
        ("since", "1700000000", ValueType.TEXT),
        ("x", None, ValueType.NULL),
        ("x", [], ValueType.LIST),
        ("x", {}, ValueType.OBJECT),
    ],
)
def test_attribute_types(name: str, value: Any, wanted: ValueType) -> None:
    assert attribute(name, value).type is wanted


def test_an_email_address_with_a_plus_is_found(sandbox: Any) -> None:
    sandbox.acme.people.identify("u1", {"email": JANE})
    assert sandbox.acme.people.show(JANE).identifiers["id"] == "u1"
    assert "/v1/customers/jane%2Bnews%40acme.com/attributes?id_type=email" in sandbox.sent[-1][1]


def test_an_email_address_is_not_an_id(sandbox: Any) -> None:
    with pytest.raises(UsageError, match="E-mail address used as ID"):
        sandbox.acme.people.identify(JANE, {"plan": "trial"})
    assert sandbox.sent == []
    sandbox.acme.people.identify(JANE, {"plan": "trial"}, by="email")
    assert sandbox.sent[-1][2]["identifiers"] == {"email": JANE}
    assert sandbox.acme.people.show(JANE)["plan"] == "trial"


def test_an_unknown_person_suggests_other_identifiers(sandbox: Any) -> None:
    with pytest.raises(RemoteError, match="Person not found") as caught:
        sandbox.acme.people.show("nobody")
    assert 'with the id "nobody".' in str(caught.value)
    assert "`--by email`, `--by phone` or `--by cio_id`" in str(caught.value)
    with pytest.raises(RemoteError) as caught:
        sandbox.acme.people.segments(JANE)
    assert "jane" not in str(caught.value)


def test_a_deleted_person_can_be_created_again(sandbox: Any) -> None:
    sandbox.acme.people.identify("u1", {"plan": "trial"})
    sandbox.acme.people.delete("u1")
    with pytest.raises(RemoteError, match="Person not found"):
        sandbox.acme.people.show("u1")
    sandbox.acme.people.identify("u1", {})
    with pytest.raises(KeyError):
        sandbox.acme.people.show("u1")["plan"]


def test_a_suppressed_person_cannot_be_created_until_unsuppressed(sandbox: Any) -> None:
    sandbox.acme.people.identify("u1", {})
    sandbox.acme.people.suppress("u1")
    sandbox.acme.people.identify("u1", {})
    with pytest.raises(RemoteError, match="Person not found"):
        sandbox.acme.people.show("u1")
    sandbox.acme.people.unsuppress("u1")
    sandbox.acme.people.identify("u1", {})
    assert sandbox.acme.people.show("u1").identifiers["id"] == "u1"


def test_segments_have_their_addresses(sandbox: Any) -> None:
    segments = {each["name"]: each for each in sandbox.store.dump("acme")["segments"]}
    manual = next(each for each in segments.values() if each["type"] == "manual")
    sandbox.bind(segment__testers=str(manual["id"]))
    sandbox.acme.people.identify("u1", {})
    sandbox.acme.members.add("segment.testers", ["u1"])
    found = {each.id: each for each in sandbox.acme.people.segments("u1")}
    assert str(found[manual["id"]].address) == "segment.testers"
    assert found[manual["id"]].name == manual["name"]


def test_activities_are_read_up_to_the_limit(sandbox: Any) -> None:
    for number in range(60):
        sandbox.acme.events.track("u1", "viewed", {"n": number})
    before = len(sandbox.sent)
    assert len(sandbox.acme.people.activities("u1", limit=55, kind="event")) == 55
    assert len(sandbox.sent) - before == 2
    assert len(sandbox.acme.people.activities("u1", limit=10, kind="event")) == 10


def test_ids_that_cannot_be_in_a_path() -> None:
    for text in (".", ".."):
        with pytest.raises(UsageError, match="ID cannot be looked up"):
            encode_path_segment(text)
    assert encode_path_segment("a/b?c#d%e f") == "a%2Fb%3Fc%23d%25e%20f"
    with pytest.raises(UsageError, match="Missing ID"):
        person_for_write(" ")


def test_the_default_identifier_type() -> None:
    assert person_for_read("u1") == Person("u1", IdType.ID)
    assert person_for_read(JANE) == Person(JANE, IdType.EMAIL)
    assert person_for_write(JANE, "id") == Person(JANE, IdType.ID)
