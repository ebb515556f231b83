"""What each command exits with, for each cause: the table of docs/safety.md.

The workspace `demo` is reached over HTTP, in this process. Its files change two objects, one of
which running campaigns use, and `p.json` is a plan of the other.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import pytest

from cioform.cli.app import run
from cioform.emulator.protocol.behavior import Behavior
from cioform.emulator.server.app import make_app
from cioform.emulator.server.faults.faults import Fault, FaultInjector
from cioform.emulator.server.transports.in_process import InProcessTransport
from cioform.remote.factory import connect
from cioform.services.connections.sandbox import open_sandbox_store
from cioform.services.project.state_folder import sandbox_file
from cioform.storage.lock import ProcessLock

SETTINGS: Final = Path("workspaces/demo/workspace.yaml")
ADDRESS: Final = Path("workspaces/demo/snippets/main_address.yaml")
RESET: Final = Path("workspaces/demo/transactional/password_reset.yaml")
STATE: Final = Path(".cioform/demo")
PRISTINE: Final = Path("pristine.sqlite")
UNUSED: Final = (
    *("campaigns/product_news", "campaigns/re_engagement_3_days", "transactional/receipt"),
    *("segments/has_the_mobile_app.yaml", "segments/inactive_3_days.yaml"),
)
"""What no command of the table needs, but every one would load."""
SECRETS: Final = {
    "CUSTOMERIO_APP_API_KEY": "app_api_key",
    "CUSTOMERIO_SERVICE_ACCOUNT_TOKEN": "service_account_token",
    "CUSTOMERIO_SITE_ID": "site_id",
    "CUSTOMERIO_TRACK_API_KEY": "track_api_key",
}
APPLY: Final = "apply demo --auto-approve --allow-live"
COMMANDS: Final = {
    "plan": "plan demo --allow-live",
    "detailed": "plan demo --allow-live --detailed-exitcode",
    "drift": "drift demo",
    "doctor": "doctor demo",
    "show": "show demo snippet.main_address --live",
    "audit": "audit demo",
    "members": "segments members list demo segment.beta_testers",
    "validate": "validate demo",
    "apply": APPLY,
    "keep_going": f"{APPLY} --on-error continue",
    "saved": "apply demo p.json --allow-live",
    "ci_apply": "ci apply demo --auto-approve --allow-live",
    "pull": "pull demo --all",
    "identify": "people identify demo u1 --attr plan=pro",
    "send": "send email demo transactional.password_reset --to u1@acme.com --no-contract",
}
READING: Final = frozenset(list(COMMANDS)[:8])


@dataclass(frozen=True)
class Connected:
    """A project whose workspace takes requests, and what it was before any of the commands."""

    root: Path
    faults: FaultInjector
    pristine: dict[Path, bytes]

    def restore(self) -> None:
        """Undo what a command did."""
        self.answer_with()
        for path in self.files() - self.pristine.keys():
            path.unlink()
        for path, content in self.pristine.items():
            path.write_bytes(content)
        copy_database(PRISTINE, sandbox_file(self.root))

    def files(self) -> set[Path]:
        """Return the files of the project and of its state."""
        folders = (self.root / folder for folder in (STATE, "workspaces"))
        found = (path for folder in folders for path in folder.rglob("*") if path.is_file())
        return {path for path in found if path.name != "schema.json"}

    def answer_with(self, *faults: Fault) -> None:
        """Replace the faults of the workspace."""
        self.faults.clear()
        for fault in faults:
            self.faults.add(fault)


def copy_database(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as one, closing(sqlite3.connect(target)) as other:
        one.backup(other)


@pytest.fixture(scope="module")
def connected(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connected]:
    """Yield a project that reaches its sandbox as it would reach Customer.io, in this process."""
    root = tmp_path_factory.mktemp("connected") / "project"
    shutil.copytree(prepared, root)
    faults = FaultInjector()
    with (
        pytest.MonkeyPatch.context() as patch,
        closing(open_sandbox_store(root)) as store,
    ):
        workspace = store.workspace("demo")
        behavior = Behavior(rate_limit=None, broadcast_interval=None)
        transport = InProcessTransport(make_app(store, behavior, faults))
        one_by_one = partial(connect, transport=transport, max_parallel=1)
        patch.setattr("cioform.services.connections.connect.connect", one_by_one)
        patch.setattr("cioform.remote.retry._BASE_DELAY", 0.0)
        patch.chdir(root)
        url = "http://localhost"
        keys = "".join(f"  {key}: '${{env.{name}}}'\n" for name, key in SECRETS.items())
        SETTINGS.write_text(
            f"format: 1\nendpoint: {{app: '{url}', journeys: '{url}', track: '{url}'}}\n"
            f"workspace_id: {workspace.environment_id}\n"
            f"rate: {{app: 1000, journeys: 1000, track: 1000}}\ncredentials:\n{keys}"
        )
        for name, key in SECRETS.items():
            patch.setenv(name, getattr(workspace.credentials, key))
        delete(*UNUSED)
        edit(ADDRESS, "1 High Street", "8 Canal Road")
        edit(RESET, "Reset your password", "Your new password")
        of_one = "plan demo --out p.json --target transactional.password_reset"
        assert run(of_one.split()) == 0
        found = Connected(root, faults, {})
        found.pristine.update({path: path.read_bytes() for path in found.files()})
        copy_database(sandbox_file(root), PRISTINE)
        yield found


def delete(*names: str) -> None:
    """Delete objects with their files."""
    for name in names:
        path = SETTINGS.parent / name
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    assert run([*APPLY.split(), "--allow-delete"]) == 0


def edit(file: Path, before: str, after: str) -> None:
    text = file.read_text()
    assert before in text
    file.write_text(text.replace(before, after))


Cause = Callable[[Connected], "Iterator[None] | None"]
PATH: Final = "^/(api/)?v[12]/(?!service_accounts)"
WRITES: Final = ("PUT", "POST", "DELETE")


def answers(effect: str, path: str = PATH, *methods: str) -> Cause:
    """Return the cause that requests get this response, of all methods or of some."""
    faults = [Fault(method, path, times=999, effect=effect) for method in methods or ("*",)]
    return lambda connected: connected.answer_with(*faults)


def nothing(_connected: Connected) -> None:
    pass


def refused_by_a_guard(_connected: Connected) -> None:
    RESET.unlink()


def conflict(_connected: Connected) -> None:
    sandbox_edit("snippet.main_address", "value=Acme, 3 Field Lane")


def saved_plan_stale(_connected: Connected) -> None:
    sandbox_edit("transactional.password_reset", "email.preheader=Soon")


def policy(_connected: Connected) -> None:
    folder = Path("workspaces/_policies")
    folder.mkdir(exist_ok=True)
    (folder / "canals.yaml").write_text(
        "id: no-canals\ntext: We have moved.\ncheck: {forbidden_words: [Canal Road]}\n"
    )


def drift_found(_connected: Connected) -> None:
    sandbox_edit("segment.beta_testers", "description=Edited")


def no_key(_connected: Connected) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name in SECRETS:
            patch.delenv(name)
        yield


def lock_held(_connected: Connected) -> Iterator[None]:
    lock = ProcessLock(STATE / "state.lock")
    lock.acquire()
    yield
    lock.release()


def broken_state(_connected: Connected) -> None:
    (STATE / "state.json").write_text("{")


def invalid_file(_connected: Connected) -> None:
    ADDRESS.write_text("name: [\n")


def sandbox_edit(address: str, value: str) -> None:
    """Edit an object in the sandbox; at the second time, take the sandbox of the first."""
    edited = Path(f"{address}.sqlite")
    if edited.exists():
        copy_database(edited, sandbox_file(Path()))
        return
    assert run(["sandbox", "edit", "demo", address, value]) == 0
    copy_database(sandbox_file(Path()), edited)


# Each row has the codes in the order of the commands above.
TABLE: Final[dict[str, tuple[Cause, str]]] = {
    "nothing": (nothing, " 0  2  0  0  0  0  0  0  0  0  0  0  0  0  0"),
    "guard refuses": (refused_by_a_guard, " 0  4  0  0  0  0  0  0  4  4  4  4  0  0  0"),
    "conflict": (conflict, " 0  4  2  0  0  0  0  0  4  4  0  8  8  0  0"),
    "saved plan stale": (saved_plan_stale, " 0  2  2  0  0  0  0  0  0  0  4  0  0  0  0"),
    "policy": (policy, " 0  4  0  0  0  0  0  0  4  4  0  4  0  0  0"),
    "drift found": (drift_found, " 0  2  2  0  0  0  0  0  0  0  0  0  0  0  0"),
    "key missing": (no_key, " 6  6  6  6  6  8  6  0  6  6  6  6  6  6  6"),
    "key rejected": (answers("status:401", "^/"), " 6  6  6  6  6  8  6  0  6  6  6  6  6  6  6"),
    "403 everywhere": (answers("status:403", "^/"), " 6  6  6  6  6  8  6  0  6  6  6  6  6  6  6"),
    "403 on snippets": (
        answers("status:403", "/snippets"),
        " 6  6  6  0  6  0  0  0  6  6  6  6  6  0  0",
    ),
    "403 on writes": (
        answers("status:403", PATH, *WRITES),
        " 0  2  0  0  0  0  0  0  6  6  6  6  0  6  6",
    ),
    "422 on writes": (
        answers("status:422", PATH, *WRITES),
        " 0  2  0  0  0  0  0  0  5  5  5  5  0  5  5",
    ),
    "422 on one write": (
        answers("status:422", "/snippets", *WRITES),
        " 0  2  0  0  0  0  0  0  5  8  0  5  0  0  0",
    ),
    "503 everywhere": (answers("status:503", "^/"), "75 75 75 75 75  8 75  0 75 75 75 75 75  8  8"),
    "503 on writes": (
        answers("status:503", PATH, *WRITES),
        " 0  2  0  0  0  0  0  0  5  5  5  5  0  8  8",
    ),
    "429 everywhere": (
        answers("status:429:0", "^/"),
        "75 75 75 75 75  8 75  0 75 75 75 75 75 75 75",
    ),
    "429 on writes": (
        answers("status:429:0", PATH, *WRITES),
        " 0  2  0  0  0  0  0  0 75 75 75 75  0 75 75",
    ),
    "no answer": (answers("cut-before", "^/"), "75 75 75 75 75  8 75  0 75 75 75 75 75  8  8"),
    "no answer to writes": (
        answers("cut-before", PATH, *WRITES),
        " 0  2  0  0  0  0  0  0  5  5  5  5  0  8  8",
    ),
    "write done, then 500": (
        answers("status:500-done", PATH, *WRITES),
        " 0  2  0  0  0  0  0  0  0  0  0  0  0  8  8",
    ),
    "web page": (answers("html", "^/"), " 5  5  5  5  5  8  5  0  5  5  5  5  5  5  5"),
    "lock held": (lock_held, "75 75 75  0  0  0  0  0 75 75 75 75 75  0  0"),
    "state broken": (broken_state, " 7  7  7  7  7  7  7  0  7  7  7  7  7  0  7"),
    "file invalid": (invalid_file, " 3  3  3  3  3  3  3  3  3  3  3  3  3  3  3"),
}


@contextmanager
def caused(connected: Connected, cause: Cause) -> Iterator[None]:
    """Run the block while the cause holds."""
    connected.restore()
    ending = cause(connected)
    if ending is None:
        yield
        return
    next(ending)
    yield
    assert next(ending, None) is None


@pytest.mark.parametrize("name", TABLE)
def test_each_cause_has_its_code(connected: Connected, name: str) -> None:
    cause, row = TABLE[name]
    with caused(connected, cause):
        codes = {each: run(COMMANDS[each].split()) for each in COMMANDS if each in READING}
    for each in COMMANDS.keys() - READING:
        with caused(connected, cause):
            codes[each] = run(COMMANDS[each].split())
    assert codes == dict(zip(COMMANDS, map(int, row.split()), strict=True))
