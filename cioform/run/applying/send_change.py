"""Send the requests of one change."""

from __future__ import annotations

from collections.abc import Sequence

from cioform.core.data.json_value import Attributes
from cioform.core.data.paths import FieldPath
from cioform.core.errors import PlanError
from cioform.core.text.word_lists import with_article
from cioform.model.description_stamp import with_stamp
from cioform.model.kind import Kind
from cioform.model.objects.live_object import LiveObject
from cioform.model.objects.stamp import Stamp
from cioform.model.references.names import Names
from cioform.model.router import RouteT, choose_route
from cioform.model.routing.operations import WriteContext, WriteResult
from cioform.model.routing.routes import CreateRoute, DeleteRoute, UpdateRoute
from cioform.plan.change import Action, Change
from cioform.remote.provider import Provider
from cioform.run.reading.driver import run_conversation


def send_change(
    kind: Kind,
    change: Change,
    live: LiveObject | None,
    names: Names,
    provider: Provider,
    stamp: Stamp | None = None,
) -> WriteResult | None:
    """Create, update, replace or delete an object and return its IDs, None after a delete.

    `live` is the object as it is now, None for one to create. `stamp` goes into the description, if
    the change writes one; without it, the object keeps the stamp that it has. Raises PlanError if
    no credential that is set can do it.
    """
    deletes_first = change.action is Action.REPLACE and not change.in_two_steps
    if change.action is Action.DELETE or deletes_first:
        assert live is not None  # only an existing object is deleted or replaced
        delete = _require_route(kind, DeleteRoute, provider)
        run_conversation(delete.operation(live), provider)
    if change.action is Action.DELETE:
        return None
    wanted = change.wanted or {}
    if stamp is None and live is not None:
        stamp = live.decoded.stamp
    model = kind.parse(with_stamp(kind, wanted, stamp))
    if change.action is Action.UPDATE:
        assert live is not None  # only an existing object is updated
        paths = [item.path for item in change.differences]
        update = _require_route(kind, UpdateRoute, provider, paths, change.wanted)
        return run_conversation(
            update.operation(live, model, WriteContext(names, paths, None)), provider
        )
    create = _require_route(kind, CreateRoute, provider, [(name,) for name in wanted])
    return run_conversation(create.operation(model, WriteContext(names, described=None)), provider)


def _require_route(
    kind: Kind,
    route_type: type[RouteT],
    provider: Provider,
    paths: Sequence[FieldPath] = (),
    wanted: Attributes | None = None,
) -> RouteT:
    route = choose_route(kind, route_type, provider.apis, paths, wanted)
    if route is None:
        raise PlanError.of(
            "Missing credential",
            f"No credential that is set can {route_type.verb.value} {with_article(kind.name)}. "
            "Apply with the credentials that the plan was made with.",
        )
    return route
