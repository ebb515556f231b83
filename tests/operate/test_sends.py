"""Sends: recipient, message, delivery, and no duplicates."""

from typing import Any

import pytest

from cioform.core.errors import OutcomeUnknownError, RemoteError, UsageError
from cioform.model.remote_access.conversation import Request
from cioform.operate.identity import Person
from cioform.operate.messages.deliveries import parse_delivery, watch
from cioform.operate.messages.sends import Channel, SendRequest, Sends, delivery_failed_error

JANE = "jane@acme.com"


def sends(provider: Any, targets: Any) -> Sends:
    return Sends(provider, targets, lambda: 0.0, lambda _: None)


def body(message: SendRequest, targets: Any, channel: Channel = Channel.EMAIL) -> Any:
    return sends(None, targets).request(channel, message).body


def test_a_message_by_address_number_or_trigger_name(targets: Any) -> None:
    bound = targets(transactional__receipt="7")
    ids = {
        text: body(SendRequest(text, JANE), bound)["transactional_message_id"]
        for text in ("transactional.receipt", "transactional#8", "9", "ORDER_SHIPPED", "a.b")
    }
    assert list(ids.values()) == [7, 8, 9, "ORDER_SHIPPED", "a.b"]
    with pytest.raises(UsageError, match="is not bound to an object"):
        body(SendRequest("transactional.other", JANE), bound)


def test_omitted_options_are_not_sent(targets: Any) -> None:
    assert body(SendRequest("R", JANE), targets()) == {
        "transactional_message_id": "R",
        "to": JANE,
        "identifiers": {"email": JANE},
    }
    message = SendRequest("R", JANE, {"id": "u1"}, {}, "fr", 1_790_000_000, True, {"subject": "Hi"})
    assert body(message, targets()) == {
        "transactional_message_id": "R",
        "to": JANE,
        "identifiers": {"id": "u1"},
        "message_data": {},
        "language": "fr",
        "send_at": 1_790_000_000,
        "queue_draft": True,
        "subject": "Hi",
    }


@pytest.mark.parametrize(
    ("channel", "message"),
    [
        (Channel.EMAIL, SendRequest("R")),
        (Channel.PUSH, SendRequest("R", JANE)),
        (Channel.EMAIL, SendRequest("R", JANE, {"id": "u1", "email": JANE})),
        (Channel.EMAIL, SendRequest("R", JANE, {"fax": "+1"})),
    ],
)
def test_a_send_needs_exactly_one_recipient(
    channel: Channel, message: SendRequest, targets: Any
) -> None:
    with pytest.raises(UsageError, match="Missing recipient"):
        body(message, targets(), channel)


def test_an_in_app_message_has_no_address(targets: Any) -> None:
    with pytest.raises(UsageError, match="Channel has no address"):
        body(SendRequest("R", JANE, {"id": "u1"}), targets(), Channel.IN_APP)


def test_each_channel_has_its_path(scripted: Any, targets: Any) -> None:
    provider = scripted(lambda _: {"delivery_id": "d1", "queued_at": 3})
    send = sends(provider, targets())
    who = {"id": "u1"}
    for method in (send.email, send.push, send.sms, send.in_app, send.inbox, send.whatsapp):
        assert method("R", identifiers=who).delivery_id == "d1"
    assert [request.path for request in provider.asked] == [
        f"/v1/send/{name}"
        for name in ("email", "push", "sms", "in_app", "inbox_message", "whatsapp")
    ]


def test_other_members_are_passed_on(scripted: Any, targets: Any) -> None:
    provider = scripted(lambda _: {"delivery_id": "d1"})
    sends(provider, targets()).email(None, to=JANE, subject="Hi", body="B", from_="a@b.co")
    assert provider.asked[0].body == {
        "to": JANE, "identifiers": {"email": JANE}, "subject": "Hi", "body": "B", "from": "a@b.co",
    }  # fmt: skip


