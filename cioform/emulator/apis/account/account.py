"""Accounts, workspaces, and the small lists of a workspace: tags, topics, message limits."""

from typing import Any

from cioform.emulator.domain import audit
from cioform.emulator.protocol.auth import ACCOUNT_ID
from cioform.emulator.protocol.request import DONE, Call, Reply
from cioform.emulator.protocol.route import TEXT, WHOLE, Route, Surface, app, closed, journeys
from cioform.emulator.store.record_types import CAMPAIGN, SEGMENT, TAG, TOPIC
from cioform.emulator.wire.errors import invalid, not_found

LIMIT = closed(message_limit=closed(count=WHOLE, window_secs=WHOLE, retry_window_secs=WHOLE))
NO_LIMIT = {"count": 0, "window_secs": 0, "retry_window_secs": 0}


def current_account(call: Call) -> Reply:
    """The account of the token, and where its data lives (journeys facts, 1)."""
    ids = [each.environment_id for each in call.store.workspaces()]
    account = {
        "id": ACCOUNT_ID,
        "name": "Emulated account",
        "data_center": call.rules.region,
        "environment_ids": ids,
    }
    return Reply({"account": account})


def environments(call: Call) -> Reply:
    """Every workspace of the account."""
    if call.args["account"] != ACCOUNT_ID:
        raise not_found("account")
    every = call.store.workspaces()
    return Reply({"environments": [{"id": e.environment_id, "name": e.name} for e in every]})


def environment(call: Call) -> Reply:
    """One workspace."""
    shown = {
        "id": call.workspace.environment_id,
        "account_id": ACCOUNT_ID,
        "name": call.workspace.name,
        "identifier_type": "id",
        "metric_denominator": "sent",
        "users": [],
        "edit_live_data": call.space.settings().get("edit_live_data", False),
    }
    return Reply({"environment": shown})


def workspaces(call: Call) -> Reply:
    """App API: account-wide, even for the key of one workspace (app facts, 5.6)."""
    every = call.store.workspaces()
    return Reply({"workspaces": [_counted(call, each.name) for each in every]})


def list_tags(call: Call) -> Reply:
    """All tags."""
    return Reply({"tags": [{"id": e["id"], "name": e["name"]} for e in call.space.all(TAG)]})


def create_tag(call: Call) -> Reply:
    """A new tag; 422 when the name is taken (open fact, safe reading)."""
    name = (call.inner("tag").get("name") or "").strip()
    if not name:
        raise invalid("name cannot be nil", "/tag/name")
    if call.space.find(TAG, name):
        raise invalid("name has already been taken", "/tag/name")
    made = audit.create(call, TAG, {"name": name})
    return Reply({"tag": {"id": made["id"], "name": made["name"]}})


def delete_tag(call: Call) -> Reply:
    """204; campaigns lose it."""
    record = call.get(TAG)
    for campaign in call.space.all(CAMPAIGN):
        if record["id"] in campaign["tag_ids"]:
            kept = [each for each in campaign["tag_ids"] if each != record["id"]]
            audit.update(call, CAMPAIGN, campaign, {"tag_ids": kept})
    audit.delete(call, TAG, record)
    return DONE


def list_topics(call: Call) -> Reply:
    """Subscription topics."""
    keys = ("id", "name", "description", "opt_in")
    shown = [{key: each[key] for key in keys} for each in call.space.all(TOPIC)]
    return Reply({"subscription_topics": shown})


def read_limit(call: Call) -> Reply:
    """The message limit of the workspace."""
    return Reply({"message_limit": call.space.settings().get("message_limit", NO_LIMIT)})


def write_limit(call: Call) -> Reply:
    """Replace the message limit; all three numbers are needed."""
    given = call.inner("message_limit")
    missing = [key for key in NO_LIMIT if not isinstance(given.get(key), int)]
    if missing:
        raise invalid(f"{missing[0]} cannot be nil", f"/message_limit/{missing[0]}")
    call.space.set_setting("message_limit", {key: given[key] for key in NO_LIMIT})
    return read_limit(call)


def _counted(call: Call, name: str) -> dict[str, Any]:
    space = call.store.space(name)
    seeded = [each["people"] for each in space.all(SEGMENT) if call.rules.people_stand_in]
    people = space.people.count() or max(seeded, default=0)
    sent = sum("sent" in each["metrics"] for each in space.deliveries.of())
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
    Route(Surface.ACCOUNT, "GET", "/v1/accounts/current", current_account),
    Route(Surface.ACCOUNT, "GET", "/v1/accounts/<int:account>/environments", environments),
    journeys("GET", "", environment),
    app("GET", "/workspaces", workspaces),
    journeys("GET", "/tags", list_tags),
    journeys("POST", "/tags", create_tag, closed(tag=closed(name=TEXT))),
    journeys("DELETE", "/tags/<int:id>", delete_tag),
    journeys("GET", "/subscription_topics", list_topics),
    journeys("GET", "/message_limits", read_limit),
    journeys("PUT", "/message_limits", write_limit, LIMIT),
)
