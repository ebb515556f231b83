"""One workspace, open for one command: its files, its remote, its state."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import uuid4

from cioform.config.load import Configuration, load_configuration
from cioform.config.write.resources import write_resources
from cioform.core.address import Address
from cioform.core.diagnostic import Diagnostic
from cioform.core.errors import AuthError, PlanError, UsageError
from cioform.core.json_value import Attributes
from cioform.core.suggest import did_you_mean
from cioform.model.address_moves import apply_moves
from cioform.model.conversation import Api
from cioform.model.kind import LiveObject
from cioform.model.limits import Guards
from cioform.model.names import Names
from cioform.model.registry import Registry
from cioform.model.snapshot import AppliedState, Binding, LiveSnapshot
from cioform.plan.adoption import baseline_after_pull
from cioform.plan.change import Drift
from cioform.plan.drift import find_drift
from cioform.plan.guard import find_guard_violations
from cioform.plan.match import MatchResult, match_resources
from cioform.plan.plan import Plan, PlanHeader, PreferredSide
from cioform.plan.planner import make_plan
from cioform.plan.scope import Scope, pairs_in_scope
from cioform.remote.factory import HttpProvider
from cioform.run.apply import apply_plan
from cioform.run.audience_size import with_audience_sizes
from cioform.run.audit import with_editors
from cioform.run.capture import CapturedResources, capture_resources, single_target
from cioform.run.doctor import DoctorReport, run_checks, validate_planned_requests
from cioform.run.events import Listener, Outcome, ignore_events
from cioform.run.read import kinds_to_list, read_listing, read_live
from cioform.run.recover import recover
from cioform.run.staleness import check_plan_current
from cioform.services.file_updates import FileUpdates, update_files
from cioform.services.state_folder import state_folder
from cioform.services.validation import write_schema
from cioform.state.store import StateStore
from cioform.storage.user_files import report_write_errors


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import wrote and bound, and what it had to leave."""

    paths: tuple[Path, ...]
    addresses: tuple[Address, ...]
    bound: tuple[Address, ...]
    """What was only bound, since its file stays as it is."""
    left: tuple[str, ...]
    """Sentences: what stays as it is written, and why."""


