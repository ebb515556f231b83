"""Serve the emulator on a port of this machine, for clients in other processes."""

import errno
import socket
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Self
from urllib.parse import unquote_to_bytes
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from cheroot import wsgi
from typing_extensions import override

from cioform.emulator.protocol.behavior import Behavior
from cioform.emulator.server.faults.fault_responses import DELAY_KEY
from cioform.emulator.server.faults.faults import InjectedConnectionError
from cioform.emulator.server.transports.tls import make_ssl_adapter
from cioform.emulator.wire.raw_path import raw_request_path

LOOPBACK = "127.0.0.1"
SOCKET_KEY = "cioform.connection"
"""The key of the WSGI environment with the socket of the connection."""


class RunningServer:
    """A running server. Use it as a context manager, or call `stop`."""

    def __init__(
        self,
        app: WSGIApplication,
        port: int,
        threads: int,
        hold_seconds: float,
        tls_folder: Path | None,
    ) -> None:
        self._stopping = threading.Event()
        middleware = _FaultMiddleware(app, self._stopping, hold_seconds)
        self._server = wsgi.Server((LOOPBACK, port), middleware, numthreads=threads, timeout=30)
        self._server.shutdown_timeout = 1
        self._server.gateway = _Gateway
        self.ca_file: Path | None = None
        """The CA certificate that clients must trust; None without TLS."""
        if tls_folder is not None:
            self._server.ssl_adapter, self.ca_file = make_ssl_adapter(tls_folder)
        self._server.prepare()
        self._thread = threading.Thread(target=self._server.serve, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """The URL of the server, without a path."""
        scheme = "https" if self.ca_file else "http"
        return f"{scheme}://{LOOPBACK}:{self._server.bind_addr[1]}"

    def stop(self) -> None:
        """Stop the server, and close the connections that a timeout fault holds."""
        self._stopping.set()
        self._server.stop()
        self._thread.join(timeout=5)

    def wait(self) -> None:
        """Wait until the server is stopped."""
        self._stopping.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def serve(
    app: WSGIApplication,
    port: int = 0,
    threads: int = 10,
    hold_seconds: float | None = None,
    tls: Path | None = None,
) -> RunningServer:
    """Return a server of `app` that listens on loopback only. Port 0 selects a free port.

    `hold_seconds` is how long a timeout fault keeps the connection open without a response. `tls`
    is a folder for the certificate of a temporary CA: with it the server speaks HTTPS, and clients
    must trust the server's `ca_file`.
    """
    if hold_seconds is None:
        hold_seconds = Behavior().hold_seconds
    return RunningServer(app, port, threads, hold_seconds, tls)


class _Gateway(wsgi.Gateway_10):
    """Adds the socket to the WSGI environment, so that faults can close it.

    It also decodes the whole path: cheroot leaves an encoded slash as it is, which no other server
    does.
    """

    # The stubs of cheroot declare the result as None, but it is a dict.
    @override
    def get_environ(self) -> WSGIEnvironment:  # type: ignore[override]
        environ: WSGIEnvironment = super().get_environ()  # type: ignore[no-untyped-call]
        environ[SOCKET_KEY] = self.req.conn.socket
        environ["PATH_INFO"] = unquote_to_bytes(raw_request_path(environ)).decode("latin-1")
        return environ


class _FaultMiddleware:
    """Carries out connection faults and delays on the socket."""

    def __init__(
        self, app: WSGIApplication, stopping: threading.Event, hold_seconds: float
    ) -> None:
        self._app = app
        self._stopping = stopping
        self._hold_seconds = hold_seconds

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        connection: socket.socket = environ[SOCKET_KEY]
        try:
            body = self._app(environ, start_response)
        except InjectedConnectionError as fault:
            if fault.mode == "timeout":
                self._stopping.wait(self._hold_seconds)
            _close_socket(connection)
            raise _client_disconnected() from None
        self._stopping.wait(environ.get(DELAY_KEY, 0.0))
        return self._stream_body(body, connection)

    def _stream_body(self, body: Iterable[bytes], connection: socket.socket) -> Iterator[bytes]:
        try:
            yield from body
        except InjectedConnectionError:
            _close_socket(connection)
            raise _client_disconnected() from None


def _close_socket(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # the client has closed the connection already


def _client_disconnected() -> ConnectionResetError:
    """Return the error by which cheroot closes the connection without logging anything."""
    return ConnectionResetError(errno.ECONNRESET, "closed by an injected fault")
