"""The sorts of content a workspace holds, and the whole record of each when nothing is said."""

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

Record = dict[str, Any]

NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, eq=False)
class Thing:
    """One sort of content: where it is kept, its name in the audit log, its defaults."""

    collection: str
    object_type: str
    blank: Mapping[str, Any] = field(default_factory=lambda: NOTHING)
    created: str = "created_at"
    updated: str = "updated_at"
    first_id: int = 1

    def make(self, fields: Mapping[str, Any], now: int) -> Record:
        """A whole record: defaults, then `fields`, stamped with `now` where they carry no stamp."""
        record = copy.deepcopy(dict(self.blank))
        record.update(copy.deepcopy(dict(fields)))
        record.setdefault(self.created, now)
        record.setdefault(self.updated, record[self.created])
        return record


SNIPPET = Thing("snippets", "snippet", {"name": "", "value": ""})
SEGMENT = Thing(
    "segments",
    "segment",
    {
        "name": "",
        "description": "",
        "type": "dynamic",
        "state": "finished",
        "progress": None,
        "tags": None,
        "conditions": None,
        "people": 0,
        "archived": False,
    },
    # Ready-made segments take the first ids of a workspace (journeys facts, 3).
    first_id=10,
)
LAYOUT = Thing("layouts", "layout", {"name": "", "body": "", "archived": False})
IDENTITY = Thing(
    "identities",
    "identity",
    {
        "name": "",
        "email": "",
        "phone": "",
        "template_type": "email",
        "auto_generated": False,
        "hidden": False,
    },
)
TOPIC = Thing(
    "subscription_topics", "subscription_topic", {"name": "", "description": "", "opt_in": None}
)
TAG = Thing("tags", "tag", {"name": ""})
TRANSACTIONAL = Thing(
    "transactional_messages",
    "transactional_message",
    {
        "name": "",
        "description": "",
        "state": "draft",
        "template_id": 0,
        "type": "email",
        "trigger_name": "",
        "link_tracking": True,
        "open_tracking": True,
        "send_to_unsubscribed": True,
        "hide_message_body": False,
        "queue_drafts": False,
        "has_sent_message": False,
    },
)
TEMPLATE = Thing(
    "templates",
    "template",
    {
        "name": "",
        "template_type": "email",
        "language": "",
        "subject": "",
        "preheader_text": "",
        "body": "",
        "body_plain": None,
        "body_amp": None,
        "body_json": None,
        "image_url": None,
        "url": None,
        "headers": "[]",
        "request_method": "",
        "layout_id": None,
        "from_identity_id": None,
        "reply_to_identity_id": None,
        "recipient": "{{customer.email}}",
        "cc": "",
        "bcc": "",
        "fake_bcc": False,
        "editor": "html",
        "preprocessor": "premailer",
        "template_engine": "liquid",
        "whatsapp": None,
        "test_group_id": None,
        "recipient_environment_id": None,
        "deleted": False,
        "newsletter_id": None,
        "short_link_domain_id": None,
        "webhook_config_id": None,
        "weight": None,
        "transactional_message_id": None,
        "action_id": None,
        "campaign_id": None,
        "links": None,
    },
    created="created",
    updated="updated",
    first_id=101,
)
CAMPAIGN = Thing(
    "campaigns",
    "campaign",
    {
        "name": "",
        "description": "",
        "type": "none",
        "state": "draft",
        "event": "",
        "event_type": "",
        "anchors": "",
        "filters": "",
        "trigger": None,
        "attribute_filters": None,
        "restart_mode": "",
        "restart_min_interval": None,
        "frequency_cap_mode": "",
        "global_exit_conditions": None,
        "exit_on_trigger_or_filter_not_matched": False,
        "use_message_limits": True,
        "send_to_unsubscribed": False,
        "conversion": None,
        "conversion_type": None,
        "conversion_action": None,
        "conversion_window": None,
        "subscription_topic_id": None,
        "edges": [],
        "workflow_action_ids": [],
        "tag_ids": [],
        "first_started": None,
    },
    created="created",
    updated="updated",
)
ACTION = Thing(
    "actions", "action", {"campaign_id": None}, created="created", updated="updated", first_id=1001
)
BROADCASTS = ("triggered_broadcast", "api_triggered")
"""Types of campaigns that are API-triggered broadcasts; the App API tells the two apart."""

TRIGGER = Thing("triggers", "trigger", {}, created="created_at", updated="processed_at")
CUSTOM_OBJECT = Thing("objects", "object", {"name": "", "attributes": {}, "relationships": []})
AUDIT = Thing("audit_logs", "audit_log", {})

THINGS = (
    SNIPPET,
    SEGMENT,
    LAYOUT,
    IDENTITY,
    TOPIC,
    TAG,
    TRANSACTIONAL,
    TEMPLATE,
    CAMPAIGN,
    ACTION,
    TRIGGER,
    CUSTOM_OBJECT,
    AUDIT,
)
