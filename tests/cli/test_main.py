"""Start-up, help and progress of every command."""

import io
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from time import sleep

import pytest
from typer.core import TyperCommand, TyperGroup

import cioform
from cioform import __version__
from cioform.cli import process
from cioform.cli.app import build_cli, run
from cioform.cli.command_list.command_table import COMMANDS
from cioform.cli.command_list.lazy_commands import loaded_commands
from cioform.cli.command_list.suggested_commands import (
    complete_text,
    find_options_to_repeat,
    repeat_arguments,
)
from cioform.cli.terminal.progress import Progress
from cioform.core.address import Address
from cioform.plan.change import Action, Change
from cioform.report.styling import PLAIN
from cioform.run.events import ChangeResult, ChangeStarted, ChangeStatus, ReadProgress
from tests.support.command_line import Terminal

HEAVY = {"httpx", "pydantic", "deepdiff", "yaml", "ruamel", "werkzeug", "rich"}
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(cioform.__file__).parents[1])}
FOOTER = Address("snippet", "footer")


@cache
def imported_by(*words: str) -> tuple[str, frozenset[str]]:
    """Return the output of a command and the modules that it imports."""
    code = (
        "import sys, atexit\n"
        "atexit.register(lambda: print(*sys.modules))\n"
        "from cioform.cli.main import main\nmain()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *words],
        capture_output=True,
        text=True,
        check=True,
        env=ENVIRONMENT,
    )
    *lines, found = done.stdout.splitlines()
    return "\n".join(lines), frozenset(found.split())


def test_the_version_imports_almost_nothing() -> None:
    text, imported = imported_by("--version")
    assert text == f"cioform {__version__}"
    assert {name for name in imported if name.startswith("cioform")} == {
        "cioform", "cioform.cli", "cioform.cli.main", "cioform.core", "cioform.core.version",
    }  # fmt: skip
    assert not imported & {"typing", "threading", "re"}


def test_the_package_runs_as_a_module() -> None:
    command = [sys.executable, "-m", "cioform", "--version"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == f"cioform {__version__}\n"


def test_a_plan_imports_only_what_every_plan_needs() -> None:
    late = (*HEAVY, "asyncio", "babel", "click", "jinja2", "liquid", "subprocess")
    ours = ("cioform.cli.commands", "cioform.emulator", "cioform.lint", "cioform.remote.transport")
    code = (
        "import sys, cioform.config.load, cioform.plan.planner, cioform.report.plan.text\n"
        "import cioform.report.plan.view, cioform.run.reading.read\n"
        "import cioform.state.local.local_store\n"
        "from cioform.kinds import find_kinds\nfind_kinds()\n"
        f"print(*(name for name in {(*late, *ours)!r} if name in sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=ENVIRONMENT
    )
    assert set(done.stdout.split()) == {"pydantic", "yaml"}


@pytest.mark.parametrize(
    ("where", "code", "expected_message"),
    [
        ("schema | head -c 10", 0, ""),
        ("--help | true", 0, ""),
        ("schema >&-", 0, ""),
        ("schema > /dev/full", 8, "The command has done its work, but its output could not be"),
        ("--help > /dev/full", 8, "its output could not be written: the disk is full."),
        ("plan -h > /dev/full", 8, "its output could not be written: the disk is full."),
        ("--version >&-", 0, ""),
        ("--version > /dev/full", 8, "The command has done its work, but its output could not be"),
    ],
)
def test_output_to_a_closed_or_full_stream(where: str, code: int, expected_message: str) -> None:
    command = f"{sys.executable} -c 'from cioform.cli.main import main; main()'"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", f"{command} {where}"],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, env=ENVIRONMENT,
    )  # fmt: skip
    assert done.returncode == code
    assert expected_message in " ".join(done.stderr.split())
    assert expected_message or not done.stderr


