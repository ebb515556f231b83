"""Transactional messages: sent to one person, by address, trigger name or number."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from cioform.core.errors import InDoubt, RemoteRefused, UsageWrong
from cioform.core.json_value import Plain
from cioform.model.conversation import Api, Request
from cioform.operate.address_resolver import Targets
from cioform.operate.identity import IdType, Person
from cioform.operate.messages.deliveries import Delivery, Watcher, watch
from cioform.operate.pagination import mapping, whole
from cioform.remote.provider import Provider


class Channel(StrEnum):
    """How a message goes out; the value is the last word of the path (app facts, section 5.4)."""

    EMAIL = "email"
    PUSH = "push"
    SMS = "sms"
    IN_APP = "in_app"
    INBOX = "inbox_message"
    WHATSAPP = "whatsapp"


_WITHOUT_TO: Final = frozenset({Channel.IN_APP, Channel.INBOX})
"""They go to a profile, and take no address."""


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent to whom. What is None or empty is left to the message's own settings."""

    message: str | None = None
    """An address, a trigger name or a number; None for an e-mail that says all by itself."""
    to: str | None = None
    identifiers: Mapping[str, str] | None = None
    """Exactly one of `id`, `email` and `cio_id`; without it, who `to` belongs to."""
    data: Mapping[str, Plain] | None = None
    """What the message reads as `{{trigger.x}}`."""
    language: str | None = None
    send_at: int | None = None
    """Unix seconds, at most 90 days ahead."""
    queue_draft: bool | None = None
    more: Mapping[str, Plain] | None = None
    """Other members of the request, as the App API names them: `subject`, `from`, `body`."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A send that was accepted; whether it arrives, its delivery tells."""

    delivery_id: str
    queued_at: int | None


class Sends:
    """Sends from one workspace."""

    def __init__(
        self,
        provider: Provider,
        targets: Targets,
        clock: Callable[[], float],
        sleep: Callable[[float], None],
    ) -> None:
        self._provider = provider
        self._targets = targets
        self._clock = clock
        self._sleep = sleep

    def email(self, message: str | None = None, **said: Plain) -> Sent:
        """Send an e-mail. The fields are those of `Message`; others go along as they are."""
        return self.send(Channel.EMAIL, _message(message, said))

    def push(self, message: str, **said: Plain) -> Sent:
        """Send a push notification."""
        return self.send(Channel.PUSH, _message(message, said))

    def sms(self, message: str, **said: Plain) -> Sent:
        """Send a text message."""
        return self.send(Channel.SMS, _message(message, said))

    def in_app(self, message: str, **said: Plain) -> Sent:
        """Send an in-app message."""
        return self.send(Channel.IN_APP, _message(message, said))

    def inbox(self, message: str, **said: Plain) -> Sent:
        """Send a message to somebody's inbox in the app."""
        return self.send(Channel.INBOX, _message(message, said))

    def whatsapp(self, message: str, **said: Plain) -> Sent:
        """Send a WhatsApp message."""
        return self.send(Channel.WHATSAPP, _message(message, said))

    def send(self, channel: Channel, message: Message) -> Sent:
        """Send one message. Raises InDoubt when it may have gone out: it is never sent twice."""
        body = mapping(self._provider.send(self.request(channel, message)).body)
        if not body.get("delivery_id"):
            raise InDoubt.of(
                "Outcome of a write not known",
                "The send was answered as done, and without the id of a delivery. It may have gone "
                "out, and is not sent again. Look at the person's messages before you do.",
            )
        return Sent(str(body["delivery_id"]), whole(body.get("queued_at")))

    def request(self, channel: Channel, message: Message) -> Request:
        """Give the request that a send would make."""
        body: dict[str, Plain] = {}
        if message.message is not None:
            body["transactional_message_id"] = self._message_id(message.message)
        if message.to is not None:
            if channel in _WITHOUT_TO:
                raise UsageWrong.of(
                    "No address on this channel",
                    "An in-app or inbox message goes to a profile and not to an address. Leave "
                    "`--to` out and say who with `--identifier`.",
                )
            body["to"] = message.to
        body["identifiers"] = _identifiers(channel, message)
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
        self, sent: Sent, *, patience: float = 60.0, watcher: Watcher = lambda _: None
    ) -> Delivery:
        """Follow a delivery until it is delivered or has failed, or for `patience` seconds."""
        return watch(
            self._provider, sent.delivery_id,
            patience=patience, clock=self._clock, sleep=self._sleep, watcher=watcher,
        )  # fmt: skip

    def _message_id(self, text: str) -> int | str:
        """Give what the API knows a message by: its number, or else its trigger name."""
        number = self._targets.find("transactional", text)
        return text if number is None else int(number)


def delivery_failed(delivery: Delivery) -> RemoteRefused:
    """Give the error of a delivery that will not arrive."""
    why = delivery.why or f"Customer.io says no more than `{delivery.state}`"
    return RemoteRefused.of(
        "Message not delivered",
        f"Delivery {delivery.id} is {delivery.state}: {why.rstrip('.')}. Correct what it names and "
        "send again; a failed delivery can also be retried in Customer.io.",
    )


def _message(message: str | None, said: Mapping[str, Plain]) -> Message:
    known = {name: value for name, value in said.items() if name in Message.__slots__}
    others = {name.rstrip("_"): value for name, value in said.items() if name not in known}
    more = {**(known.pop("more", None) or {}), **others}
    return Message(message, more=more, **known)


def _identifiers(channel: Channel, message: Message) -> dict[str, str]:
    given = dict(message.identifiers or {})
    if not given and channel is Channel.EMAIL and message.to:
        given = Person(message.to, IdType.EMAIL).identifiers
    if len(given) != 1 or not set(given) <= {by.value for by in IdType}:
        raise UsageWrong.of(
            "Nobody to send to",
            "A send names one person, by exactly one of id, email and cio_id, as in "
            "`--identifier id=u1`. An e-mail needs only `--to`, if that is their address.",
        )
    return given
