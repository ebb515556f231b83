"""One decision per address: what has to happen, by which route, or why it cannot."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from cioform.core.errors import PlanError
from cioform.model.capabilities import HasParts, HasPermanentFields
from cioform.model.conversation import Api, Request
from cioform.model.kind import Kind
from cioform.model.live_object import LiveObject, RemoteObject
from cioform.model.operations import WriteContext
from cioform.model.registry import Registry
from cioform.model.resource import Resource
from cioform.model.router import choose_route, unsupported_hint
from cioform.model.routes import CreateRoute, DeleteRoute, Route, UpdateRoute, Verb
from cioform.model.snapshot import LiveSnapshot
from cioform.plan import diff
from cioform.plan.change import Action, BlockedChange, Change, FieldChange, Origin, UnreadableFields
from cioform.plan.dependencies import referenced_addresses
from cioform.plan.dry_run import dry_run, to_planned_requests
from cioform.plan.match import MatchedPair
from cioform.plan.merge import merge_ignored_fields
from cioform.plan.plan import PreferredSide, is_conflict

_KEPT_LIVE_HINT = (
    "It is left as it is in the workspace, as asked. Take that into the files with:\n\n"
    "    cioform import WORKSPACE --target ADDRESS --force"
)


@dataclass(slots=True)
class ChangesBuilder:
    """What is decided so far, while a plan is made."""

    registry: Registry
    live: LiveSnapshot
    apis: frozenset[Api]
    prefer: PreferredSide | None
    changes: list[Change] = field(default_factory=list)
    blocked: list[BlockedChange] = field(default_factory=list)
    unreadable: list[UnreadableFields] = field(default_factory=list)
    unchanged: int = 0

    def build(self, pair: MatchedPair) -> None:
        """Decide what becomes of one address."""
        kind = self.registry[pair.address.kind]
        there = self.live.objects.get(pair.address)
        if pair.is_unlistable:
            self._build_unlistable(kind, pair)
        elif pair.resource is None:
            self._build_removal(kind, pair, there)
        elif there is None:
            self._build_create(kind, pair, pair.resource)
        else:
            self._build_from_diff(kind, pair, pair.resource, there)

    def _build_unlistable(self, kind: Kind, pair: MatchedPair) -> None:
        """Nothing is known of what is there: what is as we last wrote it is left at that, and the
        rest needs a credential that sees it."""
        wanted = pair.resource.attributes if pair.resource else {}
        applied = pair.binding.applied if pair.binding else None
        if (
            pair.resource is not None
            and applied is not None
            and diff.is_equivalent(kind, applied, wanted)
        ):
            self.unreadable.append(UnreadableFields(pair.address, tuple(wanted)))
            self.unchanged += 1
            return
        action = Action.UPDATE if pair.binding else Action.CREATE
        fields = diff.compare(kind, None, wanted, applied or {})
        self.blocked.append(
            BlockedChange(
                pair.address,
                action if pair.resource else Action.DELETE,
                fields,
                unsupported_hint(kind, Verb.LIST, self.apis),
            )
        )

    def _build_removal(self, kind: Kind, pair: MatchedPair, live: LiveObject | None) -> None:
        binding = pair.binding
        assert binding is not None  # a pair has a file or a binding
        base = Change(
            pair.address, Action.FORGET, binding.remote_id, binding.identity,
            protected=binding.protect,
        )  # fmt: skip
        if live is None:
            self.changes.append(replace(base, reason="deleted in the workspace already"))
            return
        route = choose_route(kind, DeleteRoute, self.apis)
        change = replace(
            base,
            action=Action.DELETE,
            reason="its file is gone",
            reach=live.decoded.reach,
            fingerprint=diff.fingerprint(kind, live.attributes),
            reads=live.requests,
        )
        if route is None:
            if kind.is_read_only:
                self.changes.append(replace(base, reason="its file is gone; it is only read"))
            else:
                self._block(kind, Verb.DELETE, change)
            return
        self._add_or_block(change, route, lambda: dry_run(route.operation(live)))

    def _build_create(self, kind: Kind, pair: MatchedPair, resource: Resource) -> None:
        gone = pair.binding is not None
        fields = tuple(
            FieldChange((name,), None, value, Origin.DRIFT if gone else Origin.CONFIG)
            for name, value in resource.attributes.items()
        )
        change = self._with_pair_details(
            pair,
            resource,
            Change(
                pair.address,
                Action.CREATE,
                identity=str(resource.attributes[kind.identity]),
                reason="deleted in the workspace" if gone else "new in the files",
                fields=fields,
                wanted=resource.attributes,
                depends_on=referenced_addresses(resource.references),
            ),
        )
        route = choose_route(
            kind, CreateRoute, self.apis, [(name,) for name in resource.attributes]
        )
        if route is None:
            self._block(kind, Verb.CREATE, change)
            return
        self._add_or_block(change, route, lambda: self._create_requests(kind, route, change))

    def _build_from_diff(
        self, kind: Kind, pair: MatchedPair, resource: Resource, live: LiveObject
    ) -> None:
        binding = pair.binding
        applied = binding.applied if binding else None
        fields = diff.compare(kind, applied, resource.attributes, live.attributes, resource.ignore)
        hidden = diff.unreadable_fields(resource.attributes, live.attributes)
        if hidden:
            self.unreadable.append(UnreadableFields(pair.address, hidden))
        if not (fields or pair.moved_from or _state_is_outdated(pair, resource, live)):
            self.unchanged += 1
            return
        change = Change(
            pair.address,
            Action.NOOP,
            live.remote_id,
            str(resource.attributes[kind.identity]),
            fields=fields,
            reach=live.decoded.reach,
            fingerprint=diff.fingerprint(kind, live.attributes),
            wanted=merge_ignored_fields(resource, live.attributes, applied),
            parts=live.decoded.parts,
            depends_on=referenced_addresses(resource.references),
            reads=live.requests,
        )
        self._choose_action(
            kind, self._with_pair_details(pair, resource, change), live, adopt=binding is None
        )

    def _choose_action(self, kind: Kind, change: Change, live: LiveObject, adopt: bool) -> None:
        if change.fields:
            reason = _change_reason(change.fields)
            if isinstance(kind, HasParts) and (
                details := kind.describe_changes(live.attributes, change.wanted or {})
            ):
                reason = f"{reason}: {details}"
            change = replace(change, reason=reason)
            self._build_update(kind, change, live)
        elif change.moved_from is not None:
            self.changes.append(replace(change, action=Action.MOVE, reason="its address changed"))
        elif adopt:
            reason = f"the workspace has it already, by its {kind.identity}"
            self.changes.append(replace(change, action=Action.ADOPT, reason=reason))
        else:
            self.unchanged += 1
            self.changes.append(change)

    def _build_update(self, kind: Kind, change: Change, live: LiveObject) -> None:
        if self.prefer is PreferredSide.LIVE and is_conflict(change):
            self.blocked.append(
                BlockedChange(change.address, Action.UPDATE, change.fields, _KEPT_LIVE_HINT)
            )
            return
        if isinstance(kind, HasPermanentFields) and (
            why := kind.replacement_reason(live.attributes, change.wanted or {})
        ):
            self._build_replace(kind, replace(change, action=Action.REPLACE, reason=why), live)
            return
        paths = [item.path for item in change.fields]
        update = replace(change, action=Action.UPDATE)
        route = choose_route(kind, UpdateRoute, self.apis, paths, change.wanted)
        every = frozenset(Api)
        if route is not None:
            self._add_or_block(
                update, route, lambda: self._update_requests(kind, route, update, live)
            )
        elif (
            kind.is_read_only
            or choose_route(kind, UpdateRoute, every, paths, change.wanted) is not None
        ):
            self._block(kind, Verb.UPDATE, update)
        else:
            fields = ", ".join(sorted({str(item.path[0]) for item in change.fields}))
            why = f"no API can change {fields}; deleted and made again"
            self._build_replace(kind, replace(change, action=Action.REPLACE, reason=why), live)

    def _build_replace(self, kind: Kind, change: Change, live: LiveObject) -> None:
        create = choose_route(kind, CreateRoute, self.apis)
        delete = choose_route(kind, DeleteRoute, self.apis)
        if create is None or delete is None:
            self._block(kind, Verb.CREATE if create is None else Verb.DELETE, change)
            return
        if twin := self._other_with_same_identity(change):
            why = (
                f"It can only be deleted and made again, and its new {kind.identity} "
                f"{change.identity!r} is taken (id {twin.remote_id}), so that it would be lost. "
                "Choose another one, or free it first with a change of its own."
            )
            self.blocked.append(BlockedChange(change.address, change.action, change.fields, why))
            return
        self._add_or_block(
            change,
            create,
            lambda: (
                *dry_run(delete.operation(live)),
                *self._create_requests(kind, create, change),
            ),
        )

    def _other_with_same_identity(self, change: Change) -> RemoteObject | None:
        listed = self.live.listing.found.get(change.address.kind, ())
        twins = (f for f in listed if f.identity == change.identity)
        return next((f for f in twins if f.remote_id != change.remote_id), None)

    def _add_or_block(
        self, change: Change, route: Route, make_requests: Callable[[], tuple[Request, ...]]
    ) -> None:
        """Plan a change with the requests of its rehearsal, or block it when the kind itself
        says why it cannot be: a type that cannot change, a sender that is not there."""
        try:
            requests = make_requests()
        except PlanError as refusal:
            why = " ".join(problem.detail for problem in refusal.diagnostics)
            self.blocked.append(BlockedChange(change.address, change.action, change.fields, why))
        else:
            self.changes.append(
                replace(change, api=route.api, requests=to_planned_requests(requests))
            )

    def _create_requests(
        self, kind: Kind, route: CreateRoute, change: Change
    ) -> tuple[Request, ...]:
        model = kind.parse(change.wanted or {})
        return dry_run(route.operation(model, WriteContext(self.live.names)))

    def _update_requests(
        self, kind: Kind, route: UpdateRoute, change: Change, live: LiveObject
    ) -> tuple[Request, ...]:
        model = kind.parse(change.wanted or {})
        paths = [item.path for item in change.fields]
        return dry_run(route.operation(live, model, WriteContext(self.live.names, paths)))

    def _block(self, kind: Kind, verb: Verb, change: Change) -> None:
        self.blocked.append(
            BlockedChange(
                change.address,
                change.action,
                change.fields,
                unsupported_hint(
                    kind, verb, self.apis, [item.path for item in change.fields], change.wanted
                ),
            )
        )

    def _with_pair_details(self, pair: MatchedPair, resource: Resource, change: Change) -> Change:
        return replace(
            change,
            moved_from=pair.moved_from,
            protect=resource.protect,
            protected=bool(pair.binding and pair.binding.protect),
        )


def _state_is_outdated(pair: MatchedPair, resource: Resource, live: LiveObject) -> bool:
    """Tell whether the state has something to learn from an object that needs no change."""
    binding = pair.binding
    return (
        binding is None
        or not pair.is_bound
        or binding.applied != merge_ignored_fields(resource, live.attributes, binding.applied)
        or binding.protect != resource.protect
        or binding.identity != live.found.identity
        or dict(binding.parts) != dict(live.decoded.parts)
    )


def _change_reason(fields: Sequence[FieldChange]) -> str:
    origins = {item.origin for item in fields}
    if Origin.CONFLICT in origins:
        return "changed in the files and, differently, in the workspace"
    if origins == {Origin.DRIFT}:
        return "changed in the workspace; the files win"
    if Origin.DRIFT in origins:
        return "changed in the files, and in the workspace, where the files win"
    return "changed in the files"
