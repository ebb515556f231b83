"""Carry out a plan: look, journal, write, read back, remember. One change after the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from cioform.core.address import Address
from cioform.core.diagnostic import Diagnostic, Severity
from cioform.core.errors import CioformError, PlanError, StateError
from cioform.core.json_value import Attributes
from cioform.model.hints import fill_in_hint
from cioform.model.kind import Kind
from cioform.model.live_object import LiveObject, RemoteObject
from cioform.model.operations import WriteContext, WriteResult
from cioform.model.registry import Registry
from cioform.model.resource import FieldPath
from cioform.model.router import RouteT, choose_route
from cioform.model.routes import CreateRoute, DeleteRoute, UpdateRoute
from cioform.model.snapshot import AppliedState
from cioform.plan import diff
from cioform.plan.change import Action, Change
from cioform.plan.plan import Plan
from cioform.remote.provider import Provider
from cioform.run.driver import run_conversation
from cioform.run.events import (
    ChangeResult,
    ChangeStarted,
    ChangeStatus,
    Listener,
    Outcome,
    ignore_events,
)
from cioform.run.guarded_provider import GuardedProvider
from cioform.run.read import KindReader, reader_for
from cioform.run.run_state import RunState, SaveState, planned_names
from cioform.run.staleness import StaleObjectError, stale_object_error
from cioform.run.verify import Confirmation
from cioform.state.journal import Journal


def apply_plan(
    plan: Plan,
    registry: Registry,
    applied: AppliedState,
    provider: Provider,
    journal: Journal,
    save: SaveState,
    *,
    run_id: str,
    listener: Listener = ignore_events,
    keep_going: bool = False,
) -> Outcome:
    """Carry out `plan` in its order. A change that fails stops those that depend on it, and all
    later ones unless `keep_going`. State is saved after every change. Raises Untrusted, whatever
    is left to do, when journal or state cannot be written."""
    memory = RunState(registry, applied, planned_names(plan, applied), save)
    run = _ApplyRun(registry, provider, journal, memory)
    before = provider.count
    results: list[ChangeResult] = []
    bad: set[Address] = set()
    for number, change in enumerate(plan.changes, 1):
        listener(ChangeStarted(change, number, len(plan.changes)))
        stopped = bool(bad) and not keep_going
        result = _skipped(change, bad) if stopped or bad.intersection(change.depends_on) else (
            _with_filled_hints(run.apply_change(change), plan.header.workspace)
        )  # fmt: skip
        if result.status is not ChangeStatus.DONE:
            bad.add(change.address)
        results.append(result)
        listener(result)
    return Outcome(run_id, tuple(results), provider.count - before)


def _with_filled_hints(result: ChangeResult, workspace: str) -> ChangeResult:
    diagnostics = tuple(
        replace(each, detail=fill_in_hint(each.detail, workspace, result.address))
        for each in result.diagnostics
    )
    return replace(result, diagnostics=diagnostics)


def _skipped(change: Change, failed: set[Address]) -> ChangeResult:
    needs = [str(address) for address in change.depends_on if address in failed]
    why = (
        f"It depends on {', '.join(needs)}, which did not end well."
        if needs
        else "The run stopped at an earlier failure. To go on past failures use "
        "--on-error continue."
    )
    return ChangeResult(
        change.address, change.action, ChangeStatus.SKIPPED,
        (Diagnostic("Skipped", why, change.address, severity=Severity.WARNING),),
    )  # fmt: skip


@dataclass(slots=True)
class _ApplyRun:
    """The moving parts of one call of `execute`."""

    registry: Registry
    provider: Provider
    journal: Journal
    run_state: RunState
    listed_before: dict[str, tuple[RemoteObject, ...]] = field(default_factory=dict)
    """What was there of each kind before the run made any."""

    def apply_change(self, change: Change) -> ChangeResult:
        """Do one change to its end and say how it ended."""
        if not change.action.writes:
            self.run_state.apply_state_only(change)
            return ChangeResult(change.address, change.action, ChangeStatus.DONE)
        kind = self.registry[change.address.kind]
        try:
            reader = self._require_reader(kind)
            there = self._read_unchanged(kind, reader, change)
        except CioformError as error:
            status = (
                ChangeStatus.STALE if isinstance(error, StaleObjectError) else ChangeStatus.FAILED
            )
            return ChangeResult(change.address, change.action, status, error.diagnostics)
        return self._write_change(kind, reader, change, there)

    def _require_reader(self, kind: Kind) -> KindReader:
        reader = reader_for(kind, self.provider)
        if reader is None:
            raise PlanError.of(
                "Missing credential",
                f"The plan reads {kind.name} with a credential that is not at hand now.",
            )
        return reader

    def _read_unchanged(self, kind: Kind, reader: KindReader, change: Change) -> LiveObject | None:
        """Give the object as it is now, or raise when it is not what the plan saw."""
        if change.action in (Action.CREATE, Action.REPLACE):
            self._check_no_duplicate(kind, reader, change)
        if change.remote_id is None:
            return None
        found = reader.read_by_id(change.remote_id, change.identity, self.provider)
        if found is None:
            raise stale_object_error(change, "it has been deleted since")
        live = LiveObject(kind.name, found, kind.decode(found, self.run_state.names))
        if diff.fingerprint(kind, live.attributes) != change.fingerprint:
            raise stale_object_error(change, "somebody has changed it since")
        return live

    def _check_no_duplicate(self, kind: Kind, reader: KindReader, change: Change) -> None:
        if kind.name not in self.listed_before:
            self.listed_before[kind.name] = reader.list(self.provider)
        for found in self.listed_before[kind.name]:
            if found.identity == change.identity and found.remote_id != change.remote_id:
                what = f"an object of that {kind.identity} (id {found.remote_id})"
                raise stale_object_error(change, f"{what} has appeared since")

    def _write_change(
        self, kind: Kind, reader: KindReader, change: Change, live: LiveObject | None
    ) -> ChangeResult:
        backup = live.found.wire if live else None
        self.journal.begin_change(
            change.address, change.action.value, change.remote_id, backup, change.wanted
        )
        door = GuardedProvider(self.provider, self.journal, change.address, change.requests)
        aftermath = Confirmation(kind, reader, change, self.provider, self.journal, self.run_state)
        try:
            bound = self._send_change(kind, door, change, live)
        except StateError:
            raise
        except CioformError as error:
            if door.has_written:
                return aftermath.confirm_after_error(error)
            self.journal.fail_change(change.address, str(error), outcome_unknown=False)
            return ChangeResult(
                change.address, change.action, ChangeStatus.FAILED, error.diagnostics
            )
        return aftermath.confirm(bound)

    def _send_change(
        self, kind: Kind, provider: Provider, change: Change, live: LiveObject | None
    ) -> WriteResult | None:
        if change.action in (Action.DELETE, Action.REPLACE):
            assert live is not None  # only creates have nothing there
            delete = self._require_route(kind, DeleteRoute)
            run_conversation(delete.operation(live), provider)
        if change.action is Action.DELETE:
            return None
        model, names = kind.parse(change.wanted or {}), self.run_state.names
        if change.action is Action.UPDATE:
            assert live is not None  # only creates have nothing there
            paths = [item.path for item in change.fields]
            update = self._require_route(kind, UpdateRoute, paths, change.wanted)
            conversation = update.operation(live, model, WriteContext(names, paths))
        else:
            fields = [(name,) for name in change.wanted or {}]
            create = self._require_route(kind, CreateRoute, fields)
            conversation = create.operation(model, WriteContext(names))
        return run_conversation(conversation, provider)

    def _require_route(
        self,
        kind: Kind,
        route_type: type[RouteT],
        paths: Sequence[FieldPath] = (),
        wanted: Attributes | None = None,
    ) -> RouteT:
        route = choose_route(kind, route_type, self.provider.apis, paths, wanted)
        if route is None:
            raise PlanError.of(
                "Missing credential",
                f"The plan needs to {route_type.verb.value} a {kind.name} and no credential at hand can. "
                "Apply with the credentials that the plan was made with.",
            )
        return route
