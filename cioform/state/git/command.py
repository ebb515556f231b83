"""Run Git without prompts, hooks and translations, and with a time limit."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cioform.core.diagnostic import Diagnostic
from cioform.core.errors import StateError, StateUnreachableError
from cioform.core.lazy_modules import lazy_module
from cioform.core.os_errors import os_reason
from cioform.core.text.lazy_pattern import lazy_pattern

if TYPE_CHECKING:
    import signal
    import subprocess
else:
    signal = lazy_module("signal")
    subprocess = lazy_module("subprocess")

MINIMUM_VERSION: Final = (2, 31)
"""The first version that takes settings from `GIT_CONFIG_COUNT`."""
LOCAL_SECONDS: Final = 300
"""A large repository on a slow disk or a busy machine needs minutes for an archive."""
NETWORK_SECONDS: Final = 60

_ENVIRONMENT: Final = {
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "LC_ALL": "C",
    "LANGUAGE": "",
}
_REPOSITORY_VARIABLES: Final = (
    "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_COMMON_DIR", "GIT_NAMESPACE", "GIT_PREFIX",
)  # fmt: skip
"""Set by Git for its hooks. They would make a command work on another repository."""
_NETWORK_COMMANDS: Final = ("fetch", "push", "ls-remote")
_OWN_COPY: Final = (
    "Free some disk space or correct the permissions. `state.git` in `.cioform/` is a copy and can "
    "be deleted."
)
_USERS_CLONE: Final = "Check the clone with\n\n    git fsck"
_SAFE_DIRECTORY: Final = lazy_pattern(r"git config --global --add safe\.directory .+")
_PREFIXES: Final = ("fatal: ", "error: ")
_VERSION = lazy_pattern(r"git version (\d+)\.(\d+)")


class GitError(StateError):
    """A Git command that failed. `text` is what Git said, `output` what it had printed before."""

    def __init__(self, command: str, text: str, output: str, hint: str) -> None:
        detail = f"`git {command}` failed: {reason_of(text)}. {hint}"
        super().__init__([Diagnostic("Git failed", detail)])
        self.text = text
        self.output = output


class Git:
    """Git in one folder.

    `settings` are added to the configuration that Git finds itself. With `is_repository` the folder
    itself is the repository: where it is damaged, Git does not look for another one above.
    """

    def __init__(
        self,
        folder: Path,
        settings: Sequence[tuple[str, str]] = (),
        *,
        is_repository: bool = False,
    ) -> None:
        self.folder = folder
        self._environment = _environment(settings)
        self._is_repository = is_repository
        self._hint = _OWN_COPY if is_repository else _USERS_CLONE
        if is_repository:
            self._environment["GIT_DIR"] = str(folder.resolve())

    def with_settings(self, settings: Sequence[tuple[str, str]]) -> Git:
        """Return Git in the same repository, with more settings."""
        return Git(self.folder, settings, is_repository=self._is_repository)

    def run(
        self,
        *arguments: str,
        stdin: bytes = b"",
        seconds: float = LOCAL_SECONDS,
        environment: Mapping[str, str] | None = None,
    ) -> bytes:
        """Return what a command prints.

        Raises GitError if it fails, StateError if there is no Git, and StateUnreachableError if it
        takes longer than `seconds`.
        """
        code, output, errors = self._execute(
            ["git", *arguments], stdin, seconds, {**self._environment, **(environment or {})}
        )
        if code != 0:
            text = errors.decode(errors="replace").strip() or f"git {arguments[0]} failed"
            raise GitError(arguments[0], text, output.decode(errors="replace"), self._hint)
        return output

    def text(self, *arguments: str) -> str:
        """Return what a command prints, without the last newline."""
        return self.run(*arguments).decode(errors="replace").rstrip("\n")

    def contains(self, commit: str, other: str) -> bool:
        """Return whether `other` is `commit` or an ancestor of it, as far as is known here."""
        try:
            self.run("merge-base", "--is-ancestor", other, commit)
        except GitError:
            return False
        return True

    def _execute(
        self, command: list[str], stdin: bytes, seconds: float, environment: Mapping[str, str]
    ) -> tuple[int, bytes, bytes]:
        try:
            # A session of its own: Ctrl-C ends the run in order, not a push halfway.
            process = subprocess.Popen(
                command, cwd=self.folder, env=environment, start_new_session=True,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            )  # fmt: skip
        except OSError as error:
            raise _not_installed_error(error) from None
        try:
            output, errors = process.communicate(stdin, timeout=seconds)
        except subprocess.TimeoutExpired:
            raise _too_slow_error(command[1], seconds) from None
        finally:
            if process.poll() is None:
                _kill(process)
                process.communicate()
        return process.returncode, output, errors


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End a command and what it has started, such as ssh."""
    with contextlib.suppress(OSError):
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)


