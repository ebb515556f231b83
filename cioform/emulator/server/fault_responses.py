"""What a fault does to a request: instead of its answer, or on top of it."""

import json
from collections.abc import Iterator
from typing import Any

from werkzeug.wrappers import Response as WsgiResponse

from cioform.emulator.protocol.behavior import Behavior
from cioform.emulator.server.faults import ConnectionFault, Fault
from cioform.emulator.wire.errors import ApiError, Envelope

DELAY_KEY = "cioform.delay"
"""Where the carrier finds the seconds to wait before it passes the answer on."""

HUGE_CHUNKS = 200
CHUNK = b"x" * 1_000_000


class FaultResponses:
    """Carries faults out. `after` kinds run once the request is done."""

    def __init__(self, behavior: Behavior) -> None:
        self._behavior = behavior

    def before(self, fault: Fault | None, environ: dict[str, Any]) -> WsgiResponse | None:
        """The answer where the request is not carried out, None where it goes on."""
        if fault is None:
            return None
        name, argument = fault.parts
        if name in ("timeout-before", "cut-before"):
            raise ConnectionFault("timeout" if name == "timeout-before" else name)
        if name == "delay":
            environ[DELAY_KEY] = float(argument)
        if name == "status" and not argument.endswith("-done"):
            return self._status_response(argument)
        if name == "expire-token":
            return _error_response(ApiError(401, "token is expired", code="invalid_credentials"))
        if name == "html":
            return WsgiResponse("<!doctype html><html><body></body></html>", mimetype="text/html")
        if name == "huge":
            return WsgiResponse(_huge_body(), mimetype="application/json")
        return None

    def after(self, fault: Fault | None, response: WsgiResponse) -> WsgiResponse:
        """The answer to a request that was carried out."""
        name, argument = fault.parts if fault else ("", "")
        if name in ("timeout-after", "cut-after"):
            raise ConnectionFault("timeout" if name == "timeout-after" else name)
        if name == "status" and argument.endswith("-done"):
            return _error_response(ApiError(int(argument[:3]), "internal error"))
        if name == "bad-json":
            return WsgiResponse(b'{"campaign": {"id": 1,', mimetype="application/json")
        if name == "cut-body":
            return _truncated(response)
        return response

    def _status_response(self, argument: str) -> WsgiResponse:
        status, _, wait = argument.partition(":")
        if status == "429" and self._behavior.retry_after and not wait:
            wait = "1"
        headers = (("Retry-After", wait),) if wait else ()
        detail = "rate limited to 10 requests per 1s" if status == "429" else "internal error"
        return _error_response(ApiError(int(status), detail, headers=headers))


def _error_response(refusal: ApiError) -> WsgiResponse:
    response = WsgiResponse(
        json.dumps(refusal.body(Envelope.ERRORS, "fault")),
        status=refusal.status,
        mimetype="application/json",
    )
    response.headers.extend(refusal.headers)
    return response


def _huge_body() -> Iterator[bytes]:
    yield b'{"snippets":[{"name":"'
    for _ in range(HUGE_CHUNKS):
        yield CHUNK
    yield b'"}]}'


def _truncated(response: WsgiResponse) -> WsgiResponse:
    body = response.get_data()

    def half() -> Iterator[bytes]:
        yield body[: len(body) // 2]
        raise ConnectionFault("cut-after")

    cut = WsgiResponse(half(), status=response.status, mimetype=response.mimetype)
    cut.headers["Content-Length"] = str(len(body))
    return cut
