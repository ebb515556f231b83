"""The `sh` blocks of the pages run against the sandbox, in the order of their page."""

from __future__ import annotations

import io
import json
import re
import shlex
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from cioform.cli.app import run
from cioform.core.address import Address
from cioform.services.project.project_files import init
from cioform.services.sandbox.editing import edit_in_sandbox
from cioform.services.workspace import open_workspace

ROOT: Final = Path(__file__).resolve().parents[2]
PAGES: Final = ("README.md", "docs/runtime.md", "docs/ci.md", "docs/state.md", "docs/files.md",
                "docs/workflow.md", "docs/lint.md")  # fmt: skip

NOT_RUN: Final[Mapping[str, str]] = {
    "python3 -m venv": "a fresh environment is what CI makes for its tests",
    "pip install": "as above",
    "export CUSTOMERIO": "the sandbox has its own credentials",
    "init acme": "the project of this test is one",
    "state migrate": "the state of a sandbox cannot be shared; other tests do it",
    "state init": "as above",
    "git ": "as above",
    "history acme 2026": "the run of an example",
    "rollback": "as above",
    "state unlock": "as above",
    "pull acme 'campaign.*' --interactive": "it asks on a terminal",
    "broadcasts trigger acme 3 --file people.ndjson --ignore": "one trigger in ten seconds",
}
"""What cannot be run here, by the beginning of the line."""

WITHOUT_QUESTIONS: Final[Mapping[str, str]] = {
    "people delete": "--yes",
    "people suppress": "--yes",
    "broadcasts trigger": "--yes",
    "apply": "--auto-approve",
}
"""The option by which a command asks nothing, where the line does not have it."""

HELLO: Final = [{"id": "hello", "push": {"title": "Hi", "body": "Hello"}}]
DOCUMENTS: Final[Mapping[str, Any]] = {
    "segments/vips": {"name": "VIPs", "manual": True},
    "segments/trials": {"name": "Trials", "manual": True},
    "segments/trial_users": {"name": "Trial users", "manual": True},
    "snippets/footer": {"name": "footer", "value": "Acme"},
    "transactional/shipped": {
        "name": "Shipped",
        "trigger_name": "ORDER_SHIPPED",
        "push": {"title": "Shipped", "body": "Order {{trigger.order}}", "sending": "automatic"},
    },
    "transactional/receipt": {
        "name": "Receipt",
        "email": {"subject": "Receipt", "body": "{{trigger.total}}", "sending": "automatic"},
    },
    "campaigns/onboarding": {"name": "Onboarding", "trigger": {"event": "a"}, "workflow": HELLO},
    "campaigns/other": {"name": "Other", "trigger": {"event": "b"}, "workflow": HELLO},
    "campaigns/product_news": {
        "name": "Product news",  # its id is 3, as on the page
        "trigger": {"api": True},
        "workflow": HELLO,
    },
}
AUTHOR: Final = ("-c", "user.name=Jane", "-c", "user.email=jane@acme.com")
PERSON: Final = ["people", "identify", "acme", "u1", "--attr", "email=jane@acme.com"]
STARTED: Final = {
    "transactional.receipt": "active",
    "transactional.shipped": "active",
    "campaign.product_news": "running",
}
FILES: Final[Mapping[str, str]] = {
    "people.csv": "id,email,plan\nu1,jane@acme.com,pro\n",
    "events.ndjson": '{"id": "u1", "name": "purchased", "data": {"price": 12.5}}\n',
    "people.ndjson": '{"id": "u1", "data": {"code": "X"}}\n{"id": "nobody", "data": {}}\n',
    "vips.txt": "u1\n",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a project with the demo's content and what the pages name, in a repository."""
    root = tmp_path
    init(root, "acme", sandbox=True)
    (root / "workspaces/acme/snippets/footer.yaml").unlink()
    for name, document in DOCUMENTS.items():
        path = root / "workspaces/acme" / f"{name}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(document))
    for name, text in FILES.items():
        (root / name).write_text(text)
    with open_workspace(root, "acme") as opened:
        assert opened.apply(opened.plan()).complete
    for address, state in STARTED.items():
        edit_in_sandbox(root, "acme", Address.parse(address), "state", state, "jane@acme.com")
    for words in (("init", "-q", "-b", "main"), ("add", "-A"), (*AUTHOR, "commit", "-qm", "Start")):
        subprocess.run(["git", "-C", str(root), *words], check=True, capture_output=True)
    return root


def lines_of(page: str) -> Iterator[str]:
    """Yield the lines of all blocks of a page."""
    text = (ROOT / page).read_text(encoding="utf-8")
    for block in re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        yield from filter(None, map(str.strip, block.splitlines()))


class Shell:
    """Runs lines of a shell in this process, as far as the pages need one."""

    def __init__(self, capsys: pytest.CaptureFixture[str], patch: pytest.MonkeyPatch) -> None:
        self._capsys = capsys
        self._patch = patch

    def line(self, line: str) -> None:
        """Run the commands of a line, each with the output of the one before as its input."""
        text = ""
        for command in line.split(" | "):
            words = shlex.split(command, comments=True)
            text = self.cioform(words[1:], text)

    def cioform(self, words: list[str], text: str = "") -> str:
        """Run a command and return its output."""
        if "$DIGEST" in words:
            words[words.index("$DIGEST")] = self._digest()
        command = " ".join(words)
        answer = next(
            (o for start, o in WITHOUT_QUESTIONS.items() if command.startswith(start)), ""
        )
        is_quiet = not answer or answer in words or "--dry-run" in words
        self._patch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
        self._capsys.readouterr()
        code = run(words if is_quiet else [*words, answer])
        output = self._capsys.readouterr()
        assert code == 0, (command, code, output.out, output.err)
        return output.out

    def _digest(self) -> str:
        return str(json.loads(self.cioform(["plan", "acme", "--json"]))["digest"])


def test_every_block_runs(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(project)
    shell = Shell(capsys, monkeypatch)
    shell.cioform(["plan", "acme", "--out", "acme.plan.json"])
    shell.cioform(PERSON)
    for line in (line for page in PAGES for line in lines_of(page)):
        command = line.removeprefix("cioform ")
        if not command.startswith(tuple(NOT_RUN)):
            shell.line(line)
        if command.startswith("people suppress"):  # Later lines use that person.
            shell.cioform(["people", "unsuppress", "acme", "u1"])
            shell.cioform(PERSON)


def test_what_is_not_run_is_on_a_page() -> None:
    lines = [line for page in PAGES for line in lines_of(page)]
    for start in NOT_RUN:
        assert any(line.removeprefix("cioform ").startswith(start) for line in lines), start
