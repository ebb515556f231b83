"""The error responses, and the shapes of their bodies."""

import hashlib
from enum import Enum
from typing import Any


class Envelope(Enum):
    """The documented shapes of an error body (app facts, section 2, Errors)."""

    ERRORS = "errors"
    META = "meta"
    DETAIL = "detail"
    META_LIST = "meta list"
    """Track v1."""
    TRACK = "track"
    """Track v2: reason, field, message."""

    def for_status(self, status: int) -> "Envelope":
        """Return the shape that an operation with this envelope uses for `status`.

        Failed authentication and rate limits have the same shape everywhere, except for the 401
        of Track v1.
        """
        if status == 401 and self is Envelope.META_LIST:
            return Envelope.META
        return Envelope.ERRORS if status in (401, 403, 429) else self


class ApiError(Exception):
    """An error response. What the request wrote is rolled back.

    With `keep_changes` the writes stay: "500 but done" (journeys facts, 9.1).
    """

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
        self.keep_changes = keep_changes

    def body(self, envelope: Envelope, salt: str) -> dict[str, Any]:
        """Return the JSON body. `salt` makes the reference differ between requests."""
        reference = hashlib.sha256(f"{salt}{self.detail}".encode()).hexdigest()[:6]
        detail = f"{self.detail} (reference {reference})"
        match envelope:
            case Envelope.META:
                return {"meta": {"error": detail}}
            case Envelope.META_LIST:
                return {"meta": {"errors": [self.detail]}}
            case Envelope.TRACK:
                position = self.meta or {"reason": "invalid", "field": ""}
                return {"errors": [{**position, "message": self.detail}]}
            case Envelope.DETAIL:
                return {"errors": [{"detail": detail}]}
            case Envelope.ERRORS:
                return {"errors": [self._error_object(detail)]}

    def _error_object(self, detail: str) -> dict[str, Any]:
        error: dict[str, Any] = {"detail": detail, "status": str(self.status)}
        if self.code:
            error["code"] = self.code
        if self.pointer:
            error["source"] = {"pointer": self.pointer}
        if self.meta:
            error["meta"] = self.meta
        return error


def not_found(what: str) -> ApiError:
    """Return a 404 for an ID or name that does not exist."""
    return ApiError(404, f"{what} not found")


def unprocessable(detail: str, pointer: str | None = None) -> ApiError:
    """Return a 422: the request is well formed but breaks a rule."""
    return ApiError(422, detail, pointer=pointer)
