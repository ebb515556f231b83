"""Who is in a manual segment: listed over the App API, changed over the Track API."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from cioform.core.diagnostic import Diagnostic
from cioform.core.errors import InDoubt, RemoteRefused, UsageWrong
from cioform.core.json_value import Plain
from cioform.model.conversation import Api, Request
from cioform.operate.address_resolver import Targets
from cioform.operate.identity import IdType, id_type, person_to_write, several
from cioform.operate.not_found import told_when_absent
from cioform.operate.pagination import mapping
from cioform.remote.pagination import paging_repeats
from cioform.remote.provider import Provider

AT_ONCE: Final = 1000
"""Ids of one call (app facts, section 5.1)."""
_TOO_MUCH: Final = frozenset({400, 413})


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in a segment."""

    id: str | None
    email: str | None
    cio_id: str | None


@dataclass(frozen=True, slots=True)
class Moved:
    """How many ids were sent, in how many calls. People who are not there, or were in or out
    already, count too: Customer.io does not tell them apart."""

    ids: int
    calls: int


class Members:
    """The members of the manual segments of one workspace. A segment is an address or a
    number."""

    def __init__(self, provider: Provider, targets: Targets) -> None:
        self._provider = provider
        self._targets = targets

    def list(self, segment: str) -> Iterator[Member]:
        """Give the members, page by page as they are asked for; of data-driven segments too."""
        number = self._targets.id_of("segment", segment)
        start = ""
        while True:
            query = {"limit": AT_ONCE, **({"start": start} if start else {})}
            path = f"/v1/segments/{number}/membership"
            with told_when_absent("No such segment", "The workspace has no segment of this id."):
                body = mapping(self._provider.send(Request(Api.APP, "GET", path, None, query)).body)
            rows = body.get("identifiers") or ()
            yield from map(_member, rows)
            following = str(body.get("next") or "")
            if not following or not rows:
                return
            if following == start:
                raise paging_repeats(Request(Api.APP, "GET", path))
            start = following

    def add(
        self,
        segment: str,
        ids: Iterable[str],
        *,
        by: str | None = None,
        told: Callable[[int], None] = lambda _: None,
    ) -> Moved:
        """Put people in. Doing it twice changes nothing, so a cut call is simply made again.
        `by` is what the ids are; without it, an e-mail address is refused. `told` is given the ids
        sent so far."""
        return self._change("add_customers", segment, ids, by, told)

    def remove(
        self,
        segment: str,
        ids: Iterable[str],
        *,
        by: str | None = None,
        told: Callable[[int], None] = lambda _: None,
    ) -> Moved:
        """Take people out."""
        return self._change("remove_customers", segment, ids, by, told)

    def _change(
        self,
        verb: str,
        segment: str,
        ids: Iterable[str],
        by: str | None,
        told: Callable[[int], None],
    ) -> Moved:
        several(ids)
        number = self._manual(segment)
        path, kind = f"/api/v1/segments/{number}/{verb}", id_type(by or "id")
        remaining = (person_to_write(each, by).value for each in ids)
        sent = calls = 0
        while some := list(islice(remaining, AT_ONCE)):
            try:
                calls += self._send(path, some, kind)
            except RemoteRefused as error:
                raise _cut(error, sent) from error
            sent += len(some)
            told(sent)
        return Moved(sent, calls)

    def _send(self, path: str, ids: Sequence[str], by: IdType) -> int:
        """Send ids and give how many calls it took. Long ids may make a thousand of them larger
        than a request may be; then they go in halves, since nothing was done."""
        request = Request(Api.TRACK, "POST", path, {"ids": [*ids]}, {"id_type": by.value})
        try:
            self._provider.send(request)
        except InDoubt:
            self._provider.send(request)  # the same people in the same segment: once is twice
        except RemoteRefused as error:
            if error.status not in _TOO_MUCH or len(ids) < 2:
                raise
            half = len(ids) // 2
            return self._send(path, ids[:half], by) + self._send(path, ids[half:], by)
        return 1

    def _manual(self, segment: str) -> str:
        """Give the number of a manual segment, or raise UsageWrong."""
        number = self._targets.id_of("segment", segment)
        if Api.APP not in self._provider.apis:
            return number  # then the Track API says no by itself
        with told_when_absent("No such segment", "The workspace has no segment of this id."):
            body = mapping(
                self._provider.send(Request(Api.APP, "GET", f"/v1/segments/{number}")).body
            )
        if mapping(body.get("segment")).get("type") != "manual":
            raise UsageWrong.of(
                "Segment is not manual",
                f"Who is in {segment} follows from its conditions, so nobody can be put in or "
                "taken out. Change the conditions, or make a segment with `manual: true`.",
            )
        return number


def _cut(error: RemoteRefused, sent: int) -> RemoteRefused:
    """Give the error of a call with what was done before it. That of a doubt speaks of what must
    not be done twice, and this may be."""
    done = f"{sent:,} ids were sent before" if sent else "No id was sent before"
    told = Diagnostic(
        "Not all ids sent",
        f"{done}. Run the same command again: who is in or out already stays so.",
    )
    if isinstance(error, InDoubt):
        return RemoteRefused([told])
    return RemoteRefused([*error.diagnostics, told], error.status)


def _member(row: Plain) -> Member:
    row = mapping(row)
    texts = {by: row.get(by) for by in ("id", "email", "cio_id")}
    return Member(**{by: None if value is None else str(value) for by, value in texts.items()})
