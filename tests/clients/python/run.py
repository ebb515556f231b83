"""Calls every method of the Python client against a served sandbox and tells what came of each.

In: the sandbox's address and credentials, as JSON on standard input. Out: JSON. It knows nothing
of cioform, and trusts the sandbox's authority as any program may be told to: by its environment.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import customerio
from requests import Response

Call = tuple[str, tuple[Any, ...], dict[str, Any]]
INNER = {
    "close",
    "get_customer_query_string",
    "get_device_query_string",
    "get_event_query_string",
    "get_events_query_string",
    "http",
    "is_valid_id_type",
    "send_request",
    "setup_base_url",
}
"""What the clients' own methods use, and `with`."""


def main() -> None:
    """Call, and print."""
    at = json.load(sys.stdin)
    place = urlsplit(at["url"])
    track = customerio.CustomerIO(
        at["site_id"], at["track_api_key"], host=place.hostname, port=place.port, retries=0
    )
    app = customerio.APIClient(at["app_api_key"], url=at["url"], retries=0)
    with track, app:
        results = [*tried("CustomerIO", track, INGEST), *tried("APIClient", app, sends())]
    left = [*uncalled(track, INGEST), *uncalled(app, sends())]
    json.dump({"results": results, "uncalled": left}, sys.stdout)


def tried(name: str, client: Any, calls: list[Call]) -> Iterator[dict[str, Any]]:
    """What came of each call."""
    seen: list[dict[str, Any]] = []
    client.http.hooks["response"].append(watch(seen))
    for method, args, options in calls:
        seen.clear()
        told: dict[str, Any] = {"client": name, "method": method}
        try:
            answer = getattr(client, method)(*args, **options)
            told["result"] = answer.text if isinstance(answer, Response) else answer
        except customerio.CustomerIOException as error:
            told |= {"error": str(error), "body": str(error)}
        yield {**told, "requests": list(seen)}


def watch(seen: list[dict[str, Any]]) -> Callable[..., None]:
    """The requests that the client makes, written down as they are answered."""

    def answered(answer: Response, *_: Any, **__: Any) -> None:
        path = urlsplit(answer.url).path
        asked = {"method": answer.request.method, "path": path, "status": answer.status_code}
        seen.append(asked)

    return answered


def uncalled(client: Any, calls: list[Call]) -> list[str]:
    """What nobody has written a call for: all of it would go untried."""
    methods = {name for name in dir(type(client)) if not name.startswith("_")}
    return sorted(methods - INNER - {method for method, _, _ in calls})


INGEST: list[Call] = [
    ("identify", ("py-1",), {"email": "ann+py@acme.example", "first_name": "Ann", "plan": "pro"}),
    ("track", ("py-1", "signed_up", {"source": "python"}), {"timestamp": 1_760_000_000}),
    ("track_anonymous", ("anon-py", "visited", {"path": "/"}), {}),
    ("pageview", ("py-1", "https://acme.example/pricing"), {"referrer": "search"}),
    ("backfill", ("py-1", "bought", 1_750_000_000), {"total": 12}),
    ("add_device", ("py-1", "token-1", "ios"), {"last_used": 1_760_000_000}),
    ("add_device", ("py-1", "token-2", "android"), {}),
    ("delete_device", ("py-1", "token-2"), {}),
    ("identify", ("py-2",), {"plan": "trial"}),
    ("merge_customers", ("id", "py-1", "id", "py-2"), {}),
    ("identify", ("py-3",), {}),
    ("suppress", ("py-3",), {}),
    ("unsuppress", ("py-3",), {}),
    ("identify", ("py-4",), {}),
    ("delete", ("py-4",), {}),
    (
        "batch",
        (
            [
                {
                    "type": "person",
                    "action": "identify",
                    "identifiers": {"id": "py-5"},
                    "attributes": {"plan": "free"},
                }
            ],
        ),
        {},
    ),
]


def sends() -> list[Call]:
    """A send on each channel."""
    same: dict[str, Any] = {"identifiers": {"id": "py-1"}, "message_data": {"total": "12"}}
    requests = {
        "send_email": customerio.SendEmailRequest(
            transactional_message_id="PAYMENT_RECEIVED",
            to="ann+py@acme.example",
            language="es",
            **same,
        ),
        "send_push": customerio.SendPushRequest(transactional_message_id="PUSH", **same),
        "send_sms": customerio.SendSMSRequest(
            transactional_message_id="SMS", to="+15550100", **same
        ),
        "send_whatsapp": customerio.SendWhatsAppRequest(
            transactional_message_id="WHATSAPP", to="+15550100", **same
        ),
        "send_inbox_message": customerio.SendInboxMessageRequest(
            transactional_message_id="INBOX", **same
        ),
        "send_in_app": customerio.SendInAppRequest(transactional_message_id="IN_APP", **same),
    }
    return [(method, (request,), {}) for method, request in requests.items()]


if __name__ == "__main__":
    main()
