"""Count for how many people an attribute is blank, where Customer.io estimates conditions.

No condition selects the people who lack an attribute (journeys facts, section 3). So those who have
it are estimated, and the App API returns how many people there are.
"""

from __future__ import annotations

from functools import cached_property

from cioform.core.data.json_value import Json, as_mapping
from cioform.core.dataclasses import dataclass, field
from cioform.core.errors import AuthError, RemoteError
from cioform.core.text.quantities import pluralize
from cioform.model.references.names import Names
from cioform.model.registry import Registry
from cioform.model.remote_access.conversation import Api, Request
from cioform.model.router import choose_route
from cioform.model.routing.operations import WriteContext
from cioform.model.routing.routes import EstimateRoute
from cioform.remote.provider import Provider
from cioform.run.reading.driver import run_conversation


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many people have no value in an attribute."""

    blank: int
    people: int
    """All people of the workspace."""

    @property
    def text(self) -> str:
        """How reports show it: `blank for 1,204 of 92,000 people`."""
        return f"blank for {self.blank:,} of {pluralize(self.people, 'person', 'people')}"


@dataclass
class AttributeCounter:
    """Counts blank attributes. Each is asked for once; nothing is asked after a refusal."""

    registry: Registry
    provider: Provider
    workspace_id: int | None
    _is_unavailable: bool = False
    _known: dict[str, Coverage | None] = field(default_factory=dict)

    def coverage(self, attribute: str) -> Coverage | None:
        """Return how often an attribute is blank; None if that cannot be read."""
        if attribute not in self._known:
            self._known[attribute] = self._ask(attribute)
        return self._known[attribute]

    def _ask(self, attribute: str) -> Coverage | None:
        if self._people is None:
            return None
        having = self._estimate({"attribute": attribute, "exists": True})
        return None if having is None else Coverage(max(0, self._people - having), self._people)

    @cached_property
    def _people(self) -> int | None:
        """How many people the workspace has; None if that cannot be read."""
        if Api.APP not in self.provider.apis:
            return None
        try:
            body = self.provider.send(Request(Api.APP, "GET", "/v1/workspaces")).body
        except (AuthError, RemoteError):
            return None
        rows = as_mapping(body).get("workspaces")
        found = [as_mapping(row) for row in rows] if isinstance(rows, list) else []
        own = next((row for row in found if row.get("id") == self.workspace_id), {})
        people = own.get("people")
        return people if isinstance(people, int) else None

    def _estimate(self, conditions: Json) -> int | None:
        """Return how many people conditions select."""
        for kind in self.registry:
            route = choose_route(kind, EstimateRoute, self.provider.apis, [("conditions",)])
            if route is None or self._is_unavailable:
                continue
            model = kind.parse({kind.identity: "People", "conditions": conditions})
            conversation = route.operation(model, WriteContext(Names()))
            try:
                return run_conversation(conversation, self.provider)
            except (AuthError, RemoteError):
                self._is_unavailable = True
        return None
