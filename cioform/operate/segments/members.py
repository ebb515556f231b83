"""List, add and remove members of manual segments: App API to read, Track API to write."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import islice
from typing import Final

from cioform.core.data.json_value import Json, as_list, as_mapping
from cioform.core.dataclasses import dataclass
from cioform.core.diagnostic import Diagnostic
from cioform.core.errors import (
    CioformError,
    IncompleteError,
    OutcomeUnknownError,
    RemoteError,
    UsageError,
)
from cioform.core.text.quantities import pluralize
from cioform.model.remote_access.conversation import Api, Request, Response
from cioform.operate import response_schemas as schemas
from cioform.operate.address_resolver import AddressResolver
from cioform.operate.identity import IdType, id_type, person_for_write, reject_single_string
from cioform.operate.not_found import explain_not_found
from cioform.remote.paging.cursors import cursor_pages
from cioform.remote.provider import Provider
from cioform.remote.responses.response_check import send_checked

MAX_IDS_PER_CALL: Final = 1000
"""The limit of one request (app facts, section 5.1)."""
_TOO_LARGE_STATUSES: Final = frozenset({400, 413})


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in a segment."""

    id: str | None
    email: str | None
    cio_id: str | None


@dataclass(frozen=True, slots=True)
class MembershipUpdate:
    """The number of IDs that were sent, and of the requests.

    Unknown people and those who needed no change count too: Customer.io does not report them.
    """

    ids: int
    calls: int


class Members:
    """The members of the manual segments of one workspace. A segment is an address or a number."""

    def __init__(self, provider: Provider, resolver: AddressResolver) -> None:
        self._provider = provider
        self._resolver = resolver

    def list(self, segment: str) -> Iterator[Member]:
        """Yield the members page by page, also of data-driven segments."""
        number = self._resolver.segments.id_of(segment)
        path = f"/v1/segments/{number}/membership"
        query = {"limit": MAX_IDS_PER_CALL}
        request = Request(Api.APP, "GET", path, query=query, schema=schemas.MEMBERS)
        for page in cursor_pages(request, partial(self._send_read, number)):
            rows = as_list(as_mapping(page.body).get("identifiers"))
            if not rows:
                return
            yield from map(_parse_member, rows)

    def _send_read(self, number: str, request: Request) -> Response:
        with explain_not_found("Segment not found", f"The workspace has no segment {number}."):
            return send_checked(self._provider, request)

    def add(
        self,
        segment: str,
        ids: Iterable[str],
        *,
        by: str | None = None,
        listener: Callable[[int], None] = lambda _: None,
    ) -> MembershipUpdate:
        """Add people to a segment.

        The operation is idempotent, so an interrupted call can be repeated. `by` is the type of
        the IDs; e-mail addresses require it. `listener` is called with the number of IDs sent.
        """
        return self._change("add_customers", segment, ids, by, listener)

    def remove(
        self,
        segment: str,
        ids: Iterable[str],
        *,
        by: str | None = None,
        listener: Callable[[int], None] = lambda _: None,
    ) -> MembershipUpdate:
        """Remove people from a segment. The arguments are those of `add`."""
        return self._change("remove_customers", segment, ids, by, listener)

    def _change(
        self,
        verb: str,
        segment: str,
        ids: Iterable[str],
        by: str | None,
        listener: Callable[[int], None],
    ) -> MembershipUpdate:
        reject_single_string(ids)
        number = self._require_manual(segment)
        path, kind = f"/api/v1/segments/{number}/{verb}", id_type(by or "id")
        remaining = (person_for_write(each, by).value for each in ids)
        sent = calls = 0
        while some := list(islice(remaining, MAX_IDS_PER_CALL)):
            try:
                calls += self._send(path, some, kind)
            except RemoteError as error:
                raise _with_progress(error, sent) from error
            sent += len(some)
            listener(sent)
        return MembershipUpdate(sent, calls)

    def _send(self, path: str, ids: Sequence[str], by: IdType) -> int:
        """Send IDs and return the number of requests.

        A thousand long IDs can exceed the size limit of a request. Customer.io then refuses all
        of them, and they are sent in halves.
        """
        request = Request(Api.TRACK, "POST", path, {"ids": [*ids]}, {"id_type": by.value})
        try:
            self._provider.send(request)
        except OutcomeUnknownError:
            self._provider.send(request)  # repeating is safe: the operation is idempotent
        except RemoteError as error:
            if error.status not in _TOO_LARGE_STATUSES or len(ids) < 2:
                raise
            half = len(ids) // 2
            return self._send(path, ids[:half], by) + self._send(path, ids[half:], by)
        return 1

    def _require_manual(self, segment: str) -> str:
        """Return the number of a manual segment. Raises UsageError."""
        number = self._resolver.segments.id_of(segment)
        if Api.APP not in self._provider.apis:
            return number  # the Track API refuses other segments itself
        with explain_not_found("Segment not found", f"The workspace has no segment {number}."):
            path = f"/v1/segments/{number}"
            request = Request(Api.APP, "GET", path, schema=schemas.SEGMENT_TYPE)
            body = as_mapping(send_checked(self._provider, request).body)
        if as_mapping(body["segment"])["type"] != "manual":
            raise UsageError.of(
                "Segment is not manual",
                f"The members of {segment} follow from its conditions, so they cannot be added or "
                "removed. Change the conditions, or create a segment with `manual: true`.",
            )
        return number


def _with_progress(error: RemoteError, sent: int) -> CioformError:
    """Return the error with the number of IDs that were sent before it.

    The text of an unknown outcome is left out: it would forbid repeating the command, which is safe
    here.
    """
    done = (
        f"{pluralize(sent, 'id was', 'ids were')} sent before the error" if sent else "No ID sent"
    )
    progress = Diagnostic(
        "Not all IDs sent",
        f"{done}. Run the same command again; IDs that were already sent do not change.",
    )
    is_unknown = isinstance(error, OutcomeUnknownError)
    found = [progress] if is_unknown else [*error.diagnostics, progress]
    return IncompleteError(found) if sent else type(error)(found, error.status)


def _parse_member(row: Json) -> Member:
    members = as_mapping(row)
    texts = {by: members.get(by) for by in ("id", "email", "cio_id")}
    return Member(**{by: None if value is None else str(value) for by, value in texts.items()})
