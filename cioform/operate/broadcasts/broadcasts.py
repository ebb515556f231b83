"""API-triggered broadcasts: looked at, triggered, and followed to their end."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Final

from cioform.core.diagnostic import Diagnostic
from cioform.core.errors import CioformError, RemoteRefused, UsageWrong
from cioform.core.json_value import Plain
from cioform.model.conversation import Api, Request
from cioform.operate.address_resolver import Targets
from cioform.operate.campaigns.messages import Step, read_steps
from cioform.operate.identity import several
from cioform.operate.not_found import told_when_absent
from cioform.operate.pagination import first_items, mapping, whole
from cioform.operate.track_payloads import check_sendable
from cioform.remote.provider import Provider

MOST_PEOPLE: Final = 10_000
"""In `per_user_data` (app facts, section 2, Sizes and limits)."""
_PAUSE: Final = 1.0
_TRIGGER: Final = re.compile(r"\btrigger\D{0,5}(\d+)", re.IGNORECASE)
_SHOWN: Final = 20
"""Errors of an audience that are told with a refusal."""
_ERRORS: Final = 1000
"""The most errors that are fetched of one trigger."""


@dataclass(frozen=True, slots=True)
class Trigger:
    """One time that a broadcast was triggered."""

    id: int
    broadcast_id: int
    created_at: int | None
    processed_at: int | None
    """None as long as it is being worked on."""
    errors: tuple[str, ...] = ()

    @property
    def processed(self) -> bool:
        """Tell whether Customer.io is done with it."""
        return self.processed_at is not None


@dataclass(frozen=True, slots=True)
class Broadcast:
    """An API-triggered broadcast."""

    id: int
    name: str
    state: str
    steps: tuple[Step, ...]
    tags: tuple[str, ...] = ()
    updated: int | None = None
    triggers: tuple[Trigger, ...] = ()


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom a trigger goes to: at most one of these; none is the audience set in Customer.io."""

    segment: str | None = None
    """An address, or a number."""
    ids: Sequence[str] | None = None
    emails: Sequence[str] | None = None
    per_user_data: Sequence[Mapping[str, Plain]] | None = None
    """`{"id": ..., "data": {...}}` or with `email`."""
    data_file_url: str | None = None
    ignore_missing: bool = False
    """Whether people who are not there are passed over."""

    def __post_init__(self) -> None:
        several(self.ids)
        several(self.emails)
        every = (self.segment, self.ids, self.emails, self.per_user_data, self.data_file_url)
        given = [each for each in every if each is not None]
        if len(given) > 1:
            raise UsageWrong.of(
                "Several audiences",
                "A trigger goes to one segment, or to ids, or to e-mail addresses, or to the "
                "people of a file. Choose one.",
            )
        if given and (not given[0] or "" in (self.ids or self.emails or ())):
            raise UsageWrong.of(
                "Nobody to send to",
                "The audience is given and names nobody. Without one a trigger goes to everybody "
                "that the broadcast is set to, so this one is not sent.",
            )
        if len(self.per_user_data or ()) > MOST_PEOPLE:
            raise UsageWrong.of(
                "Too many people in one trigger",
                f"One trigger takes data for {MOST_PEOPLE:,} people, and these are "
                f"{len(self.per_user_data or ()):,}. Split them; a trigger may follow every 10 "
                "seconds.",
            )


@dataclass(frozen=True, slots=True)
class Reached:
    """Whom a trigger would go to, for people to read before they agree."""

    words: str
    people: int | None
    """How many, where that can be known."""


