"""A served sandbox for the official clients, which records their requests."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from wsgiref.types import WSGIApplication

from cioform.emulator.protocol.behavior import Behavior
from cioform.emulator.server.app import make_app
from cioform.emulator.server.transports.serve import serve
from cioform.emulator.store.database import Store, write_key

ROOT: Final = Path(__file__).resolve().parents[3]
CLIENTS: Final = ROOT / "tests" / "clients"
"""The programs that call the clients, and their Node.js packages."""
WORKSPACE: Final = "acme"
NO_LIMITS: Final = Behavior(rate_limit=None, broadcast_interval=None)
"""The tests check requests and responses, not rate limits."""

CHANNELS: Final = {
    "PUSH": "push",
    "SMS": "twilio",
    "WHATSAPP": "whatsapp",
    "INBOX": "inbox",
    "IN_APP": "in_app",
}
"""Messages that the demo does not have: template types by trigger name."""

Record = dict[str, Any]


@dataclass(frozen=True)
class SeenRequest:
    """A request, and the status of its response."""

    method: str
    path: str
    status: int


@dataclass
class Recorder:
    """Forward requests to the emulator and record them."""

    app: WSGIApplication
    requests: list[SeenRequest] = field(default_factory=list)

    def __call__(self, environ: Record, start_response: Any) -> Iterable[bytes]:
        def record_response(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            code = int(status.split()[0])
            request = SeenRequest(environ["REQUEST_METHOD"], environ["PATH_INFO"], code)
            self.requests.append(request)
            return start_response(status, headers, *rest)

        return self.app(environ, record_response)


@dataclass(frozen=True)
class ServedSandbox:
    """A served sandbox: its URL, its content and its requests."""

    url: str
    store: Store
    recorder: Recorder
    ca_file: Path | None

    @property
    def connection(self) -> Record:
        """The URL and the credentials for a client."""
        keys = self.store.workspace(WORKSPACE).credentials
        return {"url": self.url, **vars(keys), "write_key": write_key(WORKSPACE)}

    def content(self) -> Record:
        """Return the content of the workspace."""
        return self.store.dump(WORKSPACE)


@contextmanager
def serve_demo(*, tls: bool = False) -> Iterator[ServedSandbox]:
    """Serve the demo workspace with a message of every channel and without rate limits."""
    store = Store.open(":memory:")
    store.seed(WORKSPACE, demo_content())
    recorder = Recorder(make_app(store, NO_LIMITS))
    with TemporaryDirectory() as folder:
        with serve(recorder, tls=Path(folder) if tls else None) as served:
            yield ServedSandbox(served.url, store, recorder, served.ca_file)
        store.close()


def demo_content() -> Record:
    """Return the content of the demo, with every channel and French emails in every journey."""
    demo = resources.files("cioform.emulator") / "seeds" / "demo.json"
    content: Record = json.loads(demo.read_text("utf-8"))
    messages, templates = content["transactional_messages"], content["templates"]
    receipt, text = messages[0], templates[0]
    for number, (trigger, channel) in enumerate(CHANNELS.items(), messages[-1]["id"] + 1):
        message = {"id": number, "type": channel, "trigger_name": trigger, "name": trigger}
        body = {"id": 900 + number, "template_type": channel, "transactional_message_id": number}
        plain = {"subject": "Paid", "body": "{{trigger.total}} EUR", "layout_id": None}
        messages.append({**receipt, **message, "template_id": body["id"]})
        templates.append({**text, **body, **plain})
    for number, mail in enumerate([each for each in templates if _in_journey(each)], 951):
        templates.append({**mail, "id": number, "language": "fr"})
    return content


def _in_journey(template: Record) -> bool:
    return template["action_id"] is not None and template["template_type"] == "email"


def run(program: list[str], connection: Record, environment: dict[str, str]) -> Record:
    """Run a program with the connection as JSON on stdin. Return its JSON output."""
    process = subprocess.run(
        program,
        input=json.dumps(connection),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env=environment,
    )
    assert process.returncode == 0, process.stderr
    output: Record = json.loads(process.stdout)
    return output
