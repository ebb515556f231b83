"""Code that only writes of a local state, journals and runs need, loaded as one module."""

from __future__ import annotations

from cioform.state.journal.journal import Journal as Journal
from cioform.state.journal.journal_folder import JournalFolder as JournalFolder
from cioform.state.killed_runs import summary_of_killed_run as summary_of_killed_run
from cioform.state.local.process_lock import hold_process_lock as hold_process_lock
from cioform.state.local.process_lock import state_write_error as state_write_error
from cioform.state.runs import decode_summary as decode_summary
from cioform.state.runs import encode_file as encode_file
from cioform.state.runs import is_older as is_older
from cioform.storage.lock import LockHeldError as LockHeldError
from cioform.storage.lock import ProcessLock as ProcessLock