def test_a_response_without_a_delivery_id_is_an_unknown_outcome(
    scripted: Any, targets: Any
) -> None:
    with pytest.raises(OutcomeUnknownError, match="no delivery ID"):
        sends(scripted(lambda _: {}), targets()).push("R", identifiers={"id": "u1"})


def test_a_message_that_renders_is_sent(sandbox: Any) -> None:
    messages = {m["name"]: m for m in sandbox.store.dump("acme")["transactional_messages"]}
    sandbox.bind(transactional__reset=str(messages["Password reset"]["id"]))
    sandbox.acme.people.identify("u1", {"email": JANE})
    sent = sandbox.acme.send.email(
        "transactional.reset", to=JANE, data={"reset_link": "https://acme.example/r"}
    )
    delivery = sandbox.acme.send.watch(sent, timeout=5)
    assert not delivery.failed
    assert delivery.source == f"transactional#{messages['Password reset']['id']}"
    assert [each.id for each in sandbox.acme.people.messages("u1")] == [sent.delivery_id]


def test_a_variable_that_is_missing_is_named(sandbox: Any) -> None:
    sandbox.acme.people.identify("u1", {"email": JANE})
    sent = sandbox.acme.send.email("USER_PASSWORD_RESET", to=JANE)
    states: list[str] = []
    delivery = sandbox.acme.send.watch(sent, listener=lambda each: states.append(each.state))
    assert delivery.failed
    assert states[-1] == "failed"
    assert "trigger.reset_link" in delivery_failed_error(delivery).diagnostics[0].detail


def test_an_unknown_message_is_an_error_of_the_name(sandbox: Any) -> None:
    with pytest.raises(RemoteError, match="Check the name or number"):
        sandbox.acme.send.email("NOPE", to=JANE)


def test_a_send_of_unknown_outcome_is_not_retried(sandbox: Any) -> None:
    sandbox.acme.people.identify("u1", {"email": JANE})
    sandbox.order("status:500-done", "/v1/send/email")
    with pytest.raises(OutcomeUnknownError, match="Check whether it was done"):
        sandbox.acme.send.email("USER_PASSWORD_RESET", to=JANE, data={"reset_link": "x"})
    assert len(sandbox.acme.people.messages("u1")) == 1


@pytest.mark.parametrize(
    ("row", "state", "failed"),
    [
        ({"metrics": {}}, "queued", False),
        ({"metrics": {"created": 1, "sent": 2}}, "sent", False),
        ({"metrics": {"sent": 2, "delivered": 3, "opened": None}}, "delivered", False),
        ({"metrics": {"sent": 2, "bounced": 3}}, "bounced", True),
        ({"metrics": {"created": 1}, "failure_message": "no"}, "failed", True),
    ],
)
def test_delivery_states(row: Any, state: str, failed: bool) -> None:
    delivery = parse_delivery({"id": "d1", **row})
    assert (delivery.state, delivery.failed) == (state, failed)


def test_watching_ends_on_delivery_or_timeout(scripted: Any) -> None:
    happened = iter([{}, {"sent": 1}, {"sent": 1}, {"sent": 1, "delivered": 2}])

    def answer(_: Request) -> Any:
        try:
            return {"message": {"id": "d1", "metrics": next(happened)}}
        except StopIteration:
            raise AssertionError("looked again") from None

    now = [0.0]

    def sleep(seconds: float) -> None:
        now[0] += seconds

    states: list[str] = []
    provider = scripted(answer)
    done = watch(
        provider, "d1", timeout=60, clock=lambda: now[0], sleep=sleep,
        listener=lambda each: states.append(each.state),
    )  # fmt: skip
    assert (done.state, states) == ("delivered", ["queued", "sent", "sent", "delivered"])
    stuck = scripted(lambda _: {"message": {"id": "d1", "metrics": {"sent": 1}}})
    now[0] = 0.0
    assert watch(stuck, "d1", timeout=3, clock=lambda: now[0], sleep=sleep).state == "sent"
    assert len(stuck.asked) == 4


def test_identifiers_of_a_person() -> None:
    assert Person("u1").identifiers == {"id": "u1"}
