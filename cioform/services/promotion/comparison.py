"""Compare the files of one workspace with those of another one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from cioform.config.read.identity import names_used_twice
from cioform.config.write.editing.edited_files import by_real_path
from cioform.core.address import Address
from cioform.core.data.json_value import Attributes
from cioform.core.dataclasses import dataclass, replace
from cioform.core.diagnostic import Diagnostic
from cioform.core.errors import ConfigError
from cioform.model.kind import Kind
from cioform.model.registry import Registry
from cioform.model.resource import Resource
from cioform.plan.change import Action
from cioform.plan.compare import diff
from cioform.plan.compare.ignored import hide_ignored
from cioform.plan.fields_in_file import with_written_paths
from cioform.plan.file_changes import file_changes, new_fields
from cioform.plan.promotion import PromotedDocument, Promotion
from cioform.plan.selecting.scope import Scope
from cioform.services.lookup.selection import WorkspaceFacts
from cioform.services.promotion.adapted_document import NotPromotableError
from cioform.services.promotion.new_texts import PromotedTexts
from cioform.services.promotion.references import unresolved, with_ids_of
from cioform.services.promotion.sides import Sides, load_sides


@dataclass(frozen=True, slots=True)
class Comparison:
    """A promotion, with the new texts of the target's files."""

    promotion: Promotion
    texts: Mapping[Path, str]


def compare_workspaces(
    root: Path, source: str, target: str, patterns: Sequence[str], kinds: Registry
) -> Comparison:
    """Compare the files of two workspaces; nothing is written or sent.

    `patterns` limit the addresses. Raises ConfigError if one of the workspaces is not valid, and
    UsageError if a pattern matches nothing.
    """
    sides = load_sides(root, source, target, kinds)
    of_target = sides.target.desired.resources
    facts = WorkspaceFacts(root, sides.source, kinds, also_known=of_target)
    return _Comparing(sides, Scope(tuple(patterns)).resolve(facts)).compare()


