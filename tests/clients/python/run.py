"""Call every method of the Python client with a served sandbox and print the outcomes as JSON.

Standard input is JSON with the URL and the credentials of the sandbox. The program does not import
cioform, and trusts the CA of the sandbox through an environment variable, as any program can.
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
"""Methods that the other methods of the clients use, and those of `with`."""


def main() -> None:
    """Make all calls and print their outcomes."""
    connection = json.load(sys.stdin)
    url = urlsplit(connection["url"])
    track = customerio.CustomerIO(
        connection["site_id"],
        connection["track_api_key"],
        host=url.hostname,
        port=url.port,
        retries=0,
    )
    app = customerio.APIClient(connection["app_api_key"], url=connection["url"], retries=0)
    with track, app:
        results = [*outcomes("CustomerIO", track, INGEST), *outcomes("APIClient", app, sends())]
    missing = [*uncalled(track, INGEST), *uncalled(app, sends())]
    json.dump({"results": results, "uncalled": missing}, sys.stdout)


def outcomes(name: str, client: Any, calls: list[Call]) -> Iterator[dict[str, Any]]:
    """Yield the outcome of each call."""
    seen: list[dict[str, Any]] = []
    client.http.hooks["response"].append(watch(seen))
    for method, args, options in calls:
        seen.clear()
        outcome: dict[str, Any] = {"client": name, "method": method}
        try:
            result = getattr(client, method)(*args, **options)
            outcome["result"] = result.text if isinstance(result, Response) else result
        except customerio.CustomerIOException as error:
            outcome |= {"error": str(error), "body": str(error)}
        yield {**outcome, "requests": list(seen)}


def watch(seen: list[dict[str, Any]]) -> Callable[..., None]:
    """Return a hook that records each request of the client with its response."""

    def record(response: Response, *_: Any, **__: Any) -> None:
        path = urlsplit(response.url).path
        method, status = response.request.method, response.status_code
        seen.append({"method": method, "path": path, "status": status})

    return record


def uncalled(client: Any, calls: list[Call]) -> list[str]:
    """Return the methods of the client that `calls` lacks."""
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
    """Return a send on each channel."""
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
