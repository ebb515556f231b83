"""Campaigns on the Journeys API (journeys facts, section 4)."""

from collections.abc import Callable, Mapping
from typing import Any

from cioform.emulator.apis.journeys.actions import with_content
from cioform.emulator.domain import audit, workflow
from cioform.emulator.domain.live_data_gate import refusal, refuse_live_campaign
from cioform.emulator.protocol.auth import Door
from cioform.emulator.protocol.request import DONE, Call, Reply
from cioform.emulator.protocol.route import ANY, FLAG, TEXT, closed, journeys, listed
from cioform.emulator.store.record_types import CAMPAIGN, TAG, TOPIC, Record
from cioform.emulator.validation import action_rules, recipients
from cioform.emulator.validation.campaign_filters import exit_conditions
from cioform.emulator.validation.workflow_graph import GATE
from cioform.emulator.wire.errors import Refusal, invalid

CREATE = closed(campaign=closed(name=TEXT, type=TEXT, description=TEXT, trigger=ANY))
EDGE = closed(**{"from": ANY, "to": ANY, "type": TEXT, "index": {"type": "integer"}})
CONVERSION = ("conversion", "conversion_type", "conversion_action", "conversion_window")
UPDATE = closed(
    campaign=closed(
        update_type=TEXT,
        name=TEXT,
        description=TEXT,
        type=TEXT,
        state=TEXT,
        edges=listed(EDGE),
        global_exit_conditions=ANY,
        exit_on_trigger_or_filter_not_matched=FLAG,
        use_message_limits=FLAG,
        send_to_unsubscribed=FLAG,
        subscription_topic_id={"type": ["integer", "null"]},
        **dict.fromkeys(CONVERSION, ANY),
        **recipients.MEMBERS,
    ),
    actions=listed(action_rules.SHAPE),
    action_ids=listed(ANY),
)
TAGS = closed(tags=listed(closed(id={"type": "integer"}, name=TEXT)), tag_ids=ANY)


def list_all(call: Call) -> Reply:
    """A page of campaigns, without their steps. A page below the first answers as the first."""
    kinds = call.query.getlist("type[]") + call.query.getlist("type")
    state, search = call.query.get("state"), call.query.get("search", "").lower()
    found = [
        _shown(call, each)
        for each in call.space.all(CAMPAIGN)
        if (not kinds or each["type"] in kinds)
        and state in (None, each["state"])
        and search in each["name"].lower()
    ]
    base = call.rules.page_base
    size = max(1, call.number("size", call.rules.page_size))
    page = max(base, call.number("page", base))
    start = (page - base) * size
    pagination = {"page": page, "size": size, "total": len(found)}
    return Reply({"campaigns": found[start : start + size], "meta": {"pagination": pagination}})


def create(call: Call) -> Reply:
    """A draft. A trigger sent along is taken and not kept (journeys facts, 4)."""
    given = call.inner("campaign")
    kind = recipients.checked_type(call, given.get("type") or "none")
    if call.rules.create_type_none_only and kind != "none":
        raise invalid("type must be none", "/campaign/type")
    fields = {
        "name": given.get("name") or "Untitled Automation",
        "description": given.get("description") or "",
        "type": kind,
    }
    return _answer(call, workflow.start(call, audit.create(call, CAMPAIGN, fields)))


def read(call: Call) -> Reply:
    """One campaign, with its steps and tags beside it."""
    return _answer(call, call.get(CAMPAIGN))


def update(call: Call) -> Reply:
    """By `update_type`, in the body or the query; an unknown one is passed over with a 200."""
    record = call.get(CAMPAIGN)
    given = call.inner("campaign")
    refuse_live_campaign(call, record)
    kind = given.get("update_type") or call.query.get("update_type", "")
    writer = WRITERS.get(kind)
    if writer is None:
        return _answer(call, record)
    if record["state"] == "stopping" and kind != "state":
        raise invalid("campaign is stopping")
    return _answer(call, writer(call, record, given))


def delete(call: Call) -> Reply:
    """204, with its steps."""
    record = call.get(CAMPAIGN)
    refuse_live_campaign(call, record)
    workflow.delete_all(call, record)
    audit.delete(call, CAMPAIGN, record)
    return DONE


def attach_tags(call: Call) -> Reply:
    """Put tags on; they are named whole, a list of ids alone is 400 (journeys facts, 7)."""
    record = call.get(CAMPAIGN)
    tags = call.body.get("tags")
    if not isinstance(tags, list):
        raise Refusal(400, "tags cannot be nil")
    ids = list(record["tag_ids"])
    for tag in tags:
        if call.space.get(TAG, tag.get("id") or 0) is None:
            raise invalid("tag does not exist", "/tags")
        if tag["id"] not in ids:
            ids.append(tag["id"])
    return _answer(call, audit.update(call, CAMPAIGN, record, {"tag_ids": ids}))


def detach_tag(call: Call) -> Reply:
    """Take a tag off."""
    record = call.get(CAMPAIGN)
    kept = [each for each in record["tag_ids"] if each != call.args["tag"]]
    audit.update(call, CAMPAIGN, record, {"tag_ids": kept})
    return DONE


