"""The timeline of a workspace: the runs of cioform and the entries of the audit log."""

from __future__ import annotations

from cioform.core.errors import AuthError, OtherWorkspaceError, RemoteError
from cioform.core.time.timestamps import parse_timestamp
from cioform.model.remote_access.conversation import Api
from cioform.run.reading.history.audit_log import LogEntry, read_log_pages, time_of
from cioform.run.reading.history.timeline import LogReader, Timeline, TimelineEntry, run_entries
from cioform.services.context import OpenWorkspace
from cioform.services.state.run_history import read_run_history
from cioform.state.journal.run_changes import changes_of

_MAX_ENTRIES = 10_000
"""How many entries of the log are read at most."""


def read_timeline(opened: OpenWorkspace, since: int, actor: str = "") -> Timeline:
    """Return what happened since a time in Unix seconds, the newest first; sends reads only.

    With `actor`, only what was done by people and programs whose name contains it, in any case.
    """
    applied = opened.load_state()
    runs = [run for run in read_run_history(opened) if parse_timestamp(run.began_at) >= since]
    journals = opened.store.journals_of({run.run.id for run in runs})
    changed = {
        id_: dict.fromkeys(change.address for change in changes_of(run))
        for id_, run in journals.items()
    }
    entries, unread, is_cut = _read_log(opened, since)
    bound = {(a.kind, b.remote_id): a for a, b in applied.bindings.items()}
    reader = LogReader(opened.kinds, bound, runs, changed)
    timeline = [*run_entries(runs, changed), *(reader.entry(entry) for entry in entries)]
    wanted = [entry for entry in timeline if actor.casefold() in entry.who.casefold()]
    return Timeline(tuple(sorted(wanted, key=_newest_first)), unread, is_cut)


def _newest_first(entry: TimelineEntry) -> tuple[bool, int, bool]:
    # A run stands for its beginning, so what has the same second came later.
    return entry.at is None, -(entry.at or 0), entry.is_run


def _read_log(opened: OpenWorkspace, since: int) -> tuple[list[LogEntry], str, bool]:
    """Return the entries of the log, why there are none, and whether older ones were not read."""
    found: list[LogEntry] = []
    if Api.JOURNEYS not in opened.apis:
        return found, "It needs a service account token.", False
    try:
        for page in read_log_pages(opened.provider):
            for entry in page:
                at = time_of(entry)
                if at is not None and at < since:
                    return found, "", False
                found.append(entry)
            if len(found) >= _MAX_ENTRIES:
                return found, "", True
    except OtherWorkspaceError:
        raise
    except (AuthError, RemoteError) as error:
        return found, f"{error.diagnostics[0].summary}: {error.diagnostics[0].detail}", False
    return found, "", False
