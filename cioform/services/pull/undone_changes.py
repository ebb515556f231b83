"""Changes that a rollback undid and the files still have: a pull treats them as edits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from cioform.core.address import Address
from cioform.core.data.json_value import Attributes
from cioform.core.dataclasses import dataclass, replace
from cioform.model.objects.snapshot import AppliedState
from cioform.plan.matching.pair import MatchedPair
from cioform.plan.review.rolled_back import active_rollbacks, has_what_was_applied
from cioform.services.context import OpenWorkspace
from cioform.state.journal.run_changes import changes_of


@dataclass(frozen=True, slots=True)
class UndoneChanges:
    """The rollbacks with which the files do not agree yet."""

    opened: OpenWorkspace
    runs: Mapping[Address, str]
    """The runs that rolled something back."""
    undone: Mapping[Address, Attributes]
    """What the runs before them had applied, as far as their journals exist."""

    @classmethod
    def find(cls, opened: OpenWorkspace, applied: AppliedState) -> UndoneChanges:
        """Return them for a workspace."""
        runs = active_rollbacks(applied, opened.configuration.desired.resources)
        return cls(opened, runs, dict(_undone_attributes(opened, runs)) if runs else {})

    def as_edits(self, pair: MatchedPair) -> MatchedPair:
        """Return a pair whose binding has what was applied before it was rolled back.

        Then what the rollback restored differs from it, as if somebody had edited it.
        """
        if pair.binding is None or pair.address not in self.undone:
            return pair
        return replace(pair, binding=replace(pair.binding, applied=self.undone[pair.address]))

    def texts(self, pairs: Sequence[MatchedPair]) -> Iterator[str]:
        """Yield what only a person can do with the files after a rollback."""
        for pair in pairs:
            kind = self.opened.kinds[pair.address.kind]
            if pair.address in self.runs and not has_what_was_applied(
                kind, pair.resource, pair.binding
            ):
                yield from self._texts(pair)

    def _texts(self, pair: MatchedPair) -> Iterator[str]:
        address, run = pair.address, self.runs[pair.address]
        if pair.resource is None:
            yield (
                f"{address}: its file was removed, but run {run} created the object again. This "
                f"writes its file again: `cioform import {self.opened.name} --target {address}`."
            )
        elif pair.binding is None:
            yield f"{address}: run {run} deleted it, to undo an earlier run. Delete its document."
        elif address not in self.undone:
            yield (
                f"{address}: run {run} undid an earlier run whose journal does not exist any more. "
                "Edit the file."
            )


def _undone_attributes(
    opened: OpenWorkspace, rollbacks: Mapping[Address, str]
) -> Iterator[tuple[Address, Attributes]]:
    undone_runs = {s.run.id: s.run.rolls_back for s in opened.store.history()}
    journals = opened.store.journals_of([run for run in undone_runs.values() if run])
    for address, run in rollbacks.items():
        journal = journals.get(undone_runs.get(run) or "")
        for change in changes_of(journal) if journal is not None else ():
            if change.address == str(address) and isinstance(change.after, dict):
                yield address, change.after
