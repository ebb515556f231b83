"""The emulator without a port: an httpx transport that calls the app in this process."""

from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import Any
from urllib.parse import unquote_to_bytes

import httpx

from cioform.emulator.server.app import ACTOR_KEY, WsgiApp
from cioform.emulator.server.fault_responses import DELAY_KEY
from cioform.emulator.server.faults import ConnectionFault
from cioform.emulator.wire.raw_path import RAW_URI_KEY


class InProcessTransport(httpx.BaseTransport):
    """Carries requests to `app`.

    With `actor`, the e-mail address of a person at the browser, Journeys requests are done as that
    person: no credential, no live-data gate, and the audit log names them.
    """

    def __init__(self, app: WsgiApp, actor: str | None = None) -> None:
        self._app = app
        self._actor = actor

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Faults come out as the httpx exceptions a real network gives, without waiting."""
        environ = _wsgi_environ(request)
        if self._actor:
            environ[ACTOR_KEY] = self._actor
        started: list[tuple[str, list[tuple[str, str]]]] = []

        def start_response(status: str, headers: list[tuple[str, str]], *_: Any) -> None:
            started.append((status, headers))

        try:
            body = self._app(environ, start_response)
        except ConnectionFault as fault:
            raise _network_error(fault, request) from None
        patience = request.extensions.get("timeout", {}).get("read")
        if patience is not None and environ.get(DELAY_KEY, 0.0) >= patience:
            raise httpx.ReadTimeout("the emulator answers too late", request=request)
        status, headers = started[0]
        return httpx.Response(
            int(status.split()[0]), headers=headers, stream=_ResponseStream(body, request)
        )


class _ResponseStream(httpx.SyncByteStream):
    def __init__(self, body: Iterable[bytes], request: httpx.Request) -> None:
        self._body = body
        self._request = request

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self._body
        except ConnectionFault as fault:
            raise _network_error(fault, self._request) from None

    def close(self) -> None:
        close = getattr(self._body, "close", None)
        if close is not None:
            close()


def _network_error(fault: ConnectionFault, request: httpx.Request) -> httpx.TransportError:
    if fault.mode == "timeout":
        return httpx.ReadTimeout("the emulator does not answer", request=request)
    if fault.mode == "cut-before":
        return httpx.RemoteProtocolError("Server disconnected without sending a response.")
    return httpx.ReadError("the emulator cut the line", request=request)


def _wsgi_environ(request: httpx.Request) -> dict[str, Any]:
    path, _, query = request.url.raw_path.partition(b"?")
    content = request.read()
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        RAW_URI_KEY: request.url.raw_path.decode("ascii"),
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": query.decode("ascii"),
        "SERVER_NAME": request.url.host,
        "SERVER_PORT": str(request.url.port or 80),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_LENGTH": str(len(content)),
        "wsgi.url_scheme": request.url.scheme,
        "wsgi.input": BytesIO(content),
        "wsgi.errors": None,
        "wsgi.version": (1, 0),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in request.headers.items():
        key = name.upper().replace("-", "_")
        environ[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value
    return environ
