"""Send one batch through the Track API until every item is accepted or has a reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from cioform.core.data.json_value import Json
from cioform.core.errors import OutcomeUnknownError, RemoteError
from cioform.model.remote_access.response_schema import find_schema_problem
from cioform.operate import response_schemas as schemas
from cioform.operate.track_payloads import batch_request
from cioform.remote.provider import Provider
from cioform.remote.responses.error_bodies import parse_batch_errors
from cioform.remote.responses.response_check import invalid_response_error

_BATCH_REJECTED_STATUSES: Final = frozenset({400, 413, 422})
"""Customer.io refused the whole batch and did nothing."""
_MAX_ATTEMPTS: Final = 4
_BACKOFF_SECONDS: Final = 1.0


class BatchSender:
    """Sends batches one after the other, so that the events of a person stay in order."""

    def __init__(self, provider: Provider, sleep: Callable[[float], None]) -> None:
        self._provider = provider
        self._sleep = sleep

    def send(self, items: Sequence[bytes]) -> dict[int, str]:
        """Return why items were rejected, by their position in the batch.

        A batch that is refused as a whole is split until the item that causes the refusal is found.
        """
        if not items:
            return {}
        try:
            body = self._send_with_retries(items)
        except OutcomeUnknownError:
            raise
        except RemoteError as error:
            if error.status not in _BATCH_REJECTED_STATUSES:
                raise
            if len(items) == 1:
                return {0: error.diagnostics[0].detail}
            half = len(items) // 2
            first = self.send(items[:half])  # in order: the last line about a person wins
            second = self.send(items[half:])
            return first | {half + at: why for at, why in second.items()}
        _check_rejections(body)
        found = parse_batch_errors(body)
        return {at: why for at, why in found.items() if at < len(items)}

    def _send_with_retries(self, items: Sequence[bytes]) -> Json:
        """Return the response.

        A batch that may have arrived is sent again. Customer.io deduplicates events by their ID,
        and identifying somebody twice changes nothing.
        """
        request = batch_request(items)
        for attempt in range(_MAX_ATTEMPTS):
            try:
                return self._provider.send(request).body
            except OutcomeUnknownError:
                if attempt == _MAX_ATTEMPTS - 1:
                    raise
                self._sleep(_BACKOFF_SECONDS * 2**attempt)
        raise AssertionError("the last try returns or raises")


def _check_rejections(body: object) -> None:
    """Raise RemoteError if a response says of an item that it was rejected, and not of which."""
    problem = find_schema_problem(schemas.BATCH_ERRORS, body) if isinstance(body, Mapping) else None
    if problem is not None:
        raise invalid_response_error("the batch", problem)
