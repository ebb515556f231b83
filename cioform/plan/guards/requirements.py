"""Block changes that refer to an object that does not exist, is of the wrong type, or is unclear.

Only the workspace shows the first two. An ID in `raw` is unclear where neither the live object nor
the state has it: a file that was copied from another workspace names another object by it. A
rollback writes what this workspace had, so its IDs are clear.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from cioform.core.address import Address
from cioform.core.data.json_value import Attributes
from cioform.core.dataclasses import dataclass
from cioform.core.errors import PlanError
from cioform.core.text.quoted import quoted
from cioform.model.decoding import decode
from cioform.model.hints import IMPORT_COMMAND, ROLLBACK_COMMAND
from cioform.model.objects.snapshot import LiveSnapshot
from cioform.model.paths.file_paths import shown_path
from cioform.model.references.names import Reference, Requirement
from cioform.model.registry import Registry
from cioform.plan.change import BlockedChange, Change
from cioform.plan.matching.pair import MatchedPair
from cioform.plan.plan import PlanHeader
from cioform.plan.writes.write_planner import split_blocked


def block_unsuitable_references(
    changes: Sequence[Change],
    registry: Registry,
    live: LiveSnapshot,
    pairs: Sequence[MatchedPair],
    header: PlanHeader,
) -> tuple[list[Change], list[BlockedChange]]:
    """Return the changes that can be made, and those that refer to what they cannot use.

    A reference that exists in the workspace already is not checked: Customer.io accepted it.
    A rollback may write any ID in `raw` that was in the backup.
    """
    applied = {pair.address: pair.binding.applied or {} for pair in pairs if pair.binding}
    by_address: dict[Address | None, Change] = {change.address: change for change in changes}
    finder = _UnsuitableFinder(registry, live, by_address, applied, bool(header.rolls_back))
    return split_blocked(changes, lambda change: next(finder.reasons(change), None))


@dataclass(frozen=True, slots=True)
class _UnsuitableFinder:
    registry: Registry
    live: LiveSnapshot
    changes: Mapping[Address | None, Change]
    applied: Mapping[Address, Attributes]
    rolls_back: bool

    def reasons(self, change: Change) -> Iterator[str]:
        """Yield why a change cannot refer to what it refers to."""
        if not change.action.writes or change.wanted is None:
            return
        references = self.registry[change.address.kind].references
        wanted = [each for each in references(change.wanted) if self._can_be_unsuitable(each)]
        if not wanted:
            return
        found = self.live.objects.get(change.address)
        known = {self._key(each) for each in references(found.attributes)} if found else set()
        # An object that somebody deleted is created again as it was.
        before = references(self.applied.get(change.address, {}))
        known |= {self._key(each) for each in before if each.in_raw}
        for reference in wanted:
            if self._key(reference) in known:
                continue
            if reference.in_raw and not self._is_absent(reference):
                if not self.rolls_back:
                    yield self._unclear_reason(change, reference)
            else:
                yield from self._unsuitable_reasons(reference)

    def _key(self, reference: Reference) -> tuple[str, str, bool]:
        return reference.kind, self._id_of(reference), reference.in_raw

    def _can_be_unsuitable(self, reference: Reference) -> bool:
        return reference.in_raw or reference.requirement is not None or self._is_absent(reference)

    def _is_absent(self, reference: Reference) -> bool:
        return (reference.kind, self._id_of(reference)) in self.live.listing.absent

    def _unsuitable_reasons(self, reference: Reference) -> Iterator[str]:
        requirement = reference.requirement
        if self._is_absent(reference):
            yield (
                f"The workspace has no {reference.kind} with the ID {self._id_of(reference)}. "
                f"Correct `{reference.text}`, or refer to the {reference.kind} by its name."
            )
        elif requirement is not None and not self._is_suitable(reference, requirement):
            yield f"It cannot use {_shown(reference)}. {requirement.explanation}"

    def _unclear_reason(self, change: Change, reference: Reference) -> str:
        kind, remote_id = reference.kind, self._id_of(reference)
        place = shown_path(self.registry[change.address.kind], change.wanted or {}, reference.path)
        name = self.live.names.name_of(kind, remote_id)
        here = "" if name == reference.text else f" Here it is the ID of {quoted(name)}."
        return (
            f"`{place}` names the {kind.replace('_', ' ')} with the ID {remote_id}. Neither the "
            f"live object nor the state has that ID there, so the file may be from another "
            f"workspace, where it is the ID of another object.{here} Write the condition without "
            f"`raw`, or set it in Customer.io and import it:\n\n{IMPORT_COMMAND}\n\n"
            f"If a run took it away here, undo that run:\n\n{ROLLBACK_COMMAND}"
        )

    def _is_suitable(self, reference: Reference, requirement: Requirement) -> bool:
        """Return whether an object is, or will be, what is required. Unknown counts as fit."""
        change = self.changes.get(reference.address)
        if change is not None and change.wanted is not None:
            return requirement.is_met(change.wanted)
        found = self._live_attributes(reference)
        return found is None or requirement.is_met(found)

    def _live_attributes(self, reference: Reference) -> Attributes | None:
        """Return an object as far as its list shows it; None if it is not in the list."""
        remote_id = self._id_of(reference)
        for row in self.live.listing.found.get(reference.kind, ()):
            if row.remote_id == remote_id:
                return decode(self.registry[reference.kind], row, self.live.names).attributes
        return None

    def _id_of(self, reference: Reference) -> str:
        try:
            return str(self.live.names.id_of(reference.kind, reference.text))
        except PlanError:
            return reference.text


def _shown(reference: Reference) -> str:
    return str(reference.address or reference.text)
