"""The door as an apply uses it: nothing unplanned leaves, and every write is in the journal."""

from __future__ import annotations

import re
from collections.abc import Sequence

from cioform.core.address import Address
from cioform.core.errors import PlanError
from cioform.model.conversation import Request, Response
from cioform.plan.change import PlannedRequest
from cioform.remote.provider import Provider
from cioform.state.journal import Journal

_PENDING_ID = re.compile(r"\\\([^)]*\\\)")
"""An id that was not known when the plan was made, in an escaped path: `(id of segment.x)`."""


class GuardedProvider:
    """A provider for one change. It holds the writes of the plan and lets each pass once."""

    def __init__(
        self,
        provider: Provider,
        journal: Journal,
        address: Address,
        planned: Sequence[PlannedRequest],
    ) -> None:
        self._provider = provider
        self._journal = journal
        self._address = address
        self._remaining = [request for request in planned if request.writes]
        self.apis = provider.apis
        self.has_written = False
        """Whether any write has been sent, so that the object may not be what it was."""

    @property
    def count(self) -> int:
        """How many requests the door has sent."""
        return self._provider.count

    def send(self, request: Request) -> Response:
        """Send one request; a write is journalled before and after."""
        if not request.writes:
            return self._provider.send(request)
        self._consume_planned(request)
        self._journal.begin_request(request, self._address)
        self.has_written = True
        response = self._provider.send(request)
        self._journal.end_request(response.status)
        return response

    def send_all(self, requests: Sequence[Request]) -> list[Response]:
        """Send reads side by side and writes one after the other, so that at most one write can
        ever be in doubt."""
        if any(request.writes for request in requests):
            return [self.send(request) for request in requests]
        return self._provider.send_all(requests)

    def close(self) -> None:
        """Leave the door open: it belongs to the run."""

    def _consume_planned(self, request: Request) -> None:
        for number, planned in enumerate(self._remaining):
            if _matches(planned, request):
                del self._remaining[number]
                return
        raise PlanError.of(
            "Unplanned request",
            f"Carrying this out would send {request}, which the plan does not hold. It was not "
            "sent. Make the plan again; if that says the same, please report it.",
            address=self._address,
        )


def _matches(planned: PlannedRequest, request: Request) -> bool:
    if (planned.api, planned.method) != (request.api, request.method):
        return False
    pattern = _PENDING_ID.sub("[^/]+", re.escape(planned.path))
    return re.fullmatch(pattern, request.path) is not None
