"""A credential of another workspace is refused before anything is written with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from cioform.emulator.protocol.behavior import Behavior
from cioform.emulator.server.app import make_app
from cioform.emulator.server.faults.faults import Fault, FaultInjector
from cioform.emulator.server.transports.serve import serve
from cioform.emulator.store.database import EmulatedWorkspace, Store
from cioform.kinds.campaign import KIND as CAMPAIGN
from tests.support.command_line import CommandLine, captured_command_line

QUESTIONS = ("/v1/workspaces", "/api/v1/accounts/region")
SETTINGS = """\
format: 1
workspace_id: {number}
endpoint: {{app: "{url}", journeys: "{url}", track: "{url}"}}
credentials:
  app_api_key: ${{env.CUSTOMERIO_APP_API_KEY}}
  site_id: ${{env.CUSTOMERIO_SITE_ID}}
  track_api_key: ${{env.CUSTOMERIO_TRACK_API_KEY}}
"""
SNIPPET = "name: footer\nvalue: Bye\n"
READING = (
    ("plan", "acme"),
    ("drift", "acme"),
    ("import", "acme"),
    ("pull", "acme", "--all"),
    ("approvals", "acme"),
)
WRITING = (
    ("apply", "acme", "--auto-approve"),
    ("people", "identify", "acme", "u1", "--attr", "email=u1@example.com"),
    ("people", "delete", "acme", "u1", "--yes"),
    ("events", "track", "acme", "u1", "signed_up"),
    ("send", "email", "acme", "receipt", "--to", "u1@example.com"),
)


@dataclass
class Served:
    """Two emulated workspaces, and what a workspace's folder asks of them."""

    store: Store
    cio: CommandLine
    faults: FaultInjector
    paths: list[tuple[str, str]] = field(default_factory=list)
    url: str = ""

    def configure(self, number: int, key: EmulatedWorkspace, patch: pytest.MonkeyPatch) -> None:
        """Write the settings of `acme`, with the number of a workspace and the keys of one."""
        folder = Path("workspaces/acme/snippets")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "footer.yaml").write_text(SNIPPET)
        (folder.parent / "workspace.yaml").write_text(SETTINGS.format(number=number, url=self.url))
        patch.setenv("CUSTOMERIO_APP_API_KEY", key.credentials.app_api_key)
        patch.setenv("CUSTOMERIO_SITE_ID", key.credentials.site_id)
        patch.setenv("CUSTOMERIO_TRACK_API_KEY", key.credentials.track_api_key)

    @property
    def written(self) -> list[tuple[str, str]]:
        """The requests that write."""
        return [each for each in self.paths if each[0] != "GET"]


Serve = Callable[[Behavior], Served]


def joined(text: str) -> str:
    """Return a text without its line breaks."""
    return " ".join(text.split())


@pytest.fixture
def served_as(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Serve]:
    """Yield a function that serves the workspaces `acme` and `other`."""
    monkeypatch.chdir(tmp_path)
    store, faults = Store.open(":memory:"), FaultInjector()
    for name in ("acme", "other"):
        store.workspace(name)
    running: list[Any] = []

    def start(behavior: Behavior) -> Served:
        app = make_app(store, behavior, faults)
        served = Served(store, captured_command_line(capsys), faults)

        def record(environ: Any, start_response: Any) -> Any:
            served.paths.append((environ["REQUEST_METHOD"], environ["PATH_INFO"]))
            return app(environ, start_response)

        server = serve(record)
        running.append(server)
        served.url = server.url
        return served

    yield start
    for each in running:
        each.stop()
    store.close()


OWN = Behavior(rate_limit=None, workspaces_listed="own")
ACCOUNT = Behavior(rate_limit=None)


