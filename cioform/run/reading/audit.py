"""Find who made a drift: which entries of the audit log are about which field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from cioform.core.address import Address
from cioform.core.dataclasses import dataclass, field, replace
from cioform.core.paths import FieldPath
from cioform.model.kind import Kind
from cioform.model.objects.live_object import LiveObject, RemoteObject
from cioform.model.objects.snapshot import Binding
from cioform.model.registry import Registry
from cioform.model.remote_access.conversation import Api
from cioform.plan.change import Attribution, Drift, Editor
from cioform.plan.matching.pair import MatchedPair
from cioform.remote.provider import Provider
from cioform.run.reading.audit_log import (
    AuditLog,
    LogEntry,
    attributes_of,
    editor_of,
    is_about,
    is_by_program,
    part_of,
    time_of,
)

NO_OBJECTS: Final[Mapping[Address, LiveObject]] = MappingProxyType({})
_OWN_WRITES: Final = 60
"""Seconds after an apply in which an entry of a program may be about that apply: the clocks of this
machine and of Customer.io may differ by as much."""


def with_editors(
    drift: Sequence[Drift],
    pairs: Sequence[MatchedPair],
    registry: Registry,
    provider: Provider,
    objects: Mapping[Address, LiveObject] = NO_OBJECTS,
) -> tuple[Drift, ...]:
    """Return the drift with its editors, as far as the audit log can be read and names them.

    `objects` are those that were read in full: a row of a list has no parts.
    """
    if not drift or Api.JOURNEYS not in provider.apis:
        return tuple(drift)
    by_address = {pair.address: pair for pair in pairs}
    histories = [
        _History(
            item, registry[item.address.kind], by_address[item.address], objects.get(item.address)
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
    """A drifted object, and what the log says of it since it was last applied."""

    drift: Drift
    kind: Kind
    pair: MatchedPair
    live: LiveObject | None
    entries: list[LogEntry] = field(default_factory=list)
    """The newest first."""
    own: list[LogEntry] = field(default_factory=list)
    """Those that may be about our own apply."""
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
        for entry in page:
            at = time_of(entry)
            if since is not None and at is not None and at < since:
                self.is_complete = True
                return
            if is_about(entry, self.kind, found):
                is_own = (
                    is_by_program(entry)
                    and since is not None
                    and (at is None or at <= since + _OWN_WRITES)
                )
                (self.own if is_own else self.entries).append(entry)

    def attributed(self) -> Drift:
        """Return the drift with everybody who changed something of it."""
        # Somebody did it: if nobody else is left, it was a program with the time of our apply.
        entries = self.entries or self.own
        if not entries:
            return self.drift
        groups: dict[tuple[tuple[Editor, ...], bool], list[FieldPath]] = {}
        for item in self.drift.fields:
            groups.setdefault(self._editors_of(item.path, entries), []).append(item.path)
        if not groups:
            deletions = [e for e in entries if "delet" in str(e.get("action"))]
            groups[_unique_editors(deletions or entries[:1]), True] = []
        attributions = tuple(
            Attribution(tuple(paths), editors, is_certain)
            for (editors, is_certain), paths in groups.items()
            if editors
        )
        if not attributions:
            return self.drift
        since = time_of(entries[-1]) if self.is_complete and self._binding.last_seen.at else None
        named = {editor.who for each in attributions for editor in each.editors}
        newest = next(e for e in map(editor_of, entries) if e.who in named)
        return replace(self.drift, editor=newest, editors=attributions, since=since)

    def _editors_of(
        self, path: FieldPath, entries: Sequence[LogEntry]
    ) -> tuple[tuple[Editor, ...], bool]:
        """Return who changed a field, and whether that is certain; nobody if the log names none."""
        if self._binding.last_seen.at is None:
            # Nothing says how far back the drift goes, so that the last change counts.
            return _unique_editors(entries[:1]), True
        place = self.kind.log_place(path, self._found, self._binding.parts)
        related = [e for e in entries if part_of(e) in place.parts] or entries
        if named := [e for e in related if attributes_of(e) & place.attributes]:
            return _unique_editors(named), True
        # What holds the field may have changed because of another one in it.
        possible = [e for e in related if attributes_of(e) & place.shared or not attributes_of(e)]
        if not possible and not place.is_named:
            possible = list(related)
        editors = _unique_editors(possible)
        return editors, len(editors) == 1


def _unique_editors(entries: Iterable[LogEntry]) -> tuple[Editor, ...]:
    """Return the editors, each with the last change that they made."""
    editors: dict[str, Editor] = {}
    for editor in map(editor_of, entries):
        editors.setdefault(editor.who, editor)
    return tuple(editors.values())
