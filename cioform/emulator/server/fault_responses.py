"""What a fault does to a request: instead of its answer, or on top of it."""

import json
from collections.abc import Iterator
from typing import Any

from werkzeug.wrappers import Response

from cioform.emulator.protocol.behavior import Rules
from cioform.emulator.server.faults import ConnectionFault, Fault
from cioform.emulator.wire.errors import Envelope, Refusal

DELAY = "cioform.delay"
"""Where the carrier finds the seconds to wait before it passes the answer on."""

HUGE_CHUNKS = 200
CHUNK = b"x" * 1_000_000


class FaultAnswers:
    """Carries faults out. `after` kinds run once the request is done."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules

    def before(self, fault: Fault | None, environ: dict[str, Any]) -> Response | None:
        """The answer where the request is not carried out, None where it goes on."""
        if fault is None:
            return None
        name, argument = fault.parts
        if name in ("timeout-before", "cut-before"):
            raise ConnectionFault("timeout" if name == "timeout-before" else name)
        if name == "delay":
            environ[DELAY] = float(argument)
        if name == "status" and not argument.endswith("-done"):
            return self._status(argument)
        if name == "expire-token":
            return _error(Refusal(401, "token is expired", code="invalid_credentials"))
        if name == "html":
            return Response("<!doctype html><html><body></body></html>", mimetype="text/html")
        if name == "huge":
            return Response(_huge(), mimetype="application/json")
        return None

    def after(self, fault: Fault | None, response: Response) -> Response:
        """The answer to a request that was carried out."""
        name, argument = fault.parts if fault else ("", "")
        if name in ("timeout-after", "cut-after"):
            raise ConnectionFault("timeout" if name == "timeout-after" else name)
        if name == "status" and argument.endswith("-done"):
            return _error(Refusal(int(argument[:3]), "internal error"))
        if name == "bad-json":
            return Response(b'{"campaign": {"id": 1,', mimetype="application/json")
        if name == "cut-body":
            return _cut(response)
        return response

    def _status(self, argument: str) -> Response:
        status, _, wait = argument.partition(":")
        if status == "429" and self._rules.retry_after and not wait:
            wait = "1"
        headers = (("Retry-After", wait),) if wait else ()
        detail = "rate limited to 10 requests per 1s" if status == "429" else "internal error"
        return _error(Refusal(int(status), detail, headers=headers))


def _error(refusal: Refusal) -> Response:
    response = Response(
        json.dumps(refusal.body(Envelope.ERRORS, "fault")),
        status=refusal.status,
        mimetype="application/json",
    )
    response.headers.extend(refusal.headers)
    return response


def _huge() -> Iterator[bytes]:
    yield b'{"snippets":[{"name":"'
    for _ in range(HUGE_CHUNKS):
        yield CHUNK
    yield b'"}]}'


def _cut(response: Response) -> Response:
    body = response.get_data()

    def half() -> Iterator[bytes]:
        yield body[: len(body) // 2]
        raise ConnectionFault("cut-after")

    cut = Response(half(), status=response.status, mimetype=response.mimetype)
    cut.headers["Content-Length"] = str(len(body))
    return cut