def action_status(call: Call) -> Reply:
    """How many people are at each step. The shape is ours (Rules.action_status)."""
    steps = workflow.actions_of(call, call.get(CAMPAIGN))
    counts = {str(each["id"]): each.get("people", 0) for each in steps}
    if call.rules.action_status == "map":
        return Reply({"action_status": {own: {"waiting": n} for own, n in counts.items()}})
    listed = [{"action_id": int(own), "count": n} for own, n in counts.items()]
    return Reply({"action_status": listed})


def _recipients(call: Call, record: Record, given: dict[str, Any]) -> Record:
    after = audit.update(call, CAMPAIGN, record, recipients.fields(call, record, given))
    steps = workflow.actions_of(call, after)
    if after["type"] == "behavioral" and not any(each["type"] == GATE for each in steps):
        return workflow.add_gate(call, after)
    return after


def _name(call: Call, record: Record, given: dict[str, Any]) -> Record:
    if not given.get("name"):
        raise invalid("name cannot be nil", "/campaign/name")
    return _write(call, record, given, ("name", "description"))


def _exit_conditions(call: Call, record: Record, given: dict[str, Any]) -> Record:
    fields = _present(given, ("exit_on_trigger_or_filter_not_matched",))
    if "global_exit_conditions" in given:
        fields["global_exit_conditions"] = exit_conditions(given["global_exit_conditions"])
    return audit.update(call, CAMPAIGN, record, fields)


def _conversion(call: Call, record: Record, given: dict[str, Any]) -> Record:
    """Exit conditions sent here are taken and lost (journeys facts, 9.3)."""
    return audit.update(call, CAMPAIGN, record, {k: given[k] for k in CONVERSION if k in given})


def _global_settings(call: Call, record: Record, given: dict[str, Any]) -> Record:
    # Which update takes the topic is an open fact (journeys facts, 10.2); this is the likely one.
    topic = given.get("subscription_topic_id")
    if topic is not None and call.space.get(TOPIC, topic) is None:
        raise invalid("subscription topic does not exist", "/campaign/subscription_topic_id")
    fields = _present(given, ("use_message_limits", "send_to_unsubscribed"))
    if "subscription_topic_id" in given:
        fields["subscription_topic_id"] = topic
    return audit.update(call, CAMPAIGN, record, fields)


def _state(call: Call, record: Record, given: dict[str, Any]) -> Record:
    """Only a person starts and stops: how the API would is not recorded (journeys facts, 10.1)."""
    if call.caller.door is not Door.PERSON:
        raise refusal(call, "change the state of a campaign")
    if given.get("state") not in ("draft", "running", "stopped"):
        raise invalid("state is not included in the list", "/campaign/state")
    if given["state"] == "running" and record["type"] == "none":
        raise invalid("campaign has no trigger", "/campaign/state")
    fields: Record = {"state": given["state"]}
    if given["state"] == "running" and not record["first_started"]:
        fields["first_started"] = call.now
    return audit.update(call, CAMPAIGN, record, fields)


Writer = Callable[[Call, Record, dict[str, Any]], Record]
WRITERS: Mapping[str, Writer] = {
    "recipients": _recipients,
    "add_actions": workflow.add_actions,
    "delete_actions": workflow.delete_actions,
    "edges": workflow.replace_edges,
    "exit_conditions": _exit_conditions,
    "exit_and_conversion": _conversion,
    "global_settings": _global_settings,
    "name_and_description": _name,
    "state": _state,
}


def _write(call: Call, record: Record, given: dict[str, Any], keys: tuple[str, ...]) -> Record:
    return audit.update(call, CAMPAIGN, record, _present(given, keys))


def _present(given: dict[str, Any], keys: tuple[str, ...]) -> Record:
    return {key: given[key] for key in keys if given.get(key) is not None}


def _answer(call: Call, record: Record) -> Reply:
    tags = [call.space.get(TAG, number) for number in record["tag_ids"]]
    steps = [with_content(call, each) for each in workflow.actions_of(call, record)]
    return Reply(
        {
            "campaign": _shown(call, record),
            "actions": steps,
            "tags": [{"id": each["id"], "name": each["name"]} for each in tags if each],
        }
    )


def _shown(call: Call, record: Record) -> Record:
    edges = [
        {**each, "index": each.get("index", 0)} if call.rules.edges_index_always else each
        for each in record["edges"]
    ]
    shown = {key: value for key, value in record.items() if key != "tag_ids"}
    return {**shown, "edges": edges, "actions": []}


ROUTES = (
    journeys(
        "GET",
        "/campaigns",
        list_all,
        query=("page", "sort", "asc", "type[]", "state", "search", "size"),
    ),
    journeys("POST", "/campaigns", create, CREATE),
    journeys("GET", "/campaigns/<int:id>", read),
    journeys("PUT", "/campaigns/<int:id>", update, UPDATE, query=("update_type",)),
    journeys("DELETE", "/campaigns/<int:id>", delete),
    journeys("GET", "/campaigns/<int:id>/action_status", action_status),
    journeys("POST", "/campaigns/<int:id>/tags", attach_tags, TAGS),
    journeys("DELETE", "/campaigns/<int:id>/tags/<int:tag>", detach_tag),
)
