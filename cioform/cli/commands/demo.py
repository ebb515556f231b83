"""`cioform demo`: a guided tour with the sandbox, through the ordinary commands."""

from __future__ import annotations

import os
import shlex
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Final

import typer

from cioform.cli.app import run
from cioform.cli.command_list.suggested_commands import accepted_options
from cioform.cli.output import stdout_styler
from cioform.cli.parameters import options
from cioform.cli.streams import write_stderr, write_stdout
from cioform.cli.tour import TOUR, EditFile, RemoveFile, RunCommand, Scene
from cioform.core.errors import UsageError
from cioform.report.diagnostics import wrap_paragraphs
from cioform.report.styling import Styler, Tone
from cioform.storage.user_files import read_text, report_write_errors, write_text

_PAUSE_SECONDS: Final = 0.7
"""Time to read a sentence before the step that it announces."""


def demo(
    folder: Annotated[
        Path,
        typer.Option(metavar="DIR", help="Folder for the files; must be new or empty."),
    ] = Path("cioform-demo"),
    fast: Annotated[
        bool, typer.Option("--fast", help="Run without pauses.", show_default=False)
    ] = False,
    no_color: options.NoColorOption = False,
) -> int:
    """Take a guided tour: no account, no network, 20 seconds.

    Examples:
        cioform demo
        cioform demo --folder my-tour --fast
    """
    color = not no_color
    style = stdout_styler(color)
    pause = 0.0 if fast or not sys.stdout.isatty() else _PAUSE_SECONDS
    with _new_working_folder(folder):
        for number, scene in enumerate(TOUR, 1):
            _print_scene(scene, number, style)
            time.sleep(pause)
            for step in scene.steps:
                code = _perform(step, style, color)
                if code:
                    return code
                time.sleep(pause / 2)
    _print_ending(folder, style)
    return 0


def _perform(step: RunCommand | EditFile | RemoveFile, style: Styler, color: bool) -> int:
    """Do one step and return the exit code to end the tour with; 0 continues it."""
    if isinstance(step, RunCommand):
        return _run_command(step, style, color)
    if isinstance(step, RemoveFile):
        _print_prompt(("rm", str(step.file)), style)
        step.file.unlink()
    else:
        _edit_file(step, style)
    return 0


def _run_command(step: RunCommand, style: Styler, color: bool) -> int:
    _print_prompt(step.words, style)
    words = step.words[1:]
    plain = not color and "--no-color" in accepted_options(words)
    code = run([*words, *(("--no-color",) if plain else ())])
    if code in step.exit_codes:
        return 0
    write_stderr(
        f"\nThe tour ends here: that command exited with {code} instead of {step.exit_codes[0]}.\n"
    )
    return code or 1


def _edit_file(step: EditFile, style: Styler) -> None:
    _print_prompt(("edit", str(step.file)), style)
    text = read_text(step.file)
    assert step.before in text, f"the tour expects {step.before!r} in {step.file}"
    write_text(step.file, text.replace(step.before, step.after))
    removed = style(f"  - {step.before}", Tone.REMOVED)
    added = style(f"  + {step.after}", Tone.ADDED)
    write_stdout(f"{removed}\n{added}\n")


def _print_prompt(words: Sequence[str], style: Styler) -> None:
    write_stdout(f"\n{style('$', Tone.DIM)} {style(shlex.join(words), Tone.BOLD)}\n")


def _print_scene(scene: Scene, number: int, style: Styler) -> None:
    text = "\n".join(wrap_paragraphs(scene.words, 4)).lstrip()
    head = style(f"{number}/{len(TOUR)}", Tone.MOVED)
    write_stdout(f"\n{head} {text}\n")


def _print_ending(folder: Path, style: Styler) -> None:
    write_stdout(
        f"\n{style('The tour is complete.', Tone.SUCCESS)} Its files are in {folder}. "
        "To continue from there:\n"
        "\n"
        f"    cd {shlex.quote(str(folder))}\n"
        "    cioform apply demo --allow-live\n"
        "    cioform show demo transactional.receipt\n"
        "    cioform doctor demo\n"
    )


@contextmanager
def _new_working_folder(folder: Path) -> Iterator[None]:
    """Create `folder` and work in it during the block. Raises UsageError if it is not empty."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError.of(
            "Folder is not empty",
            f"The tour needs a new or empty folder, and {folder} is not empty. Choose another:"
            f"\n\n    cioform demo --folder {shlex.quote(f'{folder}-2')}",
        )
    with report_write_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        # A project of its own, even inside another project: the nearest workspaces/ counts.
        (folder / "workspaces").mkdir(exist_ok=True)
    previous = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(previous)
