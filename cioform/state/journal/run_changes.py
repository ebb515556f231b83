"""The changes of one run to each object, from its journal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cioform.core.data.json_value import Json, as_list, as_mapping, as_text
from cioform.core.dataclasses import dataclass, field, replace
from cioform.state.journal.record import JournalEvent, JournalRecord
from cioform.state.journal.replay import JournalReplay
from cioform.state.journal.resolution import Resolution


@dataclass(frozen=True, slots=True)
class RunChange:
    """A change that a run began or announced."""

    address: str
    action: str
    at: str
    """When it or its run began: ISO 8601, UTC."""
    result: str = Resolution.IN_DOUBT.value
    """`done`, `failed`, `in doubt`, or for what was in doubt another value of Resolution."""
    remote_id: str | None = None
    reason: str = ""
    """Why it failed."""
    before: Json = None
    """The object as Customer.io had it, None if it did not exist."""
    after: Json = None
    """The attributes that were wanted, None after a deletion."""
    former_id: str | None = None
    """The remote ID before the change, None if the object did not exist."""
    identity: str = ""
    """The name of the object before the change."""
    api: str = ""
    """The API that `before` was read from; empty in older journals, as is `identity`."""
    parts: Mapping[str, str] = field(default_factory=dict)
    """The remote IDs of its parts before the change, by their names."""
    settled_at: str = ""
    """When somebody found out how a change ended that was in doubt; empty if it was not."""
    settled_by: str = ""
    """Who found that out."""
    settling_run: str = ""
    """The run that found it out, which is in the history if it changed anything."""


def changes_of(run: JournalReplay) -> tuple[RunChange, ...]:
    """Return the changes of a run in the order in which they began.

    Of a run that did not end, these are also the changes that it announced: whether they were made
    may not be recorded.
    """
    changes: dict[str, RunChange] = {}
    for record in run.records:
        address = str(record.data.get("address"))
        if record.event is JournalEvent.RUN_BEGIN and not _has_ended_by_itself(run):
            changes |= {each.address: each for each in _announced(record)}
        if record.event is JournalEvent.RUN_END and "results" in record.data:
            changes = {name: _resolved(each, record) for name, each in changes.items()}
        elif record.event is JournalEvent.CHANGE_BEGIN:
            changes[address] = _begun(record, changes.get(address))
        elif address in changes:
            changes[address] = _continued(changes[address], record)
    return tuple(changes.values())


def _has_ended_by_itself(run: JournalReplay) -> bool:
    ends = [each for each in run.records if each.event is JournalEvent.RUN_END]
    return any("settled" not in each.data for each in ends)


def _announced(record: JournalRecord) -> Iterator[RunChange]:
    for change in map(as_mapping, as_list(record.data.get("changes"))):
        yield RunChange(
            str(change["address"]),
            str(change["action"]),
            record.at,
            remote_id=as_text(change.get("remote_id")),
            reason="announced, but the end of it is not recorded",
            former_id=as_text(change.get("remote_id")),
            identity=str(change.get("identity") or ""),
        )


def _begun(record: JournalRecord, earlier: RunChange | None) -> RunChange:
    """Return a change that begins. `earlier` is what the run did to the address before.

    After a replacement, that is the deletion of the former object: the second half of it.
    """
    data = record.data
    if earlier is not None and earlier.result == Resolution.DONE:
        return replace(earlier, result=Resolution.DONE_IN_PART.value)
    return RunChange(
        str(data["address"]),
        str(data["action"]),
        record.at,
        remote_id=as_text(data.get("remote_id")),
        before=data.get("backup"),
        after=data.get("wanted"),
        former_id=as_text(data.get("remote_id")),
        identity=str(data.get("identity") or ""),
        api=str(data.get("api") or ""),
        parts={name: str(part) for name, part in as_mapping(data.get("parts")).items()},
    )


def _continued(change: RunChange, record: JournalRecord) -> RunChange:
    data = record.data
    if record.event is JournalEvent.BOUND:
        return replace(change, remote_id=as_text(data["remote_id"]))
    if record.event is JournalEvent.CHANGE_DONE:
        return replace(change, result="done")
    if record.event is JournalEvent.CHANGE_FAILED:
        result = Resolution.IN_DOUBT.value if data["in_doubt"] else "failed"
        if change.result == Resolution.DONE_IN_PART:
            result = change.result
        return replace(change, result=result, reason=str(data["why"]))
    return change


def _resolved(change: RunChange, record: JournalRecord) -> RunChange:
    """Return a change that was in doubt with how it ended."""
    if change.result != Resolution.IN_DOUBT:
        return change
    # What was announced and never begun is not among the results.
    not_begun = {"result": Resolution.NOT_DONE.value}
    end = as_mapping(as_mapping(record.data["results"]).get(change.address, not_begun))
    return replace(
        change,
        result=str(end["result"]),
        reason="",
        remote_id=as_text(end.get("remote_id")) or change.remote_id,
        settled_at=record.at,
        settled_by=str(record.data.get("by", "")),
        settling_run=str(record.data.get("run", "")),
    )
