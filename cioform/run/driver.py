"""Hold a conversation with a real remote."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from cioform.core.errors import RemoteError
from cioform.model.conversation import Conversation, Reply, Request
from cioform.remote.provider import Provider

T = TypeVar("T")


def run_conversation(conversation: Conversation[T], provider: Provider) -> T:
    """Send what a conversation asks and give its result.

    A refusal is thrown into the conversation at the request it concerns, which may know how to
    look whether a write in doubt has happened; what it does not catch is raised here."""
    answer: Reply | None = None
    answered: Request | Sequence[Request] = ()
    refusal: RemoteError | None = None
    while True:
        try:
            asked = conversation.send(answer) if refusal is None else conversation.throw(refusal)
        except StopIteration as end:
            result: T = end.value
            return result
        except (AttributeError, IndexError, KeyError, TypeError) as error:
            if answer is None:
                raise
            raise _unexpected_response_error(answered, error) from error
        answered = asked
        answer, refusal = None, None
        try:
            if isinstance(asked, Request):
                answer = provider.send(asked)
            else:
                answer = provider.send_all(asked)
        except RemoteError as error:
            refusal = error


def _unexpected_response_error(asked: Request | Sequence[Request], error: Exception) -> RemoteError:
    """Give the refusal of an answer that is JSON and yet not what the API is known to say. It is
    the remote's shape that is doubted, as nothing but its answer was new to the conversation."""
    requests = [asked] if isinstance(asked, Request) else asked
    names = ", ".join(dict.fromkeys(str(request) for request in requests))
    return RemoteError.of(
        "Invalid response",
        f"Customer.io answered {names} with success, but not in the form that is known of it "
        f"({type(error).__name__}: {error}). Nothing was concluded from it. If `cioform doctor` "
        "finds nothing, its API has changed: update cioform, or report it.",
    )
