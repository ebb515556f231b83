"""A provider that sends only planned writes and records every write in the journal."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from cioform.core.data.json_value import as_mapping
from cioform.core.errors import OutcomeUnknownError, PlanError
from cioform.core.text.lazy_pattern import lazy_pattern
from cioform.model.objects.live_object import RemoteObject
from cioform.model.objects.snapshot import AppliedState
from cioform.model.remote_access.conversation import Request, Response
from cioform.plan.change import Action, Change, PlannedRequest
from cioform.remote.provider import Provider
from cioform.state.journal.journal import Journal

_PENDING_ID = lazy_pattern(r"\\\([^)]*\\\)")
"""The placeholder in an escaped path of an ID that did not exist when the plan was made:
`(id of segment.x)`."""


class GuardedProvider:
    """A provider for one change, which sends each of its planned writes at most once."""

    def __init__(
        self,
        provider: Provider,
        journal: Journal,
        change: Change,
        known: Mapping[str, str],
    ) -> None:
        self._provider = provider
        self._journal = journal
        self._address = change.address
        self._remaining = [request for request in change.requests if request.writes]
        self._known = known
        self._creates = change.action in (Action.CREATE, Action.REPLACE)
        self.apis = provider.apis
        self.max_parallel = provider.max_parallel
        self.has_written = False
        """Whether a write was sent, so that the object may have changed."""

    @property
    def count(self) -> int:
        """The number of requests sent."""
        return self._provider.count

    def send(self, request: Request) -> Response:
        """Send one request; a write is recorded before and after.

        Raises PlanError for a write that the plan does not contain.
        """
        if not request.writes:
            return self._provider.send(request)
        self._consume_planned(request)
        self._journal.begin_request(request, self._address)
        self.has_written = True
        response = self._provider.send(request)
        self._journal.end_request(response.status)
        if request.method == "POST" and self._creates:
            self._creates = False  # The first POST makes the object, and others its parts.
            self._check_created(request, response)
        return response

    def send_all(self, requests: Sequence[Request]) -> list[Response]:
        """Send reads in parallel, and writes one after the other.

        That way the outcome of at most one write can be unknown.
        """
        if any(request.writes for request in requests):
            return [self.send(request) for request in requests]
        return self._provider.send_all(requests)

    def close(self) -> None:
        """Do nothing: the connection belongs to the run."""

    def _consume_planned(self, request: Request) -> None:
        for number, planned in enumerate(self._remaining):
            if _matches(planned, request):
                del self._remaining[number]
                return
        raise PlanError.of(
            "Unplanned request",
            f"The change needs {request}, which is not in its plan, so it was not sent. Make a new "
            "plan; if the error stays, please report it.",
            address=self._address,
        )

    def _check_created(self, request: Request, response: Response) -> None:
        """Raise OutcomeUnknownError if a created object has the ID of one that existed before.

        The requests that follow would change that object.
        """
        for name in request.schema or ():
            created = as_mapping(as_mapping(response.body).get(name))
            holder = self._known.get(str(created.get("id")))
            if holder is not None:
                problem = (
                    f"`{name}.id` is {created['id']}, the ID of {holder}, which existed before. "
                    "Customer.io accepted the request, so it is not sent again."
                )
                detail = f"The response to {request} cannot be used: {problem}"
                raise OutcomeUnknownError.of("Invalid response", detail, address=self._address)


def known_objects(
    change: Change, applied: AppliedState, listed: Mapping[str, Iterable[RemoteObject]]
) -> dict[str, str]:
    """Return the objects of a kind that exist before a change creates one: a name by each ID.

    `listed` are the objects before the run. An object that is replaced may keep its ID.
    """
    name = change.address.kind
    known = {row.remote_id: f"another {name}" for row in listed.get(name, ())}
    bindings = applied.bindings.items()
    known |= {each.remote_id: str(a) for a, each in bindings if a.kind == name}
    return {id_: holder for id_, holder in known.items() if id_ != change.remote_id}


def _matches(planned: PlannedRequest, request: Request) -> bool:
    if (planned.api, planned.method) != (request.api, request.method):
        return False
    pattern = _PENDING_ID.sub("[^/]+", re.escape(planned.path))
    return re.fullmatch(pattern, request.path) is not None
