"""What the remote says no with: the error envelopes of the surfaces."""

import hashlib
from enum import Enum
from typing import Any


class Envelope(Enum):
    """Which of the documented error shapes an operation uses (app facts, section 2, Errors)."""

    ERRORS = "errors"
    META = "meta"
    DETAIL = "detail"
    META_LIST = "meta list"
    """Track v1."""
    TRACK = "track"
    """Track v2: reason, field, message."""


class ApiError(Exception):
    """A request that is answered with an error status; nothing of it is kept."""

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        code: str | None = None,
        pointer: str | None = None,
        meta: dict[str, Any] | None = None,
        headers: tuple[tuple[str, str], ...] = (),
        keep_changes: bool = False,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.code = code
        self.pointer = pointer
        self.meta = meta
        self.headers = headers
        self.keep_changes = (
            keep_changes  # the write is done all the same: "500 but done" (journeys facts, 9.1)
        )

    def body(self, envelope: Envelope, salt: str) -> dict[str, Any]:
        """The JSON answer. `salt` makes the reference differ between requests."""
        reference = hashlib.sha256(f"{salt}{self.detail}".encode()).hexdigest()[:6]
        detail = f"{self.detail} (reference {reference})"
        if envelope is Envelope.META:
            return {"meta": {"error": detail}}
        if envelope is Envelope.META_LIST:
            return {"meta": {"errors": [self.detail]}}
        if envelope is Envelope.TRACK:
            told = self.meta or {"reason": "invalid", "field": ""}
            return {"errors": [{**told, "message": self.detail}]}
        error: dict[str, Any] = {"detail": detail}
        if envelope is Envelope.DETAIL:
            return {"errors": [error]}
        error["status"] = str(self.status)
        if self.code:
            error["code"] = self.code
        if self.pointer:
            error["source"] = {"pointer": self.pointer}
        if self.meta:
            error["meta"] = self.meta
        return {"errors": [error]}


def not_found(what: str) -> ApiError:
    """404 for an id or name that is not there."""
    return ApiError(404, f"{what} not found")


def unprocessable(detail: str, pointer: str | None = None) -> ApiError:
    """422: the request is well formed and breaks a rule."""
    return ApiError(422, detail, pointer=pointer)
