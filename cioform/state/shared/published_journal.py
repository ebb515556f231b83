"""The journal of a run on a shared state: written here at once, pushed soon after."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping

from typing_extensions import override

from cioform.core.data.json_value import Json
from cioform.state.journal.journal import JournalWriter
from cioform.state.journal.journal_folder import JournalFolder
from cioform.state.journal.record import JournalEvent
from cioform.state.journal.replay import ends_resolved, without_end
from cioform.state.shared.backend import Files, StateBackend, SwapNote
from cioform.state.shared.layout import closed_part, open_journals, open_part
from cioform.state.shared.publisher import WRITES, Publisher
from cioform.state.shared.session import LockedSession, adding_detail
from cioform.storage.journal import AppendOnlyFile, encode_line


class PublishedJournal(JournalWriter):
    """Writes records to a local file and pushes them in parts.

    The first record announces what the run will change, so it is pushed before anything is sent.
    """

    def __init__(
        self,
        run_id: str,
        file: AppendOnlyFile,
        session: LockedSession,
        start_publisher: Callable[[Callable[[], None]], Publisher],
    ) -> None:
        self._run_id = run_id
        self._file = file
        self._session = session
        self._start_publisher = start_publisher
        self._publisher: Publisher | None = None
        self._records = threading.Lock()
        self._unpublished: list[bytes] = []
        self._last_line = b""
        self._parts = 0
        self._writes = 0

    @override
    def append(self, record: Mapping[str, Json]) -> None:
        if self._publisher is not None:
            with adding_detail(self.record_hint):
                self._publisher.check()
        line = encode_line(record)
        self._file.append_lines(line)
        with self._records:
            self._unpublished.append(line)
            self._last_line = line
        event = record["kind"]
        if self._publisher is None:
            with adding_detail("Nothing was sent."):
                self._publish()
            self._publisher = self._start_publisher(self._publish)
        elif event != JournalEvent.RUN_END:  # The end is pushed together with the state.
            self._writes += event == JournalEvent.REQUEST_DONE
            is_urgent = event == JournalEvent.BOUND or self._writes >= WRITES
            self._publisher.request(urgent=is_urgent)

    @property
    def record_hint(self) -> str:
        """What to say of this record if the rest of it cannot be pushed."""
        return self._session.record_hint if self._parts else "Nothing was sent."

    @override
    def close(self) -> None:
        if self._publisher is not None:
            self._publisher.close()
        self._file.close()

    def last_changes(self) -> dict[str, bytes | None]:
        """Return the changes that push the rest of the journal, and resolve it if the run ended."""
        rest = b"".join(self._unpublished)
        if ends_resolved(self._last_line):
            parts = dict(open_journals(self._session.files).get(self._run_id, {}))
            return closing_changes(self._run_id, {**parts, self._parts + 1: rest})
        return {open_part(self._run_id, self._parts + 1): rest} if rest else {}

    def _publish(self) -> None:
        with self._session.mutex:
            with self._records:
                lines, self._unpublished = self._unpublished, []
                self._writes = 0
            try:
                if lines:
                    part = open_part(self._run_id, self._parts + 1)
                    self._session.push({part: b"".join(lines)}, self._note(len(lines)))
                    self._parts += 1
            except BaseException:
                with self._records:
                    self._unpublished = lines + self._unpublished
                raise

    def _note(self, count: int) -> SwapNote:
        run = self._session.lock.run
        what = f"{count} records" if self._parts else "what it will change"
        subject = f"Journal of {run.command} {self._run_id}: {what}"
        return SwapNote(subject, run.details, run.who)


def newest_contents(files: Files, folder: JournalFolder) -> Mapping[str, bytes]:
    """Return the journals that are not resolved, by the ID of the run."""
    pushed = _open_contents(files)
    contents = dict(pushed)
    for run_id, local in folder.contents().items():
        # What was recorded here may not have been pushed. The end of a run counts once it is
        # pushed with the state, and then its journal is not among the open ones any more.
        begun = without_end(local) if run_id in pushed else local
        if begun.startswith(contents.get(run_id, b"")):
            contents[run_id] = begun
    return contents


def all_contents(
    files: Files, backend: StateBackend, run_ids: Collection[str]
) -> Mapping[str, bytes]:
    """Return the journals of runs by their IDs, resolved or not, without those that were pruned."""
    archived = [p for p in backend.list_archive("journals") if p.split("/")[1] in run_ids]
    contents: dict[str, bytes] = {}
    for path, part in sorted(backend.read_archived(archived).items()):
        run_id = path.split("/")[1]
        contents[run_id] = contents.get(run_id, b"") + part
    pushed = _open_contents(files)
    return {run_id: pushed[run_id] for run_id in run_ids if run_id in pushed} | contents


def _open_contents(files: Files) -> Mapping[str, bytes]:
    return {run_id: b"".join(parts.values()) for run_id, parts in open_journals(files).items()}


def closing_changes(run_id: str, parts: Mapping[int, bytes]) -> dict[str, bytes | None]:
    """Return the changes that move the parts of an open journal to those that are resolved."""
    changes: dict[str, bytes | None] = {}
    for number, content in parts.items():
        changes[open_part(run_id, number)] = None
        changes[closed_part(run_id, number)] = content
    return changes
