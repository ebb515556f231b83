"""List, trigger and watch API-triggered broadcasts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Final

from cioform.core.data.json_value import Json, as_list, as_mapping
from cioform.core.diagnostic import Diagnostic
from cioform.core.errors import CioformError, RemoteError, UsageError
from cioform.core.suggest import did_you_mean
from cioform.core.text.lazy_pattern import lazy_pattern
from cioform.core.text.quoted import quoted
from cioform.model.remote_access.conversation import Api, Request
from cioform.model.remote_access.response_schema import ResponseSchema
from cioform.operate import response_schemas as schemas
from cioform.operate.address_resolver import AddressResolver
from cioform.operate.broadcasts.audience import CONFIGURED_AUDIENCE, Audience, AudiencePreview
from cioform.operate.broadcasts.records import (
    Broadcast,
    BroadcastTrigger,
    parse_broadcast,
    parse_trigger,
)
from cioform.operate.messages.deliveries import parse_delivery
from cioform.operate.not_found import explain_not_found
from cioform.operate.pagination import as_int, first_items, first_rows
from cioform.operate.track_payloads import check_sendable
from cioform.remote.provider import Provider
from cioform.remote.responses.response_check import send_checked

_POLL_INTERVAL: Final = 1.0
_TRIGGER_ID: Final = lazy_pattern(r"\btrigger\D{0,5}(\d+)", re.IGNORECASE)
_MAX_SHOWN_ERRORS: Final = 20
"""The most errors of an audience that a message lists."""
_MAX_FETCHED_ERRORS: Final = 1000
"""The most errors that are fetched of one trigger."""


class Broadcasts:
    """The broadcasts of one workspace. A broadcast is named by its number or its name."""

    def __init__(
        self,
        provider: Provider,
        resolver: AddressResolver,
        clock: Callable[[], float],
        sleep: Callable[[float], None],
    ) -> None:
        self._provider = provider
        self._resolver = resolver
        self._clock = clock
        self._sleep = sleep

    def list(self) -> tuple[Broadcast, ...]:
        """Return all broadcasts, by number."""
        body = as_mapping(self._get("/v1/broadcasts", schemas.BROADCASTS))
        found = [parse_broadcast(row) for row in as_list(body.get("broadcasts"))]
        return tuple(sorted(found, key=lambda each: each.id))

    def show(self, broadcast: str) -> Broadcast:
        """Return one broadcast with the times it was triggered."""
        number = self.number(broadcast)
        with _explain_missing_broadcast(number, self._resolver.workspace):
            wire = as_mapping(self._get(f"/v1/broadcasts/{number}", schemas.BROADCAST))
            path = f"/v1/broadcasts/{number}/triggers"
            rows = as_mapping(self._get(path, schemas.TRIGGERS))
        triggers = tuple(map(parse_trigger, as_list(rows.get("triggers"))))
        return parse_broadcast(wire.get("broadcast"), triggers)

    def number(self, broadcast: str) -> int:
        """Return the number of a broadcast for its number, `broadcast#3` or its name."""
        text = str(broadcast).removeprefix("broadcast#")
        if text.isdecimal():
            return int(text)
        every = self.list()
        named = [each.id for each in every if each.name == text]
        if len(named) == 1:
            return named[0]
        if named:
            raise UsageError.of(
                "Ambiguous broadcast name",
                f"The broadcasts {', '.join(map(str, named))} are all named {quoted(text)}. Use "
                "the number.",
            )
        raise UsageError.of(
            "Broadcast not found",
            f"No broadcast is named {quoted(text)}."
            f"{did_you_mean(text, (each.name for each in every))} List all of them:\n\n"
            f"    cioform broadcasts list {self._resolver.workspace}",
        )

    def preview_audience(self, audience: Audience) -> AudiencePreview:
        """Return a description of an audience and its current size."""
        if audience.segment is not None:
            number = self._resolver.segments.id_of(audience.segment)
            with explain_not_found("Segment not found", f"The workspace has no segment {number}."):
                path = f"/v1/segments/{number}/customer_count"
                body = as_mapping(self._get(path, schemas.COUNT))
            return AudiencePreview(f"the people in {audience.segment}", as_int(body.get("count")))
        for people, words in (
            (audience.ids, "people by id"),
            (audience.emails, "people by e-mail address"),
            (audience.per_user_data, "people with individual data"),
        ):
            if people is not None:
                return AudiencePreview(words, len(people))
        if audience.data_file_url is not None:
            return AudiencePreview("the people in the file at a URL", None)
        return AudiencePreview("the audience that is configured in Customer.io", None)

    def trigger(
        self,
        broadcast: str,
        audience: Audience = CONFIGURED_AUDIENCE,
        data: Mapping[str, Json] | None = None,
    ) -> BroadcastTrigger:
        """Send a broadcast to an audience, at most once in 10 seconds.

        Messages read `data` as `{{trigger.x}}`. Raises RemoteError if Customer.io refuses, and
        OutcomeUnknownError if the broadcast may have started. It is never triggered twice.
        """
        number = self.number(broadcast)
        try:
            with _explain_missing_broadcast(number, self._resolver.workspace):
                request = self.request(number, audience, data)
                body = as_mapping(send_checked(self._provider, request).body)
        except RemoteError as error:
            raise self._with_audience_errors(error, number) from None
        return BroadcastTrigger(as_int(body.get("id")) or 0, number, int(self._clock()), None)

    def request(
        self, number: int, audience: Audience, data: Mapping[str, Json] | None = None
    ) -> Request:
        """Return the request that a trigger would make."""
        body = {**self._audience_body(audience), **({"data": dict(data)} if data else {})}
        check_sendable(body)
        path = f"/v1/campaigns/{number}/triggers"
        return Request(Api.APP, "POST", path, body, schema=schemas.TRIGGERED)

    def watch(
        self,
        trigger: BroadcastTrigger,
        *,
        timeout: float = 60.0,
        listener: Callable[[BroadcastTrigger], None] = lambda _: None,
    ) -> BroadcastTrigger:
        """Poll a trigger until it is processed, and return it with its errors.

        Gives up after `timeout` seconds and returns the last known status. `listener` is called
        with each status.
        """
        end = self._clock() + timeout
        path = f"/v1/campaigns/{trigger.broadcast_id}/triggers/{trigger.id}"
        while True:
            now = parse_trigger(self._get(path, schemas.TRIGGER), trigger.broadcast_id)
            listener(now)
            if now.processed or self._clock() + _POLL_INTERVAL > end:
                break
            self._sleep(_POLL_INTERVAL)
        errors = (*self._fetch_errors(path), *self._delivery_errors(now))
        return BroadcastTrigger(now.id, now.broadcast_id, now.created_at, now.processed_at, errors)

    def _with_audience_errors(self, error: RemoteError, number: int) -> RemoteError:
        """Return the error with the problems of the audience.

        A 422 only names the trigger that has them (app facts, section 4.3).
        """
        named = _TRIGGER_ID.search(error.diagnostics[0].detail) if error.status == 422 else None
        if named is None:
            return error
        try:
            errors = self._fetch_errors(f"/v1/campaigns/{number}/triggers/{named[1]}")
        except CioformError:
            return error
        more = (
            Diagnostic("Audience not accepted", f"{each}.") for each in errors[:_MAX_SHOWN_ERRORS]
        )
        return RemoteError([*error.diagnostics, *more], error.status)

    def _delivery_errors(self, trigger: BroadcastTrigger) -> tuple[str, ...]:
        """Return how many deliveries of a trigger failed, and why; empty if none did so far.

        A list that ignores its filter has deliveries of other times too, which are left out.
        """
        query = {"campaign_id": trigger.broadcast_id, "trigger_id": trigger.id}
        request = Request(Api.APP, "GET", "/v1/messages", query=query, schema=schemas.DELIVERIES)
        rows = first_rows(self._provider, request, "messages", _MAX_FETCHED_ERRORS)
        since = trigger.created_at or 0
        found = [each for each in map(parse_delivery, rows) if (each.created or since) >= since]
        failed = Counter(each.why or each.state for each in found if each.failed)
        return tuple(
            f"{count:,} of {len(found):,} deliveries failed: {why}"
            for why, count in failed.most_common(_MAX_SHOWN_ERRORS)
        )

    def _fetch_errors(self, path: str) -> tuple[str, ...]:
        """Return the errors of a trigger; the items are text, or objects that nobody describes."""
        request = Request(Api.APP, "GET", f"{path}/errors", schema=schemas.TRIGGER_ERRORS)
        found = first_items(self._provider, request, "errors", _MAX_FETCHED_ERRORS)
        return tuple(map(_error_text, found))

    def _get(self, path: str, schema: ResponseSchema) -> Json:
        return send_checked(self._provider, Request(Api.APP, "GET", path, schema=schema)).body

    def _audience_body(self, audience: Audience) -> dict[str, Json]:
        """Return the audience as the request says it (app facts, section 4.3)."""
        if audience.segment is not None:
            number = int(self._resolver.segments.id_of(audience.segment))
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


def _explain_missing_broadcast(number: int, workspace: str) -> AbstractContextManager[None]:
    return explain_not_found(
        "Broadcast not found",
        f"The workspace has no API-triggered broadcast {number}. A campaign cannot be "
        f"triggered this way. List all broadcasts:\n\n    cioform broadcasts list {workspace}",
    )


def _error_text(item: Json) -> str:
    if not isinstance(item, Mapping):
        return str(item)
    return ", ".join(f"{name}: {value}" for name, value in item.items())
