"""Carry out a plan, one change after the other: check, record, write, verify, save."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from cioform.core.address import Address
from cioform.core.dataclasses import dataclass, field, replace
from cioform.core.errors import CioformError, LiveEditsRefusedError, PlanError, StateError
from cioform.model.decoding import decode_live
from cioform.model.hints import fill_in_hint
from cioform.model.kind import Kind
from cioform.model.objects.live_object import LiveObject, RemoteObject
from cioform.model.objects.snapshot import AppliedState
from cioform.model.objects.stamp import Stamp
from cioform.model.registry import Registry
from cioform.model.resource import Resource
from cioform.plan.change import Action, Change
from cioform.plan.compare import diff
from cioform.plan.compare.ignored import merge_ignored_fields
from cioform.plan.plan import Plan
from cioform.remote.provider import Provider
from cioform.run.applying.guarded_provider import GuardedProvider, known_objects
from cioform.run.applying.not_made import (
    not_made,
    skipped,
    skipped_as_closed,
    with_former_object,
)
from cioform.run.applying.planned_objects import PlannedObjects
from cioform.run.applying.run_state import RunState, SaveState, planned_names
from cioform.run.applying.send_change import send_change
from cioform.run.applying.staleness import StaleObjectError, plan_again, stale_object_error
from cioform.run.applying.user_checks import UserChecks, inactive_users
from cioform.run.applying.verify import Verification
from cioform.run.events import (
    ChangeResult,
    ChangeStarted,
    ChangeStatus,
    Listener,
    Outcome,
    ignore_events,
)
from cioform.run.reading.kind_reader import KindReader, reader_for
from cioform.state.journal.journal import Journal, ObjectBefore

NO_FILES: Final[Mapping[Address, Resource]] = MappingProxyType({})
"""For a plan that is applied without a look at the files."""
NOTHING_UNCONFIRMED: Final[Mapping[Address, str]] = MappingProxyType({})
_STILL_VALID: Final = (
    "Nothing was changed, and this plan stays valid: once the setting is on, apply it again."
)


def _always_open() -> str:
    return ""


def apply_plan(
    plan: Plan,
    registry: Registry,
    applied: AppliedState,
    provider: Provider,
    journal: Journal,
    save: SaveState,
    *,
    run_id: str,
    desired: Mapping[Address, Resource] = NO_FILES,
    unconfirmed: Mapping[Address, str] = NOTHING_UNCONFIRMED,
    stamps: Mapping[Address, Stamp] = MappingProxyType({}),
    listener: Listener = ignore_events,
    keep_going: bool = False,
    why_closed: Callable[[], str] = _always_open,
) -> Outcome:
    """Carry out the changes of `plan` in their order and return how each ended.

    `desired` are the files, for what each of them ignores, and `unconfirmed` the addresses that are
    not changed, each with the reason. `stamps` go into descriptions. A change that fails stops
    those that depend on it, and all later ones unless `keep_going`. So does the end of the apply
    window: then `why_closed` returns a reason. The state is saved after every change.
    Raises StateError as soon as the journal or the state cannot be written, whatever is left to do.
    """
    run_state = RunState(registry, applied, planned_names(plan, applied), save, journal.now)
    checks = UserChecks(registry, provider, tuple(inactive_users(plan.changes)))
    run = _ApplyRun(
        plan.header.workspace, registry, provider, journal, run_state, desired, unconfirmed, stamps,
        checks, applied.serial, PlannedObjects(plan, applied),
    )  # fmt: skip
    requests_before = provider.count
    results: list[ChangeResult] = []
    failed: set[Address] = set()
    closed = ""
    for number, change in enumerate(plan.changes, 1):
        listener(ChangeStarted(change, number, len(plan.changes)))
        is_stopped = bool(failed) and not keep_going
        closed = closed or why_closed()
        if closed:
            result = skipped_as_closed(change, closed)
        elif is_stopped or failed.intersection(change.depends_on):
            result = skipped(change, failed)
        else:
            result = _with_filled_hints(run.apply_change(change), plan.header.workspace)
        if change.deletes_former and change.address not in failed:
            result = with_former_object(change, result)
        if result.status is not ChangeStatus.DONE:
            failed.add(change.address)
        results.append(result)
        listener(result)
    return Outcome(run_id, tuple(results), provider.count - requests_before)


def _with_filled_hints(result: ChangeResult, workspace: str) -> ChangeResult:
    """Return the result with the workspace and the address filled in where hints have them."""
    diagnostics = tuple(
        replace(each, detail=fill_in_hint(each.detail, workspace, result.address))
        for each in result.diagnostics
    )
    return replace(result, diagnostics=diagnostics)


@dataclass(slots=True)
class _ApplyRun:
    """What the changes of one run have in common."""

    workspace: str
    registry: Registry
    provider: Provider
    journal: Journal
    run_state: RunState
    desired: Mapping[Address, Resource]
    unconfirmed: Mapping[Address, str]
    stamps: Mapping[Address, Stamp]
    user_checks: UserChecks
    serial_before: int
    planned: PlannedObjects
    listed_before: dict[str, tuple[RemoteObject, ...]] = field(default_factory=dict)
    """The objects of each kind before the run created any, by the kind's name."""
    created: set[str] = field(default_factory=set)
    """What the run has created that later changes need, too."""

    def apply_change(self, change: Change) -> ChangeResult:
        """Carry out one change and return how it ended."""
        kind = self.registry[change.address.kind]
        try:
            self._check_rebinding(kind, change)
            if not change.action.writes:
                self._check_confirmed(change)
                self.run_state.apply_state_only(change)
                return ChangeResult(change.address, change.action, ChangeStatus.DONE)
            reader = self._require_reader(kind)
            live = self._read_unchanged(kind, reader, change)
            self._check_users(change)
            self._check_confirmed(change)
        except StaleObjectError as error:
            return not_made(change, ChangeStatus.STALE, error)
        except CioformError as error:
            return not_made(change, ChangeStatus.FAILED, error)
        return self._write_change(kind, reader, change, live)

    def _check_rebinding(self, kind: Kind, change: Change) -> None:
        """Raise StaleObjectError if the plan names another object than the state, which exists.

        An address moves to another object only after its own was deleted and made again.
        """
        binding = self.run_state.applied.bindings.get(change.moved_from or change.address)
        if binding is None or change.remote_id in (None, binding.remote_id):
            return
        if change.deletes_former:
            return
        reader = self._require_reader(kind)
        if reader.read_by_id(binding.remote_id, binding.identity, self.provider) is not None:
            raise StaleObjectError.of(
                "Bound to another object",
                f"{change.address} was not touched: the plan is for the object with the ID "
                f"{change.remote_id}, and the state binds this address to the one with the ID "
                f"{binding.remote_id}. {plan_again(self.workspace)}",
                address=change.address,
            )

    def _check_confirmed(self, change: Change) -> None:
        """Raise StaleObjectError if a new plan would not make this change."""
        reason = self.unconfirmed.get(change.address)
        if reason is not None:
            raise StaleObjectError.of(
                "Not confirmed by a new plan",
                f"{change.address} was not touched: {reason} {plan_again(self.workspace)}",
                address=change.address,
            )

    def _require_reader(self, kind: Kind) -> KindReader:
        reader = reader_for(kind, self.provider)
        if reader is None:
            raise PlanError.of(
                "Missing credential",
                f"No credential that is set can read the kind {kind.name}. Apply with the "
                "credentials that the plan was made with.",
            )
        return reader

    def _read_unchanged(self, kind: Kind, reader: KindReader, change: Change) -> LiveObject | None:
        """Return the object as it is now, None for one to create.

        Raises StaleObjectError when it is not what the plan was made from.
        """
        if change.action in (Action.CREATE, Action.REPLACE):
            self._check_no_duplicate(kind, reader, change)
        if change.remote_id is None:
            return None
        found = reader.read_by_id(change.remote_id, change.identity, self.provider)
        if found is None:
            raise stale_object_error(change, "it has been deleted", self.workspace)
        live = decode_live(kind, found, self.run_state.names)
        as_planned = self.run_state.as_planned(kind, live.attributes)
        if diff.fingerprint(kind, as_planned) != change.fingerprint:
            raise stale_object_error(change, "somebody has changed it", self.workspace)
        before, now = change.reach, live.decoded.reach
        if before.state_name not in ("", now.state_name):
            # A draft that was started reaches people of whom nobody thought in the review.
            reason = f"it was {before.state_name} and became {now.state_name or now.state}"
            is_live = now.state.may_be_live and not change.may_be_live
            raise stale_object_error(change, reason, self.workspace, is_live=is_live)
        self._check_ignored_values(change, live)
        return live

    def _check_users(self, change: Change) -> None:
        """Raise StaleObjectError if what uses the object was started after the plan was made."""
        started = self.user_checks.started_user(change, self.run_state.names)
        if started:
            raise stale_object_error(change, started, self.workspace, is_live=True)

    def _check_ignored_values(self, change: Change, live: LiveObject) -> None:
        """Raise StaleObjectError unless what the file ignores is kept as it is.

        A plan file that somebody edited could otherwise write it.
        """
        resource = self.desired.get(change.address)
        if resource is None or not resource.ignore or change.wanted is None:
            return
        binding = self.run_state.applied.bindings.get(change.moved_from or change.address)
        applied = binding.applied if binding is not None else None
        if merge_ignored_fields(resource, live.attributes, applied) != change.wanted:
            reason = "a field that its file ignores has another value"
            raise stale_object_error(change, reason, self.workspace)

    def _check_no_duplicate(self, kind: Kind, reader: KindReader, change: Change) -> None:
        if kind.name not in self.listed_before:
            self.listed_before[kind.name] = reader.list(self.provider)
        for found in self.listed_before[kind.name]:
            if found.identity == change.identity and not self.planned.had_name(kind.name, found):
                duplicate = f"another object with that {kind.identity} (ID {found.remote_id})"
                raise stale_object_error(change, f"{duplicate} has been created", self.workspace)

    def _write_change(
        self, kind: Kind, reader: KindReader, change: Change, live: LiveObject | None
    ) -> ChangeResult:
        self.journal.begin_change(
            change.address,
            change.action.value,
            change.remote_id,
            live.found.json if live else None,
            self.run_state.as_recorded(kind, change.wanted),
            _before(live),
            change.kept,
            sum(r.writes and r.creates not in self.created for r in change.requests),
        )
        known = known_objects(change, self.run_state.applied, self.listed_before)
        provider = GuardedProvider(self.provider, self.journal, change, known)
        verification = Verification(
            kind, reader, change, self.provider, self.journal, self.run_state, live,
            self.desired.get(change.address), known,
        )  # fmt: skip
        try:
            stamp, names = self.stamps.get(change.address), self.run_state.names
            result = send_change(kind, change, live, names, provider, stamp)
        except StateError:
            raise
        except CioformError as error:
            if isinstance(error, LiveEditsRefusedError):
                self.run_state.record_live_edits(refused=True)
            if provider.has_written:
                return self._with_valid_plan(verification.after_error(error), error)
            self.journal.fail_change(change.address, str(error), outcome_unknown=False)
            return self._with_valid_plan(not_made(change, ChangeStatus.FAILED, error), error)
        self.created |= {request.creates for request in change.requests if request.creates}
        if change.is_gated:
            self.run_state.record_live_edits(refused=False)
        return verification.after_success(result)

    def _with_valid_plan(self, result: ChangeResult, error: CioformError) -> ChangeResult:
        """Return the result, which says if the plan can be applied again after a refused edit."""
        if (
            not isinstance(error, LiveEditsRefusedError)
            or result.status is not ChangeStatus.FAILED
            or result.half_made
            or self.run_state.applied.serial != self.serial_before
        ):
            return result
        *others, last = result.diagnostics
        detail = f"{last.detail} {_STILL_VALID}"
        return replace(result, diagnostics=(*others, replace(last, detail=detail)))


def _before(live: LiveObject | None) -> ObjectBefore | None:
    if live is None:
        return None
    return ObjectBefore(live.found.identity, live.found.api.value, live.decoded.parts)
