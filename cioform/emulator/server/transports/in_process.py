"""An httpx transport that calls the app in this process, without a network port."""

from collections.abc import Callable, Iterable, Iterator
from io import BytesIO
from urllib.parse import unquote_to_bytes
from wsgiref.types import WSGIApplication, WSGIEnvironment

import httpx
from typing_extensions import override

from cioform.emulator.protocol.surfaces import ACTOR_KEY
from cioform.emulator.server.faults.fault_responses import DELAY_KEY
from cioform.emulator.server.faults.faults import InjectedConnectionError
from cioform.emulator.wire.raw_path import RAW_URI_KEY


class InProcessTransport(httpx.BaseTransport):
    """Sends requests to `app`.

    With `actor`, the e-mail address of a person in the browser, Journeys requests are made as that
    person: without a credential and without the live-data gate, and the audit log names the person.
    """

    def __init__(self, app: WSGIApplication, actor: str | None = None) -> None:
        self._app = app
        self._actor = actor

    @override
    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Return the response; raise what httpx raises on a real network for a fault, at once."""
        environ = _wsgi_environ(request)
        if self._actor:
            environ[ACTOR_KEY] = self._actor
        response_start = _ResponseStart()
        try:
            body = self._app(environ, response_start)
        except InjectedConnectionError as fault:
            raise _network_error(fault, request) from None
        read_timeout = request.extensions.get("timeout", {}).get("read")
        if read_timeout is not None and environ.get(DELAY_KEY, 0.0) >= read_timeout:
            raise httpx.ReadTimeout("the emulator responded too late", request=request)
        return httpx.Response(
            response_start.status_code,
            headers=response_start.headers,
            stream=_ResponseStream(body, request),
        )


class _ResponseStart:
    """Receives the status and the headers of a WSGI response."""

    def __init__(self) -> None:
        self.status_code = 0
        self.headers: list[tuple[str, str]] = []

    def __call__(
        self, status: str, headers: list[tuple[str, str]], _exc_info: object = None, /
    ) -> Callable[[bytes], object]:
        self.status_code = int(status.split()[0])
        self.headers = headers
        return self._write

    def _write(self, _data: bytes) -> None:
        raise NotImplementedError("the app returns its body, and does not write it")


class _ResponseStream(httpx.SyncByteStream):
    def __init__(self, body: Iterable[bytes], request: httpx.Request) -> None:
        self._body = body
        self._request = request

    @override
    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self._body
        except InjectedConnectionError as fault:
            raise _network_error(fault, self._request) from None

    @override
    def close(self) -> None:
        close = getattr(self._body, "close", None)
        if close is not None:
            close()


def _network_error(fault: InjectedConnectionError, request: httpx.Request) -> httpx.TransportError:
    if fault.mode == "timeout":
        return httpx.ReadTimeout("the emulator did not respond", request=request)
    if fault.mode == "cut-before":
        return httpx.RemoteProtocolError("Server disconnected without sending a response.")
    return httpx.ReadError("the emulator closed the connection", request=request)


def _wsgi_environ(request: httpx.Request) -> WSGIEnvironment:
    path, _, query = request.url.raw_path.partition(b"?")
    content = request.read()
    environ: WSGIEnvironment = {
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
