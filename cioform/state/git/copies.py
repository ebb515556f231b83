"""Compare the copy of the state on this machine with the remote."""

from __future__ import annotations

import json
import shlex

from cioform.core.dataclasses import dataclass
from cioform.core.errors import StateError
from cioform.core.time.timestamps import format_minute
from cioform.state.git.command import Git, GitError
from cioform.state.shared.layout import STATE_FILE


@dataclass(frozen=True, slots=True)
class CopyPlace:
    """The ref of the remote, and the ref that keeps this machine's copy of it in `git`."""

    git: Git
    seen_ref: str
    remote: str
    """The name of a remote of the user's clone, or a URL."""
    ref: str
    workspace: str

    @property
    def found_ref(self) -> str:
        """The ref that keeps what was fetched last, which may not continue the copy."""
        return f"{self.seen_ref}-found"

    @property
    def push_command(self) -> str:
        """The command that pushes the copy to the remote, without force."""
        return self._push(self.seen_ref)

    @property
    def push_on_top_command(self) -> str:
        """The command that pushes the copy as a commit after what the remote has."""
        copy = f"commit-tree {self.seen_ref}^{{tree}} -p {self.found_ref} -m Restore"
        return self._push(f'"$({git_command(self.git, copy)})"')

    def _push(self, commit: str) -> str:
        is_name = "/" not in self.remote and ":" not in self.remote
        url = f'"$(git remote get-url --push {self.remote})"' if is_name else self.remote
        return f"{git_command(self.git, 'push')} {url} {commit}:{self.ref}"


def keep_found(place: CopyPlace, seen: str | None) -> str:
    """Keep what was fetched as this machine's copy in place of `seen`, and return its commit.

    Raises StateError if it does not continue the copy, or is an older state.
    """
    git = place.git
    found = git.text("rev-parse", place.found_ref)
    if found == seen:
        return found
    if seen is not None and (not git.contains(found, seen) or _is_older(git, found, seen)):
        raise _reset_error(place)
    git.run("update-ref", place.seen_ref, found)
    return found


def git_command(git: Git, command: str) -> str:
    """Return the start of a command line that works in a state's own repository."""
    return f"git --git-dir={shlex.quote(str(git.folder))} {command}"


def describe_commit(git: Git, commit: str) -> str:
    """Return the serial, the commit and the run of a state, and when it was written."""
    fields = "%h%x00%an%x00%ct%x00%s%x00%(trailers:key=Run,valueonly,separator=%x2C)"
    short, who, seconds, subject, run = git.text(
        "show", "--no-patch", f"--format={fields}", commit
    ).split("\0")
    at = format_minute(float(seconds))
    name = f"run {run}, " if run else ""
    serial = _serial(git, commit)
    number = "unknown" if serial is None else serial
    return f"serial {number}, commit {short} (`{subject}`, {name}{who}, {at})"


def _serial(git: Git, commit: str) -> int | None:
    try:
        serial = json.loads(git.run("show", f"{commit}:{STATE_FILE}"))["serial"]
    except (GitError, ValueError, KeyError, TypeError):
        return None
    return serial if isinstance(serial, int) else None


def _is_older(git: Git, found: str, seen: str) -> bool:
    """Return whether a later commit restored an older state."""
    before, after = _serial(git, seen), _serial(git, found)
    return before is not None and after is not None and after < before


def _reset_error(place: CopyPlace) -> StateError:
    git = place.git
    adopt = f"    cioform state init {place.workspace} --adopt"
    both = (
        f"It has {describe_commit(git, place.found_ref)}. This machine has "
        f"{describe_commit(git, place.seen_ref)}."
    )
    if git.contains(place.seen_ref, place.found_ref):
        return StateError.of(
            "State was reset",
            f"{place.ref} of {place.remote} is older than this machine's copy: somebody reset it, "
            f"or restored an older copy. {both} Nothing was done. Push this machine's copy, which "
            f"contains the state of the remote:\n\n    {place.push_command}\n\nIf it was reset on "
            "purpose, accept the state of the remote. The copy is kept, and the next plan adopts "
            f"objects by name that this state does not have:\n\n{adopt}",
        )
    if git.contains(place.found_ref, place.seen_ref):
        return StateError.of(
            "State was reset",
            f"{place.ref} of {place.remote} is older than this machine's copy: somebody pushed a "
            f"commit that restored an older state. {both} Nothing was done. If that was a mistake, "
            f"push this machine's copy on top of it:\n\n    {place.push_on_top_command}\n\nIf it "
            "was restored on purpose, accept it. The next plan adopts objects by name that this "
            f"state does not have:\n\n{adopt}",
        )
    return StateError.of(
        "State was reset",
        f"{place.ref} of {place.remote} no longer contains the commit that this machine saw last: "
        f"somebody reset it or pushed with force, or restored an older copy and used it. {both} "
        "Nothing was done. See which runs only this machine's copy has:\n\n    "
        f"{git_command(git, 'log')} {place.found_ref}..{place.seen_ref}\n\nThen push the right "
        "commit, or accept the state of the remote. The copy is kept, and the next plan adopts "
        f"objects by name that this state does not have:\n\n{adopt}",
    )
