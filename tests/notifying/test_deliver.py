"""Deliveries: signed, tried twice, never waited for long, and never repeating a URL."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from cioform.config.sections.notify import NotifyEvent, Webhook
from cioform.core.secrets.secret import Secret
from cioform.services.notifying.deliver import DeliveryLimits, Message, deliver
from tests.notifying.conftest import Receiver

IMPATIENT = DeliveryLimits(step=0.1, pause=0.01, total=0.3)
QUICK = DeliveryLimits(pause=0.01)
DOCS = Path(__file__).parents[2] / "docs/notifications.md"
KEY = "key of the signature"


def hook(url: str | None, secret: str | None = KEY) -> Webhook:
    return Webhook(
        "CIOFORM_NOTIFY_URL",
        "CIOFORM_NOTIFY_SECRET",
        None if url is None else Secret(url),
        None if secret is None else Secret(secret),
        frozenset(NotifyEvent),
    )


def send(*hooks: Webhook, limits: DeliveryLimits = QUICK) -> list[str]:
    message = Message("1-2-3", b'{"a": 1}', int(time.time()))
    return list(deliver(hooks, message, limits))


def verify() -> Callable[[str, bytes, str], bool]:
    """Return the function of the documentation."""
    [code] = re.findall(r"```python\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    names: dict[str, Callable[[str, bytes, str], bool]] = {}
    exec(code, names)
    return names["is_authentic"]


def test_the_documented_check_accepts_what_is_sent_and_nothing_else(receiver: Receiver) -> None:
    assert send(hook(receiver.url)) == []
    [(headers, body)] = receiver.received
    is_authentic, signature = verify(), headers["Cioform-Signature"]
    assert headers["Cioform-Event-Id"] == "1-2-3"
    assert is_authentic(signature, body, KEY)
    assert not is_authentic(signature, body + b" ", KEY)
    assert not is_authentic(signature, body, "another key")
    for wrong in ("", "t=1", "v1=00", "t=x,v1=00", signature.replace("v1", "v0")):
        assert not is_authentic(wrong, body, KEY)


def test_an_old_message_is_not_accepted_again(receiver: Receiver) -> None:
    message = Message("1", b"{}", int(time.time()) - 301)
    assert list(deliver([hook(receiver.url)], message, QUICK)) == []
    [(headers, body)] = receiver.received
    assert not verify()(headers["Cioform-Signature"], body, KEY)


@pytest.mark.parametrize(
    ("statuses", "attempts", "problem"),
    [
        ([204], 1, None),
        ([500, 200], 2, None),
        ([429, 503], 2, "it returned 503"),
        ([403], 1, "it returned 403"),
        ([302], 1, "it returned a redirect (302), which is not followed"),
    ],
)
def test_what_is_tried_again(
    receiver: Receiver, statuses: list[int], attempts: int, problem: str | None
) -> None:
    receiver.statuses = statuses
    found = send(hook(receiver.url))
    assert len(receiver.received) == attempts
    assert found == ([] if problem is None else [sentence(problem)])


def sentence(problem: str) -> str:
    return f"The notification to `CIOFORM_NOTIFY_URL` was not delivered: {problem}."


@pytest.mark.parametrize("how", ["hangs", "drips"])
def test_a_server_that_never_ends_is_not_waited_for(receiver: Receiver, how: str) -> None:
    setattr(receiver, how, True)
    began = time.monotonic()
    found = send(hook(receiver.url), hook(receiver.url), limits=IMPATIENT)
    assert found == [sentence("it did not respond in time")] * 2
    assert time.monotonic() - began < 1


@pytest.mark.parametrize(
    ("webhook", "problem"),
    [
        (hook(None), "the environment variable `CIOFORM_NOTIFY_URL` is not set"),
        (hook("https://x", None), "the environment variable `CIOFORM_NOTIFY_SECRET` is not set"),
        (hook("http://hooks.acme.com/t0ken"), "must begin with `https://`"),
        (hook("https://"), "must begin with `https://`"),
        (hook("https://[x/t0ken"), "must begin with `https://`"),
        (hook("file:///etc/passwd"), "must begin with `https://`"),
        (hook("http://127.0.0.1:9/t0ken"), "it cannot be reached (ConnectError)"),
    ],
)
def test_what_cannot_be_sent_is_said_without_the_url(webhook: Webhook, problem: str) -> None:
    [found] = send(webhook)
    assert problem in found
    assert "t0ken" not in found
