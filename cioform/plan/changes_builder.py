"""One decision per address: what has to happen, by which route, or why it cannot."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from cioform.core.errors import PlanRefused
from cioform.model.conversation import Api, Request
from cioform.model.kind import Found, Kind, Live, Route, Verb
from cioform.model.names import Names
from cioform.model.registry import Registry
from cioform.model.resource import Resource
from cioform.model.router import choose, way_out
from cioform.model.snapshot import LiveSnapshot
from cioform.plan import diff
from cioform.plan.change import Action, Blocked, Change, FieldChange, Origin, Unreadable
from cioform.plan.dependencies import needed
from cioform.plan.dry_run import planned, rehearse
from cioform.plan.match import Pair
from cioform.plan.merge import merged
from cioform.plan.plan import Prefer, is_conflict

_LEFT = (
    "It is left as it is in the workspace, as asked. Take that into the files with:\n\n"
    "    cioform import WORKSPACE --target ADDRESS --force"
)


@dataclass(slots=True)
class Decisions:
    """What is decided so far, while a plan is made."""

    registry: Registry
    live: LiveSnapshot
    apis: frozenset[Api]
    prefer: Prefer | None
    changes: list[Change] = field(default_factory=list)
    blocked: list[Blocked] = field(default_factory=list)
    unreadable: list[Unreadable] = field(default_factory=list)
    unchanged: int = 0

    def decide(self, pair: Pair) -> None:
        """Decide what becomes of one address."""
        kind = self.registry[pair.address.kind]
        there = self.live.objects.get(pair.address)
        if pair.unseen:
            self._unseen(kind, pair)
        elif pair.resource is None:
            self._without_file(kind, pair, there)
        elif there is None:
            self._create(kind, pair, pair.resource)
        else:
            self._compare(kind, pair, pair.resource, there)

    def _unseen(self, kind: Kind, pair: Pair) -> None:
        """Nothing is known of what is there: what is as we last wrote it is left at that, and the
        rest needs a credential that sees it."""
        wanted = pair.resource.attributes if pair.resource else {}
        applied = pair.binding.applied if pair.binding else None
        if pair.resource is not None and applied is not None and diff.same(kind, applied, wanted):
            self.unreadable.append(Unreadable(pair.address, tuple(wanted)))
            self.unchanged += 1
            return
        action = Action.UPDATE if pair.binding else Action.CREATE
        fields = diff.compare(kind, None, wanted, applied or {})
        self.blocked.append(
            Blocked(
                pair.address,
                action if pair.resource else Action.DELETE,
                fields,
                way_out(kind, Verb.LIST, self.apis),
            )
        )

    def _without_file(self, kind: Kind, pair: Pair, there: Live | None) -> None:
        binding = pair.binding
        assert binding is not None  # a pair has a file or a binding
        base = Change(
            pair.address, Action.FORGET, binding.remote_id, binding.identity,
            protected=binding.protect,
        )  # fmt: skip
        if there is None:
            self.changes.append(replace(base, reason="deleted in the workspace already"))
            return
        route = choose(kind, Verb.DELETE, self.apis)
        change = replace(
            base,
            action=Action.DELETE,
            reason="its file is gone",
            reach=there.decoded.reach,
            fingerprint=diff.fingerprint(kind, there.attributes),
            reads=there.requests,
        )
        if route is None:
            if kind.read_only:
                self.changes.append(replace(base, reason="its file is gone; it is only read"))
            else:
                self._block(kind, Verb.DELETE, change)
            return
        self._add(change, route, lambda: rehearse(route.talk(there)))

    def _create(self, kind: Kind, pair: Pair, resource: Resource) -> None:
        gone = pair.binding is not None
        fields = tuple(
            FieldChange((name,), None, value, Origin.DRIFT if gone else Origin.CONFIG)
            for name, value in resource.attributes.items()
        )
        change = self._wanting(
            pair,
            resource,
            Change(
                pair.address,
                Action.CREATE,
                identity=str(resource.attributes[kind.identity]),
                reason="deleted in the workspace" if gone else "new in the files",
                fields=fields,
                wanted=resource.attributes,
                depends_on=needed(resource.references),
            ),
        )
        route = choose(kind, Verb.CREATE, self.apis, [(name,) for name in resource.attributes])
        if route is None:
            self._block(kind, Verb.CREATE, change)
            return
        self._plan(kind, change, route, None)

    def _compare(self, kind: Kind, pair: Pair, resource: Resource, there: Live) -> None:
        binding = pair.binding
        applied = binding.applied if binding else None
        fields = diff.compare(kind, applied, resource.attributes, there.attributes, resource.ignore)
        hidden = diff.unreadable(resource.attributes, there.attributes)
        if hidden:
            self.unreadable.append(Unreadable(pair.address, hidden))
        if not (fields or pair.moved_from or _teaches(pair, resource, there)):
            self.unchanged += 1
            return
        change = Change(
            pair.address,
            Action.NOOP,
            there.remote_id,
            str(resource.attributes[kind.identity]),
            fields=fields,
            reach=there.decoded.reach,
            fingerprint=diff.fingerprint(kind, there.attributes),
            wanted=merged(resource, there.attributes, applied),
            parts=there.decoded.parts,
            depends_on=needed(resource.references),
            reads=there.requests,
        )
        self._decide(kind, self._wanting(pair, resource, change), there, adopt=binding is None)

    def _decide(self, kind: Kind, change: Change, there: Live, adopt: bool) -> None:
        if change.fields:
            reason = _reason(change.fields)
            told = kind.told(there.attributes, change.wanted or {})
            change = replace(change, reason=f"{reason}: {told}" if told else reason)
            self._update(kind, change, there)
        elif change.moved_from is not None:
            self.changes.append(replace(change, action=Action.MOVE, reason="its address changed"))
        elif adopt:
            reason = f"the workspace has it already, by its {kind.identity}"
            self.changes.append(replace(change, action=Action.ADOPT, reason=reason))
        else:
            self.unchanged += 1
            self.changes.append(change)

    def _update(self, kind: Kind, change: Change, there: Live) -> None:
        if self.prefer is Prefer.LIVE and is_conflict(change):
            self.blocked.append(Blocked(change.address, Action.UPDATE, change.fields, _LEFT))
            return
        if why := kind.must_replace(there.attributes, change.wanted or {}):
            self._replace(kind, replace(change, action=Action.REPLACE, reason=why), there)
            return
        paths = [item.path for item in change.fields]
        update = replace(change, action=Action.UPDATE)
        route = choose(kind, Verb.UPDATE, self.apis, paths, change.wanted)
        every = frozenset(Api)
        if route is not None:
            self._plan(kind, update, route, there)
        elif kind.read_only or choose(kind, Verb.UPDATE, every, paths, change.wanted) is not None:
            self._block(kind, Verb.UPDATE, update)
        else:
            fields = ", ".join(sorted({str(item.path[0]) for item in change.fields}))
            why = f"no API can change {fields}; deleted and made again"
            self._replace(kind, replace(change, action=Action.REPLACE, reason=why), there)

    def _replace(self, kind: Kind, change: Change, there: Live) -> None:
        create, delete = (choose(kind, verb, self.apis) for verb in (Verb.CREATE, Verb.DELETE))
        if create is None or delete is None:
            self._block(kind, Verb.CREATE if create is None else Verb.DELETE, change)
            return
        if twin := self._twin(change):
            why = (
                f"It can only be deleted and made again, and its new {kind.identity} "
                f"{change.identity!r} is taken (id {twin.remote_id}), so that it would be lost. "
                "Choose another one, or free it first with a change of its own."
            )
            self.blocked.append(Blocked(change.address, change.action, change.fields, why))
            return
        self._add(
            change,
            create,
            lambda: (*rehearse(delete.talk(there)), *self._creating(kind, create, change)),
        )

    def _twin(self, change: Change) -> Found | None:
        listed = self.live.listing.found.get(change.address.kind, ())
        twins = (f for f in listed if f.identity == change.identity)
        return next((f for f in twins if f.remote_id != change.remote_id), None)

    def _plan(self, kind: Kind, change: Change, route: Route, there: Live | None) -> None:
        if there is None:
            self._add(change, route, lambda: self._creating(kind, route, change))
        else:
            self._add(change, route, lambda: self._updating(kind, route, change, there))

    def _add(
        self, change: Change, route: Route, rehearsed: Callable[[], tuple[Request, ...]]
    ) -> None:
        """Plan a change with the requests of its rehearsal, or block it when the kind itself
        says why it cannot be: a type that cannot change, a sender that is not there."""
        try:
            requests = rehearsed()
        except PlanRefused as refusal:
            why = " ".join(problem.detail for problem in refusal.diagnostics)
            self.blocked.append(Blocked(change.address, change.action, change.fields, why))
        else:
            self.changes.append(replace(change, api=route.api, requests=planned(requests)))

    def _creating(self, kind: Kind, route: Route, change: Change) -> tuple[Request, ...]:
        model = kind.parse(change.wanted or {})
        return rehearse(route.talk(model, self._names))

    def _updating(
        self, kind: Kind, route: Route, change: Change, there: Live
    ) -> tuple[Request, ...]:
        model = kind.parse(change.wanted or {})
        paths = [item.path for item in change.fields]
        return rehearse(route.talk(there, model, self._names, paths))

    def _block(self, kind: Kind, verb: Verb, change: Change) -> None:
        self.blocked.append(
            Blocked(
                change.address,
                change.action,
                change.fields,
                way_out(
                    kind, verb, self.apis, [item.path for item in change.fields], change.wanted
                ),
            )
        )

    def _wanting(self, pair: Pair, resource: Resource, change: Change) -> Change:
        return replace(
            change,
            moved_from=pair.moved_from,
            protect=resource.protect,
            protected=bool(pair.binding and pair.binding.protect),
        )

    @property
    def _names(self) -> Names:
        return self.live.names


def _teaches(pair: Pair, resource: Resource, there: Live) -> bool:
    """Tell whether the state has something to learn from an object that needs no change."""
    binding = pair.binding
    return (
        binding is None
        or not pair.is_bound
        or binding.applied != merged(resource, there.attributes, binding.applied)
        or binding.protect != resource.protect
        or binding.identity != there.found.identity
        or dict(binding.parts) != dict(there.decoded.parts)
    )


def _reason(fields: Sequence[FieldChange]) -> str:
    origins = {item.origin for item in fields}
    if Origin.CONFLICT in origins:
        return "changed in the files and, differently, in the workspace"
    if origins == {Origin.DRIFT}:
        return "changed in the workspace; the files win"
    if Origin.DRIFT in origins:
        return "changed in the files, and in the workspace, where the files win"
    return "changed in the files"
