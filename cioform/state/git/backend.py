"""Shared state on a ref of a Git remote. A push that fails if the ref moved is the swap."""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from typing_extensions import override

from cioform.core.errors import StateError, StateUnreachableError
from cioform.core.text.lazy_pattern import lazy_pattern
from cioform.state.git.command import NETWORK_SECONDS, Git, GitError
from cioform.state.git.copies import (
    CopyPlace,
    describe_commit,
    git_command,
    keep_found,
)
from cioform.state.git.errors import refused_error, unreachable_error
from cioform.state.git.fetch_lock import only_one_fetch
from cioform.state.git.objects import (
    Listing,
    list_files,
    read_blobs,
    write_commit,
    write_files,
    write_tree,
)
from cioform.state.git.repository import (
    find_user_repository,
    open_state_repository,
    remote_url,
)
from cioform.state.shared.backend import (
    ARCHIVE_FOLDERS,
    FileChanges,
    Files,
    MovedError,
    Snapshot,
    StateBackend,
    SwapNote,
)
from cioform.state.shared.layout import STATE_FILE
from cioform.state.store import StateNotWritableError

_UNKNOWN_FORMAT: Final = "does not support this repository's hash algorithm"
_OTHER_FORMAT = lazy_pattern(r"mismatched algorithms: client \w+; server (\w+)")


