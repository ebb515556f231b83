"""Send the requests of a conversation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeVar

from cioform.core.errors import RemoteError
from cioform.model.decoding import API_CHANGED, FORM_ERRORS
from cioform.model.remote_access.conversation import Conversation, Reply, Request
from cioform.remote.responses.response_check import check_response, send_checked

if TYPE_CHECKING:
    from cioform.remote.provider import Provider

T = TypeVar("T")


def run_conversation(conversation: Conversation[T], provider: Provider) -> T:
    """Send the requests of a conversation and return its result.

    An error is thrown into the conversation at its request, since the conversation may be able to
    find out whether a write with an unknown outcome was done. What it does not catch is raised.
    """
    reply: Reply | None = None
    sent: Request | Sequence[Request] = ()
    remote_error: RemoteError | None = None
    while True:
        try:
            requested = (
                conversation.send(reply)
                if remote_error is None
                else conversation.throw(remote_error)
            )
        except StopIteration as end:
            result: T = end.value
            return result
        except FORM_ERRORS as error:
            if reply is None:
                raise
            raise _unexpected_response_error(sent, error) from error
        sent = requested
        reply, remote_error = None, None
        try:
            reply = _send(requested, provider)
        except RemoteError as error:
            remote_error = error


def _send(requested: Request | Sequence[Request], provider: Provider) -> Reply:
    """Return the response, or those of several requests, in the form that each request demands."""
    if isinstance(requested, Request):
        return send_checked(provider, requested)
    responses = provider.send_all(requested)
    for request, response in zip(requested, responses, strict=True):
        check_response(request, response)
    return responses


def _unexpected_response_error(sent: Request | Sequence[Request], error: Exception) -> RemoteError:
    """Return the error for valid JSON of an unexpected shape.

    The response is to blame: it is the only input of the conversation that had not been checked.
    """
    requests = [sent] if isinstance(sent, Request) else sent
    names = ", ".join(dict.fromkeys(str(request) for request in requests))
    return RemoteError.of(
        "Invalid response",
        f"The response to {names} does not have the form that cioform expects "
        f"({type(error).__name__}), so it was not used. {API_CHANGED}",
    )
