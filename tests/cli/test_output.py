"""Output that cannot be written: a run goes on, and its exit code stays true."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from cioform.cli.app import run
from cioform.cli.streams import output_may_be_lost
from cioform.plan.review.planfile import decode_plan
from tests.support.command_line import CommandLine

SNIPPET = Path("workspaces/demo/snippets/main_address.yaml")
BODY = Path("workspaces/demo/layouts/main.html")
CIOFORM = f"{shlex.quote(sys.executable)} -c 'from cioform.cli.main import main; main()'"
APPLY = f"{CIOFORM} apply demo --auto-approve --allow-live"


def move_office() -> None:
    SNIPPET.write_text(SNIPPET.read_text().replace("1 High Street", "8 Canal Road"))


def shell(line: str) -> int:
    """Run a line in a shell, in which `status` is the exit code of the first command."""
    return subprocess.run(["bash", "-c", line], check=False, capture_output=True).returncode


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
@pytest.mark.parametrize("redirection", ["> /dev/full 2>&1", "<&- >&- 2>&-"])
def test_an_apply_ends_although_nothing_can_be_printed(cio: CommandLine, redirection: str) -> None:
    move_office()
    assert shell(f"{APPLY} {redirection}") == 0
    assert cio("plan", "demo", "--detailed-exitcode").code == 0


def test_an_apply_ends_although_its_reader_has_gone(cio: CommandLine) -> None:
    move_office()
    assert shell(f"{APPLY} | true; exit ${{PIPESTATUS[0]}}") == 0
    assert cio("plan", "demo", "--detailed-exitcode").code == 0


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="no SIGHUP here")
def test_a_closed_terminal_does_not_end_a_run() -> None:
    before = signal.getsignal(signal.SIGHUP)
    with output_may_be_lost():
        os.kill(os.getpid(), signal.SIGHUP)
    assert signal.getsignal(signal.SIGHUP) == before


def test_a_process_in_a_deleted_working_folder_ends_with_an_error(tmp_path: Path) -> None:
    line = f"mkdir gone && cd gone && rmdir ../gone && {CIOFORM} plan demo"
    done = subprocess.run(
        ["bash", "-c", line], check=False, capture_output=True, text=True, cwd=tmp_path
    )
    assert done.returncode == 64
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("words", ["plan demo", "validate demo", "demo --fast", "init x"])
def test_a_deleted_working_folder_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert run(words.split()) == 64


@pytest.mark.parametrize(
    ("words", "what", "file"),
    [
        ("plan demo --out", "a plan file", SNIPPET),
        ("plan demo --html", "a page of cioform", BODY),
        ("drift demo --html", "a page of cioform", SNIPPET),
        ("plan --all --html", "a page of cioform", BODY),
        ("preview demo transactional.receipt --html", "a page of cioform", BODY),
        ("preview demo transactional.receipt --png", "a picture", BODY),
        ("show demo campaign.welcome --svg", "a diagram", SNIPPET),
        ("state pull demo --out", "a state", SNIPPET),
        ("schema --out", "a schema", BODY),
    ],
)
def test_nothing_is_written_over_a_file_of_another_kind(
    cio: CommandLine, words: str, what: str, file: Path
) -> None:
    before = file.read_bytes()
    done = cio(*words.split(), str(file))
    assert (done.code, done.err.splitlines()[0]) == (64, f"error: Not {what}")
    assert words.split()[-1] in done.err
    assert file.read_bytes() == before
    if "--png" in words:  # which needs a browser
        return
    for _ in range(2):  # its own output may be replaced
        assert cio(*words.split(), f"new{file.suffix}").code == 0


# Root may read everything, unless it gives that right up.
_AS_ANYBODY = ["setpriv", *(f"--{each}=-dac_override,-dac_read_search"
                            for each in ("bounding-set", "inh-caps"))]  # fmt: skip


UNREADABLE = [
    ("plan demo", "workspaces"),
    ("plan demo", "workspaces/demo"),
    ("validate", "workspaces/demo/snippets"),
    ("fmt workspaces/demo", "workspaces"),
    ("fmt", "workspaces/demo/snippets"),
    ("fmt --check", "workspaces/demo/campaigns/welcome"),
    ("validate", "workspaces/demo/_data/events"),
    ("init new", "workspaces"),
]
SCRIPT = """\
import contextlib, io, json, sys
from pathlib import Path
from cioform.cli.app import run

found = []
for words, folder in json.loads(sys.argv[1]):
    Path(folder).chmod(0)
    with contextlib.redirect_stderr(io.StringIO()) as printed:
        code = run(words.split())
    Path(folder).chmod(0o755)
    found.append((code in (3, 64), "no permission" in printed.getvalue()))
print(json.dumps(found))
"""


@pytest.mark.skipif(shutil.which("setpriv") is None, reason="needs setpriv, which is on Linux")
@pytest.mark.usefixtures("cio")
def test_a_folder_that_may_not_be_read_is_an_error() -> None:
    for _, folder in UNREADABLE:
        Path(folder).mkdir(parents=True, exist_ok=True)
    rights = _AS_ANYBODY if os.geteuid() == 0 else []
    line = [*rights, sys.executable, "-c", SCRIPT, json.dumps(UNREADABLE)]
    done = subprocess.run(line, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == [[True, True]] * len(UNREADABLE)


def test_a_plan_is_not_written_over_something_else(cio: CommandLine) -> None:
    before = SNIPPET.read_text()
    done = cio("plan", "demo", "--out", str(SNIPPET))
    assert done.code == 64
    assert done.err.startswith("error: Not a plan file\n")
    assert SNIPPET.read_text() == before
    for _ in range(2):  # a plan file may be replaced
        assert cio("plan", "demo", "--out", "p.json").code == 0
    decode_plan(Path("p.json").read_text())