class Session:
    """One workspace, open: its files, its remote, its state."""

    def __init__(
        self,
        root: Path,
        workspace: Configuration,
        kinds: Registry,
        provider: HttpProvider,
        store: StateStore,
        environment_id: int | None,
        listener: Listener = ignore_events,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.root = root
        self.workspace = workspace
        self.kinds = kinds
        self.provider = provider
        self.environment_id = environment_id
        self._store = store
        self._listener = listener
        self._clock = clock

    @property
    def name(self) -> str:
        """The workspace's name."""
        return self.workspace.name

    @property
    def _openapi_cache(self) -> Path:
        return state_folder(self.root, self.name) / "openapi.json"

    @property
    def apis(self) -> frozenset[Api]:
        """The APIs whose credentials are at hand."""
        return self.provider.apis

    def applied(self) -> AppliedState:
        """Give the state."""
        return self._store.load()

    def plan(self, scope: Scope | None = None, prefer: PreferredSide | None = None) -> Plan:
        """Read the workspace and give the plan that makes it what the files say. Sends only
        reads; what an earlier run left unfinished is looked up first."""
        with self._store.lock():
            applied = self._load_recovered()
        self._check_scope(scope or Scope(), applied)
        matched, live = self._read_workspace(applied, scope)
        plan = make_plan(self.kinds, matched, live, self._header(applied, scope, prefer), scope)
        return self._with_audience_sizes(self._with_editors(plan, matched), live)

    def guards(
        self, *, allow_delete: bool = False, allow_live: bool = False, allow_replace: bool = False
    ) -> Guards:
        """Give the workspace's guards with what the person at hand allows on top."""
        return self.workspace.settings.guards.with_overrides(
            allow_delete=allow_delete, allow_live=allow_live, allow_replace=allow_replace
        )

    def apply(self, plan: Plan, guards: Guards, *, keep_going: bool = False) -> Outcome:
        """Carry out a plan. Raises PlanRefused when a guard refuses it or it is not of this
        workspace as it is now; then nothing was sent."""
        run_id = self._run_id()
        with self._store.lock():
            applied = self._load_recovered()
            check_plan_current(plan, self.name, self.environment_id, applied)
            _check_guards(plan, guards)
            if not plan.changes:
                return Outcome(run_id, ())
            validate_planned_requests(
                plan.changes, self.provider, self._openapi_cache, self._clock()
            )
            with self._store.open_journal(run_id, self._clock) as journal:
                journal.begin_run(
                    workspace=self.name, lineage=applied.lineage, serial=applied.serial
                )
                outcome = apply_plan(
                    plan, self.kinds, applied, self.provider, journal, self._save,
                    run_id=run_id, listener=self._listener, keep_going=keep_going,
                )  # fmt: skip
                journal.end_run(complete=outcome.complete)
        return outcome

    def import_(
        self, scope: Scope | None = None, *, only_id: str | None = None, force: bool = False
    ) -> ImportResult:
        """Write files for what exists and bind it. What a file manages already is left alone,
        unless `force` takes its drift into that file; comments stay. `only_id` binds the one
        address in `scope` to that object."""
        scope = scope or Scope()
        with self._store.lock():
            applied = self._load_recovered()
            self._require_credentials()
            managed = self.workspace.desired.resources
            taken = capture_resources(
                self.kinds, applied, self.provider, scope, only_id, self._listener,
                self.workspace.desired, force,
            )  # fmt: skip
            paths, pulled = self._write_files(taken, force=force)
            written = (*(a for a in taken.attributes if a not in managed), *pulled.written)
            bindings = self._updated_bindings(written, taken, applied)
            pointed = {single_target(scope)} if only_id is not None else set()
            bound = {a: b for a, b in taken.bindings.items() if a in pointed - {*written}}
            bindings |= {a: replace(b, applied=None) for a, b in bound.items()}
            self._save(replace(applied, bindings=bindings))
        # What has its file already was not asked for, unless it was by name or by force.
        asked = force or only_id is not None
        unread = (why for a, why in taken.left.items() if asked or a not in managed)
        return ImportResult(paths, written, tuple(bound), (*unread, *pulled.left))

    def _write_files(
        self, taken: CapturedResources, *, force: bool
    ) -> tuple[tuple[Path, ...], FileUpdates]:
        """Write files for what has none, with `force` also into those there are. Gives the files,
        and what came of the latter."""
        managed = self.workspace.desired.resources
        new = [(a, v) for a, v in taken.attributes.items() if a not in managed]
        with report_write_errors(self.workspace.folder):
            schema = write_schema(self.root)
            paths = write_resources(self.workspace.folder, self.kinds, new, schema)
            there = taken.attributes if force else {}
            pulled = update_files(self.root, self.workspace, self.kinds, there)
        paths += [path for written in pulled.written.values() for path in written]
        return tuple(dict.fromkeys(paths)), pulled

    def _updated_bindings(
        self, written: Iterable[Address], taken: CapturedResources, applied: AppliedState
    ) -> dict[Address, Binding]:
        """Give all bindings, those of `written` with what files and workspace both say by now, so
        that the next plan starts from an agreement."""
        desired = load_configuration(self.root, self.name, self.kinds, os.environ).desired
        anew: dict[Address, Binding] = {}
        before = {(a.kind, b.remote_id): b.applied for a, b in applied.bindings.items()}
        for address in written:
            binding = taken.bindings[address]
            last = before.get((address.kind, binding.remote_id))
            kind, resource = self.kinds[address.kind], desired.resources[address]
            said = baseline_after_pull(kind, resource, taken.attributes[address], last)
            anew[address] = replace(binding, applied=said)
        held = {(a.kind, b.remote_id) for a, b in anew.items()}
        # An object that goes by another address now leaves the one it had.
        rest = {a: b for a, b in applied.bindings.items() if (a.kind, b.remote_id) not in held}
        return rest | anew

    def drift(self, scope: Scope | None = None) -> tuple[Drift, ...]:
        """Give what somebody changed since we last wrote, and who."""
        scope = scope or Scope()
        with self._store.lock():
            applied = self._load_recovered()
        self._check_scope(scope, applied)
        matched, live = self._read_workspace(applied, scope)
        pairs = [pair for pair in matched.pairs if scope.includes(pair.address)]
        found = find_drift(self.kinds, pairs, live)
        return with_editors(found, matched.pairs, self.kinds, self.provider)

    def show(self, address: Address, which: str) -> Attributes:
        """Give a resource as the files say it (`desired`), as we last wrote it (`applied`) or as
        it is (`live`)."""
        if which == "desired":
            resource = self.workspace.desired.resources.get(address)
            if resource is None:
                raise _not_found_error(address, "file", self.workspace.desired.resources)
            return resource.attributes
        applied = self.applied()
        if which == "applied":
            binding = applied.bindings.get(address)
            if binding is None:
                raise _not_found_error(address, "binding", applied.bindings)
            return binding.applied or {}
        there, _ = self.live(address)
        return there.attributes

    def live(self, address: Address) -> tuple[LiveObject, Names]:
        """Give a live object in full, and what the references in it mean."""
        _, live = self._read_workspace(self.applied(), Scope((str(address),)))
        there = live.objects.get(address)
        if there is None:
            raise _not_found_error(address, "live object")
        return there, live.names

    def doctor(self) -> DoctorReport:
        """Look at credentials, workspace id, clock and schema; say what each credential can do."""
        return run_checks(
            self.kinds, self.provider, self.environment_id, self._openapi_cache, self._clock()
        )

    def move(self, old: Address, new: Address) -> None:
        """Bind the object of `old` to `new`."""
        with self._store.lock():
            applied = self.applied()
            if old not in applied.bindings:
                raise _not_found_error(old, "binding")
            if new in applied.bindings or new.kind != old.kind:
                raise UsageError.of(
                    "Address is taken or of another kind",
                    f"{old} cannot become {new}: it has to be free and of the same kind.",
                )
            bindings = apply_moves(self.kinds, applied.bindings, {old: new})
            self._save(replace(applied, bindings=bindings))

    def forget(self, address: Address) -> None:
        """Unbind without deleting: the object becomes foreign."""
        with self._store.lock():
            applied = self.applied()
            if address not in applied.bindings:
                raise _not_found_error(address, "binding")
            rest = {a: b for a, b in applied.bindings.items() if a != address}
            self._save(replace(applied, bindings=rest))

    def _check_scope(self, scope: Scope, applied: AppliedState) -> None:
        scope.check([*self.workspace.desired.resources, *applied.bindings])

    def _read_workspace(
        self, applied: AppliedState, scope: Scope | None
    ) -> tuple[MatchResult, LiveSnapshot]:
        self._require_credentials()
        desired = self.workspace.desired
        kinds = kinds_to_list(self.kinds, desired, applied, scope)
        listing = read_listing(kinds, applied, self.provider)
        matched = match_resources(self.kinds, desired, applied, listing)
        pairs = pairs_in_scope(scope or Scope(), matched.pairs)
        live = read_live(self.kinds, matched, listing, self.provider, self._listener, pairs)
        return matched, live

    def _load_recovered(self) -> AppliedState:
        """Give the state after what unfinished runs left; only looks, and only when there are."""
        applied = self._store.load()
        runs = self._store.unfinished_runs()
        if not runs:
            return applied
        recovered = recover(runs, self.kinds, applied, self.provider)
        if recovered.applied.bindings != applied.bindings:
            applied = self._save(recovered.applied)
        for run_id in recovered.settled:
            self._store.close_run(run_id, self._clock())
        return applied

    def _with_editors(self, plan: Plan, matched: MatchResult) -> Plan:
        return replace(
            plan, drift=with_editors(plan.drift, matched.pairs, self.kinds, self.provider)
        )

    def _with_audience_sizes(self, plan: Plan, live: LiveSnapshot) -> Plan:
        return with_audience_sizes(plan, self.kinds, live, self.provider)

    def _header(
        self, applied: AppliedState, scope: Scope | None, prefer: PreferredSide | None
    ) -> PlanHeader:
        own = self.workspace.settings.rate
        rates = {Api.APP: own.app, Api.JOURNEYS: own.journeys}
        return PlanHeader(
            workspace=self.name,
            environment_id=self.environment_id,
            lineage=applied.lineage,
            serial=applied.serial,
            made_at=int(self._clock()),
            commit=_commit(self.root),
            apis=tuple(sorted(self.apis)),
            target=scope.target if scope else (),
            exclude=scope.exclude if scope else (),
            prefer=prefer,
            rate=min(rate for api, rate in rates.items() if api in self.apis),
        )

    def _run_id(self) -> str:
        at = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(self._clock()))
        return f"{at}-{uuid4().hex[:6]}"

    def _save(self, applied: AppliedState) -> AppliedState:
        saved = replace(applied, serial=applied.serial + 1)
        self._store.save(saved)
        return saved

    def _require_credentials(self) -> None:
        if not self.apis & {Api.APP, Api.JOURNEYS}:
            raise AuthError.of(
                "No credential at hand",
                f"{self.name} needs an App API key or a service account token, and none of the "
                "environment variables that its workspace.yaml names is set. Set one, then see "
                f"what it can do with:\n\n    cioform doctor {self.name}",
            )


def _check_guards(plan: Plan, guards: Guards) -> None:
    refused = find_guard_violations(plan, guards)
    if refused:
        raise PlanError(
            Diagnostic(
                "Refused by a guard",
                f"{item.guard}: {item.detail} Nothing was sent. The way past it: {item.hint}",
                item.addresses[0] if len(item.addresses) == 1 else None,
            )
            for item in refused
        )


def _not_found_error(address: Address, what: str, known: Iterable[Address] = ()) -> UsageError:
    detail = f"There is no {what} for {address}.{did_you_mean(address, known, limit=3)}"
    return UsageError.of("No such resource", detail, address=address)


def _commit(root: Path) -> str | None:
    """Give the commit that the files are at, or None outside Git."""
    try:
        done = subprocess.run(
            ["git", "rev-parse", "HEAD"], cwd=root, capture_output=True, text=True, check=False
        )
    except OSError:
        return None
    return done.stdout.strip() or None if done.returncode == 0 else None
