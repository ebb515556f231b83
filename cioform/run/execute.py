"""Carry out a plan: look, journal, write, read back, remember. One change after the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from cioform.base.address import Address
from cioform.base.diagnostic import Diagnostic, Severity
from cioform.base.errors import CioformError, PlanRefused
from cioform.base.value import Attributes
from cioform.model.kind import Bound, Found, Kind, Live, Route, Verb
from cioform.model.names import Names
from cioform.model.registry import Registry
from cioform.model.router import choose
from cioform.model.snapshot import Applied, Binding
from cioform.plan import diff
from cioform.plan.change import Action, Change, FieldChange
from cioform.plan.plan import Plan
from cioform.remote.provider import Provider
from cioform.run.drive import drive
from cioform.run.events import Listener, Outcome, Result, Started, Status, ignore
from cioform.run.read import Reader, reader_of
from cioform.run.writes import Writes
from cioform.state.journal import Journal

Save = Callable[[Applied], Applied]
"""Stores the state and gives it back with its new serial."""


def check_fresh(plan: Plan, workspace: str, environment_id: int | None, applied: Applied) -> None:
    """Raise PlanRefused unless the plan is of this workspace and of the state as it is now."""
    header = plan.header
    if (header.workspace, header.environment_id) != (workspace, environment_id):
        raise PlanRefused.of(
            "Plan of another workspace",
            f"The plan is for {header.workspace} (environment {header.environment_id}) and this "
            f"is {workspace} (environment {environment_id}). Nothing was changed.",
        )
    if header.serial == applied.serial == 0:
        # No history yet on either side, so there is none to differ.
        return
    if header.lineage != applied.lineage:
        raise PlanRefused.of(
            "Plan of another history",
            "The plan was made from another state than the one that is here (their lineages "
            f"differ). Nothing was changed. Make it again:\n\n    cioform plan {workspace}",
        )
    if header.serial != applied.serial:
        raise PlanRefused.of(
            "Stale plan",
            f"The plan was made from serial {header.serial} of the state, and it is at "
            f"{applied.serial} by now: something was applied in between. Nothing was changed. "
            f"Make the plan again:\n\n    cioform plan {workspace}",
        )


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
    later ones unless `keep_going`. State is saved after every change."""
    run = _Run(registry, applied, provider, journal, save, _names(plan, applied))
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
        f"It depends on {', '.join(needs)}, which was not made."
        if needs
        else "The run stopped at an earlier failure. To go on past failures use "
        "--on-error continue."
    )
    return Result(
        change.address, change.action, Status.SKIPPED,
        (Diagnostic("Skipped", why, change.address, severity=Severity.WARNING),),
    )  # fmt: skip


def _names(plan: Plan, applied: Applied) -> Names:
    """Give the names as the plan understood them, from the plan and the state it was made from."""
    ids = {address: binding.remote_id for address, binding in applied.bindings.items()}
    parts = {(a.kind, b.remote_id): b.parts for a, b in applied.bindings.items() if b.parts}
    for change in plan.changes:
        ids.pop(change.address, None)
        if change.moved_from is not None:
            ids.pop(change.moved_from, None)
    for change in plan.changes:
        if change.remote_id is not None:
            ids[change.address] = change.remote_id
            parts.setdefault((change.address.kind, change.remote_id), change.parts)
    return Names(ids, plan.known, parts)


