"""Accounts, workspaces, and the small lists of a workspace: tags, topics, message limits."""

from typing import Any

from cioform.emulator.domain import audit
from cioform.emulator.protocol import surfaces
from cioform.emulator.protocol.auth import ACCOUNT_ID
from cioform.emulator.protocol.request import NO_CONTENT, Request, Response
from cioform.emulator.protocol.route import (
    INTEGER,
    STRING,
    Route,
    app_route,
    closed_object,
    journeys_route,
)
from cioform.emulator.store.record_types import CAMPAIGN, SEGMENT, TAG, TOPIC
from cioform.emulator.wire.errors import not_found, unprocessable

LIMIT_SHAPE = closed_object(
    message_limit=closed_object(count=INTEGER, window_secs=INTEGER, retry_window_secs=INTEGER)
)
NO_LIMIT = {"count": 0, "window_secs": 0, "retry_window_secs": 0}


def current_account(call: Request) -> Response:
    """The account of the token, and where its data lives (journeys facts, 1)."""
    ids = [each.environment_id for each in call.store.workspaces()]
    account = {
        "id": ACCOUNT_ID,
        "name": "Emulated account",
        "data_center": call.behavior.region,
        "environment_ids": ids,
    }
    return Response({"account": account})


def environments(call: Request) -> Response:
    """Every workspace of the account."""
    if call.path_params["account"] != ACCOUNT_ID:
        raise not_found("account")
    every = call.store.workspaces()
    return Response({"environments": [{"id": e.environment_id, "name": e.name} for e in every]})


def environment(call: Request) -> Response:
    """One workspace."""
    shown = {
        "id": call.workspace.environment_id,
        "account_id": ACCOUNT_ID,
        "name": call.workspace.name,
        "identifier_type": "id",
        "metric_denominator": "sent",
        "users": [],
        "edit_live_data": call.workspace_data.settings().get("edit_live_data", False),
    }
    return Response({"environment": shown})


def list_workspaces(call: Request) -> Response:
    """App API: account-wide, even for the key of one workspace (app facts, 5.6)."""
    every = call.store.workspaces()
    return Response({"workspaces": [_workspace_summary(call, each.name) for each in every]})


def list_tags(call: Request) -> Response:
    """All tags."""
    return Response(
        {"tags": [{"id": e["id"], "name": e["name"]} for e in call.workspace_data.all(TAG)]}
    )


def create_tag(call: Request) -> Response:
    """A new tag; 422 when the name is taken (open fact, safe reading)."""
    name = (call.body_object("tag").get("name") or "").strip()
    if not name:
        raise unprocessable("name cannot be nil", "/tag/name")
    if call.workspace_data.find(TAG, name):
        raise unprocessable("name has already been taken", "/tag/name")
    made = audit.create_record(call, TAG, {"name": name})
    return Response({"tag": {"id": made["id"], "name": made["name"]}})


def delete_tag(call: Request) -> Response:
    """204; campaigns lose it."""
    record = call.get(TAG)
    for campaign in call.workspace_data.all(CAMPAIGN):
        if record["id"] in campaign["tag_ids"]:
            kept = [each for each in campaign["tag_ids"] if each != record["id"]]
            audit.update_record(call, CAMPAIGN, campaign, {"tag_ids": kept})
    audit.delete_record(call, TAG, record)
    return NO_CONTENT


def list_topics(call: Request) -> Response:
    """Subscription topics."""
    keys = ("id", "name", "description", "opt_in")
    shown = [{key: each[key] for key in keys} for each in call.workspace_data.all(TOPIC)]
    return Response({"subscription_topics": shown})


def read_limit(call: Request) -> Response:
    """The message limit of the workspace."""
    return Response(
        {"message_limit": call.workspace_data.settings().get("message_limit", NO_LIMIT)}
    )


def write_limit(call: Request) -> Response:
    """Replace the message limit; all three numbers are needed."""
    given = call.body_object("message_limit")
    missing = [key for key in NO_LIMIT if not isinstance(given.get(key), int)]
    if missing:
        raise unprocessable(f"{missing[0]} cannot be nil", f"/message_limit/{missing[0]}")
    call.workspace_data.set_setting("message_limit", {key: given[key] for key in NO_LIMIT})
    return read_limit(call)


def _workspace_summary(call: Request, name: str) -> dict[str, Any]:
    space = call.store.workspace_data(name)
    seeded = [
        each["people"] for each in space.all(SEGMENT) if call.behavior.simulate_segment_counts
    ]
    people = space.people.count() or max(seeded, default=0)
    sent = sum("sent" in each["metrics"] for each in space.deliveries.filter_by())
    return {
        "id": call.store.workspace(name).environment_id,
        "name": name,
        "people": people,
        "messages_sent": sent,
        "billable_messages_sent": sent,
        "object_types": 0,
        "objects": 0,
    }


ROUTES = (
    Route(surfaces.ACCOUNT, "GET", "/v1/accounts/current", current_account),
    Route(surfaces.ACCOUNT, "GET", "/v1/accounts/<int:account>/environments", environments),
    journeys_route("GET", "", environment),
    app_route("GET", "/workspaces", list_workspaces),
    journeys_route("GET", "/tags", list_tags),
    journeys_route("POST", "/tags", create_tag, closed_object(tag=closed_object(name=STRING))),
    journeys_route("DELETE", "/tags/<int:id>", delete_tag),
    journeys_route("GET", "/subscription_topics", list_topics),
    journeys_route("GET", "/message_limits", read_limit),
    journeys_route("PUT", "/message_limits", write_limit, LIMIT_SHAPE),
)
