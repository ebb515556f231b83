"""The journal of an apply of many workspaces, by which it goes on after it was stopped."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from cioform.core.data.json_value import as_text
from cioform.core.errors import StateError, UsageError
from cioform.core.os_errors import os_reason
from cioform.services.fleet.applied import AppliedWorkspace, ApplyStatus
from cioform.services.project.state_folder import STATE_FOLDER
from cioform.storage.journal import (
    AppendOnlyFile,
    CorruptLineError,
    Record,
    decode_line,
    decode_lines,
)

_FOLDER: Final = Path(STATE_FOLDER, "_rollouts")
"""No workspace has a name that begins with an underscore."""
_APPLIED: Final = (ApplyStatus.DONE, ApplyStatus.UNCHANGED)


class RolloutJournal:
    """What one rollout has done, on the disk before it goes on."""

    def __init__(self, file: AppendOnlyFile, records: Iterable[Record] = ()) -> None:
        self._file = file
        self._applied: dict[str, AppliedWorkspace] = {}
        self._ended: dict[str, float] = {}
        self._changed: set[str] = set()
        for record in records:
            self._take(record)

    @classmethod
    def begin(cls, root: Path, digest: str, started_at: float) -> RolloutJournal:
        """Return the journal of a new rollout. Raises StateError if it cannot be written."""
        path = root / _FOLDER / f"{digest[:16]}-{int(started_at)}.ndjson"
        try:
            path.unlink(missing_ok=True)  # Begun within the same second.
            journal = cls(AppendOnlyFile.create(path))
            journal._append({"event": "begin", "digest": digest})
        except OSError as error:
            raise _cannot_write_error(path, error) from None
        return journal

    @classmethod
    def resume(cls, root: Path, digest: str) -> RolloutJournal:
        """Return the journal of the last rollout of the same plans.

        Raises UsageError if there is none, StateError if it cannot be read.
        """
        paths = sorted((root / _FOLDER).glob(f"{digest[:16]}-*.ndjson"))
        if not paths:
            raise UsageError.of(
                "Nothing to resume",
                "No apply of these plans was begun on this machine. Leave out --resume: workspaces "
                "that have been applied already have nothing left to apply.",
            )
        path = paths[-1]
        try:
            content = decode_lines(path.read_bytes(), lambda _, line: decode_line(line))
            return cls(AppendOnlyFile.reopen(path, content.valid_length), content.records)
        except (OSError, CorruptLineError) as error:
            reason = os_reason(error) if isinstance(error, OSError) else error
            raise StateError.of(
                "Journal not readable",
                f"{path} cannot be read: {reason}. Leave out --resume: workspaces that have been "
                "applied already have nothing left to apply.",
            ) from None

    def applied(self, workspace: str) -> AppliedWorkspace | None:
        """Return how a workspace ended if it was applied."""
        return self._applied.get(workspace)

    def ended_at(self, ring: str) -> float | None:
        """Return when a ring ended, in Unix seconds; None if it has not."""
        return self._ended.get(ring)

    def has_changed(self, workspaces: Iterable[str]) -> bool:
        """Return whether something was written to one of the workspaces."""
        return not self._changed.isdisjoint(workspaces)

    def record(self, result: AppliedWorkspace) -> None:
        """Record how a workspace ended. Raises StateError."""
        self._add(
            {
                "event": "workspace",
                "workspace": result.workspace,
                "ring": result.ring,
                "status": result.status.value,
                "exit_code": result.exit_code,
                "run": result.run,
                "text": result.text,
            }
        )

    def end_ring(self, ring: str, now: float) -> None:
        """Record that a ring has ended. Raises StateError."""
        self._add({"event": "ring", "ring": ring, "at": now})

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _add(self, record: Record) -> None:
        self._take(record)
        self._append(record)

    def _append(self, record: Record) -> None:
        try:
            self._file.append(record)
        except OSError as error:
            raise _cannot_write_error(self._file.path, error) from None

    def _take(self, record: Record) -> None:
        at = record.get("at")
        if record["event"] == "ring" and isinstance(at, int | float):
            self._ended[str(record["ring"])] = at
        if record["event"] == "workspace":
            name, status = str(record["workspace"]), ApplyStatus(str(record["status"]))
            if record["run"]:
                self._changed.add(name)
            if status in _APPLIED:
                self._applied[name] = AppliedWorkspace(
                    name, str(record["ring"]), status, int(str(record["exit_code"])),
                    as_text(record["run"]), str(record["text"]), was_kept=True,
                )  # fmt: skip


def _cannot_write_error(path: Path, error: OSError) -> StateError:
    return StateError.of(
        "Journal not writable",
        f"{path} cannot be written: {os_reason(error)}. Nothing more was applied. Free some "
        "disk space or correct the permissions, then continue with --resume.",
    )