@dataclass(slots=True)
class _Run:
    """The moving parts of one call of `execute`."""

    registry: Registry
    applied: Applied
    provider: Provider
    journal: Journal
    save: Save
    names: Names
    listed: dict[str, tuple[Found, ...]] = field(default_factory=dict)

    def carry_out(self, change: Change) -> Result:
        """Do one change to its end and say how it ended."""
        if not change.action.writes:
            self._learn(change)
            return Result(change.address, change.action, Status.DONE)
        kind = self.registry[change.address.kind]
        reader = reader_of(kind, self.provider)
        try:
            if reader is None:
                raise PlanRefused.of(
                    "Missing credential",
                    f"The plan reads {kind.name} with a credential that is not at hand now.",
                )
            there = self._last_look(kind, reader, change)
        except CioformError as error:
            status = Status.STALE if isinstance(error, _Stale) else Status.FAILED
            return Result(change.address, change.action, status, error.diagnostics)
        return self._write(kind, reader, change, there)

    def _last_look(self, kind: Kind, reader: Reader, change: Change) -> Live | None:
        """Give the object as it is now, or raise when it is not what the plan saw."""
        if change.remote_id is None:
            if kind.name not in self.listed:
                self.listed[kind.name] = reader.list(self.provider)
            if twins := [f for f in self.listed[kind.name] if f.identity == change.identity]:
                raise _stale(change, f"an object of that {kind.identity} (id {twins[0].remote_id})"
                                     " has appeared since")  # fmt: skip
            return None
        found = reader.look(change.remote_id, change.identity, self.provider)
        if found is None:
            raise _stale(change, "it has been deleted since")
        live = self._decode(kind, found)
        if diff.fingerprint(kind, live.attributes) != change.fingerprint:
            raise _stale(change, "somebody has changed it since")
        return live

    def _write(self, kind: Kind, reader: Reader, change: Change, there: Live | None) -> Result:
        backup = there.found.wire if there else None
        self.journal.begin_change(
            change.address, change.action.value, change.remote_id, backup, change.wanted
        )
        door = Writes(self.provider, self.journal, change.address, change.requests)
        try:
            bound = self._converse(kind, door, change, there)
        except CioformError as error:
            return self._settle(kind, reader, change, error)
        return self._confirm(kind, reader, change, bound)

    def _converse(
        self, kind: Kind, door: Provider, change: Change, there: Live | None
    ) -> Bound | None:
        if change.action in (Action.DELETE, Action.REPLACE):
            assert there is not None  # only creates have nothing there
            drive(self._route(kind, Verb.DELETE).talk(there), door)
        if change.action is Action.DELETE:
            return None
        model = kind.parse(change.wanted or {})
        if change.action is Action.UPDATE:
            paths = [item.path for item in change.fields]
            talk = self._route(kind, Verb.UPDATE, change.fields).talk(
                there, model, self.names, paths
            )
        else:
            fields = [FieldChange((name,), None, None) for name in change.wanted or {}]
            talk = self._route(kind, Verb.CREATE, fields).talk(model, self.names)
        bound: Bound = drive(talk, door)
        return bound

    def _route(self, kind: Kind, verb: Verb, fields: Sequence[FieldChange] = ()) -> Route:
        route = choose(kind, verb, self.provider.apis, [item.path for item in fields])
        if route is None:
            raise PlanRefused.of(
                "Missing credential",
                f"The plan needs to {verb.value} a {kind.name} and no credential at hand can. "
                "Apply with the credentials that the plan was made with.",
            )
        return route

    def _confirm(self, kind: Kind, reader: Reader, change: Change, bound: Bound | None) -> Result:
        """Read back what was written and remember it."""
        if bound is None:
            self._forget(change)
            self.journal.end_change(change.address, change.remote_id)
            return Result(change.address, change.action, Status.DONE)
        self.journal.bound(change.address, bound.remote_id, bound.parts)
        self._bind(change, bound, change.wanted)
        try:
            found = reader.look(bound.remote_id, change.identity, self.provider)
        except CioformError as error:
            # It was answered with success; that it could not be read back is worth a word only.
            self.journal.end_change(change.address, bound.remote_id)
            return Result(change.address, change.action, Status.DONE, error.diagnostics)
        back = self._decode(kind, found) if found else None
        wrong = _differences(kind, change, back)
        if wrong:
            self._bind(change, bound, None)
            self.journal.fail_change(change.address, "reads back differently", in_doubt=False)
            return Result(change.address, change.action, Status.FAILED, (wrong,))
        if back is not None:
            self._bind(change, Bound(bound.remote_id, back.decoded.parts), change.wanted)
        self.journal.end_change(change.address, bound.remote_id)
        return Result(change.address, change.action, Status.DONE)

    def _settle(self, kind: Kind, reader: Reader, change: Change, error: CioformError) -> Result:
        """After a refusal or a doubt: look what is there now, and say just that."""
        try:
            there = self._look_after(kind, reader, change)
        except CioformError:
            self.journal.fail_change(change.address, str(error), in_doubt=True)
            return Result(change.address, change.action, Status.IN_DOUBT, error.diagnostics)
        wanted = None if change.action is Action.DELETE else change.wanted
        if _is_there(kind, wanted, there):
            if there is None:
                self._forget(change)
            else:
                self._bind(change, Bound(there.remote_id, there.decoded.parts), wanted)
            self.journal.end_change(change.address, there.remote_id if there else None)
            return Result(change.address, change.action, Status.DONE, _done_after_all(error))
        if there is not None and change.remote_id is None:
            self._bind(change, Bound(there.remote_id, there.decoded.parts), None)
        self.journal.fail_change(change.address, str(error), in_doubt=False)
        return Result(change.address, change.action, Status.FAILED, error.diagnostics)

    def _look_after(self, kind: Kind, reader: Reader, change: Change) -> Live | None:
        if change.remote_id is not None and change.action is not Action.REPLACE:
            found = reader.look(change.remote_id, change.identity, self.provider)
        else:
            listed = reader.list(self.provider)
            known = {item.remote_id for item in self.listed.get(kind.name, ())}
            new = [f for f in listed if f.identity == change.identity and f.remote_id not in known]
            found = reader.read(new[0], self.provider) if len(new) == 1 else None
        return self._decode(kind, found) if found else None

    def _decode(self, kind: Kind, found: Found) -> Live:
        return Live(kind.name, found, kind.decode(found, self.names))

    def _learn(self, change: Change) -> None:
        if change.action is Action.FORGET:
            self._forget(change)
        elif change.remote_id is not None:
            self._bind(change, Bound(change.remote_id, change.parts), change.wanted)

    def _bind(self, change: Change, bound: Bound, applied: Attributes | None) -> None:
        binding = Binding(
            change.address, bound.remote_id, change.identity, applied, dict(bound.parts),
            change.protect,
        )  # fmt: skip
        bindings = {a: b for a, b in self.applied.bindings.items() if a != change.moved_from}
        self._remember({**bindings, change.address: binding})
        ids = {**self.names.ids, change.address: bound.remote_id}
        parts = {**self.names.parts, (change.address.kind, bound.remote_id): dict(bound.parts)}
        self.names = Names(ids, self.names.known, parts)

    def _forget(self, change: Change) -> None:
        self._remember({a: b for a, b in self.applied.bindings.items() if a != change.address})

    def _remember(self, bindings: dict[Address, Binding]) -> None:
        self.applied = self.save(replace(self.applied, bindings=bindings))