def check_repository(git: Git) -> None:
    """Raise StateError if the folder is in no repository that Git reads, or Git is too old."""
    _check_version(git)
    try:
        git.run("rev-parse", "--git-dir")
    except GitError as error:
        hint = trust_hint(error.text) or "Run the command in a clone of the project."
        raise StateError.of(
            "Not a Git repository",
            f"{git.folder} cannot be used as a repository: {reason_of(error.text)}. {hint}",
        ) from None


def trust_hint(text: str) -> str:
    """Return what to do if Git said that a repository is another user's, else nothing."""
    trusted = _SAFE_DIRECTORY.search(text)
    if trusted is None:
        return ""
    return f"It belongs to another user. If you trust its content:\n\n    {trusted[0]}"


def _check_version(git: Git) -> None:
    found = _VERSION.match(git.text("version"))
    if found and (int(found[1]), int(found[2])) < MINIMUM_VERSION:
        needed = ".".join(map(str, MINIMUM_VERSION))
        raise StateError.of(
            "Git too old",
            f"cioform needs Git {needed} or newer, and this is {found[1]}."
            f"{found[2]}. Install a newer version.",
        )


def _environment(settings: Sequence[tuple[str, str]]) -> dict[str, str]:
    # Settings are passed by the environment, never by arguments: every user of a machine can read
    # the arguments of its processes, and a setting may be a credential.
    environment = {k: v for k, v in os.environ.items() if k not in _REPOSITORY_VARIABLES}
    given = int(environment.get("GIT_CONFIG_COUNT") or 0)
    pairs = [*settings, ("core.hooksPath", os.devnull), ("core.fsmonitor", "false")]
    for number, (key, value) in enumerate(pairs, start=given):
        environment[f"GIT_CONFIG_KEY_{number}"] = key
        environment[f"GIT_CONFIG_VALUE_{number}"] = value
    return {**environment, **_ENVIRONMENT, "GIT_CONFIG_COUNT": str(given + len(pairs))}


def _not_installed_error(error: OSError) -> StateError:
    return StateError.of(
        "Git not found",
        f"The program `git` is needed here, and it cannot be run: {os_reason(error)}. Install Git.",
    )


def _too_slow_error(command: str, seconds: float) -> StateUnreachableError:
    detail = f"`git {command}` took longer than {seconds:.0f} seconds and was stopped."
    if command not in _NETWORK_COMMANDS:
        text = f"{detail} The machine is very busy or its disk very slow. Try again."
        return StateUnreachableError.of("Git timed out", text)
    text = f"{detail} Check the network and that the remote needs no password or passphrase, then "
    return StateUnreachableError.of("Git timed out", f"{text}try again.")


def reason_of(text: str) -> str:
    """Return the line of what Git said that has the reason, without its prefix and full stop.

    What follows that line is general advice. Where it only says that a connection failed, the line
    before is that of ssh, and has the reason.
    """
    lines = text.strip().splitlines() or ["no reason given"]
    line = next((each for each in lines if each.startswith(_PREFIXES)), lines[-1])
    before = lines[: lines.index(line)]
    if before and "Could not read from remote repository" in line:
        line = before[-1].strip()
    for prefix in _PREFIXES:
        line = line.removeprefix(prefix)
    return line.rstrip(".")
