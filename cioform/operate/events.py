"""Track events of people, and anonymous events."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from cioform.core.data.json_value import Json
from cioform.core.errors import UsageError
from cioform.core.text.quoted import quoted
from cioform.model.remote_access.conversation import Api, Request
from cioform.operate.bulk_import.importer import Importer
from cioform.operate.bulk_import.options import (
    ImportCheck,
    ImportListener,
    ImportOptions,
    ImportResult,
    ItemCheck,
    ignore_progress,
)
from cioform.operate.bulk_import.records import ImportType
from cioform.operate.identity import person_for_write
from cioform.operate.timestamps import to_seconds
from cioform.operate.track_payloads import MAX_EVENT_NAME_BYTES, check_size, entity_request
from cioform.remote.provider import Provider


class Events:
    """The events of one workspace."""

    def __init__(self, provider: Provider, importer: Importer) -> None:
        self._provider = provider
        self._importer = importer

    def track(
        self,
        who: str,
        name: str,
        data: Mapping[str, Json] | None = None,
        *,
        by: str | None = None,
        timestamp: int | None = None,
        event_id: str | None = None,
    ) -> None:
        """Track an event of a person, now or at `timestamp` (Unix seconds).

        `event_id`, a ULID, lets the same event be sent twice and counted once.
        """
        _check_event(name, timestamp)
        person = person_for_write(who, by)
        request = entity_request(
            person.identifiers,
            "event",
            id=event_id,
            name=name,
            timestamp=timestamp,
            attributes=dict(data or {}),
        )
        self._provider.send(request)

    def anonymous(
        self,
        anonymous_id: str,
        name: str,
        data: Mapping[str, Json] | None = None,
        *,
        timestamp: int | None = None,
    ) -> None:
        """Track an event of somebody who is not yet known.

        It becomes theirs when a person is identified with this `anonymous_id`.
        """
        _check_event(name, timestamp)
        if not anonymous_id.strip():
            raise UsageError.of("Missing ID", "The anonymous ID is empty or only white space.")
        body: dict[str, Json] = {"anonymous_id": anonymous_id, "name": name}
        body |= {"data": dict(data or {})}
        body |= {} if timestamp is None else {"timestamp": timestamp}
        check_size(body)
        self._provider.send(Request(Api.TRACK, "POST", "/api/v1/events", body))

    def import_(
        self,
        file: str | Path,
        options: ImportOptions = ImportOptions(),  # noqa: B008 -- frozen
        listener: ImportListener = ignore_progress,
        check: ItemCheck | None = None,
    ) -> ImportResult:
        """Track every event of an NDJSON or CSV file, and return the result; `-` is standard input.

        An interrupted import of a file continues where it stopped, and no event is counted twice.
        `check` may refuse the events before any of them is sent.
        """
        return self._importer.run(Path(file), ImportType.EVENTS, options, listener, check)

    def check(
        self,
        file: str | Path,
        options: ImportOptions = ImportOptions(),  # noqa: B008 -- frozen
        check: ItemCheck | None = None,
    ) -> ImportCheck:
        """Return which lines `import_` would reject. Nothing is sent."""
        return self._importer.check(Path(file), ImportType.EVENTS, options, check)


def _check_event(name: str, timestamp: int | None) -> None:
    try:
        if timestamp is not None:
            to_seconds(timestamp)
    except ValueError as error:
        raise UsageError.of("Invalid time", f"The timestamp {quoted(timestamp)}: {error}") from None
    size = len(name.encode("utf-8", "replace"))
    if not name.strip() or size > MAX_EVENT_NAME_BYTES:
        raise UsageError.of(
            "Invalid event name",
            f"An event name must be 1 to {MAX_EVENT_NAME_BYTES} bytes long; this one is {size}.",
        )