@pytest.mark.parametrize("words", [["--help"], ["plan", "--help"], ["sandbox", "--help"]])
def test_help_imports_nothing_heavy(words: list[str]) -> None:
    text, imported = imported_by(*words)
    assert "Usage: cioform" in text
    # Typer imports pydantic as soon as a command has arguments.
    assert imported & HEAVY <= ({"pydantic"} if words != ["--help"] else set())


@pytest.mark.parametrize(
    "words",
    [
        [name]
        for rows in COMMANDS.values()
        for name, target, _ in rows
        if not target.endswith(":app")
    ]
    + [["state", name] for name in ("list", "show", "mv", "forget")]
    + [["sandbox", name] for name in ("serve", "reset", "seed", "edit")],
    ids=" ".join,
)
def test_every_command_has_examples(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*words, "--help"]) == 0
    text = capsys.readouterr().out
    assert f"Examples:\n      cioform {' '.join(words)}" in text


@pytest.mark.parametrize(
    ("words", "usage"),
    [
        (["import"], "WORKSPACE\n"),
        (["plan"], "[WORKSPACE] [PLANFILE]\n"),
        (["query"], "WORKSPACE [SELECTOR...]\n"),
        (["report", "merge"], "FILE...\n"),
        (["events", "track"], "WORKSPACE [ID] NAME\n"),
    ],
)
def test_help_names_arguments_without_their_python_types(
    words: list[str], usage: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*words, "--help"]) == 0
    text = capsys.readouterr().out
    assert text.startswith(f"Usage: cioform {' '.join(words)} [OPTIONS] {usage}")
    assert not any(name in text for name in ("<str>", "<path>", "<list["))


