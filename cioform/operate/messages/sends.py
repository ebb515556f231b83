"""Send transactional messages to one person."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Final

from cioform.core.data.json_value import Json, JsonValue, as_mapping
from cioform.core.dataclasses import dataclass
from cioform.core.errors import OutcomeUnknownError, RemoteError, UsageError
from cioform.model.remote_access.capabilities import MessageSource
from cioform.model.remote_access.conversation import Api, Request
from cioform.operate import response_schemas as schemas
from cioform.operate.address_resolver import AddressResolver
from cioform.operate.identity import IdType, Person
from cioform.operate.messages.deliveries import (
    ArchivedMessage,
    Delivery,
    DeliveryListener,
    fetch_archived,
    watch,
)
from cioform.operate.pagination import as_int
from cioform.remote.provider import Provider
from cioform.remote.responses.response_check import send_checked


class Channel(StrEnum):
    """The channel of a message; the value ends the path of the request (app facts, section 5.4)."""

    EMAIL = "email"
    PUSH = "push"
    SMS = "sms"
    IN_APP = "in_app"
    INBOX = "inbox_message"
    WHATSAPP = "whatsapp"


_CHANNELS_WITHOUT_ADDRESS: Final = frozenset({Channel.IN_APP, Channel.INBOX})
"""They are sent to a profile, so they have no address."""


@dataclass(frozen=True, slots=True)
class SendRequest:
    """A message to one person. The message's own settings apply where a field is None or empty."""

    message: str | None = None
    """An address, a trigger name or a number; None for an e-mail with its own subject and body."""
    to: str | None = None
    identifiers: Mapping[str, str] | None = None
    """Exactly one of `id`, `email`, `phone` and `cio_id`.

    Without it, the person with the address `to`.
    """
    data: Mapping[str, Json] | None = None
    """The values of `{{trigger.x}}`."""
    language: str | None = None
    send_at: int | None = None
    """Unix seconds, at most 90 days ahead."""
    queue_draft: bool | None = None
    more: Mapping[str, Json] | None = None
    """Other members of the request, as the App API names them: `subject`, `from`, `body`."""


@dataclass(frozen=True, slots=True)
class SendResult:
    """A send that was accepted. Its delivery shows whether it arrives."""

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

    def email(self, message: str | None = None, **fields: Json) -> SendResult:
        """Send an e-mail. The fields are those of `SendRequest`; others are sent unchanged."""
        return self.send(Channel.EMAIL, _build_send_request(message, fields))

    def push(self, message: str, **fields: Json) -> SendResult:
        """Send a push notification."""
        return self.send(Channel.PUSH, _build_send_request(message, fields))

    def sms(self, message: str, **fields: Json) -> SendResult:
        """Send a text message."""
        return self.send(Channel.SMS, _build_send_request(message, fields))

    def in_app(self, message: str, **fields: Json) -> SendResult:
        """Send an in-app message."""
        return self.send(Channel.IN_APP, _build_send_request(message, fields))

    def inbox(self, message: str, **fields: Json) -> SendResult:
        """Send a message to somebody's inbox in the app."""
        return self.send(Channel.INBOX, _build_send_request(message, fields))

    def whatsapp(self, message: str, **fields: Json) -> SendResult:
        """Send a WhatsApp message."""
        return self.send(Channel.WHATSAPP, _build_send_request(message, fields))

    def send(self, channel: Channel, message: SendRequest) -> SendResult:
        """Send one message.

        Raises OutcomeUnknownError if it may have been sent. It is never sent twice.
        """
        body = as_mapping(send_checked(self._provider, self.request(channel, message)).body)
        if not body.get("delivery_id"):
            raise OutcomeUnknownError.of(
                "Outcome unknown",
                "Customer.io accepted the send but returned no delivery ID. It may have been sent, "
                "so it is not sent again. Look at the person's messages before you repeat it.",
            )
        return SendResult(str(body["delivery_id"]), as_int(body.get("queued_at")))

    def request(self, channel: Channel, message: SendRequest) -> Request:
        """Return the request that a send would make."""
        body: dict[str, Json] = {}
        if message.message is not None:
            body["transactional_message_id"] = self._message_id(message.message)
        if message.to is not None:
            if channel in _CHANNELS_WITHOUT_ADDRESS:
                raise UsageError.of(
                    "Channel has no address",
                    "In-app and inbox messages are sent to a profile, not to an address. Use "
                    "`--identifier` instead of `--to`.",
                )
            body["to"] = message.to
        body["identifiers"] = _recipient_identifiers(channel, message)
        fields = {
            "message_data": message.data and dict(message.data),
            "language": message.language,
            "send_at": message.send_at,
            "queue_draft": message.queue_draft,
            **(message.more or {}),
        }
        body |= {name: value for name, value in fields.items() if value is not None}
        return Request(Api.APP, "POST", f"/v1/send/{channel.value}", body, schema=schemas.SENT)

    def watch(
        self,
        sent: SendResult,
        *,
        timeout: float = 60.0,
        listener: DeliveryListener = lambda _: None,
    ) -> Delivery:
        """Poll a delivery until it is delivered or failed, at most for `timeout` seconds."""
        return watch(
            self._provider, sent.delivery_id,
            timeout=timeout, clock=self._clock, sleep=self._sleep, listener=listener,
        )  # fmt: skip

    def archived(self, sent: SendResult) -> ArchivedMessage | None:
        """Return what was sent, as it was rendered; None if Customer.io keeps no copy of it."""
        return fetch_archived(self._provider, sent.delivery_id)

    def _message_id(self, text: str) -> int | str:
        """Return the number of a message if it is known, otherwise its trigger name."""
        number = self._resolver.sources(MessageSource.TRANSACTIONAL).find(text)
        return text if number is None else int(number)


def delivery_failed_error(delivery: Delivery) -> RemoteError:
    """Return the error of a delivery that will not arrive."""
    why = delivery.why or "Customer.io gives no reason"
    return RemoteError.of(
        "Message not delivered",
        f"Delivery {delivery.id} {_outcome(delivery.state)}: {why.rstrip('.')}. Correct the cause "
        "and send again, or retry the delivery in Customer.io.",
    )


def _outcome(state: str) -> str:
    """Return the state of a failed delivery as a verb: `failed`, `was dropped`."""
    return state if state == "failed" else f"was {state}"


def _build_send_request(message: str | None, fields: Mapping[str, Json]) -> SendRequest:
    # A field that is not as its annotation says is refused by Customer.io.
    known: dict[str, JsonValue] = {n: v for n, v in fields.items() if n in SendRequest.__slots__}
    others = {name.rstrip("_"): value for name, value in fields.items() if name not in known}
    more = {**(known.pop("more", None) or {}), **others}
    return SendRequest(message, more=more, **known)


def _recipient_identifiers(channel: Channel, message: SendRequest) -> dict[str, str]:
    given = dict(message.identifiers or {})
    if not given and channel is Channel.EMAIL and message.to:
        given = Person(message.to, IdType.EMAIL).identifiers
    if len(given) != 1 or not set(given) <= {by.value for by in IdType}:
        raise UsageError.of(
            "Missing recipient",
            "A send needs one person: exactly one of id, email, phone and cio_id, for example "
            "`--identifier id=u1`. For an e-mail, `--to` is enough if it is the person's address.",
        )
    return given
