"""Deliver a notification to webhooks: signed, within a few seconds, and without consequences."""

from __future__ import annotations

import hashlib
import hmac
import threading
import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from cioform.config.sections.notify import Webhook
from cioform.core.dataclasses import dataclass, field
from cioform.core.lazy_modules import lazy_module
from cioform.core.secrets.secret import Secret
from cioform.core.version import __version__
from cioform.storage.certificates import trusted_authorities

if TYPE_CHECKING:
    import httpx
else:
    httpx = lazy_module("httpx")

SIGNATURE_HEADER: Final = "Cioform-Signature"
ID_HEADER: Final = "Cioform-Event-Id"
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class DeliveryLimits:
    """How long a server may take, in seconds."""

    step: float = 2.0
    """For a connection, and for each part of the response."""
    pause: float = 0.3
    """Before the second attempt."""
    total: float = 5.0


@dataclass(frozen=True, slots=True)
class Message:
    """A notification as it is sent."""

    id: str
    body: bytes
    at: int
    """Unix seconds; part of the signature."""


@dataclass
class _Delivery:
    """One delivery, in its own thread."""

    hook: Webhook
    problem: str = "it did not respond in time"
    """Until the thread has ended."""
    done: threading.Event = field(default_factory=threading.Event)


def sign(secret: Secret, body: bytes, at: int) -> str:
    """Return the value of the header that proves who sent a body, and when."""
    signed = b"%d.%s" % (at, body)
    digest = hmac.new(secret.reveal().encode(), signed, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


def deliver(
    hooks: Sequence[Webhook],
    message: Message,
    limits: DeliveryLimits | None = None,
) -> Iterator[str]:
    """Send a message to webhooks, and yield a sentence for each that did not get it.

    All are sent at once, and after `limits.total` seconds none is waited for.
    """
    limits = limits or DeliveryLimits()
    deadline = time.monotonic() + limits.total
    deliveries = [_Delivery(hook) for hook in hooks]
    for each in deliveries:
        arguments = (each, message, limits)
        # A daemon does not keep the program alive if the server never ends its response.
        threading.Thread(target=_run, args=arguments, daemon=True).start()
    for each in deliveries:
        each.done.wait(max(0.0, deadline - time.monotonic()))
        if each.problem:
            variable = each.hook.url_variable
            yield f"The notification to `{variable}` was not delivered: {each.problem}."


def _run(delivery: _Delivery, message: Message, limits: DeliveryLimits) -> None:
    try:
        delivery.problem = _send(delivery.hook, message, limits)
    except Exception as error:  # noqa: BLE001 - whatever it is, the apply has been made
        delivery.problem = f"{type(error).__name__}"
    finally:
        delivery.done.set()


def _send(hook: Webhook, message: Message, limits: DeliveryLimits) -> str:
    """Send a message, twice if need be, and return what went wrong, or an empty text."""
    if hook.url is None or hook.secret is None:
        unset = hook.url_variable if hook.url is None else hook.secret_variable
        return f"the environment variable `{unset}` is not set"
    if not _is_safe(hook.url):
        return "the URL must begin with `https://`; `http://` is for this machine only"
    headers = {
        "Content-Type": "application/json",
        "User-Agent": f"cioform/{__version__}",
        ID_HEADER: message.id,
        SIGNATURE_HEADER: sign(hook.secret, message.body, message.at),
    }
    problem, may_pass = "", True
    timeout = httpx.Timeout(limits.step)
    with httpx.Client(timeout=timeout, verify=trusted_authorities()) as http:
        for attempt in range(2):
            if attempt:
                time.sleep(limits.pause)
            problem, may_pass = _attempt(http, hook.url.reveal(), message.body, headers)
            if not may_pass:
                break
    return problem


def _attempt(
    http: httpx.Client, url: str, body: bytes, headers: dict[str, str]
) -> tuple[str, bool]:
    """Return what went wrong, and whether a second attempt may succeed."""
    try:
        # Redirects are not followed. The body of the response may have no end, so it is not read.
        with http.stream("POST", url, content=body, headers=headers) as response:
            status = response.status_code
    except httpx.TimeoutException:
        return "it did not respond in time", True
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        # The text of the error may have the URL.
        return f"it cannot be reached ({type(error).__name__})", True
    if status < 300:
        return "", False
    if status < 400:
        return f"it returned a redirect ({status}), which is not followed", False
    return f"it returned {status}", status >= 500 or status == 429


def _is_safe(url: Secret) -> bool:
    try:
        parts = urlsplit(url.reveal())
    except ValueError:
        return False
    if parts.scheme == "http":
        return parts.hostname in _LOOPBACK
    return parts.scheme == "https" and bool(parts.hostname)
