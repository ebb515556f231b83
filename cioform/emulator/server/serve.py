"""The emulator on a port of this machine, for clients that are not in this process."""

import errno
import socket
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

from cheroot import wsgi

from cioform.emulator.protocol.behavior import Behavior
from cioform.emulator.server.app import WsgiApp
from cioform.emulator.server.fault_responses import DELAY_KEY
from cioform.emulator.server.faults import ConnectionFault
from cioform.emulator.server.tls import make_ssl_adapter
from cioform.emulator.wire.raw_path import raw_request_path

LOOPBACK = "127.0.0.1"
SOCKET_KEY = "cioform.connection"


class RunningServer:
    """A running server. Use as a context manager, or call `stop`."""

    def __init__(
        self, app: WsgiApp, port: int, threads: int, hold_seconds: float, tls: Path | None
    ) -> None:
        self._stopping = threading.Event()
        carrier = _FaultMiddleware(app, self._stopping, hold_seconds)
        self._server = wsgi.Server((LOOPBACK, port), carrier, numthreads=threads, timeout=30)
        self._server.shutdown_timeout = 1
        self._server.gateway = _Gateway
        self.ca_file: Path | None = None
        """The authority to trust; None where there is no TLS."""
        if tls is not None:
            self._server.ssl_adapter, self.ca_file = make_ssl_adapter(tls)
        self._server.prepare()
        self._thread = threading.Thread(target=self._server.serve, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """Where it listens."""
        scheme = "https" if self.ca_file else "http"
        return f"{scheme}://{LOOPBACK}:{self._server.bind_addr[1]}"

    def stop(self) -> None:
        """Stop listening, and let go of held connections."""
        self._stopping.set()
        self._server.stop()
        self._thread.join(timeout=5)

    def wait(self) -> None:
        """Stay until it is stopped."""
        self._stopping.wait()

    def __enter__(self) -> "RunningServer":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def serve(
    app: WsgiApp,
    port: int = 0,
    threads: int = 10,
    hold_seconds: float | None = None,
    tls: Path | None = None,
) -> RunningServer:
    """Serve `app` on loopback only; port 0 takes a free one.

    `hold_seconds` is how long a timeout fault keeps the line open without a word. `tls` is a folder
    for the file of a throwaway authority: with it the server speaks https, and its `ca_file` is
    what clients must trust.
    """
    held = Behavior().hold_seconds if hold_seconds is None else hold_seconds
    return RunningServer(app, port, threads, held, tls)


class _Gateway(wsgi.Gateway_10):
    """Lets the carrier get at the socket, to cut it, and decodes all of the path: cheroot leaves
    an encoded slash as it is, which no other server does."""

    # cheroot's stubs say None of what gives a dict.
    def get_environ(self) -> dict[str, Any]:  # type: ignore[override]
        environ: dict[str, Any] = super().get_environ()  # type: ignore[no-untyped-call]
        environ[SOCKET_KEY] = self.req.conn.socket
        environ["PATH_INFO"] = unquote_to_bytes(raw_request_path(environ)).decode("latin-1")
        return environ


class _FaultMiddleware:
    """Turns faults of the connection into what a socket can do."""

    def __init__(self, app: WsgiApp, stopping: threading.Event, hold_seconds: float) -> None:
        self._app = app
        self._stopping = stopping
        self._hold_seconds = hold_seconds

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        line: socket.socket = environ[SOCKET_KEY]
        try:
            body = self._app(environ, start_response)
        except ConnectionFault as fault:
            if fault.mode == "timeout":
                self._stopping.wait(self._hold_seconds)
            _close_socket(line)
            raise _client_disconnected() from None
        self._stopping.wait(environ.get(DELAY_KEY, 0.0))
        return self._stream_body(body, line)

    def _stream_body(self, body: Iterable[bytes], line: socket.socket) -> Iterator[bytes]:
        try:
            yield from body
        except ConnectionFault:
            _close_socket(line)
            raise _client_disconnected() from None


def _close_socket(line: socket.socket) -> None:
    try:
        line.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # the other end was quicker


def _client_disconnected() -> ConnectionResetError:
    """What cheroot takes for a client that left: it closes the line and logs nothing."""
    return ConnectionResetError(errno.ECONNRESET, "cut by a fault")
