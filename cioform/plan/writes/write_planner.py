"""Plan the requests of a change by its routes, or find why it cannot be written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

from cioform.core.data.paths import FieldPath
from cioform.core.dataclasses import dataclass, replace
from cioform.core.errors import PlanError
from cioform.core.text.quoted import quoted
from cioform.model.kind import Kind
from cioform.model.objects.live_object import LiveObject, RemoteObject
from cioform.model.objects.snapshot import LiveSnapshot
from cioform.model.remote_access.capabilities import (
    CreatesOnDemand,
    HasPermanentFields,
    NamedInLiquid,
)
from cioform.model.remote_access.conversation import Api, Request
from cioform.model.router import choose_route, unsupported_hint
from cioform.model.routing.operations import WriteContext
from cioform.model.routing.routes import CreateRoute, DeleteRoute, Route, UpdateRoute, Verb
from cioform.plan.change import Action, BlockedChange, Change
from cioform.plan.writes.created_on_demand import CreatedOnDemand
from cioform.plan.writes.dry_run import dry_run, to_planned_requests

PlannedWrite: TypeAlias = Change | BlockedChange


def blocked_change(change: Change, reason: str) -> BlockedChange:
    """Return a change as blocked, for a reason in full sentences."""
    return BlockedChange(
        change.address, change.action, change.fields, reason, change.differences,
        changed_parts=change.changed_parts, users=change.users,
    )  # fmt: skip


def split_blocked(
    changes: Iterable[Change], reason_of: Callable[[Change], str | None]
) -> tuple[list[Change], list[BlockedChange]]:
    """Return the changes that can be made, and as blocked those that have a reason not to be."""
    possible: list[Change] = []
    blocked: list[BlockedChange] = []
    for change in changes:
        if reason := reason_of(change):
            blocked.append(blocked_change(change, reason))
        else:
            possible.append(change)
    return possible, blocked


@dataclass(frozen=True, slots=True)
class WritePlanner:
    """Adds to a change the requests that make it, or blocks it."""

    live: LiveSnapshot
    apis: frozenset[Api]
    on_demand: CreatedOnDemand

    def create(self, kind: Kind, change: Change) -> PlannedWrite:
        """Plan the creation of an object."""
        names = [(name,) for name in change.wanted or {}]
        route = choose_route(kind, CreateRoute, self.apis, names)
        if route is None:
            return self._unsupported(kind, Verb.CREATE, change)
        return _with_requests(change, route, lambda: self._create_requests(kind, route, change))

    def delete(self, kind: Kind, change: Change, live: LiveObject) -> PlannedWrite:
        """Plan the deletion of an object."""
        route = choose_route(kind, DeleteRoute, self.apis)
        if route is None:
            return self._unsupported(kind, Verb.DELETE, change)
        return _with_requests(change, route, lambda: dry_run(route.operation(live)))

    def update(self, kind: Kind, change: Change, live: LiveObject) -> PlannedWrite:
        """Plan an update, or a replacement if no API can make the update."""
        if isinstance(kind, HasPermanentFields) and (
            reason := kind.replacement_reason(live.attributes, change.wanted or {})
        ):
            return self._replace(kind, replace(change, reason=reason), live)
        update = replace(change, action=Action.UPDATE)
        paths = [item.path for item in change.differences]
        route = choose_route(kind, UpdateRoute, self.apis, paths, change.wanted)
        if route is not None:
            return _with_requests(
                update, route, lambda: self._update_requests(kind, route, update, live)
            )
        every_api = frozenset(Api)
        possible = choose_route(kind, UpdateRoute, every_api, paths, change.wanted) is not None
        if possible or kind.is_read_only:
            return self._unsupported(kind, Verb.UPDATE, update)
        permanent = [
            path
            for path in paths
            if choose_route(kind, UpdateRoute, every_api, [path], change.wanted) is None
        ]
        fields = ", ".join(sorted({str(path[0]) for path in permanent or paths}))
        how = (
            "a new one is created, and the former one is deleted last"
            if isinstance(kind, NamedInLiquid)
            else "it is deleted and created again"
        )
        reason = f"no API can change {fields}; {how}"
        return self._replace(kind, replace(change, reason=reason), live)

    def with_requests(self, kind: Kind, change: Change, live: LiveObject | None) -> Change:
        """Return a planned change with new requests, by the names of `on_demand`."""
        if not change.action.writes_values or not isinstance(kind, CreatesOnDemand):
            return change
        if live is None or change.action is Action.CREATE:
            planned = self.create(kind, change)
        elif change.action is Action.UPDATE:
            planned = self.update(kind, change, live)
        else:
            planned = self._replace(kind, change, live)
        return replace(change, requests=planned.requests) if isinstance(planned, Change) else change

    def _replace(self, kind: Kind, change: Change, live: LiveObject) -> PlannedWrite:
        change = replace(change, action=Action.REPLACE)
        create = choose_route(kind, CreateRoute, self.apis)
        delete = choose_route(kind, DeleteRoute, self.apis)
        if create is None or delete is None:
            return self._unsupported(kind, Verb.CREATE if create is None else Verb.DELETE, change)
        if not kind.has_unique_names and (other := self._other_with_same_identity(change)):
            return blocked_change(
                change,
                f"It can only be deleted and created again, but its new {kind.identity} "
                f"{quoted(change.identity)} is taken (ID {other.remote_id}). Choose another "
                f"{kind.identity}, or rename the other object first. If this plan renames it, "
                "apply, then plan again.",
            )
        if isinstance(kind, NamedInLiquid):
            # Texts name it, and what they name has to exist all the time.
            change = replace(change, in_two_steps=True)
            return _with_requests(
                change, create, lambda: self._create_requests(kind, create, change)
            )
        return _with_requests(
            change,
            create,
            lambda: (
                *dry_run(delete.operation(live)),
                *self._create_requests(kind, create, change),
            ),
        )

    def _other_with_same_identity(self, change: Change) -> RemoteObject | None:
        listed = self.live.listing.found.get(change.address.kind, ())
        others = (found for found in listed if found.remote_id != change.remote_id)
        return next((found for found in others if found.identity == change.identity), None)

    def _create_requests(
        self, kind: Kind, route: CreateRoute, change: Change
    ) -> tuple[Request, ...]:
        model = kind.parse(change.wanted or {})
        return dry_run(route.operation(model, self._context(kind, change)))

    def _update_requests(
        self, kind: Kind, route: UpdateRoute, change: Change, live: LiveObject
    ) -> tuple[Request, ...]:
        model = kind.parse(change.wanted or {})
        paths = [item.path for item in change.differences]
        return dry_run(route.operation(live, model, self._context(kind, change, paths)))

    def _context(self, kind: Kind, change: Change, paths: Sequence[FieldPath] = ()) -> WriteContext:
        existing = self.on_demand.names_for(kind, change.wanted or {})
        return WriteContext(self.live.names, paths, self.live.described, existing)

    def _unsupported(self, kind: Kind, verb: Verb, change: Change) -> BlockedChange:
        paths = [item.path for item in change.differences]
        return blocked_change(change, unsupported_hint(kind, verb, self.apis, paths, change.wanted))


def _with_requests(
    change: Change, route: Route, make_requests: Callable[[], tuple[Request, ...]]
) -> PlannedWrite:
    # The kind itself may refuse, for example a type that cannot change or an unknown sender.
    try:
        requests = make_requests()
    except PlanError as error:
        return blocked_change(change, " ".join(problem.detail for problem in error.diagnostics))
    return replace(change, api=route.api, requests=to_planned_requests(requests))
