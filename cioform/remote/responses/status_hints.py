"""Texts about an HTTP status: a summary, and what the user can do about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from cioform.core.text.lazy_pattern import lazy_pattern
from cioform.model.remote_access.conversation import Api, Request

_RUNTIME_PATHS = lazy_pattern(
    r"/v1/(send|customers|messages|broadcasts)\b|/v1/campaigns/[^/]+/triggers"
)

_SUMMARIES: Final[Mapping[int, str]] = {
    400: "Request rejected",
    404: "Not found in the workspace",
    409: "Conflict in the workspace",
    413: "Request too large",
    422: "Values rejected",
    429: "Rate limit reached",
}
_PLAN_HINTS: Final[Mapping[int, str]] = {
    404: "It may have been deleted since it was listed, or belong to another workspace. Plan "
    "again to see what exists now.",
    409: "Somebody else changed it, or something else uses it. Look at it in Customer.io, then "
    "plan again.",
    422: "Correct the value in the file, then plan again.",
    429: "Wait a while, then run the command again; changes that were made are kept.",
}
_RUNTIME_HINTS: Final[Mapping[int, str]] = {
    400: "Correct what the message names, then try again.",
    404: "Check the name or number, and that it belongs to this workspace.",
    409: "Something else is using it. Look at it in Customer.io, then try again.",
    413: "Send less at once, or host the content elsewhere and send a link to it.",
    422: "Correct what the message names, then try again.",
    429: "Wait a while, then run the command again.",
}


def status_summary(status: int) -> str:
    """Return the summary of an error status."""
    if status >= 500:
        return "Customer.io failed"
    return _SUMMARIES.get(status, "Request rejected")


def status_hint(request: Request, status: int) -> str:
    """Return what to do about an error status; empty where there is no advice to give."""
    if status >= 500:
        return "The request was tried several times. Try again later."
    hints = _RUNTIME_HINTS if is_runtime_request(request) else _PLAN_HINTS
    return hints.get(status, "")


def in_use_hint(request: Request) -> str:
    """Return what to do about an object that cannot be deleted, because something uses it."""
    undo = "try again" if is_runtime_request(request) else "plan again, or restore its file"
    return (
        "Something uses it, perhaps an object that no file describes. Look it up in Customer.io, "
        f"which shows where it is used, and remove that use. Then {undo}."
    )


def outcome_unknown_hint(request: Request) -> str:
    """Return what to do about a write whose outcome is unknown.

    An apply checks by itself when it runs again, but nothing checks after an event or a message.
    """
    if is_runtime_request(request):
        return "Check whether it was done before you run the same command again."
    return "Run the same command again: it checks what exists before it continues."


def is_runtime_request(request: Request) -> bool:
    """Return whether a request is about people, events or messages, which no plan manages."""
    return request.api is Api.TRACK or _RUNTIME_PATHS.match(request.path) is not None
