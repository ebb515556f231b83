"""Estimate the audiences that changed conditions select, and count those that they name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from typing import Final

from cioform.core.address import Address
from cioform.core.data.paths import FieldPath
from cioform.core.dataclasses import dataclass, replace
from cioform.core.errors import AuthError, PlanError, RemoteError
from cioform.language.conditions.grammar import REFERENCES
from cioform.model.kind import Kind
from cioform.model.references.names import Reference
from cioform.model.remote_access.capabilities import HasAudience
from cioform.model.remote_access.conversation import Conversation
from cioform.model.router import choose_route
from cioform.model.routing.operations import WriteContext
from cioform.model.routing.routes import CountRoute, EstimateRoute
from cioform.plan.change import Action, Change, NamedAudience
from cioform.plan.plan import Plan
from cioform.plan.reach.entering import most_entering
from cioform.run.reading.driver import run_conversation
from cioform.run.reading.reach.audience_size import PeopleCounter

_SELECTING_ACTIONS: Final = (Action.CREATE, Action.UPDATE, Action.REPLACE)
_UNAVAILABLE: Final = (403, 404, 405, 501)
"""The statuses of an API that estimates nothing, whatever it is asked."""


def with_estimates(plan: Plan, counter: PeopleCounter) -> Plan:
    """Return the plan with the audiences that it leads to, as far as Customer.io estimates them.

    The request of an estimate is the only one of a plan that is not a GET, and changes nothing. It
    is an open fact, so a refusal means that the audience is not estimated.
    """
    estimates = _Estimates(plan, counter, frozenset(_addresses_used(plan, counter)))
    selecting = [change.address for change in plan.changes if estimates.selects_people(change)]
    plan = replace(
        plan,
        changes=tuple(
            estimates.with_estimate(change, selecting) if change.address in selecting else change
            for change in plan.changes
        ),
    )
    after = {c.address: c.reach.people_after for c in plan.changes if c.selects_people}
    changes = (estimates.with_named_audiences(change, after) for change in plan.changes)
    return replace(plan, changes=tuple(changes))


def _addresses_used(plan: Plan, counter: PeopleCounter) -> Iterator[Address]:
    for change in plan.changes:
        if change.action in _SELECTING_ACTIONS:
            kind = counter.registry[change.address.kind]
            references = kind.references(change.wanted or {})
            yield from (each.address for each in references if each.address is not None)


@dataclass(slots=True)
class _Estimates:
    plan: Plan
    counter: PeopleCounter
    used: Set[Address]
    """What the trigger, the filters and the exits of changed objects name."""
    is_unavailable: bool = False

    def selects_people(self, change: Change) -> bool:
        """Return whether a change is one of conditions that an API can estimate.

        The conditions of a new object reach nobody by themselves, only where a change uses it.
        """
        if change.action is Action.CREATE:
            is_used, wanted = change.address in self.used, change.wanted or {}
            names = wanted if is_used else ()
            paths: list[FieldPath] = [(n,) for n in names if wanted[n] is not None]
        elif change.action in _SELECTING_ACTIONS:
            paths = [item.path for item in change.differences]
        else:
            return False
        routes = [r for r in self._kind(change).routes if isinstance(r, EstimateRoute)]
        return any(route.covers(path) for route in routes for path in paths)

    def with_estimate(self, change: Change, selecting: list[Address]) -> Change:
        """Return a change with the audience that it leads to.

        What refers to another change of the plan is not estimated: the API knows only what is.
        """
        names = self.counter.live.names
        used = {each.address for each in self._references(change)}
        others = set(selecting) - {change.address}
        route = choose_route(self._kind(change), EstimateRoute, self.counter.provider.apis)
        people = None
        if route is not None and not used & (others | names.pending) and not self.is_unavailable:
            model = self._kind(change).parse(change.wanted or {})
            people = self._ask(route.operation(model, WriteContext(names)))
        reach = replace(change.reach, people_after=people)
        return replace(change, selects_people=True, reach=reach)

    def with_named_audiences(self, change: Change, after: Mapping[Address, int | None]) -> Change:
        """Return a change with the people in what its changed conditions name.

        `after` has the estimates of the plan.
        """
        if change.action not in _SELECTING_ACTIONS or change.selects_people:
            return change
        found = dict.fromkeys((r.kind, r.text) for r in self._named_in_changes(change))
        audiences = tuple(self._named_audience(kind, text, after) for kind, text in found)
        return self._with_entry(replace(change, audiences=audiences), after)

    def _with_entry(self, change: Change, after: Mapping[Address, int | None]) -> Change:
        """Return a change with the number of people who can enter, if it changes the trigger."""
        kind = self._kind(change)
        if not isinstance(kind, HasAudience):
            return change
        is_changed = any(item.path[:1] == (kind.entry_field,) for item in change.differences)
        if not is_changed and change.action is not Action.CREATE:
            return change
        trigger = (change.wanted or {}).get(kind.entry_field)
        people = most_entering(trigger, lambda name: self._people_in(name, after))
        return replace(change, people_let_in=people, lets_in_unknown=people is None)

    def _people_in(self, segment: str, after: Mapping[Address, int | None]) -> int | None:
        """Return how many people are in a segment, now or after the plan; None if unknown."""
        audience = self._named_audience(REFERENCES["segment"], segment, after)
        address = Reference(REFERENCES["segment"], segment, ()).address
        if address in after:
            return audience.people_after
        return audience.people

    def _kind(self, change: Change) -> Kind:
        return self.counter.registry[change.address.kind]

    def _references(self, change: Change) -> list[Reference]:
        return list(self._kind(change).references(change.wanted or {}))

    def _named_in_changes(self, change: Change) -> Iterator[Reference]:
        """Yield the references with an audience in changed fields.

        In a list, such as a workflow, only those count that the change adds.
        """
        live = self.counter.live.objects.get(change.address)
        before = self._kind(change).references(live.attributes) if live else ()
        known = {(reference.kind, reference.text) for reference in before}
        changed = {item.path[0] for item in change.differences}
        for each in self._references(change):
            is_new = (each.kind, each.text) not in known
            is_in_list = isinstance((change.wanted or {}).get(str(each.path[0])), list)
            is_changed = change.action is Action.CREATE or each.path[0] in changed
            if is_changed and (is_new or not is_in_list) and self._has_audience(each.kind):
                yield each

    def _has_audience(self, kind_name: str) -> bool:
        if kind_name not in self.counter.registry:
            return False
        kind = self.counter.registry[kind_name]
        return choose_route(kind, CountRoute, self.counter.provider.apis) is not None

    def _named_audience(
        self, kind: str, text: str, after: Mapping[Address, int | None]
    ) -> NamedAudience:
        address = Reference(kind, text, ()).address
        try:
            remote_id = str(self.counter.live.names.id_of(kind, text))
        except PlanError:
            remote_id = ""
        count = self.counter.count_listed(kind, remote_id)
        return NamedAudience(
            str(address or text),
            count.total if count else None,
            after.get(address) if address is not None else None,
        )

    def _ask(self, conversation: Conversation[int | None]) -> int | None:
        try:
            return run_conversation(conversation, self.counter.provider)
        except RemoteError as error:
            self.is_unavailable = error.status in _UNAVAILABLE
        except AuthError:
            self.is_unavailable = True
        except PlanError:
            pass
        return None
