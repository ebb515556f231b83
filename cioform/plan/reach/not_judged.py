"""Name what the guards that count people cannot judge."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set

from cioform.core.address import Address
from cioform.core.data.json_value import Json
from cioform.core.dataclasses import dataclass
from cioform.core.graph import reachable
from cioform.model.kind import Kind
from cioform.model.objects.live_object import LiveObject
from cioform.model.paths.file_paths import canonical_only_fields
from cioform.model.references.names import Reference
from cioform.model.registry import Registry
from cioform.model.remote_access.capabilities import HasAudience
from cioform.plan.change import Action, Change, FieldChange, UnmanagedUser, User
from cioform.plan.plan import Plan
from cioform.plan.reach.users import live_users, name_of_user


def growth_not_judged(
    plan: Plan, registry: Registry, live: Mapping[Address, LiveObject]
) -> tuple[str, ...]:
    """Return the names of users that may reach an unknown number of people more.

    These are changes of whom an object reaches, and live users of changed conditions. A user that
    the conditions only let in is not among them: its audience grows as theirs does.
    """
    changes = [c for c in plan.changes if c.action in (Action.UPDATE, Action.REPLACE)]
    changed = [str(c.address) for c in changes if _grows_unknown(c, registry[c.address.kind])]
    finder = _EntryFinder(registry, live)
    users = [
        name_of_user(user)
        for change in changes
        if change.selects_people
        for user in live_users(change).values()
        if not finder.only_lets_in(user, change.address)
    ]
    return tuple(dict.fromkeys([*changed, *users]))


def people_not_judged(plan: Plan) -> tuple[str, ...]:
    """Return the addresses of changes that reach people and let in an unknown number."""
    return tuple(
        str(change.address)
        for change in plan.changes
        if change.lets_in_unknown and (change.reach.is_live or change.has_unknown_state)
    )


def _grows_unknown(change: Change, kind: Kind) -> bool:
    """Return whether a change is one of whom an object reaches, and its growth is not known."""
    is_of_audience = change.selects_people or _changes_audience(change, kind)
    return is_of_audience and change.reach.growth is None


def _changes_audience(change: Change, kind: Kind) -> bool:
    """Return whether a change is one of what decides whom an object or a part of it reaches."""
    return isinstance(kind, HasAudience) and any(
        item.path[0] in kind.audience_fields or _is_of_condition(item, kind, kind.condition_fields)
        for item in change.differences
        if item.path
    )


def _is_of_condition(item: FieldChange, kind: Kind, names: Set[str]) -> bool:
    """Return whether a condition of a part changes, or a part with one comes or goes."""
    if item.path[0] in canonical_only_fields(kind):
        return False
    return not names.isdisjoint(item.path) or any(
        _has_field(value, names) for value in (item.before, item.after)
    )


def _has_field(value: Json, names: Set[str]) -> bool:
    if isinstance(value, Mapping):
        return not names.isdisjoint(value) or any(_has_field(v, names) for v in value.values())
    return isinstance(value, list) and any(_has_field(item, names) for item in value)


@dataclass(frozen=True, slots=True)
class _EntryFinder:
    """Finds the users that an object only lets in."""

    registry: Registry
    live: Mapping[Address, LiveObject]

    def only_lets_in(self, user: User | UnmanagedUser, used: Address) -> bool:
        """Return whether a user lets in exactly whom `used` has, and uses it for nothing else.

        What excludes `used`, combines it with other conditions or uses it through others may grow
        by any percentage.
        """
        live = self.live.get(user.address) if isinstance(user, User) else None
        kind = self.registry[live.kind] if live else None
        if live is None or not isinstance(kind, HasAudience):
            return False
        references = self._references(live, used)
        others = [r for r in references if (r.path[0], r.address) != (kind.entry_field, used)]
        trigger = live.attributes.get(kind.entry_field)
        is_named = len(others) < len(references)
        return is_named and _lets_in_one_segment(trigger) and not self._lead_to(others, used)

    def _references(self, live: LiveObject, used: Address) -> list[Reference]:
        references = self.registry[live.kind].references(live.attributes)
        return [each for each in references if each.kind == used.kind]

    def _lead_to(self, references: Iterable[Reference], used: Address) -> bool:
        """Return whether one of some references may lead to `used`, directly or through others."""

        def next_used(address: Address | None) -> Iterator[Address | None]:
            live = self.live.get(address) if address is not None else None
            return (each.address for each in (self._references(live, used) if live else ()))

        found: set[Address | None] = reachable([each.address for each in references], next_used)
        # Nobody has read what an unmanaged object refers to.
        return used in found or None in found


def _lets_in_one_segment(trigger: Json) -> bool:
    """Return whether exactly those can enter who are in one segment."""
    if isinstance(trigger, Mapping) and "audience" in trigger:
        trigger = trigger["audience"]
    return isinstance(trigger, Mapping) and trigger.keys() == {"segment"}
