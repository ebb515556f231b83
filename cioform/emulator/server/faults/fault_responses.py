"""Carry out the effects of faults: before the request, or on its response."""

from collections.abc import Iterator
from wsgiref.types import WSGIEnvironment

from werkzeug.wrappers import Response as WsgiResponse

from cioform.emulator.protocol.behavior import Behavior
from cioform.emulator.server.faults.faults import Fault, InjectedConnectionError
from cioform.emulator.server.responses import error_response
from cioform.emulator.wire.errors import ApiError

DELAY_KEY = "cioform.delay"
"""The key of the WSGI environment with the seconds that the transport delays the response."""

HUGE_CHUNKS = 200
CHUNK = b"x" * 1_000_000


class FaultResponses:
    """Carries out faults, around the handling of a request."""

    def __init__(self, behavior: Behavior) -> None:
        self._behavior = behavior

    def before(self, fault: Fault | None, environ: WSGIEnvironment) -> WsgiResponse | None:
        """Return the response instead of handling the request, None to handle it.

        Raises InjectedConnectionError if there must be no response.
        """
        name, argument = fault.parts if fault else ("", "")
        match name:
            case "timeout-before":
                raise InjectedConnectionError("timeout")
            case "cut-before":
                raise InjectedConnectionError("cut-before")
            case "delay":
                environ[DELAY_KEY] = float(argument)
            case "status" if not argument.endswith("-done"):
                return self._status_response(argument)
            case "expire-token":
                error = ApiError(401, "token is expired", code="invalid_credentials")
                return error_response(error, "fault")
            case "html":
                html = "<!doctype html><html><body></body></html>"
                return WsgiResponse(html, mimetype="text/html")
            case "huge":
                return WsgiResponse(_huge_body(), mimetype="application/json")
        return None

    def after(self, fault: Fault | None, response: WsgiResponse) -> WsgiResponse:
        """Return the response that a fault makes of the response to a handled request.

        Raises InjectedConnectionError if there must be no response.
        """
        name, argument = fault.parts if fault else ("", "")
        match name:
            case "timeout-after":
                raise InjectedConnectionError("timeout")
            case "cut-after":
                raise InjectedConnectionError("cut-after")
            case "status" if argument.endswith("-done"):
                return error_response(ApiError(int(argument[:3]), "internal error"), "fault")
            case "bad-json":
                return WsgiResponse(b'{"campaign": {"id": 1,', mimetype="application/json")
            case "cut-body":
                return _cut_in_half(response)
        return response

    def _status_response(self, argument: str) -> WsgiResponse:
        status, _, retry_after = argument.partition(":")
        if status == "429" and self._behavior.retry_after and not retry_after:
            retry_after = "1"
        headers = (("Retry-After", retry_after),) if retry_after else ()
        detail = "rate limited to 10 requests per 1s" if status == "429" else "internal error"
        return error_response(ApiError(int(status), detail, headers=headers), "fault")


def _huge_body() -> Iterator[bytes]:
    yield b'{"snippets":[{"name":"'
    for _ in range(HUGE_CHUNKS):
        yield CHUNK
    yield b'"}]}'


def _cut_in_half(response: WsgiResponse) -> WsgiResponse:
    """Return a response whose connection is cut after half of the announced body."""
    body = response.get_data()

    def first_half() -> Iterator[bytes]:
        yield body[: len(body) // 2]
        raise InjectedConnectionError("cut-after")

    cut = WsgiResponse(first_half(), status=response.status, mimetype=response.mimetype)
    cut.headers["Content-Length"] = str(len(body))
    return cut