class Broadcasts:
    """The broadcasts of one workspace. A broadcast is named by its number or its name."""

    def __init__(
        self,
        provider: Provider,
        targets: Targets,
        clock: Callable[[], float],
        sleep: Callable[[float], None],
    ) -> None:
        self._provider = provider
        self._targets = targets
        self._clock = clock
        self._sleep = sleep

    def list(self) -> tuple[Broadcast, ...]:
        """Give all broadcasts, by number."""
        body = mapping(self._provider.send(_get("/v1/broadcasts")).body)
        found = [_broadcast(row) for row in body.get("broadcasts") or ()]
        return tuple(sorted(found, key=lambda each: each.id))

    def show(self, broadcast: str) -> Broadcast:
        """Give one broadcast with the times it was triggered."""
        number = self.number(broadcast)
        with _found():
            wire = mapping(self._provider.send(_get(f"/v1/broadcasts/{number}")).body)
            rows = mapping(self._provider.send(_get(f"/v1/broadcasts/{number}/triggers")).body)
        triggers = tuple(map(_trigger, rows.get("triggers") or ()))
        return _broadcast(wire.get("broadcast"), triggers)

    def number(self, broadcast: str) -> int:
        """Give the number of a broadcast for its number, `broadcast#3` or its name."""
        text = str(broadcast).removeprefix("broadcast#")
        if text.isdecimal():
            return int(text)
        named = [each.id for each in self.list() if each.name == text]
        if len(named) == 1:
            return named[0]
        if named:
            raise UsageWrong.of(
                "Several broadcasts of that name",
                f"{text!r} is the name of the broadcasts {', '.join(map(str, named))}. Say which "
                "by its number.",
            )
        raise UsageWrong.of(
            "No such broadcast",
            f"There is no broadcast of the name {text!r}. Names are compared letter by letter; "
            "`cioform broadcasts list` shows them with their numbers.",
        )

    def reached(self, audience: Audience) -> Reached:
        """Give whom an audience means now, in words and in number."""
        if audience.segment is not None:
            number = self._targets.id_of("segment", audience.segment)
            with told_when_absent("No such segment", f"The workspace has no segment {number}."):
                answer = self._provider.send(_get(f"/v1/segments/{number}/customer_count"))
            body = mapping(answer.body)
            return Reached(f"the people in {audience.segment}", whole(body.get("count")))
        for people, words in (
            (audience.ids, "people by id"),
            (audience.emails, "people by e-mail address"),
            (audience.per_user_data, "people with data of their own"),
        ):
            if people is not None:
                return Reached(words, len(people))
        if audience.data_file_url is not None:
            return Reached("the people in the file at a URL", None)
        return Reached("everybody in the audience that the broadcast has in Customer.io", None)

    def trigger(
        self,
        broadcast: str,
        audience: Audience = Audience(),
        data: Mapping[str, Plain] | None = None,
    ) -> Trigger:
        """Send a broadcast to an audience, at most once in 10 seconds: the door waits for that.
        `data` is what messages read as `{{trigger.x}}`. Raises RemoteRefused for what Customer.io
        does not take, InDoubt when it may have begun: it is never triggered twice."""
        number = self.number(broadcast)
        try:
            with _found():
                answer = mapping(self._provider.send(self.request(number, audience, data)).body)
        except RemoteRefused as error:
            raise self._explained(error, number) from None
        return Trigger(whole(answer.get("id")) or 0, number, int(self._clock()), None)

    def request(
        self, number: int, audience: Audience, data: Mapping[str, Plain] | None = None
    ) -> Request:
        """Give the request that a trigger would make."""
        body = {**self._spelled(audience), **({"data": dict(data)} if data else {})}
        check_sendable(body)
        return Request(Api.APP, "POST", f"/v1/campaigns/{number}/triggers", body)

    def follow(
        self,
        trigger: Trigger,
        *,
        patience: float = 60.0,
        watcher: Callable[[Trigger], None] = lambda _: None,
    ) -> Trigger:
        """Look at a trigger until Customer.io is done with it, or `patience` seconds have passed,
        and give it with its errors."""
        end = self._clock() + patience
        path = f"/v1/campaigns/{trigger.broadcast_id}/triggers/{trigger.id}"
        while True:
            now = _trigger(self._provider.send(_get(path)).body, trigger.broadcast_id)
            watcher(now)
            if now.processed or self._clock() + _PAUSE > end:
                break
            self._sleep(_PAUSE)
        errors = self._errors(path)
        return Trigger(now.id, now.broadcast_id, now.created_at, now.processed_at, errors)

    def _explained(self, error: RemoteRefused, number: int) -> RemoteRefused:
        """Give a refusal with what was wrong with the audience: a 422 only names the trigger that
        keeps it (app facts, section 4.3)."""
        named = _TRIGGER.search(error.diagnostics[0].detail) if error.status == 422 else None
        if named is None:
            return error
        try:
            errors = self._errors(f"/v1/campaigns/{number}/triggers/{named[1]}")
        except CioformError:
            return error
        more = (Diagnostic("Audience not accepted", f"{each}.") for each in errors[:_SHOWN])
        return RemoteRefused([*error.diagnostics, *more], error.status)

    def _errors(self, path: str) -> tuple[str, ...]:
        """Give the errors of a trigger; the items are text, or objects that nobody describes."""
        found = first_items(self._provider, _get(f"{path}/errors"), "errors", _ERRORS)
        return tuple(map(_error, found))

    def _spelled(self, audience: Audience) -> dict[str, Plain]:
        """Give the audience as the request says it (app facts, section 4.3)."""
        if audience.segment is not None:
            number = int(self._targets.id_of("segment", audience.segment))
            return {"recipients": {"segment": {"id": number}}}
        missing = audience.ignore_missing
        if audience.ids is not None:
            return {"ids": list(audience.ids), **({"id_ignore_missing": True} if missing else {})}
        if audience.emails is not None:
            flags = {"email_ignore_missing": True} if missing else {}
            return {"emails": list(audience.emails), **flags}
        flags = {"id_ignore_missing": True, "email_ignore_missing": True} if missing else {}
        if audience.per_user_data is not None:
            return {"per_user_data": [dict(each) for each in audience.per_user_data], **flags}
        if audience.data_file_url is not None:
            return {"data_file_url": audience.data_file_url, **flags}
        return {}


def _get(path: str) -> Request:
    return Request(Api.APP, "GET", path)


def _found() -> AbstractContextManager[None]:
    return told_when_absent(
        "No such broadcast",
        "The workspace has no API-triggered broadcast of this number. A campaign is not one, and "
        "cannot be triggered. `cioform broadcasts list` shows those there are.",
    )


def _broadcast(row: Plain, triggers: tuple[Trigger, ...] = ()) -> Broadcast:
    row = mapping(row)
    tags = row.get("tags")
    return Broadcast(
        id=whole(row.get("id")) or 0,
        name=str(row.get("name") or ""),
        state=str(row.get("state") or ""),
        steps=read_steps(row.get("actions")),
        # The documented example has "nil" for none (app facts, section 4.3).
        tags=tuple(map(str, tags)) if isinstance(tags, list | tuple) else (),
        updated=whole(row.get("updated")),
        triggers=triggers,
    )


def _trigger(row: Plain, broadcast_id: int = 0) -> Trigger:
    row = mapping(row)
    return Trigger(
        id=whole(row.get("id")) or 0,
        broadcast_id=whole(row.get("broadcast_id")) or broadcast_id,
        created_at=whole(row.get("created_at")),
        # 0 is what a time that has not come is often written as.
        processed_at=whole(row.get("processed_at")) or None,
    )


def _error(item: Plain) -> str:
    if not isinstance(item, Mapping):
        return str(item)
    return ", ".join(f"{name}: {value}" for name, value in item.items())
