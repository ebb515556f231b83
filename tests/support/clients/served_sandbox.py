"""A served sandbox for clients that are not ours, and what they asked of it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from wsgiref.types import WSGIApplication

from cioform.emulator.protocol.behavior import Behavior
from cioform.emulator.server.app import make_app
from cioform.emulator.server.serve import serve
from cioform.emulator.store.database import Store, write_key

ROOT: Final = Path(__file__).resolve().parents[3]
CLIENTS: Final = ROOT / "tests" / "clients"
"""The programs of the clients, and the Node packages that they need."""
WORKSPACE: Final = "acme"
FREE: Final = Behavior(rate_limit=None, broadcast_interval=None)
"""A client is tried for what it says, not for its patience."""

CHANNELS: Final = {
    "PUSH": "push",
    "SMS": "twilio",
    "WHATSAPP": "whatsapp",
    "INBOX": "inbox",
    "IN_APP": "in_app",
}
"""Messages that the demo has none of: their trigger names, and the types of their templates."""

Record = dict[str, Any]


@dataclass(frozen=True)
class Seen:
    """One request, and the status it was answered with."""

    method: str
    path: str
    status: int


@dataclass
class Recorder:
    """Carries requests to the emulator and writes them down."""

    app: WSGIApplication
    seen: list[Seen] = field(default_factory=list)

    def __call__(self, environ: Record, start_response: Any) -> Iterable[bytes]:
        def started(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            code = int(status.split()[0])
            self.seen.append(Seen(environ["REQUEST_METHOD"], environ["PATH_INFO"], code))
            return start_response(status, headers, *rest)

        return self.app(environ, started)


@dataclass(frozen=True)
class World:
    """A sandbox that is being served: where it is, what opens it, what it was asked."""

    url: str
    store: Store
    recorder: Recorder
    authority: Path | None

    @property
    def opening(self) -> Record:
        """What a client needs to get in."""
        keys = self.store.workspace(WORKSPACE).credentials
        return {"url": self.url, **vars(keys), "write_key": write_key(WORKSPACE)}

    def content(self) -> Record:
        """Everything the workspace holds now."""
        return self.store.dump(WORKSPACE)


@contextmanager
def world(*, tls: bool = False) -> Iterator[World]:
    """Serve the demo workspace with a message of every channel, without limits."""
    store = Store.open(":memory:")
    store.seed(WORKSPACE, seeded())
    recorder = Recorder(make_app(store, FREE))
    with TemporaryDirectory() as folder:
        with serve(recorder, tls=Path(folder) if tls else None) as served:
            yield World(served.url, store, recorder, served.ca_file)
        store.close()


def seeded() -> Record:
    """The demo's content and what it has no example of: every channel, French in every journey."""
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


def run(program: list[str], told: Mapping[str, Any], environment: dict[str, str]) -> Record:
    """What a client's program prints, told where the sandbox is on its standard input."""
    done = subprocess.run(
        program,
        input=json.dumps(told),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env=environment,
    )
    assert done.returncode == 0, done.stderr
    answer: Record = json.loads(done.stdout)
    return answer
