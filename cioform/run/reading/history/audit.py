"""Find who made a drift: which entries of the audit log are about which field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from cioform.core.address import Address
from cioform.core.data.paths import FieldPath
from cioform.core.dataclasses import dataclass, field, replace
from cioform.model.kind import Kind
from cioform.model.objects.live_object import LiveObject, RemoteObject
from cioform.model.objects.snapshot import Binding
from cioform.model.paths.log_place import HasLogPlaces, LogPlace, log_place
from cioform.model.registry import Registry
from cioform.model.remote_access.conversation import Api
from cioform.plan.change import Attribution, Drift, Editor
from cioform.plan.matching.pair import MatchedPair
from cioform.remote.provider import Provider
from cioform.run.reading.history.audit_log import (
    AuditLog,
    LogEntry,
    attributes_of,
    editor_of,
    is_about,
    is_by_program,
    part_of,
    time_of,
)
from cioform.run.reading.history.own_runs import CLOCK_SKEW, OwnRuns, ReadRuns

NO_OBJECTS: Final[Mapping[Address, LiveObject]] = MappingProxyType({})


def with_editors(
    drift: Sequence[Drift],
    pairs: Sequence[MatchedPair],
    registry: Registry,
    provider: Provider,
    objects: Mapping[Address, LiveObject] = NO_OBJECTS,
    runs: ReadRuns = tuple,
) -> tuple[Drift, ...]:
    """Return the drift with its editors, as far as the audit log can be read and names them.

    `objects` are those that were read in full: a row of a list has no parts. `runs` reads the
    history, which is needed only for edits that are older than the last apply.
    """
    if not drift or Api.JOURNEYS not in provider.apis:
        return tuple(drift)
    by_address = {pair.address: pair for pair in pairs}
    own_runs = OwnRuns(runs)
    histories = [
        _History(
            item,
            registry[item.address.kind],
            by_address[item.address],
            objects.get(item.address),
            own_runs,
        )
        for item in drift
    ]
    log = AuditLog(provider)
    for entries in log.pages():
        for history in histories:
            history.add(entries)
        if all(history.is_complete for history in histories):
            break
    if log.was_read_to_its_end:
        for history in histories:
            history.is_complete = True
    return tuple(history.attributed() for history in histories)


@dataclass(slots=True)
class _History:
    """A drifted object, and what the log says of it: since it was last applied, and before."""

    drift: Drift
    kind: Kind
    pair: MatchedPair
    live: LiveObject | None
    own_runs: OwnRuns
    entries: list[LogEntry] = field(default_factory=list)
    """The entries since the last apply that are not about it, newest first."""
    older: list[LogEntry] = field(default_factory=list)
    """Those from before the last apply that are not our own, if an edit may be that old."""
    is_complete: bool = False
    """Whether older entries cannot be about the drift."""

    @property
    def _binding(self) -> Binding:
        assert self.pair.binding is not None  # only a bound object can drift
        return self.pair.binding

    @property
    def _found(self) -> RemoteObject:
        if self.live is not None:
            return self.live.found
        if self.pair.found is not None:
            return self.pair.found
        return RemoteObject(self._binding.remote_id, self._binding.identity, Api.JOURNEYS, {})

    def add(self, page: Iterable[LogEntry]) -> None:
        """Take the entries of a page that are about the drift."""
        since, found = self._binding.last_seen.at, self._found
        has_older = False
        for entry in page:
            at = time_of(entry)
            is_older = since is not None and at is not None and at < since
            if is_older and not self.drift.maybe_older:
                self.is_complete = True
                return
            has_older |= is_older
            if is_about(entry, self.kind, found):
                self._take(entry, at, is_older)
        self.is_complete = has_older and not self._looks_back()

    def _take(self, entry: LogEntry, at: int | None, is_older: bool) -> None:
        since, by_program = self._binding.last_seen.at, is_by_program(entry)
        if is_older:
            if not (by_program and self.own_runs.may_have_made(at)):
                self.older.append(entry)
            return
        is_now = since is not None and (at is None or at <= since + CLOCK_SKEW)
        if not (by_program and is_now):
            self.entries.append(entry)

    def _looks_back(self) -> bool:
        """Return whether an entry from before the last apply may be about the drift.

        Who changed a field last made its value, so that nobody before them counts.
        """
        entries = [*self.entries, *self.older]
        return not all(self._is_found(path, entries) for path in self.drift.maybe_older)

    def _is_found(self, path: FieldPath, entries: Sequence[LogEntry]) -> bool:
        """Return whether an entry names a field, and not the same field of another part."""
        place = self._place(path)
        return any(
            attributes_of(entry) & place.attributes
            for entry in entries
            if part_of(entry) in place.parts or part_of(entry)[0] == self.kind.audit_type
        )

    def attributed(self) -> Drift:
        """Return the drift with everybody who changed something of it."""
        entries = self.entries
        groups: dict[tuple[tuple[Editor, ...], bool], list[FieldPath]] = {}
        for item in self.drift.fields:
            is_old = item.path in self.drift.maybe_older
            found = self._old_editors_of(item.path) if is_old else self._editors_of(item.path)
            groups.setdefault(found, []).append(item.path)
        if not groups and entries:
            groups[_unique_editors(self._last(entries)), True] = []
        attributions = tuple(
            Attribution(tuple(paths), editors, is_certain)
            for (editors, is_certain), paths in groups.items()
            if editors
        )
        if not attributions:
            return self.drift
        is_whole = self.is_complete and not self.drift.maybe_older and self._binding.last_seen.at
        since = time_of(entries[-1]) if is_whole else None
        named = {editor.who for each in attributions for editor in each.editors}
        every = map(editor_of, [*entries, *self.older])
        newest = next(e for e in every if e.who in named)
        return replace(self.drift, editor=newest, editors=attributions, since=since)

    def _last(self, entries: Sequence[LogEntry]) -> Sequence[LogEntry]:
        """Return the last change of an object, or its deletion if it is gone."""
        deletions = [e for e in entries if "delet" in str(e.get("action"))]
        if self.drift.gone:
            entries = [e for e in entries if not e.get("action")]
        return deletions or entries[:1]

    def _editors_of(self, path: FieldPath) -> tuple[tuple[Editor, ...], bool]:
        """Return who changed a field, and whether that is certain; nobody if the log names none."""
        entries = self.entries
        if self._binding.last_seen.at is None:
            # Nothing says how far back the drift goes, so that the last change counts.
            return _unique_editors(entries[:1]), True
        if named := self._named(path, entries):
            return _unique_editors(named), True
        return self._possible_editors(path, entries)

    def _old_editors_of(self, path: FieldPath) -> tuple[tuple[Editor, ...], bool]:
        """Return who made an edit that may be older than the last apply, as `_editors_of` does."""
        if self._binding.last_seen.at is None:
            return self._editors_of(path)
        entries = [*self.entries, *self.older]
        # An entry about the same field of another part counts only if none is about this part.
        named = self._named(path, entries)
        recent = [each for each in named if any(each is entry for entry in self.entries)]
        if named:
            return _unique_editors(recent or named[:1]), True
        return self._possible_editors(path, entries)

    def _place(self, path: FieldPath) -> LogPlace:
        if isinstance(self.kind, HasLogPlaces):
            return self.kind.log_place(path, self._found, self._binding.parts)
        return log_place(path)

    def _named(self, path: FieldPath, entries: Sequence[LogEntry]) -> list[LogEntry]:
        """Return the entries that name a field."""
        place = self._place(path)
        return [e for e in _related(place, entries) if attributes_of(e) & place.attributes]

    def _possible_editors(
        self, path: FieldPath, entries: Sequence[LogEntry]
    ) -> tuple[tuple[Editor, ...], bool]:
        """Return who may have changed a field that no entry names."""
        place = self._place(path)
        related = _related(place, entries)
        # What holds the field may have changed because of another one in it.
        possible = [e for e in related if attributes_of(e) & place.shared or not attributes_of(e)]
        if not possible and not place.is_named:
            possible = related
        editors = _unique_editors(possible)
        return editors, len(editors) == 1


def _related(place: LogPlace, entries: Sequence[LogEntry]) -> list[LogEntry]:
    """Return the entries about the part that has a field, else those not about other parts."""
    own = [e for e in entries if part_of(e) in place.parts]
    return own or [e for e in entries if part_of(e) not in place.others]


def _unique_editors(entries: Iterable[LogEntry]) -> tuple[Editor, ...]:
    """Return the editors, each with the last change that they made."""
    editors: dict[str, Editor] = {}
    for editor in map(editor_of, entries):
        editors.setdefault(editor.who, editor)
    return tuple(editors.values())