class GitBackend(StateBackend):
    """The state of `workspace` on `ref` of `remote`, the name of a remote or a URL.

    `folder` is where the state's own repository is kept: a cache that can be deleted. Neither the
    index nor the work tree nor any ref of the user's repository at `root` is touched.
    """

    def __init__(self, root: Path, folder: Path, remote: str, ref: str, workspace: str) -> None:
        self.is_atomic = True
        self.location = f"{ref} of {remote}"
        self.restore_hint = (
            f"Every earlier state is a commit of that ref. Fetch it with\n    git fetch {remote} "
            f"{ref}\n    git log FETCH_HEAD\nand push a commit that restores the good one. "
            f"A machine that has seen a newer state then needs\n    cioform state init {workspace} "
            "--adopt"
        )
        self.lost_hint = (
            "If it was deleted, restore the copy on this machine. If there is none, the same "
            "command begins an empty state."
        )
        self._root = root
        self._folder = folder
        self._remote = remote
        self._ref = ref
        self._workspace = workspace
        self._seen_ref = f"refs/cioform/{hashlib.sha256(f'{remote} {ref}'.encode()).hexdigest()}"
        self._opened: tuple[Git, str] | None = None
        self._listings: dict[str, Listing] = {}
        self._current: str | None = None
        self._snapshot_read: Snapshot | None = None
        """What was read last: most reads of a command find no newer commit."""
        self._has_other_format = False
        """Whether the remote has IDs of another length than the user's repository."""

    @override
    def read(self) -> Snapshot | None:
        commit = self._fetch()
        return None if commit is None else self._snapshot(commit)

    @override
    def list_archive(self, folder: str) -> Sequence[str]:
        listing = self._listings.get(self._current or "", {})
        return [path for path in listing if path.startswith(f"{folder}/")]

    @override
    def read_archived(self, paths: Sequence[str]) -> Files:
        listing = self._listings.get(self._current or "", {})
        known = [path for path in paths if path in listing]
        contents = read_blobs(self._open()[0], (listing[path] for path in known))
        return dict(zip(known, contents, strict=True))

    @override
    def swap(self, changes: FileChanges, token: str | None, note: SwapNote) -> str:
        git, url = self._open()
        listing = write_files(git, self._listings[token] if token else {}, changes)
        commit = write_commit(git, write_tree(git, listing), token, note)
        # An expected value makes the push fail where the ref was deleted, too. It never forces:
        # the commit is a child of the value that is expected.
        lease = f"--force-with-lease={self._ref}:{token or ''}"
        try:
            git.run(
                "push", "--porcelain", "--no-verify", "--no-signed", lease, url,
                f"{commit}:{self._ref}", seconds=NETWORK_SECONDS,
            )  # fmt: skip
        except (GitError, StateUnreachableError) as error:
            if not self._has_other_format and _UNKNOWN_FORMAT in _output(error):
                return self._create_in_other_format(changes, note)
            self._explain_failed_push(commit, token, error)
        git.run("update-ref", self._seen_ref, commit)
        self._listings = {commit: listing}
        self._current = commit
        return commit

    @override
    def prove_writable(self) -> str:
        git, url = self._open()
        try:
            # The remote checks the right to push before it says what there is.
            git.run(
                "push", "--dry-run", "--porcelain", "--no-verify", url,
                f"{self._current}:{self._ref}", seconds=NETWORK_SECONDS,
            )  # fmt: skip
        except GitError as error:
            raise StateNotWritableError(self._refused_error(error).diagnostics) from None
        return "accepts pushes in a dry run; only a push asks the rules and hooks of the server"

    @property
    def url(self) -> str:
        """The URL of the remote."""
        return self._open()[1]

    def exists(self) -> bool:
        """Return whether the remote has the ref."""
        git, url = self._open()
        try:
            return bool(git.run("ls-remote", url, self._ref, seconds=NETWORK_SECONDS))
        except GitError as error:
            raise self._unreachable_error(error) from None

    def read_seen(self, commit: str) -> Snapshot:
        """Return a state that this machine has seen, without asking the remote."""
        return self._snapshot(commit)

    def accept_reset(self, seen: str) -> str | None:
        """Accept what is there although it does not continue the commit that was seen last.

        Return how that commit can still be read, None if it is part of what is there.
        """
        git, _ = self._open()
        git.run("update-ref", "-d", self._seen_ref)
        current = self._fetch()
        if current is not None and git.contains(current, seen):
            return None
        git.run("update-ref", f"{self._seen_ref}-{seen}", seen)
        return f"{git_command(git, 'show')} {seen}:{STATE_FILE}"

    def describe(self, commit: str) -> str:
        """Return what a commit of the state is: its serial, its run and its time."""
        return describe_commit(self._open()[0], commit)

    def last_seen(self) -> str | None:
        """Return the commit that this machine saw last, None if it saw none."""
        try:
            return self._open()[0].text("rev-parse", "-q", "--verify", self._seen_ref)
        except GitError:
            return None

    def restore(self, commit: str, note: SwapNote) -> None:
        """Push a commit that this machine has seen to the ref, which must not exist."""
        try:
            self._push_new(commit)
        except GitError as error:
            if "shallow update not allowed" not in _output(error):
                raise self._refused_error(error) from None
            # The remote has lost the history too, and this machine never had all of it.
            git, _ = self._open()
            root = write_commit(git, f"{commit}^{{tree}}", None, note)
            self._push_new(root)
            git.run("update-ref", self._seen_ref, root)

    def _push_new(self, commit: str) -> None:
        git, url = self._open()
        git.run(
            "push", "--porcelain", "--no-verify", f"--force-with-lease={self._ref}:", url,
            f"{commit}:{self._ref}", seconds=NETWORK_SECONDS,
        )  # fmt: skip

    def _snapshot(self, commit: str) -> Snapshot:
        self._current = commit
        last = self._snapshot_read
        if last is not None and last.token == commit and commit in self._listings:
            return last
        git, _ = self._open()
        if commit not in self._listings:
            self._listings[commit] = list_files(git, commit)
        listing = self._listings[commit]
        paths = [path for path in listing if not path.startswith(_ARCHIVES)]
        contents = read_blobs(git, (listing[path] for path in paths))
        self._snapshot_read = Snapshot(commit, dict(zip(paths, contents, strict=True)))
        return self._snapshot_read

    def _open(self) -> tuple[Git, str]:
        """Return Git in the state's own repository, and the URL of the remote."""
        if self._opened is None:
            user = find_user_repository(self._root)
            url = remote_url(user, self._remote)
            if "://" not in url and not re.match(r"[^/]+:", url):  # A path, relative to the clone.
                top = user.text("rev-parse", "--show-toplevel")
                url = str((Path(top) / Path(url).expanduser()).resolve())
            self._opened = open_state_repository(self._folder, user), url
        return self._opened

    def _fetch(self) -> str | None:
        """Fetch the ref and return its commit, None if the remote has no such ref."""
        with only_one_fetch(self._folder, self.location):
            git, url = self._open()
            place = CopyPlace(git, self._seen_ref, self._remote, self._ref, self._workspace)
            seen = self.last_seen()
            # Only the first fetch is shallow. Later ones take what is new since.
            depth = [] if seen else ["--depth=1"]
            try:
                git.run(
                    "fetch", "--no-progress", "--no-tags", "--no-write-fetch-head", *depth, url,
                    f"+{self._ref}:{place.found_ref}", seconds=NETWORK_SECONDS,
                )  # fmt: skip
            except GitError as error:
                return self._explain_failed_fetch(error)
            return keep_found(place, seen)

    def _explain_failed_fetch(self, error: GitError) -> str | None:
        text = error.text
        if "couldn't find remote ref" in text:
            return None
        if other := _OTHER_FORMAT.search(text):
            return self._fetch_in_format(other[1])
        raise self._unreachable_error(error) from None

    def _fetch_in_format(self, object_format: str) -> str | None:
        """Fetch from a repository whose IDs have another length than those of the user's."""
        self._open_in_format(object_format)
        return self._fetch()

    def _create_in_other_format(self, changes: FileChanges, note: SwapNote) -> str:
        """Create the state in an empty repository whose IDs have another length than ours.

        An empty repository tells its format only when something is pushed.
        """
        own = self._open()[0].text("rev-parse", "--show-object-format")
        self._open_in_format("sha1" if own == "sha256" else "sha256")
        if self._fetch() is not None:
            raise MovedError
        return self.swap(changes, None, note)

    def _open_in_format(self, object_format: str) -> None:
        self._has_other_format = True
        other = self._folder.with_name(f"{self._folder.name}.other-format")
        shutil.rmtree(other, ignore_errors=True)
        self._folder.rename(other)
        user = find_user_repository(self._root)
        _, url = self._open()
        self._opened = open_state_repository(self._folder, user, object_format), url

    def _explain_failed_push(
        self, commit: str, token: str | None, error: GitError | StateUnreachableError
    ) -> None:
        """Return if the remote has the commit after all, and raise what is the case otherwise."""
        git, url = self._open()
        try:
            listed = git.run("ls-remote", url, self._ref, seconds=NETWORK_SECONDS).decode()
        except GitError as unreachable:
            raise self._unreachable_error(unreachable) from None
        rows = (line.split("\t") for line in listed.splitlines())
        current = next((row[0] for row in rows if row[1] == self._ref), None)
        if current == commit:
            return
        if current != token or "stale info" in _output(error) or "lock ref" in _output(error):
            raise MovedError
        if isinstance(error, StateUnreachableError):
            raise error
        raise self._refused_error(error) from None

    def _refused_error(self, error: GitError) -> StateError:
        return refused_error(self._remote, self._ref, error)

    def _unreachable_error(self, error: GitError) -> StateUnreachableError:
        return unreachable_error(self.location, self._remote, error)


_ARCHIVES: Final = tuple(f"{folder}/" for folder in ARCHIVE_FOLDERS)


def _output(error: GitError | StateUnreachableError) -> str:
    return f"{error.output}\n{error.text}" if isinstance(error, GitError) else ""
