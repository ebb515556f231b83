"""What each command exits with, for each cause: the table of docs/safety.md.

The workspace `demo` is served. Its files change two objects, one of which running campaigns use,
and `p.json` is a plan of the other.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.request import Request, urlopen

import pytest

from cioform.cli.app import run
from cioform.services.project.project_files import init
from cioform.services.sandbox.seeding import seed_sandbox
from cioform.services.sandbox.serving import serve_sandbox
from cioform.storage.lock import ProcessLock

SETTINGS: Final = Path("workspaces/demo/workspace.yaml")
ADDRESS: Final = Path("workspaces/demo/snippets/main_address.yaml")
RESET: Final = Path("workspaces/demo/transactional/password_reset.yaml")
STATE: Final = Path(".cioform/demo")
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
class Served:
    """A project whose workspace is served, and what it was before any of the commands."""

    root: Path
    pristine: Path
    url: str

    def restore(self) -> None:
        """Undo what a command did."""
        self.answer_with()
        for path in (STATE, Path("workspaces")):
            shutil.rmtree(self.root / path)
            shutil.copytree(self.pristine / path, self.root / path)
        seed_sandbox(self.root, "demo", "demo")

    def answer_with(self, *faults: dict[str, object]) -> None:
        """Replace the faults of the server."""
        where = f"{self.url}/_sandbox/faults"
        urlopen(Request(where, method="DELETE")).close()
        urlopen(Request(where, json.dumps(faults).encode(), method="POST")).close()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    root = tmp_path_factory.mktemp("served") / "project"
    root.mkdir()
    init(root, "demo", sandbox=True)
    (root / "workspaces/demo/snippets/footer.yaml").unlink()
    seed_sandbox(root, "demo", "demo")
    with pytest.MonkeyPatch.context() as patch, serve_sandbox(root, "demo", rate=None) as sandbox:
        url = str(sandbox.info["app"])
        keys = "".join(f"  {key}: '${{env.{name}}}'\n" for name, key in SECRETS.items())
        patch.chdir(root)
        SETTINGS.write_text(
            f"format: 1\nendpoint: {{app: '{url}', journeys: '{url}', track: '{url}'}}\n"
            f"workspace_id: {sandbox.info['workspace_id']}\n"
            f"rate: {{app: 1000, journeys: 1000, track: 1000}}\ncredentials:\n{keys}"
        )
        for name, key in SECRETS.items():
            patch.setenv(name, str(sandbox.info[key]))
        patch.setattr("cioform.remote.retry._BASE_DELAY", 0.0)
        assert run(["import", "demo"]) == 0
        edit(ADDRESS, "1 High Street", "8 Canal Road")
        edit(RESET, "Reset your password", "Your new password")
        of_one = "plan demo --out p.json --target transactional.password_reset"
        assert run(of_one.split()) == 0
        pristine = root.with_name("pristine")
        for path in (STATE, Path("workspaces")):
            shutil.copytree(root / path, pristine / path)
        yield Served(root, pristine, url)


def edit(file: Path, before: str, after: str) -> None:
    text = file.read_text()
    assert before in text
    file.write_text(text.replace(before, after))


Cause = Callable[[Served], "Iterator[None] | None"]
PATH: Final = "^/(api/)?v[12]/(?!service_accounts)"
WRITES: Final = ("PUT", "POST", "DELETE")


def answers(effect: str, path: str = PATH, *methods: str) -> Cause:
    """Return the cause that requests get this response, of all methods or of some."""
    faults = [
        {"path": path, "method": method, "effect": effect, "times": 999}
        for method in methods or ("*",)
    ]
    return lambda served: served.answer_with(*faults)


def nothing(_served: Served) -> None:
    pass


def refused_by_a_guard(_served: Served) -> None:
    RESET.unlink()


def conflict(_served: Served) -> None:
    sandbox_edit("snippet.main_address", "value=Acme, 3 Field Lane")


def saved_plan_stale(_served: Served) -> None:
    sandbox_edit("transactional.password_reset", "email.preheader=Soon")


def policy(_served: Served) -> None:
    folder = Path("workspaces/_policies")
    folder.mkdir()
    (folder / "canals.yaml").write_text(
        "id: no-canals\ntext: We have moved.\ncheck: {forbidden_words: [Canal Road]}\n"
    )


def drift_found(_served: Served) -> None:
    sandbox_edit("segment.beta_testers", "description=Edited")


def no_key(_served: Served) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name in SECRETS:
            patch.delenv(name)
        yield


def lock_held(_served: Served) -> Iterator[None]:
    lock = ProcessLock(STATE / "state.lock")
    lock.acquire()
    yield
    lock.release()


def broken_state(_served: Served) -> None:
    (STATE / "state.json").write_text("{")


def invalid_file(_served: Served) -> None:
    ADDRESS.write_text("name: [\n")


def sandbox_edit(address: str, value: str) -> None:
    assert run(["sandbox", "edit", "demo", address, value]) == 0


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
def caused(served: Served, cause: Cause) -> Iterator[None]:
    """Run the block while the cause holds."""
    served.restore()
    ending = cause(served)
    if ending is None:
        yield
        return
    next(ending)
    yield
    assert next(ending, None) is None


@pytest.mark.parametrize("name", TABLE)
def test_each_cause_has_its_code(served: Served, name: str) -> None:
    cause, row = TABLE[name]
    with caused(served, cause):
        codes = {each: run(COMMANDS[each].split()) for each in COMMANDS if each in READING}
    for each in COMMANDS.keys() - READING:
        with caused(served, cause):
            codes[each] = run(COMMANDS[each].split())
    assert codes == dict(zip(COMMANDS, map(int, row.split()), strict=True))
