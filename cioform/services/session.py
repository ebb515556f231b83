"""One workspace, open for one command: its files, its remote, its state."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from uuid import uuid4

from cioform.config.load import Workspace, load_workspace
from cioform.config.write.resources import write_resources
from cioform.core.address import Address
from cioform.core.diagnostic import Diagnostic
from cioform.core.errors import CredentialRefused, PlanRefused, UsageWrong
from cioform.core.json_value import Attributes
from cioform.model.address_moves import follow
from cioform.model.conversation import Api
from cioform.model.kind import Live
from cioform.model.names import Names
from cioform.model.registry import Registry
from cioform.model.snapshot import Applied, Binding, LiveSnapshot
from cioform.plan.adoption import agreed
from cioform.plan.change import Drift
from cioform.plan.drift import find_drift
from cioform.plan.guard import Guards, refusals
from cioform.plan.match import Match, match
from cioform.plan.plan import Header, Plan, Prefer
from cioform.plan.planner import make_plan
from cioform.plan.scope import Scope, nearest, within
from cioform.remote.factory import HttpProvider
from cioform.run.audience_size import with_people
from cioform.run.audit import name_editors
from cioform.run.capture import Taken, take, the_one
from cioform.run.doctor import Checkup, check_requests, check_up
from cioform.run.events import Listener, Outcome, ignore
from cioform.run.execute import execute
from cioform.run.read import needed_kinds, read_listing, read_live
from cioform.run.recover import recover
from cioform.run.staleness import check_fresh
from cioform.services.pull import Pulled, pull
from cioform.services.validation import write_schema
from cioform.state.journal import Journal
from cioform.state.local import LocalStore
from cioform.state.replay import close_run, unfinished
from cioform.storage.user_files import writing


@dataclass(frozen=True, slots=True)
class Imported:
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
        workspace: Workspace,
        kinds: Registry,
        provider: HttpProvider,
        store: LocalStore,
        environment_id: int | None,
        listener: Listener = ignore,
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
    def _description(self) -> Path:
        return self._store.folder / "openapi.json"

    @property
    def apis(self) -> frozenset[Api]:
        """The APIs whose credentials are at hand."""
        return self.provider.apis

    def applied(self) -> Applied:
        """Give the state."""
        return self._store.load()

    def plan(self, scope: Scope | None = None, prefer: Prefer | None = None) -> Plan:
        """Read the workspace and give the plan that makes it what the files say. Sends only
        reads; what an earlier run left unfinished is looked up first."""
        with self._store.lock():
            applied = self._recovered()
        self._check(scope or Scope(), applied)
        matched, live = self._read(applied, scope)
        plan = make_plan(self.kinds, matched, live, self._header(applied, scope, prefer), scope)
        return self._with_people(self._with_editors(plan, matched), live)

    def guards(
        self, *, allow_delete: bool = False, allow_live: bool = False, allow_replace: bool = False
    ) -> Guards:
        """Give the workspace's guards with what the person at hand allows on top."""
        own = Guards(**asdict(self.workspace.settings.guards))
        return own.allowing(
            allow_delete=allow_delete, allow_live=allow_live, allow_replace=allow_replace
        )

    def apply(self, plan: Plan, guards: Guards, *, keep_going: bool = False) -> Outcome:
        """Carry out a plan. Raises PlanRefused when a guard refuses it or it is not of this
        workspace as it is now; then nothing was sent."""
        run_id = self._run_id()
        with self._store.lock():
            applied = self._recovered()
            check_fresh(plan, self.name, self.environment_id, applied)
            _refuse(plan, guards)
            if not plan.changes:
                return Outcome(run_id, ())
            check_requests(plan.changes, self.provider, self._description, self._clock())
            with Journal.open(self._store.folder, run_id, self._clock) as journal:
                journal.begin_run(
                    workspace=self.name, lineage=applied.lineage, serial=applied.serial
                )
                outcome = execute(
                    plan, self.kinds, applied, self.provider, journal, self._save,
                    run_id=run_id, listener=self._listener, keep_going=keep_going,
                )  # fmt: skip
                journal.end_run(complete=outcome.complete)
        return outcome

    def import_(
        self, scope: Scope | None = None, *, only_id: str | None = None, force: bool = False
    ) -> Imported:
        """Write files for what exists and bind it. What a file manages already is left alone,
        unless `force` takes its drift into that file; comments stay. `only_id` binds the one
        address in `scope` to that object."""
        scope = scope or Scope()
        with self._store.lock():
            applied = self._recovered()
            self._need_credentials()
            managed = self.workspace.desired.resources
            taken = take(
                self.kinds, applied, self.provider, scope, only_id, self._listener,
                self.workspace.desired, force,
            )  # fmt: skip
            paths, pulled = self._write(taken, force=force)
            written = (*(a for a in taken.attributes if a not in managed), *pulled.written)
            bindings = self._bound_anew(written, taken, applied)
            pointed = {the_one(scope)} if only_id is not None else set()
            bound = {a: b for a, b in taken.bindings.items() if a in pointed - {*written}}
            bindings |= {a: replace(b, applied=None) for a, b in bound.items()}
            self._save(replace(applied, bindings=bindings))
        # What has its file already was not asked for, unless it was by name or by force.
        asked = force or only_id is not None
        unread = (why for a, why in taken.left.items() if asked or a not in managed)
        return Imported(paths, written, tuple(bound), (*unread, *pulled.left))

    def _write(self, taken: Taken, *, force: bool) -> tuple[tuple[Path, ...], Pulled]:
        """Write files for what has none, with `force` also into those there are. Gives the files,
        and what came of the latter."""
        managed = self.workspace.desired.resources
        new = [(a, v) for a, v in taken.attributes.items() if a not in managed]
        with writing(self.workspace.folder):
            schema = write_schema(self.root)
            paths = write_resources(self.workspace.folder, self.kinds, new, schema)
            there = taken.attributes if force else {}
            pulled = pull(self.root, self.workspace, self.kinds, there)
        paths += [path for written in pulled.written.values() for path in written]
        return tuple(dict.fromkeys(paths)), pulled

    def _bound_anew(
        self, written: Iterable[Address], taken: Taken, applied: Applied
    ) -> dict[Address, Binding]:
        """Give all bindings, those of `written` with what files and workspace both say by now, so
        that the next plan starts from an agreement."""
        desired = load_workspace(self.root, self.name, self.kinds, os.environ).desired
        anew: dict[Address, Binding] = {}
        before = {(a.kind, b.remote_id): b.applied for a, b in applied.bindings.items()}
        for address in written:
            binding = taken.bindings[address]
            last = before.get((address.kind, binding.remote_id))
            kind, resource = self.kinds[address.kind], desired.resources[address]
            said = agreed(kind, resource, taken.attributes[address], last)
            anew[address] = replace(binding, applied=said)
        held = {(a.kind, b.remote_id) for a, b in anew.items()}
        # An object that goes by another address now leaves the one it had.
        rest = {a: b for a, b in applied.bindings.items() if (a.kind, b.remote_id) not in held}
        return rest | anew

    def drift(self, scope: Scope | None = None) -> tuple[Drift, ...]:
        """Give what somebody changed since we last wrote, and who."""
        scope = scope or Scope()
        with self._store.lock():
            applied = self._recovered()
        self._check(scope, applied)
        matched, live = self._read(applied, scope)
        pairs = [pair for pair in matched.pairs if scope.includes(pair.address)]
        found = find_drift(self.kinds, pairs, live)
        return name_editors(found, matched.pairs, self.kinds, self.provider)

    def show(self, address: Address, which: str) -> Attributes:
        """Give a resource as the files say it (`desired`), as we last wrote it (`applied`) or as
        it is (`live`)."""
        if which == "desired":
            resource = self.workspace.desired.resources.get(address)
            if resource is None:
                raise _nothing(address, "file", self.workspace.desired.resources)
            return resource.attributes
        applied = self.applied()
        if which == "applied":
            binding = applied.bindings.get(address)
            if binding is None:
                raise _nothing(address, "binding", applied.bindings)
            return binding.applied or {}
        there, _ = self.live(address)
        return there.attributes

    def live(self, address: Address) -> tuple[Live, Names]:
        """Give a live object in full, and what the references in it mean."""
        _, live = self._read(self.applied(), Scope((str(address),)))
        there = live.objects.get(address)
        if there is None:
            raise _nothing(address, "live object")
        return there, live.names

    def doctor(self) -> Checkup:
        """Look at credentials, workspace id, clock and schema; say what each credential can do."""
        return check_up(
            self.kinds, self.provider, self.environment_id, self._description, self._clock()
        )

    def move(self, old: Address, new: Address) -> None:
        """Bind the object of `old` to `new`."""
        with self._store.lock():
            applied = self.applied()
            if old not in applied.bindings:
                raise _nothing(old, "binding")
            if new in applied.bindings or new.kind != old.kind:
                raise UsageWrong.of(
                    "Address is taken or of another kind",
                    f"{old} cannot become {new}: it has to be free and of the same kind.",
                )
            bindings = follow(self.kinds, applied.bindings, {old: new})
            self._save(replace(applied, bindings=bindings))

    def forget(self, address: Address) -> None:
        """Unbind without deleting: the object becomes foreign."""
        with self._store.lock():
            applied = self.applied()
            if address not in applied.bindings:
                raise _nothing(address, "binding")
            rest = {a: b for a, b in applied.bindings.items() if a != address}
            self._save(replace(applied, bindings=rest))

    def _check(self, scope: Scope, applied: Applied) -> None:
        scope.check([*self.workspace.desired.resources, *applied.bindings])

    def _read(self, applied: Applied, scope: Scope | None) -> tuple[Match, LiveSnapshot]:
        self._need_credentials()
        desired = self.workspace.desired
        kinds = needed_kinds(self.kinds, desired, applied, scope)
        listing = read_listing(kinds, applied, self.provider)
        matched = match(self.kinds, desired, applied, listing)
        pairs = within(scope or Scope(), matched.pairs)
        live = read_live(self.kinds, matched, listing, self.provider, self._listener, pairs)
        return matched, live

    def _recovered(self) -> Applied:
        """Give the state after what unfinished runs left; only looks, and only when there are."""
        applied = self._store.load()
        runs = unfinished(self._store.folder)
        if not runs:
            return applied
        recovered = recover(runs, self.kinds, applied, self.provider)
        if recovered.applied.bindings != applied.bindings:
            applied = self._save(recovered.applied)
        for run_id in recovered.settled:
            close_run(self._store.folder, run_id, self._clock())
        return applied

    def _with_editors(self, plan: Plan, matched: Match) -> Plan:
        return replace(
            plan, drift=name_editors(plan.drift, matched.pairs, self.kinds, self.provider)
        )

    def _with_people(self, plan: Plan, live: LiveSnapshot) -> Plan:
        return with_people(plan, self.kinds, live, self.provider)

    def _header(self, applied: Applied, scope: Scope | None, prefer: Prefer | None) -> Header:
        own = self.workspace.settings.rate
        rates = {Api.APP: own.app, Api.JOURNEYS: own.journeys}
        return Header(
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

    def _save(self, applied: Applied) -> Applied:
        saved = replace(applied, serial=applied.serial + 1)
        self._store.save(saved)
        return saved

    def _need_credentials(self) -> None:
        if not self.apis & {Api.APP, Api.JOURNEYS}:
            raise CredentialRefused.of(
                "No credential at hand",
                f"{self.name} needs an App API key or a service account token, and none of the "
                "environment variables that its workspace.yaml names is set. Set one, then see "
                f"what it can do with:\n\n    cioform doctor {self.name}",
            )


def _refuse(plan: Plan, guards: Guards) -> None:
    refused = refusals(plan, guards)
    if refused:
        raise PlanRefused(
            Diagnostic(
                "Refused by a guard",
                f"{item.guard}: {item.detail} Nothing was sent. The way past it: {item.way_past}",
                item.addresses[0] if len(item.addresses) == 1 else None,
            )
            for item in refused
        )


def _nothing(address: Address, what: str, there: Iterable[Address] = ()) -> UsageWrong:
    detail = f"There is no {what} for {address}.{nearest(str(address), there)}"
    return UsageWrong.of("No such resource", detail, address=address)


def _commit(root: Path) -> str | None:
    """Give the commit that the files are at, or None outside Git."""
    try:
        done = subprocess.run(
            ["git", "rev-parse", "HEAD"], cwd=root, capture_output=True, text=True, check=False
        )
    except OSError:
        return None
    return done.stdout.strip() or None if done.returncode == 0 else None