def test_the_list_of_commands_does_not_truncate(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([]) == 0
    text = capsys.readouterr().out
    assert "..." not in text.partition("Get started:")[2]
    assert callable(build_cli())


def test_no_list_of_a_group_truncates(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    groups = list(_groups(build_cli()))
    assert ["segments", "members"] in groups
    for words in groups:
        assert run([*words, "--help"]) == 0
    lines = capsys.readouterr().out.splitlines()
    truncated = [line for line in lines if line.endswith("...") and not line.startswith("Usage")]
    assert truncated == []


def _groups(command: TyperCommand | TyperGroup, *words: str) -> Iterator[list[str]]:
    """Yield the words of every group below a command."""
    if isinstance(command, TyperGroup):
        for name, each in loaded_commands(command).items():
            if isinstance(each, TyperGroup):
                yield [*words, name]
                yield from _groups(each, *words, name)


def test_the_list_of_commands_has_the_first_sentence_of_each() -> None:
    commands = loaded_commands(build_cli())
    expected = {name: summary for rows in COMMANDS.values() for name, _, summary in rows}
    assert {name: commands[name].get_short_help_str(200) for name in expected} == expected
    assert commands.keys() == expected.keys()


@pytest.mark.parametrize("words", [["--help"], ["plan", "--help"], ["state", "list", "--help"]])
def test_help_imports_no_other_command(words: list[str]) -> None:
    _, imported = imported_by(*words)
    commands = {name for name in imported if "cli.commands." in name}
    assert commands == {f"cioform.cli.commands.{word}" for word in words[:1] if word[0] != "-"}


@pytest.mark.parametrize(
    ("words", "expected_message"),
    [
        (["plan", "x", "--dryrun"], "`cioform plan` changes nothing, so it needs no `--dryrun`."),
        (["plan", "x", "--dry-run"], "`cioform plan` changes nothing, so it needs no `--dry-run`."),
        (["apply", "x", "--dryrun"], "To see what it would change:\n\n      cioform plan x\n"),
        (["ci", "apply", "x", "--dry-run"], "would change:\n\n      cioform ci plan x\n"),
        (["history", "x", "--since", "1d"], "Unknown option `--since`. See:"),
        (["people", "import", "x", "f", "--rat=1"], "`--rat`. Did you mean `--rate`? See:"),
        (["people", "import", "x", "f", "--at"], "Unknown option `--at`. See:"),
        (["apply", "x", "--auto"], "Unknown option `--auto`. Did you mean `--auto-approve`? See:"),
        (["send", "email", "x", "y", "--dryrun"], "`--dryrun`. Did you mean `--dry-run`? See:"),
        (["apply", "x", "--yes"], "`--yes`. Did you mean `--auto-approve`? See:"),
        (["apply", "x", "-y"], "`-y`. Did you mean `--auto-approve`? See:"),
        (["apply", "x", "-auto-approve"], "`-auto-approve`. Did you mean `--auto-approve`? See:"),
        (["apply", "x", "-auto-aprove=1"], "`-auto-aprove`. Did you mean `--auto-approve`? See:"),
        (["aply"], "`cioform` has no command `aply`. Did you mean `apply`? See:"),
        (["segments", "members", "x"], "`x`. It has `list`, `add` and `remove`. See:"),
        (["segments", "members", "demo"], "`demo`. It has `list`, `add` and `remove`. See:"),
        (["segments", "members"], "`cioform segments members` needs one of its commands."),
        (["plan", "x", "--with", "ap"], "Invalid value `ap` for `--with`. Did you mean `app`?"),
        (["plan", "x", "--context", "-1"], "`--context` must be at least 0, not -1."),
        (["plan", "x", "--out"], "`--out` needs a value. See:\n\n      cioform plan --help"),
        (["plan", "x", "--json=1"], "`--json` takes no value. See:"),
        (["promote", "x"], "`TARGET` is missing. Usage:\n\n      cioform promote SOURCE TARGET ["),
        (["promote", "x"], "For example:\n\n      cioform promote staging production\n"),
        (["sandbox", "seed", "x", "y"], 'Unexpected argument "y". Usage:\n\n      cioform sandbox'),
        (["doctor"], "`WORKSPACE` is missing. Usage:\n\n      cioform doctor WORKSPACE\n"),
        (["plan"], "Name a workspace, or pass --all:\n\n      cioform plan --all"),
    ],
)
def test_a_wrong_command_line_suggests_the_nearest(
    words: list[str], expected_message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(words) == 64
    assert expected_message in capsys.readouterr().err


def test_suggested_commands_repeat_the_options_that_they_take() -> None:
    given = find_options_to_repeat(["plan", "acme", "--project=my files", "--with", "app"])
    assert given == {"--project": "my files", "--with": "app"}
    text = (
        "See:\n\n    cioform state list acme\n"
        "    cioform plan acme --with journeys\n    cioform x\n"
    )
    assert complete_text(text, given) == (
        "See:\n\n    cioform state list acme --project 'my files'\n"
        "    cioform plan acme --with journeys --project 'my files'\n    cioform x\n"
    )
    assert complete_text("Use `cioform plan acme` now.", given) == "Use `cioform plan acme` now."
    assert complete_text("    cioform plan --help\n", given) == "    cioform plan --help\n"


def test_a_hint_that_adds_consent_repeats_the_command_line() -> None:
    typed = ["apply", "acme", "--target", "snippet.*"]
    assert repeat_arguments("Do:\n\n    cioform apply acme --auto-approve", typed) == (
        "Do:\n\n    cioform apply acme --target 'snippet.*' --auto-approve"
    )
    assert repeat_arguments("    cioform apply acme --approve=night", typed) == (
        "    cioform apply acme --target 'snippet.*' --approve=night"
    )
    for other in ("cioform plan acme --full", "cioform apply acme x.json", "cioform apply --help"):
        assert repeat_arguments(f"    {other}", typed) == f"    {other}"


def progress(stream: io.StringIO) -> Progress:
    ticks = iter(range(0, 1000, 6))
    return Progress(PLAIN, stream, clock=lambda: float(next(ticks)))


def test_progress_shows_every_change_and_the_time_left() -> None:
    stream = Terminal()
    listener = progress(stream)
    change = Change(FOOTER, Action.UPDATE)
    for number, status in ((1, ChangeStatus.DONE), (2, ChangeStatus.FAILED)):
        listener(ChangeStarted(change, number, 3))
        listener(ChangeResult(FOOTER, Action.UPDATE, status))
    assert "[2/3] ~ snippet.footer, about 12 s left" in stream.getvalue()
    assert "[1/3] ~ snippet.footer  ✓ updated\n" in stream.getvalue()
    assert "[2/3] ~ snippet.footer  ✗ failed\n" in stream.getvalue()


def test_progress_in_a_log_is_lines_only() -> None:
    stream = io.StringIO()
    listener = progress(stream)
    listener(ReadProgress(1, 400))
    listener(ChangeStarted(Change(FOOTER, Action.CREATE), 1, 1))
    listener(ChangeResult(FOOTER, Action.CREATE, ChangeStatus.DONE))
    listener.end()
    assert stream.getvalue() == "[1/1] + snippet.footer  ✓ created\n"


@pytest.mark.parametrize(
    ("rate", "expected", "time_left"),
    [(10, 19, ""), (10, 405, ", about 40 s left"), (2, 19, ", about 7.0 s left"), (100, 19, "")],
)
def test_the_progress_of_a_long_read_shows_the_time_left(
    rate: int, expected: int, time_left: str
) -> None:
    stream, now = Terminal(), iter(range(1000))
    listener = Progress(PLAIN, stream, clock=lambda: next(now) / rate)
    listener(ReadProgress(5, None))
    for done in range(1, 6):
        listener(ReadProgress(done, expected))
    line = f"reading: 5 of {expected} requests{time_left}"
    assert (line in stream.getvalue()) == bool(time_left)
    listener.end()
    assert stream.getvalue().endswith("\r\x1b[K" if time_left else "")


def test_a_process_that_is_terminated_ends_in_order():
    code = (
        "import os, signal, sys\n"
        "from cioform.cli import app, process\n"
        "def build():\n"
        "    def command(**_):\n"
        "        try:\n"
        "            os.kill(os.getpid(), signal.SIGTERM)\n"
        "            signal.pause()\n"
        "        finally:\n"
        "            print('released')\n"
        "    return command\n"
        "app.build_cli = build\n"
        "process.run_and_exit()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "plan"], capture_output=True, text=True, env=ENVIRONMENT,
        check=False,
    )  # fmt: skip
    assert done.returncode == 143
    assert done.stdout == "released\n"
    assert done.stderr.startswith("\nInterrupted.")


def test_an_interrupt_before_the_command_began_ends_without_a_traceback() -> None:
    code = (
        "import signal, sys\n"
        "from cioform.cli import process\n"
        "class Interrupting:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name == 'cioform.cli.app':\n"
        "            signal.raise_signal(signal.SIGINT)\n"
        "sys.meta_path.insert(0, Interrupting())\n"
        "process.run_and_exit()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "plan"], capture_output=True, text=True, env=ENVIRONMENT,
        check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (130, "")


@pytest.mark.parametrize(
    ("number", "raised"), [(signal.SIGINT, KeyboardInterrupt), (signal.SIGTERM, SystemExit)]
)
def test_a_signal_that_python_drops_arrives_again(
    number: signal.Signals, raised: type[BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Dying:
        def __del__(self) -> None:
            signal.raise_signal(number)

    def wait_after_a_dropped_signal() -> None:
        Dying()
        sleep(5)

    monkeypatch.setattr(sys, "unraisablehook", process.repeat_swallowed_interrupts)
    before = signal.signal(signal.SIGTERM, process.shut_down_gracefully)
    try:
        with pytest.raises(raised):
            wait_after_a_dropped_signal()
    finally:
        signal.signal(signal.SIGTERM, before)