class _Comparing:
    def __init__(self, sides: Sides, scope: Scope) -> None:
        self._sides = sides
        self._scope = scope
        self._of_target = sides.target.desired.resources
        self._left: list[Diagnostic] = []
        self._unchanged = 0
        self._ids: dict[Address, dict[str, str]] = {}

    def compare(self) -> Comparison:
        """Return the comparison."""
        in_scope = self._scope.includes
        self._left += [p for p in self._sides.problems if p.address is None or in_scope(p.address)]
        differing = {
            address: candidate
            for address, candidate in self._candidates()
            if self._differs(address, candidate)
        }
        differing = self._without_unresolved(differing)
        texts = self._texts(differing)
        known = self._sides.source.desired.resources
        promotion = Promotion(
            self._sides.source.name,
            self._sides.target.name,
            tuple(self._document(each) for each in differing.values()),
            tuple(self._left),
            tuple(
                a for a, r in known.items() if r.is_shared and a in self._of_target and in_scope(a)
            ),
            self._not_included(),
            tuple(
                address
                for address, resource in self._of_target.items()
                if address not in known and not resource.is_shared and in_scope(address)
            ),
            self._unchanged,
        )
        return Comparison(promotion, texts)

    def _candidates(self) -> Iterator[tuple[Address, Resource]]:
        for address, candidate in self._sides.candidates.items():
            if self._scope.includes(address):
                found, self._ids[address] = with_ids_of(candidate, self._of_target.get(address))
                yield address, found

    def _differs(self, address: Address, candidate: Resource) -> bool:
        current = self._of_target.get(address)
        if current is None:
            return True
        kind = self._kind(candidate)
        if not diff.file_differences(kind, current.attributes, _wanted(candidate, current)):
            self._unchanged += 1
            return False
        if current.is_shared:
            self._leave(
                candidate,
                "Shared in the target",
                f"{self._sides.target.name} has it in `{current.location}`, which is shared. Edit "
                "that file: every workspace that includes it changes.",
            )
            return False
        return True

    def _without_unresolved(self, promoted: dict[Address, Resource]) -> dict[Address, Resource]:
        """Return what refers only to what the target has, or will have after the promotion."""
        while promoted:
            found = list(unresolved(self._sides, promoted))
            self._left += found
            lost = {problem.address for problem in found}
            if not lost:
                break
            promoted = {a: each for a, each in promoted.items() if a not in lost}
        return promoted

    def _texts(self, promoted: dict[Address, Resource]) -> Mapping[Path, str]:
        """Return the new texts, and remove what cannot be written from `promoted`."""
        texts = PromotedTexts(self._sides)
        for address, candidate in list(promoted.items()):
            current = self._of_target.get(address)
            changed = self._changed_fields(candidate, current)
            try:
                listed = [change.path for change in self._document(candidate).fields]
                texts.add(candidate, current, changed, self._ids[address], listed)
            except NotPromotableError as error:
                self._leave(candidate, error.summary, str(error))
                del promoted[address]
        new = texts.files.changed
        lost = self._not_as_wanted(new, promoted) if new else []
        if not lost:
            return new
        for candidate in lost:
            promoted.pop(candidate.address, None)
        return self._texts(promoted)

    def _not_as_wanted(
        self, texts: Mapping[Path, str], promoted: Mapping[Address, Resource]
    ) -> list[Resource]:
        """Return what the new files would not describe as it should be."""
        try:
            loaded = self._sides.load_target(by_real_path(texts)).desired.resources
        except ConfigError as error:
            found = list(self._left_because_of(error.diagnostics, promoted))
            if len(found) < len(error.diagnostics):
                raise
            return found
        twice = names_used_twice(loaded, self._sides.kinds)
        if found := list(self._left_because_of(twice, promoted)):
            return found
        lost = []
        for address, candidate in promoted.items():
            kind, current = self._kind(candidate), self._of_target.get(address)
            wanted = _wanted(candidate, current)
            if not diff.is_equivalent(kind, loaded[address].attributes, wanted):
                self._leave(
                    candidate,
                    "File cannot be edited",
                    "The file of the target cannot be edited so that it says the same. Edit it by "
                    "hand.",
                )
                lost.append(candidate)
        return lost

    def _left_because_of(
        self, problems: Iterable[Diagnostic], promoted: Mapping[Address, Resource]
    ) -> Iterator[Resource]:
        """Leave what is promoted and has one of the problems, and yield it."""
        for problem in problems:
            if problem.address is not None and problem.address in promoted:
                candidate = promoted[problem.address]
                self._left.append(replace(problem, location=candidate.location))
                yield candidate

    def _changed_fields(self, candidate: Resource, current: Resource | None) -> set[str]:
        if current is None:
            return set()
        kind, wanted = self._kind(candidate), _wanted(candidate, current)
        changes = diff.file_differences(kind, current.attributes, wanted)
        return {str(change.path[0]) for change in changes}

    def _document(self, candidate: Resource) -> PromotedDocument:
        kind, current = self._kind(candidate), self._of_target.get(candidate.address)
        if current is None:
            fields = new_fields(kind, candidate.attributes)
            return PromotedDocument(candidate.address, Action.CREATE, fields)
        wanted = _wanted(candidate, current)
        changes = diff.file_differences(kind, current.attributes, wanted)
        # Conditions in other groups, or values in another notation, are no difference.
        before = kind.rewrite_like(current.attributes, wanted)
        fields = file_changes(kind, changes, before, wanted)
        fields = with_written_paths(fields, kind, candidate)
        return PromotedDocument(candidate.address, Action.UPDATE, fields)

    def _kind(self, resource: Resource) -> Kind:
        return self._sides.kinds[resource.address.kind]

    def _leave(self, candidate: Resource, summary: str, detail: str) -> None:
        self._left.append(Diagnostic(summary, detail, candidate.address, candidate.location))

    def _not_included(self) -> dict[str, tuple[Address, ...]]:
        found: dict[str, tuple[Address, ...]] = {}
        for address, resource in self._sides.source.desired.resources.items():
            is_missing = address not in self._of_target and self._scope.includes(address)
            if resource.is_shared and is_missing and resource.location is not None:
                folder = Path(resource.location.file).parts[1]
                found[folder] = (*found.get(folder, ()), address)
        return found


def _wanted(candidate: Resource, current: Resource | None) -> Attributes:
    """Return what the target should say: what it ignores stays as it is there."""
    if current is None:
        return candidate.attributes
    return hide_ignored(candidate.attributes, current.attributes, current.ignore)
