"""A random walk: change files, edit in the browser, apply with a cut, recover, check."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Final

from cioform.core.address import Address
from cioform.emulator.store.database import Store
from cioform.kinds import find_kinds
from cioform.plan.change import Action
from cioform.plan.plan import Plan, PreferredSide
from tests.support.sandbox_project import SandboxProject
from tests.torture.checks import (
    Managed,
    check_content,
    check_drift,
    check_exit_code,
    check_identities,
    check_plan,
    managed,
    needs_two_changes,
)
from tests.torture.cuts import NOTHING, Cut, Ended, random_cut, run_command
from tests.torture.documents import Documents
from tests.torture.ui_edits import edit_in_browser
from tests.torture.unmanaged import unmanaged_content, unmanaged_rows
from tests.torture.workflows import without_new_steps

KINDS: Final = find_kinds()
"""All kinds, loaded once."""
SETTINGS: Final = {
    "format": 1,
    "endpoint": "sandbox",
    "guards": {"max_deletes": 99, "max_percent": 100},
}
ALLOWED: Final = ("--auto-approve", "--allow-delete", "--allow-live", "--allow-replace")
APPLY: Final = ("apply", "acme", "--prefer", "config", *ALLOWED)
APPLY_FILE: Final = ("apply", "acme", "plan.json", "--prefer", "config", *ALLOWED)
SAVE_PLAN: Final = ("plan", "acme", "--prefer", "config", "--out", "plan.json")


@dataclass
class Walk:
    """One walk in the folder `root`. What goes wrong raises AssertionError."""

    root: Path
    rng: Random
    in_child: bool = False
    """Whether commands run in processes of their own, which are really killed."""
    log: list[str] = field(default_factory=list)
    """What has happened so far, a line each."""
    endings: Counter[str] = field(default_factory=Counter)
    """How often each cut led to each exit code."""

    bound: dict[Address, Managed] = field(default_factory=dict)
    """What was managed after the last round."""
    in_no_file: set[tuple[Address, str]] = field(default_factory=set)
    """What somebody has ever set that no file sets, by address and path."""

    def run(self, rounds: int) -> None:
        """Walk so many rounds."""
        (self.root / ".cioform").mkdir()
        with self._project() as project:
            project.seed(**unmanaged_content())
            project.store.workspace_data("acme").set_setting("edit_live_data", True)
        documents = Documents(self.rng)
        for number in range(rounds):
            if number:
                documents.change()
            self._walk_round(documents)

    def _walk_round(self, documents: Documents) -> None:
        now = documents.moves.now
        with self._project() as project:
            unmanaged = unmanaged_rows(project)
            project.replace_documents(documents.written)
            remade = self._edit(project, 0.4)
        plan, replaced = self._apply_with_a_cut(documents)
        remade |= replaced
        is_resolved = not (plan.changes or plan.drift)
        if self.rng.random() < 0.2:
            is_resolved = False
            with self._project() as project:
                remade |= self._edit(project, 1) | _replaced(self._plan(project))
        if not is_resolved:
            self._apply_completely()
        with self._project() as project:
            if not is_resolved:
                plan = self._plan(project)
                assert (plan.changes, plan.drift) == ((), ())
            assert unmanaged_rows(project) == unmanaged
            check_content(project, documents.files)
            self.in_no_file |= {(now(address), path) for address, path in self.in_no_file}
            with project.open() as workspace:
                bound = managed(workspace.applied().bindings)
                check_drift(workspace.drift_report(), self.in_no_file)
        before = {now(address): found for address, found in self.bound.items()}
        check_identities(before, bound, {now(address) for address in remade})
        self.bound = bound

    def _apply_completely(self) -> None:
        ended = self._command(APPLY, NOTHING)
        assert ended.code == 0, ended.output

    def _apply_with_a_cut(self, documents: Documents) -> tuple[Plan, set[Address]]:
        """Apply, perhaps a saved plan, and cut it off.

        Return the plan of what is left, and what was or will be made again.
        """
        plan, remade = self._possible_plan(documents)
        is_edited = False
        words: Sequence[str] = APPLY
        if self.rng.random() < 0.3:
            ended = self._command(SAVE_PLAN, NOTHING)
            assert ended.code == 0, ended.output
            words = APPLY_FILE
            if self.rng.random() < 0.5:
                with self._project() as project:
                    remade |= self._edit(project, 1)
                is_edited = True
        cut = random_cut(self.rng, plan) if self.rng.random() < 0.85 else NOTHING
        ended = self._command(words, cut)
        with self._project() as project:
            plan = self._plan(project)
        check_exit_code(ended, cut, plan, is_edited=is_edited)
        return plan, remade | _replaced(plan)

    def _possible_plan(self, documents: Documents) -> tuple[Plan, set[Address]]:
        """Return a plan that blocks nothing, and what is replaced on the way and by it.

        What needs two changes has the first one behind it.
        """
        with self._project() as project:
            plan = self._plan(project, checked=False)
            if not any(needs_two_changes(blocked) for blocked in plan.blocked):
                check_plan(plan)
                return plan, _replaced(plan)
            remade = _replaced(plan)
            files = documents.written
            bound = {documents.moves.now(address): each for address, each in self.bound.items()}
            for blocked in filter(needs_two_changes, plan.blocked):
                name = f"campaigns/{blocked.address.name}.yaml"
                is_old = bound[blocked.address].has_step
                steps = without_new_steps(
                    files[name]["workflow"], is_old, has_exits="new exits" not in blocked.hint
                )
                files[name] = {**files[name], "workflow": steps}
            project.replace_documents(files)
        self._apply_completely()
        with self._project() as project:
            project.replace_documents(documents.written)
            plan = self._plan(project)
        return plan, remade | _replaced(plan)

    @contextmanager
    def _project(self) -> Iterator[SandboxProject]:
        """Open the project in this process, for a look or an edit."""
        store = Store.open(self.root / ".cioform" / "sandbox.sqlite")
        project = SandboxProject(self.root, store=store, kinds=KINDS)
        project.write("workspace.yaml", SETTINGS)
        try:
            yield project
        finally:
            store.close()

    def _plan(self, project: SandboxProject, *, checked: bool = True) -> Plan:
        with project.open() as workspace:
            plan = workspace.plan(prefer=PreferredSide.CONFIG)
        if checked:
            check_plan(plan)
        self.log.append("plan: " + ", ".join(f"{c.action.value} {c.address}" for c in plan.changes))
        return plan

    def _edit(self, project: SandboxProject, chance: float) -> set[Address]:
        """Edit in the browser, perhaps. Return what was deleted."""
        deleted: set[Address] = set()
        while self.rng.random() < chance:
            edit = edit_in_browser(project, self.rng)
            self.log.append(f"browser: {edit.text}")
            deleted |= edit.deleted
            self.in_no_file |= edit.in_no_file
            chance /= 2
        return deleted

    def _command(self, words: Sequence[str], cut: Cut) -> Ended:
        ended = run_command(self.root, words, cut, in_child=self.in_child)
        self.log.append(f"{' '.join(words)}: {cut}: {ended.code}")
        self.endings[f"{cut.how}: {ended.code}"] += 1
        return ended


def _replaced(plan: Plan) -> set[Address]:
    return {change.address for change in plan.changes if change.action is Action.REPLACE}
