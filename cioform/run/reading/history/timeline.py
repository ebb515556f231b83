"""One timeline of a workspace: the runs of cioform, and what its audit log says of everybody."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from cioform.core.address import Address
from cioform.core.data.json_value import Json
from cioform.core.dataclasses import dataclass, replace
from cioform.core.text.quoted import quoted
from cioform.core.time.timestamps import parse_timestamp
from cioform.model.paths.log_place import HasLogPlaces, field_of_attribute
from cioform.model.registry import Registry
from cioform.run.reading.history.audit_log import (
    LogEntry,
    attributes_of,
    editor_of,
    is_by_program,
    part_of,
    time_of,
)
from cioform.run.reading.history.own_runs import span_of
from cioform.state.runs import RunSummary

ChangedBy = Mapping[str, Collection[str]]
"""The addresses that each run changed, by its ID; runs whose journal was pruned are absent."""


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """Something that somebody did: a run of cioform, or a change that the audit log has."""

    at: int | None
    """Unix seconds; None if the log does not say it."""
    who: str
    source: str
    """The command of a run (`cioform apply`), or `UI`, `API` or another word of the log."""
    action: str
    """What happened: `updated`, or the counts of a run."""
    objects: tuple[str, ...]
    """Addresses; for an unmanaged object, its type, name and ID."""
    fields: tuple[str, ...] = ()
    """The fields that were changed, in the words of the files if these are certain."""
    run: str | None = None
    """The run, or the run that made the change of the log."""
    commit: str | None = None
    url: str | None = None
    is_run: bool = False


@dataclass(frozen=True, slots=True)
class Timeline:
    """What somebody did, the newest first, and what could not be read."""

    entries: tuple[TimelineEntry, ...]
    unread: str = ""
    """Why the audit log was not read, as a sentence; empty if it was."""
    is_cut: bool = False
    """Whether the log has older entries than were read."""


def run_entries(runs: Iterable[RunSummary], changed: ChangedBy) -> Iterator[TimelineEntry]:
    """Yield an entry for each run."""
    for summary in runs:
        run = summary.run
        yield TimelineEntry(
            at=parse_timestamp(summary.began_at),
            who=run.who,
            source=f"cioform {run.command}",
            action=summary.title + ("" if summary.complete else " (not complete)"),
            objects=tuple(changed.get(run.id, ())),
            run=run.id,
            commit=run.commit,
            url=run.url,
            is_run=True,
        )


@dataclass(frozen=True)
class LogReader:
    """Turns entries of the audit log into those of a timeline."""

    registry: Registry
    bound: Mapping[tuple[str, str], Address]
    """The addresses by kind and remote ID."""
    runs: Sequence[RunSummary]
    changed: ChangedBy

    def entry(self, found: LogEntry) -> TimelineEntry:
        """Return one entry."""
        editor, name = editor_of(found), self._object(found)
        entry = TimelineEntry(
            at=editor.at,
            who=editor.who,
            source=editor.source,
            action=str(found.get("action") or "changed"),
            objects=(name,),
            fields=tuple(sorted({self._field(found, each) for each in attributes_of(found)})),
        )
        return replace(entry, run=self._run_of(found, name))

    def _object(self, entry: LogEntry) -> str:
        for type_, id_ in self._ids(entry):
            address = self.bound.get((self._kinds.get(type_, ""), id_))
            if address is not None:
                return str(address)
        type_, id_ = part_of(entry)
        label = str(entry.get("object_name") or "")
        return f"{_text(type_)} {quoted(label)} (ID {id_})" if label else f"{_text(type_)} {id_}"

    def _field(self, entry: LogEntry, attribute: str) -> str:
        """Return the field of the file for an attribute in the log."""
        names = [self._kinds[type_] for type_, _ in self._ids(entry) if type_ in self._kinds]
        kind = self.registry[names[0]] if names else None
        if not isinstance(kind, HasLogPlaces):
            return attribute
        return field_of_attribute(attribute, kind.log_names)

    def _ids(self, entry: LogEntry) -> Iterator[tuple[str, str]]:
        """Yield the types and IDs of the object or part that an entry is about."""
        yield part_of(entry)
        for type_ in self._kinds:
            owner: Json = entry.get(f"{type_}_id")
            if owner is not None:
                yield type_, str(owner)
        if isinstance(name := entry.get("object_name"), str):
            yield str(entry.get("object_type")), name  # a snippet, whose ID is its name

    def _run_of(self, entry: LogEntry, name: str) -> str | None:
        """Return the run that made a change, as far as its time and its object tell."""
        at = time_of(entry)
        if at is None or not is_by_program(entry):
            return None
        for run_id, begin, end in self._spans:
            changed = self.changed.get(run_id)
            if begin <= at <= end and (changed is None or name in changed):
                return run_id
        return None

    @cached_property
    def _kinds(self) -> Mapping[str, str]:
        """The names of the kinds by their type in the log."""
        return {kind.audit_type: kind.name for kind in self.registry}

    @cached_property
    def _spans(self) -> Sequence[tuple[str, float, float]]:
        """The runs, the newest first, each with the time in which the log may have its changes."""
        return [(summary.run.id, *span_of(summary)) for summary in reversed(self.runs)]


def _text(value: str) -> str:
    return "object" if value == "None" else value
