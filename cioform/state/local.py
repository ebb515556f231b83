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

from cioform.core.errors import StateError
from cioform.model.snapshot import AppliedState
from cioform.state.state import StateOwner, corrupt_state_error, decode_state, encode_state
from cioform.storage.atomic import fsync_folder, write_and_fsync


class LocalStateStore:
    """A state in `folder`: `state.json`, the one before it as `state.json.backup`, and a lock."""

    def __init__(
        self,
        folder: Path,
        owner: StateOwner,
        *,
        new_lineage: Callable[[], str] = lambda: str(uuid4()),
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.folder = folder
        self._owner = owner
        self._new_lineage = new_lineage
        self._now = now
        self._state_path = folder / "state.json"
        self._backup_path = folder / "state.json.backup"
        self._lock_path = folder / "state.lock"
        self._holder_path = folder / "state.lock.json"

    def load(self) -> AppliedState:
        """Give the state: a fresh one with a new lineage where there is none yet.

        A backup without a state is not "none yet": somebody deleted or lost the file.
        """
        try:
            text = self._state_path.read_bytes().decode()
        except FileNotFoundError:
            if self._backup_path.exists():
                raise corrupt_state_error(
                    str(self._state_path), "It is missing, and its backup is not."
                ) from None
            return AppliedState(self._new_lineage(), 0, {})
        except UnicodeDecodeError:
            raise corrupt_state_error(str(self._state_path), "It is not UTF-8.") from None
        except OSError as error:
            raise _read_error(self._state_path, error) from None
        return decode_state(text, self._owner, str(self._state_path))

    def save(self, applied: AppliedState) -> None:
        """Write beside, make sure it is on the disk, keep the old one as backup, then swap in one
        step: whenever the power goes, there is a whole state."""
        fresh = self.folder / f"state.json.{os.getpid()}.new"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            write_and_fsync(fresh, encode_state(applied, self._owner).encode())
            if self._state_path.exists():
                self._write_backup()
            fresh.replace(self._state_path)
            fsync_folder(self.folder)
        except OSError as error:
            with contextlib.suppress(OSError):
                fresh.unlink(missing_ok=True)
            raise _write_error(self._state_path, error) from None

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        """Keep everybody else out meanwhile; raises Untrusted when somebody else is in. The lock
        is the operating system's: it ends with the process, however that ends."""
        # It brings asyncio along, which who only reads the state does not need.
        from filelock import FileLock, Timeout

        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self._lock_path, timeout=0)
            lock.acquire()
        except Timeout:
            raise self._locked_error() from None
        except OSError as error:
            raise _write_error(self._lock_path, error) from None
        try:
            self._write_lock_holder()
            yield
        finally:
            with contextlib.suppress(OSError):
                self._holder_path.unlink(missing_ok=True)
            lock.release()

    def _write_backup(self) -> None:
        """Link and not move: the state never has a moment without a file."""
        beside = self.folder / f"state.json.{os.getpid()}.old"
        beside.unlink(missing_ok=True)
        try:
            os.link(self._state_path, beside)
        except OSError:  # a file system without hard links
            write_and_fsync(beside, self._state_path.read_bytes())
        beside.replace(self._backup_path)

    def _write_lock_holder(self) -> None:
        holder = {
            "who": f"{_user_name()}@{socket.gethostname()}",
            "process": os.getpid(),
            "since": self._now().isoformat(timespec="seconds"),
        }
        with contextlib.suppress(OSError):
            self._holder_path.write_text(json.dumps(holder), encoding="utf-8")

    def _locked_error(self) -> StateError:
        try:
            holder = json.loads(self._holder_path.read_text(encoding="utf-8"))
            by = f"{holder['who']} (process {holder['process']}) since {holder['since']}"
        except (OSError, ValueError, KeyError, TypeError):
            by = "another process"
        return StateError.of(
            "State held by somebody else",
            f"{self._lock_path} is held by {by}, who may be in the middle of an apply. Nothing was "
            "changed. Wait until it has ended, then run the command again. The lock ends with "
            "that process; there is nothing to clean up after a crash.",
        )


def _user_name() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # no user database, as in a bare container
        return "somebody"


def _read_error(path: Path, error: OSError) -> StateError:
    return StateError.of(
        "State not readable",
        f"{path} cannot be read: {error.strerror or error}. Nothing was changed. Check its "
        "permissions and its owner.",
    )


def _write_error(path: Path, error: OSError) -> StateError:
    return StateError.of(
        "State not writable",
        f"{path} cannot be written: {error.strerror or error}. What was there is unchanged, and "
        "the journal holds what was done since. Make room or mend the permissions, then run the "
        "same command again: it takes up where this one stopped.",
    )
