"""Carry out a plan: look, journal, write, read back, remember. One change after the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from cioform.core.address import Address
from cioform.core.diagnostic import Diagnostic, Severity
from cioform.core.errors import CioformError, PlanRefused, Untrusted
from cioform.core.json_value import Attributes
from cioform.model.kind import Bound, Found, Kind, Live, Route, Verb
from cioform.model.registry import Registry
from cioform.model.resource import Path
from cioform.model.router import choose
from cioform.model.snapshot import Applied
from cioform.plan import diff
from cioform.plan.change import Action, Change
from cioform.plan.plan import Plan
from cioform.remote.provider import Provider
from cioform.run.driver import drive
from cioform.run.events import Listener, Outcome, Result, Started, Status, ignore
from cioform.run.guarded_provider import Writes
from cioform.run.read import Reader, reader_of
from cioform.run.run_state import Memory, Save, names_of
from cioform.run.staleness import Stale, stale
from cioform.run.verify import Aftermath
from cioform.state.journal import Journal


def execute(
    plan: Plan,
    registry: Registry,
    applied: Applied,
    provider: Provider,
    journal: Journal,
    save: Save,
    *,
    run_id: str,
    listener: Listener = ignore,
    keep_going: bool = False,
) -> Outcome:
    """Carry out `plan` in its order. A change that fails stops those that depend on it, and all
    later ones unless `keep_going`. State is saved after every change. Raises Untrusted, whatever
    is left to do, when journal or state cannot be written."""
    memory = Memory(registry, applied, names_of(plan, applied), save)
    run = _Run(registry, provider, journal, memory)
    before = provider.count
    results: list[Result] = []
    bad: set[Address] = set()
    for number, change in enumerate(plan.changes, 1):
        listener(Started(change, number, len(plan.changes)))
        stopped = bool(bad) and not keep_going
        result = _skipped(change, bad) if stopped or bad.intersection(change.depends_on) else (
            run.carry_out(change)
        )  # fmt: skip
        if result.status is not Status.DONE:
            bad.add(change.address)
        results.append(result)
        listener(result)
    return Outcome(run_id, tuple(results), provider.count - before)


def _skipped(change: Change, bad: set[Address]) -> Result:
    needs = [str(address) for address in change.depends_on if address in bad]
    why = (
        f"It depends on {', '.join(needs)}, which did not end well."
        if needs
        else "The run stopped at an earlier failure. To go on past failures use "
        "--on-error continue."
    )
    return Result(
        change.address, change.action, Status.SKIPPED,
        (Diagnostic("Skipped", why, change.address, severity=Severity.WARNING),),
    )  # fmt: skip


@dataclass(slots=True)
class _Run:
    """The moving parts of one call of `execute`."""

    registry: Registry
    provider: Provider
    journal: Journal
    memory: Memory
    listed: dict[str, tuple[Found, ...]] = field(default_factory=dict)
    """What was there of each kind before the run made any."""

    def carry_out(self, change: Change) -> Result:
        """Do one change to its end and say how it ended."""
        if not change.action.writes:
            self.memory.learn(change)
            return Result(change.address, change.action, Status.DONE)
        kind = self.registry[change.address.kind]
        try:
            reader = self._reader(kind)
            there = self._last_look(kind, reader, change)
        except CioformError as error:
            status = Status.STALE if isinstance(error, Stale) else Status.FAILED
            return Result(change.address, change.action, status, error.diagnostics)
        return self._write(kind, reader, change, there)

    def _reader(self, kind: Kind) -> Reader:
        reader = reader_of(kind, self.provider)
        if reader is None:
            raise PlanRefused.of(
                "Missing credential",
                f"The plan reads {kind.name} with a credential that is not at hand now.",
            )
        return reader

    def _last_look(self, kind: Kind, reader: Reader, change: Change) -> Live | None:
        """Give the object as it is now, or raise when it is not what the plan saw."""
        if change.action in (Action.CREATE, Action.REPLACE):
            self._refuse_twins(kind, reader, change)
        if change.remote_id is None:
            return None
        found = reader.look(change.remote_id, change.identity, self.provider)
        if found is None:
            raise stale(change, "it has been deleted since")
        live = Live(kind.name, found, kind.decode(found, self.memory.names))
        if diff.fingerprint(kind, live.attributes) != change.fingerprint:
            raise stale(change, "somebody has changed it since")
        return live

    def _refuse_twins(self, kind: Kind, reader: Reader, change: Change) -> None:
        if kind.name not in self.listed:
            self.listed[kind.name] = reader.list(self.provider)
        for found in self.listed[kind.name]:
            if found.identity == change.identity and found.remote_id != change.remote_id:
                what = f"an object of that {kind.identity} (id {found.remote_id})"
                raise stale(change, f"{what} has appeared since")

    def _write(self, kind: Kind, reader: Reader, change: Change, there: Live | None) -> Result:
        backup = there.found.wire if there else None
        self.journal.begin_change(
            change.address, change.action.value, change.remote_id, backup, change.wanted
        )
        door = Writes(self.provider, self.journal, change.address, change.requests)
        aftermath = Aftermath(kind, reader, change, self.provider, self.journal, self.memory)
        try:
            bound = self._converse(kind, door, change, there)
        except Untrusted:
            raise
        except CioformError as error:
            if door.begun:
                return aftermath.settle(error)
            self.journal.fail_change(change.address, str(error), in_doubt=False)
            return Result(change.address, change.action, Status.FAILED, error.diagnostics)
        return aftermath.confirm(bound)

    def _converse(
        self, kind: Kind, door: Provider, change: Change, there: Live | None
    ) -> Bound | None:
        if change.action in (Action.DELETE, Action.REPLACE):
            assert there is not None  # only creates have nothing there
            drive(self._route(kind, Verb.DELETE).talk(there), door)
        if change.action is Action.DELETE:
            return None
        model, names = kind.parse(change.wanted or {}), self.memory.names
        if change.action is Action.UPDATE:
            paths = [item.path for item in change.fields]
            route = self._route(kind, Verb.UPDATE, paths, change.wanted)
            talk = route.talk(there, model, names, paths)
        else:
            fields = [(name,) for name in change.wanted or {}]
            talk = self._route(kind, Verb.CREATE, fields).talk(model, names)
        bound: Bound = drive(talk, door)
        return bound

    def _route(
        self,
        kind: Kind,
        verb: Verb,
        paths: Sequence[Path] = (),
        wanted: Attributes | None = None,
    ) -> Route:
        route = choose(kind, verb, self.provider.apis, paths, wanted)
        if route is None:
            raise PlanRefused.of(
                "Missing credential",
                f"The plan needs to {verb.value} a {kind.name} and no credential at hand can. "
                "Apply with the credentials that the plan was made with.",
            )
        return route