@pytest.mark.parametrize("words", [*READING, *WRITING], ids=" ".join)
def test_keys_of_another_workspace_are_refused(
    served_as: Serve, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    served = served_as(OWN)
    own, other = served.store.workspace("acme"), served.store.workspace("other")
    served.configure(own.environment_id, other, monkeypatch)
    files = sorted(Path().rglob("*.yaml"))
    done = served.cio(*words)
    assert done.code == 6
    assert "Credential of another workspace" in done.err
    assert f"is {own.environment_id}, but" in done.err
    assert f"gives access to {other.environment_id}" in joined(done.err)
    assert "cioform doctor acme" in done.err
    assert served.written == []
    assert sorted(Path().rglob("*.yaml")) == files


def test_a_workspace_without_files_is_not_said_to_match(
    served_as: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    served = served_as(OWN)
    own, other = served.store.workspace("acme"), served.store.workspace("other")
    served.configure(own.environment_id, other, monkeypatch)
    Path("workspaces/acme/snippets/footer.yaml").unlink()
    assert served.cio("plan", "acme").code == 6


@pytest.mark.parametrize("behavior", [OWN, ACCOUNT], ids=["own", "account"])
@pytest.mark.parametrize("words", [*READING, *WRITING[:4]], ids=" ".join)
def test_own_keys_are_asked_about_once(
    served_as: Serve,
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    behavior: Behavior,
) -> None:
    served = served_as(behavior)
    own = served.store.workspace("acme")
    served.configure(own.environment_id, own, monkeypatch)
    assert served.cio(*words).code in (0, 2, 8)
    asked = Counter(path for _, path in served.paths)
    assert sum(asked[path] for path in QUESTIONS) == 1


def test_a_workspace_outside_of_the_account_is_refused(
    served_as: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    served = served_as(ACCOUNT)
    served.configure(5, served.store.workspace("acme"), monkeypatch)
    done = served.cio("apply", "acme", "--auto-approve")
    assert (done.code, served.written) == (6, [])
    assert '"acme"' in done.err
    assert '"other"' in done.err


def test_what_an_account_leaves_open_is_said_at_the_first_apply_and_by_doctor(
    served_as: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    served = served_as(ACCOUNT)
    own = served.store.workspace("acme")
    served.configure(own.environment_id, own, monkeypatch)
    reason = "Customer.io does not say which of them the App API key belongs to"
    assert reason in joined(served.cio("doctor", "acme").out)
    first = served.cio("apply", "acme", "--auto-approve")
    assert (first.code, reason in joined(first.err)) == (0, True)
    Path("workspaces/acme/snippets/footer.yaml").write_text(SNIPPET.replace("Bye", "Hello"))
    second = served.cio("apply", "acme", "--auto-approve")
    assert (second.code, reason in joined(second.err)) == (0, False)


@pytest.mark.parametrize("status", [403, 404, 501])
def test_a_refused_question_stops_nothing(
    served_as: Serve, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    served = served_as(OWN)
    own = served.store.workspace("acme")
    served.configure(own.environment_id, own, monkeypatch)
    served.faults.add(Fault(path="/v1/workspaces", effect=f"status:{status}", times=99))
    first = served.cio("apply", "acme", "--auto-approve")
    assert (first.code, "does not say which workspace" in joined(first.err)) == (0, True)
    assert served.cio("plan", "acme").code == 0


LIVE = (
    *READING,
    ("import", "acme", "--force"),
    ("refs", "acme", "snippet.footer", "--live"),
    ("show", "acme", "snippet.footer", "--live"),
    ("preview", "acme", "campaign.c", "--live"),
    ("audit", "acme"),
    ("doctor", "acme"),
    ("apply", "acme", "--auto-approve"),
)


@pytest.mark.parametrize("words", LIVE, ids=" ".join)
def test_a_workspace_that_a_service_account_does_not_reach_is_refused(
    served_as: Serve, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    served = served_as(ACCOUNT)
    own = served.store.workspace("acme")
    served.configure(5, own, monkeypatch)
    Path("workspaces/acme/campaigns").mkdir()
    Path("workspaces/acme/campaigns/c.yaml").write_text(CAMPAIGN.example)
    settings = Path("workspaces/acme/workspace.yaml")
    rest = settings.read_text().split("credentials:")[0]
    settings.write_text(f"{rest}credentials: {{service_account_token: '${{env.CUSTOMERIO_SA}}'}}\n")
    monkeypatch.setenv("CUSTOMERIO_SA", own.credentials.service_account_token)
    done = served.cio(*words)
    assert done.code == 6
    text = joined(done.out + done.err)
    assert f'{own.environment_id} "acme"' in text
    if words[0] != "doctor":
        assert "Credential of another workspace" in text
        assert "`workspace_id` in `workspace.yaml` is 5, but" in text
        questions = [path for _, path in served.paths if "/accounts/" in path]
        assert len(questions) == 2
