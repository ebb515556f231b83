"""Where the state is kept: a local file."""

from __future__ import annotations

import contextlib
import getpass
import json
import os
import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from cioform.core.errors import Untrusted
from cioform.model.snapshot import Applied
from cioform.state.state import Owner, corrupt, from_text, to_text
from cioform.storage.atomic import sync_folder, write_through


class LocalStore:
    """A state in `folder`: `state.json`, the one before it as `state.json.backup`, and a lock."""

    def __init__(
        self,
        folder: Path,
        owner: Owner,
        *,
        new_lineage: Callable[[], str] = lambda: str(uuid4()),
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.folder = folder
        self._owner = owner
        self._new_lineage = new_lineage
        self._now = now
        self._file = folder / "state.json"
        self._backup = folder / "state.json.backup"
        self._lock = folder / "state.lock"
        self._holder = folder / "state.lock.json"

    def load(self) -> Applied:
        """Give the state: a fresh one with a new lineage where there is none yet.

        A backup without a state is not "none yet": somebody deleted or lost the file.
        """
        try:
            text = self._file.read_bytes().decode()
        except FileNotFoundError:
            if self._backup.exists():
                raise corrupt(str(self._file), "It is missing, and its backup is not.") from None
            return Applied(self._new_lineage(), 0, {})
        except UnicodeDecodeError:
            raise corrupt(str(self._file), "It is not UTF-8.") from None
        except OSError as error:
            raise _unreadable(self._file, error) from None
        return from_text(text, self._owner, str(self._file))

    def save(self, applied: Applied) -> None:
        """Write beside, make sure it is on the disk, keep the old one as backup, then swap in one
        step: whenever the power goes, there is a whole state."""
        fresh = self.folder / f"state.json.{os.getpid()}.new"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            write_through(fresh, to_text(applied, self._owner).encode())
            if self._file.exists():
                self._keep_backup()
            fresh.replace(self._file)
            sync_folder(self.folder)
        except OSError as error:
            with contextlib.suppress(OSError):
                fresh.unlink(missing_ok=True)
            raise _unwritable(self._file, error) from None

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        """Keep everybody else out meanwhile; raises Untrusted when somebody else is in. The lock
        is the operating system's: it ends with the process, however that ends."""
        # It brings asyncio along, which who only reads the state does not need.
        from filelock import FileLock, Timeout

        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self._lock, timeout=0)
            lock.acquire()
        except Timeout:
            raise self._held() from None
        except OSError as error:
            raise _unwritable(self._lock, error) from None
        try:
            self._say_who()
            yield
        finally:
            with contextlib.suppress(OSError):
                self._holder.unlink(missing_ok=True)
            lock.release()

    def _keep_backup(self) -> None:
        """Link and not move: the state never has a moment without a file."""
        beside = self.folder / f"state.json.{os.getpid()}.old"
        beside.unlink(missing_ok=True)
        try:
            os.link(self._file, beside)
        except OSError:  # a file system without hard links
            write_through(beside, self._file.read_bytes())
        beside.replace(self._backup)

    def _say_who(self) -> None:
        holder = {
            "who": f"{_user()}@{socket.gethostname()}",
            "process": os.getpid(),
            "since": self._now().isoformat(timespec="seconds"),
        }
        with contextlib.suppress(OSError):
            self._holder.write_text(json.dumps(holder), encoding="utf-8")

    def _held(self) -> Untrusted:
        try:
            holder = json.loads(self._holder.read_text(encoding="utf-8"))
            by = f"{holder['who']} (process {holder['process']}) since {holder['since']}"
        except (OSError, ValueError, KeyError, TypeError):
            by = "another process"
        return Untrusted.of(
            "State held by somebody else",
            f"{self._lock} is held by {by}, who may be in the middle of an apply. Nothing was "
            "changed. Wait until it has ended, then run the command again. The lock ends with "
            "that process; there is nothing to clean up after a crash.",
        )


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # no user database, as in a bare container
        return "somebody"


def _unreadable(path: Path, error: OSError) -> Untrusted:
    return Untrusted.of(
        "State not readable",
        f"{path} cannot be read: {error.strerror or error}. Nothing was changed. Check its "
        "permissions and its owner.",
    )


def _unwritable(path: Path, error: OSError) -> Untrusted:
    return Untrusted.of(
        "State not writable",
        f"{path} cannot be written: {error.strerror or error}. What was there is unchanged, and "
        "the journal holds what was done since. Make room or mend the permissions, then run the "
        "same command again: it takes up where this one stopped.",
    )