class _Stale(PlanRefused):
    """The object is not what the plan was made from."""


def _stale(change: Change, what: str) -> _Stale:
    return _Stale.of(
        "Changed since the plan",
        f"{change.address} was not touched: {what}. Make the plan again to see it as it is now.",
        address=change.address,
    )


def _is_there(kind: Kind, wanted: Attributes | None, there: Live | None) -> bool:
    if wanted is None or there is None:
        return wanted is None and there is None
    return not diff.compare(kind, None, wanted, there.attributes)


def _differences(kind: Kind, change: Change, back: Live | None) -> Diagnostic | None:
    if back is None:
        detail = "The write was answered with success, and the object cannot be found."
    else:
        fields = diff.compare(kind, None, change.wanted or {}, back.attributes)
        if not fields:
            return None
        names = ", ".join(".".join(map(str, item.path)) for item in fields)
        detail = f"The write was answered with success, but these fields differ: {names}."
    return Diagnostic(
        "Reads back differently",
        f"{detail} The backup is in the journal of this run. Look at it in Customer.io, then "
        "make the plan again to see what is left.",
        change.address,
    )


def _done_after_all(error: CioformError) -> tuple[Diagnostic, ...]:
    said = error.diagnostics[0]
    return (
        Diagnostic(
            "Done in spite of an error",
            f"Customer.io answered with an error ({said.summary}: {said.detail}), and reading the "
            "object shows that the change was made.",
            said.address,
            severity=Severity.WARNING,
        ),
    )
