"""Talk to yaml-language-server over its standard input and output, as an editor does."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Final

CLIENTS: Final = Path(__file__).parents[1] / "clients"
SERVER: Final = CLIENTS / "node_modules" / "yaml-language-server" / "bin" / "yaml-language-server"
SETTINGS: Final = {
    "yaml": {
        "validate": True,
        "hover": True,
        "completion": True,
        "schemaStore": {"enable": False},
        "kubernetesCRDStore": {"enable": False},
    }
}
"""An editor's default settings, without downloads."""


class LanguageServerMissingError(Exception):
    """Node.js or the package of the server is not installed."""


@dataclass(frozen=True, slots=True)
class Position:
    """A place in a document; both numbers count from 0."""

    line: int
    character: int


@dataclass
class LanguageServer:
    """A running server. Documents exist only in its memory; their paths need not exist."""

    process: subprocess.Popen[bytes]
    stdin: IO[bytes]
    stdout: IO[bytes]
    last_id: int = 0
    diagnostics: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def open(self, uri: str, text: str) -> None:
        """Open a document."""
        document = {"uri": uri, "languageId": "yaml", "version": 1, "text": text}
        self._notify("textDocument/didOpen", {"textDocument": document})

    def problems(self, uri: str) -> list[dict[str, Any]]:
        """Return the diagnostics of an open document, once the server has sent them."""
        while uri not in self.diagnostics:
            self._receive()
        return self.diagnostics[uri]

    def complete(self, uri: str, position: Position) -> list[dict[str, Any]]:
        """Return the completions that are offered at a place."""
        result = self._request("textDocument/completion", _place(uri, position))
        items: list[dict[str, Any]] = result["items"] if isinstance(result, dict) else result or []
        return items

    def hover(self, uri: str, position: Position) -> str:
        """Return the Markdown that is shown at a place; empty if there is none."""
        result = self._request("textDocument/hover", _place(uri, position))
        return str(result["contents"]["value"]) if result else ""

    def initialize(self) -> None:
        """Begin the session."""
        capabilities = {
            "workspace": {"configuration": True},
            "textDocument": {
                "completion": {"completionItem": {"documentationFormat": ["markdown"]}},
                "hover": {"contentFormat": ["markdown"]},
            },
        }
        self._request(
            "initialize", {"processId": None, "rootUri": None, "capabilities": capabilities}
        )
        self._notify("initialized", {})

    def _request(self, method: str, params: Mapping[str, Any]) -> Any:
        self.last_id += 1
        self._send({"id": self.last_id, "method": method, "params": params})
        while True:
            answer = self._receive()
            if answer.get("id") == self.last_id and "method" not in answer:
                assert "error" not in answer, answer["error"]
                return answer["result"]

    def _notify(self, method: str, params: Mapping[str, Any]) -> None:
        self._send({"method": method, "params": params})

    def _send(self, message: Mapping[str, Any]) -> None:
        content = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.stdin.write(b"Content-Length: %d\r\n\r\n" % len(content) + content)
        self.stdin.flush()

    def _receive(self) -> dict[str, Any]:
        """Return the next message. Diagnostics are kept, and the server's questions answered."""
        length = 0
        while line := self.stdout.readline().strip():
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        assert length, "the language server ended"
        message: dict[str, Any] = json.loads(self.stdout.read(length))
        if message.get("method") == "textDocument/publishDiagnostics":
            self.diagnostics[message["params"]["uri"]] = message["params"]["diagnostics"]
        elif "method" in message and "id" in message:
            self._send({"id": message["id"], "result": _answer(message)})
        return message


@contextmanager
def language_server() -> Iterator[LanguageServer]:
    """Run a server. Raises LanguageServerMissingError."""
    node = shutil.which("node")
    if node is None:
        raise LanguageServerMissingError("Node.js is not installed")
    if not SERVER.exists():
        raise LanguageServerMissingError(
            "yaml-language-server is not installed: npm ci --prefix tests/clients"
        )
    with subprocess.Popen(
        [node, str(SERVER), "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        server = LanguageServer(process, process.stdin, process.stdout)
        try:
            server.initialize()
            yield server
        finally:
            process.kill()


def _answer(message: Mapping[str, Any]) -> Any:
    if message["method"] != "workspace/configuration":
        return None
    return [SETTINGS.get(item.get("section")) for item in message["params"]["items"]]


def _place(uri: str, position: Position) -> dict[str, Any]:
    return {
        "textDocument": {"uri": uri},
        "position": {"line": position.line, "character": position.character},
    }
