"""Hold a conversation with a real remote."""

from __future__ import annotations

from typing import Any, TypeVar

from cioform.base.errors import RemoteRefused
from cioform.model.conversation import Conversation, Request
from cioform.remote.provider import Provider

T = TypeVar("T")


def drive(conversation: Conversation[T], provider: Provider) -> T:
    """Send what a conversation asks and give its result.

    A refusal is thrown into the conversation at the request it concerns, which may know how to
    look whether a write in doubt has happened; what it does not catch is raised here."""
    answer: Any = None
    refusal: RemoteRefused | None = None
    while True:
        try:
            asked = conversation.send(answer) if refusal is None else conversation.throw(refusal)
        except StopIteration as end:
            result: T = end.value
            return result
        answer, refusal = None, None
        try:
            if isinstance(asked, Request):
                answer = provider.send(asked)
            else:
                answer = provider.send_all(asked)
        except RemoteRefused as error:
            refusal = error
