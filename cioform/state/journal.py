"""The journal: one append-only file a run, each line on the disk before the next step."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, Final, Self

from cioform.core.address import Address
from cioform.core.errors import StateError
from cioform.core.json_value import JsonValue
from cioform.model.conversation import Request
from cioform.state.record import JournalEvent, JournalRecord, encode_record
from cioform.storage.atomic import fsync_folder

FORMAT: Final = 1


class Journal:
    """A run being recorded. Every method returns only once its record is on the disk, and raises
    Untrusted when it cannot be: then the step it announces must not be taken."""

    def __init__(self, path: Path, file: BinaryIO, clock: Callable[[], float]) -> None:
        self.path = path
        self._file = file
        self._clock = clock
        self._lock = threading.Lock()
        self._seq = 0
        self._broken = False
        self._open_changes: set[Address] = set()

    @classmethod
    def open(cls, folder: Path, run_id: str, clock: Callable[[], float]) -> Self:
        """Begin the file of a run in `folder/journal`. `clock` is Unix seconds."""
        path = journal_path(folder, run_id)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            file = path.open("xb", buffering=0)
        except FileExistsError:
            raise StateError.of(
                "Journal exists already",
                f"{path} is the record of an earlier run of the same name, and is not written "
                "over. Nothing was changed. Run the command again.",
            ) from None
        except OSError as error:
            raise _write_error(path, error) from None
        fsync_folder(path.parent)
        return cls(path, file, clock)

    def begin_run(self, **data: JsonValue) -> None:
        """Record what the run is: its plan, lineage, serial, commit, who, whatever is asked."""
        self._write(JournalEvent.RUN_BEGIN, {**data, "format": FORMAT})

    def begin_change(
        self,
        address: Address,
        action: str,
        remote_id: str | None = None,
        backup: JsonValue = None,
        wanted: Mapping[str, JsonValue] | None = None,
    ) -> None:
        """Record that an object is about to be touched. `backup` is its live wire form, None
        where there is none; `wanted` its desired attributes, None for a delete."""
        self._write(
            JournalEvent.CHANGE_BEGIN,
            {
                "address": str(address),
                "action": str(action),
                "remote_id": remote_id,
                "backup": backup,
                "wanted": None if wanted is None else dict(wanted),
            },
        )
        self._open_changes.add(address)

    def begin_request(self, request: Request, address: Address) -> None:
        """Record that a write is about to be sent."""
        self._write(
            JournalEvent.REQUEST_BEGIN,
            {
                "address": str(address),
                "api": request.api.value,
                "method": request.method,
                "path": request.path,
                "body": request.body,
            },
        )

    def end_request(self, status: int, address: Address | None = None) -> None:
        """Record that the write was answered; without an address, that of the last begun."""
        says: dict[str, JsonValue] = {"status": status}
        if address is not None:
            says["address"] = str(address)
        self._write(JournalEvent.REQUEST_DONE, says)

    def record_binding(
        self, address: Address, remote_id: str, parts: Mapping[str, str] | None = None
    ) -> None:
        """Record an id as soon as it is known, though the change is not done yet."""
        self._write(
            JournalEvent.BOUND,
            {"address": str(address), "remote_id": remote_id, "parts": dict(parts or {})},
        )

    def end_change(self, address: Address, remote_id: str | None) -> None:
        """Record that a change was made and read back."""
        self._write(JournalEvent.CHANGE_DONE, {"address": str(address), "remote_id": remote_id})
        self._open_changes.discard(address)

    def fail_change(self, address: Address, reason: str, *, outcome_unknown: bool) -> None:
        """Record that a change was not made, or, in doubt, that nobody knows. One in doubt stays
        open until it is looked up."""
        self._write(
            JournalEvent.CHANGE_FAILED,
            {"address": str(address), "why": reason, "in_doubt": outcome_unknown},
        )
        if not outcome_unknown:
            self._open_changes.discard(address)

    def end_run(self, **data: JsonValue) -> None:
        """Record that the run came to its end and how many changes it leaves open, so that its
        last line tells whether the others have to be read; and close the file."""
        self._write(JournalEvent.RUN_END, {**data, "open": len(self._open_changes)})
        self.close()

    def close(self) -> None:
        """Close the file; without `end_run` the run is unfinished."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _write(self, event: JournalEvent, data: Mapping[str, Any]) -> None:
        with self._lock:
            if self._broken:  # a line after half a line would spoil what is still readable
                raise _write_error(self.path, OSError("an earlier record could not be written"))
            self._seq += 1
            self._broken = True
            append_record(
                self.path,
                self._file,
                JournalRecord(self._seq, format_timestamp(self._clock()), event, data),
            )
            self._broken = False


def journal_path(folder: Path, run_id: str) -> Path:
    """Give where the journal of a run lies under a state's folder."""
    return folder / "journal" / f"{run_id}.ndjson"


def append_record(path: Path, file: BinaryIO, record: JournalRecord) -> None:
    """Put a record at the end of the open file at `path` and wait until it is on the disk."""
    line = encode_record(record)
    try:
        if file.write(line) != len(line):
            raise OSError("only part of the record could be written")
        os.fsync(file.fileno())
    except OSError as error:
        raise _write_error(path, error) from None


def format_timestamp(seconds: float) -> str:
    """Give Unix seconds as ISO 8601 in UTC, to the millisecond."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")


def _write_error(path: Path, error: OSError) -> StateError:
    return StateError.of(
        "Journal not writable",
        f"{path} cannot be written: {error.strerror or error}. No step is taken without a record "
        "of it, so the run stops here. Make room or mend the permissions, then run the same "
        "command again: it takes up where this one stopped.",
    )
