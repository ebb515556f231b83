"""The journal of a run: each record is on the disk before the next step is taken."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Final, Protocol, Self

from cioform.core.address import Address
from cioform.core.data.json_value import Json
from cioform.core.dataclasses import dataclass
from cioform.core.errors import StateError
from cioform.core.os_errors import os_reason
from cioform.core.time.timestamps import format_timestamp
from cioform.model.remote_access.conversation import Request
from cioform.state.journal.record import JournalEvent, JournalRecord, encode_record

FORMAT: Final = 2
"""Format 1 follows file format 0 in what a change wanted (decision 0012)."""


class JournalWriter(Protocol):
    """Where the records of a run go, one after the other. Its methods raise OSError."""

    def append(self, record: Mapping[str, Json]) -> None:
        """Append one record and return when it is on the disk."""
        ...

    def close(self) -> None:
        """Close what is written to."""
        ...


@dataclass(frozen=True, slots=True)
class ObjectBefore:
    """What it takes to read the backup of an object."""

    identity: str
    api: str
    """The API that it was read from."""
    parts: Mapping[str, str]
    """The remote IDs of its parts by their names."""

    def as_record(self) -> dict[str, Json]:
        """Return the fields of a record."""
        return {"identity": self.identity, "api": self.api, "parts": dict(self.parts)}


class Journal:
    """A run that is being recorded.

    Every method returns when its record is on the disk. It raises StateError if that fails: then
    the step that it announces must not be taken.
    """

    def __init__(self, writer: JournalWriter, location: str, clock: Callable[[], float]) -> None:
        self.location = location
        """The journal as messages name it."""
        self._writer = writer
        self._clock = clock
        self._lock = threading.Lock()
        self._seq = 0
        self._open_changes: set[Address] = set()

    def now(self) -> float:
        """Return the time of the next record, in Unix seconds."""
        return self._clock()

    def begin_run(self, **data: Json) -> None:
        """Record the start of the run, with what identifies it, such as lineage and serial."""
        self._write(JournalEvent.RUN_BEGIN, {**data, "format": FORMAT})

    def begin_change(
        self,
        address: Address,
        action: str,
        remote_id: str | None = None,
        backup: Json = None,
        wanted: Mapping[str, Json] | None = None,
        before: ObjectBefore | None = None,
        kept: Mapping[str, str] | None = None,
        requests: int | None = None,
    ) -> None:
        """Record that an object is about to be changed.

        `backup` is its live wire form, None if it does not exist; `wanted` is its desired
        attributes, None for a delete. `before` says how to read the backup. `kept` has the fields
        that the change leaves as they are in the workspace, as a binding has them. `requests` is
        how many writes it is to send.
        """
        details = before.as_record() if before is not None else {}
        self._write(
            JournalEvent.CHANGE_BEGIN,
            {
                "address": str(address),
                "action": str(action),
                "remote_id": remote_id,
                "backup": backup,
                "wanted": None if wanted is None else dict(wanted),
                **details,
                **({"kept": dict(kept)} if kept else {}),
                **({} if requests is None else {"requests": requests}),
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
                "body": request.json_body,
            },
        )

    def end_request(self, status: int, address: Address | None = None) -> None:
        """Record the response to a write; without an address, to the last one that was begun."""
        data: dict[str, Json] = {"status": status}
        if address is not None:
            data["address"] = str(address)
        self._write(JournalEvent.REQUEST_DONE, data)

    def record_binding(
        self, address: Address, remote_id: str, parts: Mapping[str, str] | None = None
    ) -> None:
        """Record a remote ID as soon as it is known, before the change is done."""
        self._write(
            JournalEvent.BOUND,
            {"address": str(address), "remote_id": remote_id, "parts": dict(parts or {})},
        )

    def end_change(self, address: Address, remote_id: str | None) -> None:
        """Record that a change was made and read back."""
        self._write(JournalEvent.CHANGE_DONE, {"address": str(address), "remote_id": remote_id})
        self._open_changes.discard(address)

    def fail_change(self, address: Address, reason: str, *, outcome_unknown: bool) -> None:
        """Record that a change failed, or that its outcome is unknown.

        A change whose outcome is unknown stays open until it is looked up.
        """
        self._write(
            JournalEvent.CHANGE_FAILED,
            {"address": str(address), "why": reason, "in_doubt": outcome_unknown},
        )
        if not outcome_unknown:
            self._open_changes.discard(address)

    def end_run(self, **data: Json) -> None:
        """Record the end of the run and close the journal.

        The record counts the changes that are still open, so that the last line alone tells
        whether the others have to be read.
        """
        self._write(JournalEvent.RUN_END, {**data, "open": len(self._open_changes)})
        self.close()

    def close(self) -> None:
        """Close the journal; without `end_run` the run is unfinished."""
        self._writer.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _write(self, event: JournalEvent, data: Mapping[str, Json]) -> None:
        with self._lock:
            self._seq += 1
            record = JournalRecord(self._seq, journal_time(self._clock()), event, data)
            try:
                self._writer.append(encode_record(record))
            except OSError as error:
                raise journal_write_error(self.location, error) from None


def journal_time(seconds: float) -> str:
    """Return Unix seconds as the time of a record: ISO 8601 in UTC, to the millisecond."""
    return format_timestamp(seconds, "milliseconds")


def journal_write_error(location: str, error: OSError) -> StateError:
    """Return the error of a journal that cannot be written."""
    return StateError.of(
        "Journal not writable",
        f"{location} cannot be written: {os_reason(error)}. No step is taken without a "
        "record of it, so the run stops here. Free some disk space or correct the permissions, "
        "then run the same command again: it continues where this one stopped.",
    )
