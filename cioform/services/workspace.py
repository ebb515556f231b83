"""A workspace as a program uses it: everything the command line can do, as methods."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from typing_extensions import Unpack

from cioform.config.project import find_project
from cioform.core.address import Address
from cioform.model.settings.limits import Guards
from cioform.plan.change import Drift
from cioform.plan.drift import DriftReport
from cioform.plan.plan import OnDrift, Plan, PreferredSide
from cioform.plan.review.decisions import Decisions
from cioform.plan.selecting.scope import Scope
from cioform.run.doctor import DoctorReport
from cioform.run.events import Outcome
from cioform.services.doctor import check_workspace
from cioform.services.drift import detect_drift
from cioform.services.importing import ImportedResources, import_resources
from cioform.services.inspection import Inspection
from cioform.services.lookup.selection import resolve_scope
from cioform.services.notifying.notify import notify_refusals
from cioform.services.opening import OpenOptions, open_files_and_remote
from cioform.services.planning.apply import ApplyOptions, apply_reviewed_plan
from cioform.services.planning.follow_up import commands_after_rollback
from cioform.services.planning.plan import (
    PlanOptions,
    plan_workspace,
    workspace_guards,
)
from cioform.services.planning.rollback import Rollback, plan_rollback
from cioform.services.pull.pullable import Pullable, find_pullable
from cioform.services.pull.pulling import ChooseTexts, PullResult, pull
from cioform.services.state.administration import StateAdministration
from cioform.services.state.bindings import forget_binding, move_binding


class Workspace(Inspection):
    """One open workspace: its files, its state and the remote behind it.

    with Workspace.open("acme") as acme:
        plan = acme.plan()
        acme.people.identify("u1", {"plan": "trial"})
    """

    @classmethod
    def open(
        cls, name: str, *, project: str | Path = ".", **options: Unpack[OpenOptions]
    ) -> AbstractContextManager[Workspace]:
        """Open a workspace of the project at or above `project`.

        Raises ConfigError when the files are not valid, or when the revision that the settings are
        read from has no such workspace and `allow_new_workspace` is not given.
        """
        return open_workspace(find_project(Path(project)), name, **options)

    @property
    def name(self) -> str:
        """The workspace's name."""
        return self._opened.name

    @property
    def workspace_id(self) -> int | None:
        """The workspace's number in Customer.io, None where `workspace.yaml` does not name it."""
        return self._opened.workspace_id

    def resolve(self, scope: Scope) -> Scope:
        """Return a scope with the addresses that its selectors name. Raises UsageError."""
        return resolve_scope(self._opened, scope, self.applied())

    def plan(
        self,
        scope: Scope | None = None,
        prefer: PreferredSide | None = None,
        on_drift: OnDrift = OnDrift.OVERWRITE,
        *,
        warns: bool = False,
    ) -> Plan:
        """Read the workspace and return the plan that turns it into what the files say.

        Sends reads only. With `warns`, the plan has the warnings of `cioform lint` about its texts.
        Raises UsageError if the scope names nothing, and RemoteError or AuthError if the workspace
        cannot be read.
        """
        options = PlanOptions(scope or Scope(), prefer, on_drift, warns=warns)
        return plan_workspace(self._opened, options)

    def guards(
        self,
        *,
        allow_delete: bool = False,
        allow_live: bool = False,
        allow_replace: bool = False,
        approved: Iterable[str] = (),
        window_override: str = "",
    ) -> Guards:
        """Return the guards of `workspace.yaml`, relaxed by what is allowed here.

        `approved` has the IDs of policies that ask for an approval. Raises UsageError for others.
        `window_override` is the reason for an apply outside of the apply window.
        """
        return workspace_guards(
            self._opened,
            allow_delete=allow_delete,
            allow_live=allow_live,
            allow_replace=allow_replace,
            approved=approved,
            window_override=window_override,
        )

    def apply(
        self,
        plan: Plan,
        guards: Guards | None = None,
        *,
        keep_going: bool = False,
        check_files: bool = True,
        allow_older: bool = False,
        saved: Decisions | None = None,
    ) -> Outcome:
        """Carry out a plan and return how each of its changes ended.

        The guards of `workspace.yaml` hold unless others are given. `keep_going` continues after a
        failure with the changes that do not depend on it. Raises PlanError, with nothing sent, when
        a guard refuses the plan, when the state has changed since it was made, with `check_files`
        when the plan differs from the files, or, unless `allow_older`, when newer files were
        applied to a shared state.

        `saved` is for a plan that was read from a file or confirmed by a person. It is planned
        again with these decisions, and what is not the same any more is not changed.
        """
        options = ApplyOptions(keep_going, check_files, allow_older, saved)
        return apply_reviewed_plan(self._opened, plan, guards, options)

    def notify_refusals(self) -> AbstractContextManager[None]:
        """Notify the webhooks of the settings if an apply in the block is refused."""
        return notify_refusals(self._opened)

    def plan_rollback(self, run_id: str) -> Rollback:
        """Return the plan that undoes a run, from the backups in its journal.

        What has changed since is left, and the plan names it. Sends reads only.
        """
        return plan_rollback(self._opened, run_id)

    def roll_back(
        self,
        rollback: Rollback,
        guards: Guards | None = None,
        *,
        keep_going: bool = False,
        saved: Decisions | None = None,
    ) -> Outcome:
        """Carry out a rollback and return how each of its changes ended.

        It has the guards and checks of `apply`, and raises what `apply` does. Until the files agree
        with it, plans that would make the changes again are refused.
        """
        options = ApplyOptions(keep_going, saved=saved, files=rollback.files)
        return apply_reviewed_plan(rollback.opened, rollback.plan, guards, options)

    def commands_after_rollback(self, plan: Plan) -> tuple[str, ...]:
        """Return the commands that make the files agree with a rollback that was carried out."""
        return commands_after_rollback(self._opened, plan)

    def import_(
        self, scope: Scope | None = None, *, only_id: str | None = None, force: bool = False
    ) -> ImportedResources:
        """Write files for what exists, bind it, and return what was imported.

        Existing files stay as they are unless `force` writes their drift into them. `only_id`
        binds the one address in `scope` to the object with that ID.
        """
        return import_resources(self._opened, scope or Scope(), only_id=only_id, force=force)

    def pullable(self, scope: Scope | None = None, *, conflicts: bool = False) -> Pullable:
        """Return what somebody edited in the workspace and the files can take.

        With `conflicts` that includes what the files changed, too.
        """
        return find_pullable(self._opened, scope or Scope(), conflicts=conflicts)

    def pull(
        self,
        pullable: Pullable,
        *,
        into_shared: bool = False,
        choose: ChooseTexts = lambda _before, after: after,
    ) -> PullResult:
        """Write edits of the workspace into the files, and return what was and was not written.

        The state stays as it is. Files that other workspaces include are changed only with
        `into_shared`. `choose` gets the texts of the files before and after, and returns those that
        are written.
        """
        return pull(self._opened, pullable, into_shared=into_shared, choose=choose)

    def drift(self, scope: Scope | None = None) -> tuple[Drift, ...]:
        """Return what people changed since cioform last wrote, and who, where that is known."""
        return self.drift_report(scope).drift

    def drift_report(self, scope: Scope | None = None) -> DriftReport:
        """Return the drift, and which objects and fields could not be compared."""
        return detect_drift(self._opened, scope or Scope())

    def doctor(self) -> DoctorReport:
        """Check credentials, workspace ID, clock, API description and state; return the results.

        Customer.io gets reads only. Whether the state can be written is tried without changing it.
        """
        return check_workspace(self._opened)

    def move(self, old: Address, new: Address) -> None:
        """Bind the object of `old` to `new`. Raises UsageError if that is not possible."""
        move_binding(self._opened, old, new)

    def forget(self, address: Address) -> None:
        """Unbind an address without deleting its object, which becomes unmanaged."""
        forget_binding(self._opened, address)

    @property
    def has_unfinished_work(self) -> bool:
        """Whether the next apply has something to resolve, even without a change.

        A run did not end, or something was rolled back and the files may agree by now.
        """
        return bool(self._opened.store.unfinished_runs() or self.applied().rolled_back)

    @property
    def state(self) -> StateAdministration:
        """The state as a whole: create, move, release, prune, print."""
        return StateAdministration(self._opened)


@contextmanager
def open_workspace(root: Path, name: str, **options: Unpack[OpenOptions]) -> Iterator[Workspace]:
    """Open a workspace of the project at `root`. Raises as `Workspace.open` does."""
    with open_files_and_remote(root, name, options) as opened:
        yield Workspace(opened)
