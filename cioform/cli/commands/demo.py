"""`cioform demo`: a guided tour on the embedded Customer.io, through the ordinary commands."""

from __future__ import annotations

import os
import shlex
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

import typer

from cioform.cli import options
from cioform.cli.app import run
from cioform.cli.output import stdout_styler
from cioform.cli.streams import write_stderr, write_stdout
from cioform.core.errors import UsageError
from cioform.report.diagnostics import wrap_paragraphs
from cioform.report.styling import Styler, Tone
from cioform.storage.user_files import report_write_errors

_WORKSPACE_PATH: Final = Path("workspaces", "demo")
_PAUSE_SECONDS: Final = 0.7
"""Seconds to read a sentence in, before what it announces."""


@dataclass(frozen=True, slots=True)
class RunCommand:
    """A command, as the reader would type it, and the exit codes it may end with."""

    words: tuple[str, ...]
    exit_codes: tuple[int, ...] = (0,)


@dataclass(frozen=True, slots=True)
class EditFile:
    """A change to a file, as the reader would make it in an editor."""

    file: Path
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class RemoveFile:
    """A file to take away."""

    file: Path


@dataclass(frozen=True, slots=True)
class Scene:
    """A few sentences, then what they announce."""

    words: str
    steps: tuple[RunCommand | EditFile | RemoveFile, ...]


def _command(*words: str, exit_codes: tuple[int, ...] = (0,)) -> RunCommand:
    return RunCommand(("cioform", *words), exit_codes)


TOUR: Final[tuple[Scene, ...]] = (
    Scene(
        "A workspace is a folder of YAML. This one is on the embedded Customer.io: no account, no "
        "network. People have worked in it for years, so it is full already.",
        (
            _command("init", "demo", "--sandbox"),
            RemoveFile(_WORKSPACE_PATH / "snippets" / "footer.yaml"),
            _command("sandbox", "seed", "demo"),
        ),
    ),
    Scene(
        "Import writes what is there as files and remembers which file is which object. After "
        "that, files and workspace agree.",
        (_command("import", "demo"), _command("plan", "demo")),
    ),
    Scene(
        "From now on you edit files. The office has moved, the footer gets a line break, and a "
        "subject can be friendlier.",
        (
            EditFile(
                _WORKSPACE_PATH / "layouts" / "main.html",
                '{{ snippets["main address"] }} {{ snippets.legal }}',
                '{{ snippets["main address"] }}<br>{{ snippets.legal }}',
            ),
            EditFile(_WORKSPACE_PATH / "snippets" / "main_address.yaml", "1 High Street", "8 Canal Road"),
            EditFile(
                _WORKSPACE_PATH / "transactional" / "password_reset.yaml",
                "Reset your password",
                "Your new password is a minute away",
            ),
        ),
    ),
    Scene(
        "Plan shows what would change and whom it reaches, and sends nothing but reads.",
        (_command("plan", "demo", "--out", "demo.plan.json"),),
    ),
    Scene(
        "Apply does what was reviewed. It reads each object again before, and back after.",
        (
            _command("apply", "demo", "demo.plan.json"),
            _command("plan", "demo", "--detailed-exitcode"),
        ),
    ),
    Scene(
        "Meanwhile somebody changes something in the browser. Drift says who, when and what.",
        (
            _command(
                "sandbox", "edit", "demo", "snippet.main_address",
                "value=Acme Ltd, PO Box 7, London", "--as", "jane@acme.com",
            ),
            _command("drift", "demo", exit_codes=(2,)),
        ),
    ),
    Scene(
        "A plan puts it back as Git says. To keep it, import it into the files instead.",
        (_command("plan", "demo"),),
    ),
)  # fmt: skip


def demo(
    folder: Annotated[
        Path, typer.Option(metavar="DIR", help="Where its files go; must be new or empty.")
    ] = Path("cioform-demo"),
    fast: Annotated[bool, typer.Option("--fast", help="No pauses.", show_default=False)] = False,
    no_color: options.NoColorOption = False,
) -> int:
    """Take a guided tour: no account, no network, 20 seconds.

    \b
    Examples:
        cioform demo
        cioform demo --folder /tmp/tour --fast
    """
    color = not no_color
    ink = stdout_styler(color)
    pause = 0.0 if fast or not sys.stdout.isatty() else _PAUSE_SECONDS
    with _new_working_folder(folder):
        for number, scene in enumerate(TOUR, 1):
            _print_scene(scene, number, ink)
            time.sleep(pause)
            for step in scene.steps:
                code = _perform(step, ink, color)
                if code:
                    return code
                time.sleep(pause / 2)
    _print_ending(folder, ink)
    return 0


def _perform(step: RunCommand | EditFile | RemoveFile, ink: Styler, color: bool) -> int:
    """Do one step. Gives the exit code to end the tour with, 0 to go on."""
    if isinstance(step, RunCommand):
        return _run_command(step, ink, color)
    if isinstance(step, RemoveFile):
        _print_prompt(("rm", str(step.file)), ink)
        step.file.unlink()
    else:
        _edit_file(step, ink)
    return 0


def _run_command(step: RunCommand, ink: Styler, color: bool) -> int:

    _print_prompt(step.words, ink)
    code = run([*step.words[1:], *(() if color else ("--no-color",))])
    if code in step.exit_codes:
        return 0
    write_stderr(
        f"\nThe tour ends here: that command should have ended with {step.exit_codes[0]}.\n"
    )
    return code or 1


def _edit_file(step: EditFile, ink: Styler) -> None:

    _print_prompt(("edit", str(step.file)), ink)
    text = step.file.read_text(encoding="utf-8")
    assert step.before in text, f"the tour expects {step.before!r} in {step.file}"
    step.file.write_text(text.replace(step.before, step.after), encoding="utf-8")
    write_stdout(
        ink(f"  - {step.before}", Tone.REMOVED) + "\n" + ink(f"  + {step.after}", Tone.ADDED)
    )
    write_stdout("\n")


def _print_prompt(words: Sequence[str], ink: Styler) -> None:

    write_stdout(f"\n{ink('$', Tone.DIM)} {ink(shlex.join(words), Tone.BOLD)}\n")


def _print_scene(scene: Scene, number: int, ink: Styler) -> None:

    lines = list(wrap_paragraphs(scene.words, 4))
    head = ink(f"{number}/{len(TOUR)}", Tone.MOVED)
    write_stdout("\n" + f"{head} " + "\n".join(lines).lstrip() + "\n")


def _print_ending(folder: Path, ink: Styler) -> None:

    write_stdout(
        f"\n{ink('That was the tour.', Tone.SUCCESS)} Its files stay in {folder}. Go on from there:\n"
        "\n"
        f"    cd {folder}\n"
        "    cioform apply demo\n"
        "    cioform show demo transactional.receipt\n"
        "    cioform doctor demo\n"
    )


@contextmanager
def _new_working_folder(folder: Path) -> Iterator[None]:
    """Make `folder` and stay in it for a while. Raises UsageWrong where something is there."""

    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError.of(
            "Folder is not empty",
            f"The tour begins in a new folder, and {folder} has something in it. Take another:"
            f"\n\n    cioform demo --folder {folder}-2",
        )
    with report_write_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        # A project of its own, also inside of another: the nearest `workspaces` is the project's.
        (folder / "workspaces").mkdir(exist_ok=True)
    here = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(here)
