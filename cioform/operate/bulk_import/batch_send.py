"""One batch over the Track API, until every item in it is taken or has a reason."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from cioform.core.errors import OutcomeUnknownError, RemoteError
from cioform.operate.track_payloads import batch_request
from cioform.remote.error_bodies import parse_batch_errors
from cioform.remote.provider import Provider

_BATCH_REJECTED_STATUSES: Final = frozenset({400, 413, 422})
"""The whole batch was refused and nothing of it done."""
_MAX_ATTEMPTS: Final = 4
_BACKOFF_SECONDS: Final = 1.0


class BatchSender:
    """Sends batches one after the other, so that what happened to a person stays in order."""

    def __init__(self, provider: Provider, sleep: Callable[[float], None]) -> None:
        self._provider = provider
        self._sleep = sleep

    def send(self, items: Sequence[bytes]) -> dict[int, str]:
        """Give the reasons of the items that were not taken, by their place. Where a batch is
        refused as a whole it is halved, until the one that spoils it stands alone."""
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
            first = self.send(items[:half])  # in their order: of one person the later line stands
            second = self.send(items[half:])
            return first | {half + at: why for at, why in second.items()}
        found = parse_batch_errors(body)
        return {at: why for at, why in found.items() if at < len(items)}

    def _send_with_retries(self, items: Sequence[bytes]) -> object:
        """Give the answer. A batch that may have arrived is sent again: events carry an id by
        which Customer.io counts them once, and identifying somebody twice changes nothing."""
        for attempt in range(_MAX_ATTEMPTS):
            try:
                return self._provider.send(batch_request(items)).body
            except OutcomeUnknownError:
                if attempt == _MAX_ATTEMPTS - 1:
                    raise
                self._sleep(_BACKOFF_SECONDS * 2**attempt)
        raise AssertionError("the last try returns or raises")
