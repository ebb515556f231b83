"""Transactional messages: sent to one person, by address, trigger name or number."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from cioform.core.errors import OutcomeUnknownError, RemoteError, UsageError
from cioform.core.json_value import JsonValue
from cioform.model.conversation import Api, Request
from cioform.operate.address_resolver import AddressResolver
from cioform.operate.identity import IdType, Person
from cioform.operate.messages.deliveries import Delivery, DeliveryListener, watch
from cioform.operate.pagination import as_int, as_mapping
from cioform.remote.provider import Provider


class Channel(StrEnum):
    """How a message goes out; the value is the last word of the path (app facts, section 5.4)."""

    EMAIL = "email"
    PUSH = "push"
    SMS = "sms"
    IN_APP = "in_app"
    INBOX = "inbox_message"
    WHATSAPP = "whatsapp"


_CHANNELS_WITHOUT_ADDRESS: Final = frozenset({Channel.IN_APP, Channel.INBOX})
"""They go to a profile, and take no address."""


@dataclass(frozen=True, slots=True)
class SendRequest:
    """What is sent to whom. What is None or empty is left to the message's own settings."""

    message: str | None = None
    """An address, a trigger name or a number; None for an e-mail that says all by itself."""
    to: str | None = None
    identifiers: Mapping[str, str] | None = None
    """Exactly one of `id`, `email` and `cio_id`; without it, who `to` belongs to."""
    data: Mapping[str, JsonValue] | None = None
    """What the message reads as `{{trigger.x}}`."""
    language: str | None = None
    send_at: int | None = None
    """Unix seconds, at most 90 days ahead."""
    queue_draft: bool | None = None
    more: Mapping[str, JsonValue] | None = None
    """Other members of the request, as the App API names them: `subject`, `from`, `body`."""


@dataclass(frozen=True, slots=True)
class SendResult:
    """A send that was accepted; whether it arrives, its delivery tells."""

    delivery_id: str
    queued_at: int | None


class Sends:
    """Sends from one workspace."""

    def __init__(
        self,
        provider: Provider,
        resolver: AddressResolver,
        clock: Callable[[], float],
        sleep: Callable[[float], None],
    ) -> None:
        self._provider = provider
        self._resolver = resolver
        self._clock = clock
        self._sleep = sleep

    def email(self, message: str | None = None, **said: JsonValue) -> SendResult:
        """Send an e-mail. The fields are those of `Message`; others go along as they are."""
        return self.send(Channel.EMAIL, _build_send_request(message, said))

    def push(self, message: str, **said: JsonValue) -> SendResult:
        """Send a push notification."""
        return self.send(Channel.PUSH, _build_send_request(message, said))

    def sms(self, message: str, **said: JsonValue) -> SendResult:
        """Send a text message."""
        return self.send(Channel.SMS, _build_send_request(message, said))

    def in_app(self, message: str, **said: JsonValue) -> SendResult:
        """Send an in-app message."""
        return self.send(Channel.IN_APP, _build_send_request(message, said))

    def inbox(self, message: str, **said: JsonValue) -> SendResult:
        """Send a message to somebody's inbox in the app."""
        return self.send(Channel.INBOX, _build_send_request(message, said))

    def whatsapp(self, message: str, **said: JsonValue) -> SendResult:
        """Send a WhatsApp message."""
        return self.send(Channel.WHATSAPP, _build_send_request(message, said))

    def send(self, channel: Channel, message: SendRequest) -> SendResult:
        """Send one message. Raises InDoubt when it may have gone out: it is never sent twice."""
        body = as_mapping(self._provider.send(self.request(channel, message)).body)
        if not body.get("delivery_id"):
            raise OutcomeUnknownError.of(
                "Outcome unknown",
                "The send was answered as done, and without the id of a delivery. It may have gone "
                "out, and is not sent again. Look at the person's messages before you do.",
            )
        return SendResult(str(body["delivery_id"]), as_int(body.get("queued_at")))

    def request(self, channel: Channel, message: SendRequest) -> Request:
        """Give the request that a send would make."""
        body: dict[str, JsonValue] = {}
        if message.message is not None:
            body["transactional_message_id"] = self._message_id(message.message)
        if message.to is not None:
            if channel in _CHANNELS_WITHOUT_ADDRESS:
                raise UsageError.of(
                    "No address on this channel",
                    "An in-app or inbox message goes to a profile and not to an address. Leave "
                    "`--to` out and say who with `--identifier`.",
                )
            body["to"] = message.to
        body["identifiers"] = _recipient_identifiers(channel, message)
        said = {
            "message_data": message.data and dict(message.data),
            "language": message.language,
            "send_at": message.send_at,
            "queue_draft": message.queue_draft,
            **(message.more or {}),
        }
        body |= {name: value for name, value in said.items() if value is not None}
        return Request(Api.APP, "POST", f"/v1/send/{channel.value}", body)

    def watch(
        self,
        sent: SendResult,
        *,
        timeout: float = 60.0,
        listener: DeliveryListener = lambda _: None,
    ) -> Delivery:
        """Follow a delivery until it is delivered or has failed, or for `patience` seconds."""
        return watch(
            self._provider, sent.delivery_id,
            timeout=timeout, clock=self._clock, sleep=self._sleep, listener=listener,
        )  # fmt: skip

    def _message_id(self, text: str) -> int | str:
        """Give what the API knows a message by: its number, or else its trigger name."""
        number = self._resolver.find("transactional", text)
        return text if number is None else int(number)


def delivery_failed_error(delivery: Delivery) -> RemoteError:
    """Give the error of a delivery that will not arrive."""
    why = delivery.why or f"Customer.io says no more than `{delivery.state}`"
    return RemoteError.of(
        "Message not delivered",
        f"Delivery {delivery.id} is {delivery.state}: {why.rstrip('.')}. Correct what it names and "
        "send again; a failed delivery can also be retried in Customer.io.",
    )


def _build_send_request(message: str | None, said: Mapping[str, JsonValue]) -> SendRequest:
    known = {name: value for name, value in said.items() if name in SendRequest.__slots__}
    others = {name.rstrip("_"): value for name, value in said.items() if name not in known}
    more = {**(known.pop("more", None) or {}), **others}
    return SendRequest(message, more=more, **known)


def _recipient_identifiers(channel: Channel, message: SendRequest) -> dict[str, str]:
    given = dict(message.identifiers or {})
    if not given and channel is Channel.EMAIL and message.to:
        given = Person(message.to, IdType.EMAIL).identifiers
    if len(given) != 1 or not set(given) <= {by.value for by in IdType}:
        raise UsageError.of(
            "Nobody to send to",
            "A send names one person, by exactly one of id, email and cio_id, as in "
            "`--identifier id=u1`. An e-mail needs only `--to`, if that is their address.",
        )
    return given
