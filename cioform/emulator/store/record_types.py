"""The types of records that several handlers share, with the default values of each."""

import copy
import json
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from cioform.core.dataclasses import dataclass, field

Record = dict[str, Any]

EMPTY: Mapping[str, Any] = MappingProxyType({})


_defined: "list[RecordType]" = []


@dataclass(frozen=True, eq=False)
class RecordType:
    """One type of record: its collection, its name in the audit log, its default values.

    The store knows a type once it is defined, here or in the handler that serves it. The routes of
    the emulator load all handlers, so a store that is used without them lacks the types of some.
    """

    collection: str
    object_type: str
    defaults: Mapping[str, Any] = field(default_factory=lambda: EMPTY)
    created_field: str = "created_at"
    updated_field: str = "updated_at"
    first_id: int = 1

    def __post_init__(self) -> None:
        _defined.append(self)

    def new_record(self, fields: Mapping[str, Any], now: int) -> Record:
        """Return a full record: defaults, then `fields`, and `now` for missing timestamps."""
        record = copy.deepcopy(dict(self.defaults))
        record.update(copy.deepcopy(dict(fields)))
        record.setdefault(self.created_field, now)
        record.setdefault(self.updated_field, record[self.created_field])
        return record


def record_types() -> Sequence[RecordType]:
    """Return the types that the modules which are loaded define."""
    return tuple(_defined)


def encode_record(record: Mapping[str, Any]) -> str:
    """Return a record, or the settings of a workspace, as compact JSON."""
    return json.dumps(record, ensure_ascii=False, separators=(",", ":"))


SNIPPET = RecordType("snippets", "snippet", {"name": "", "value": ""})
SEGMENT = RecordType(
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
    # The built-in segments have the first IDs of a workspace (journeys facts, 3).
    first_id=10,
)
LAYOUT = RecordType("layouts", "layout", {"name": "", "body": "", "archived": False})
IDENTITY = RecordType(
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
DOMAIN = RecordType(
    "domains",
    "domain",
    {
        "domain": "",
        "verified": False,
        "verified_spf": False,
        "verified_dkim": False,
        "verified_domain": False,
        "verified_dmarc": False,
    },
)
TOPIC = RecordType(
    "subscription_topics", "subscription_topic", {"name": "", "description": "", "opt_in": None}
)
OBJECT_TYPE = RecordType("object_types", "object_type", {"name": "", "enabled": True})
TRANSACTIONAL = RecordType(
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
NEWSLETTER = RecordType(
    "newsletters",
    "newsletter",
    {
        "name": "",
        "type": "email",
        "content_ids": [],
        "recipient_segment_ids": [],
        "subscription_topic_id": None,
        "tags": None,
        "send_state": "drafted",
        "sent_at": None,
    },
    created_field="created",
    updated_field="updated",
)
TEMPLATE = RecordType(
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
    created_field="created",
    updated_field="updated",
    first_id=101,
)
CAMPAIGN = RecordType(
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
    created_field="created",
    updated_field="updated",
)
ACTION = RecordType(
    "actions",
    "action",
    {"campaign_id": None},
    created_field="created",
    updated_field="updated",
    first_id=1001,
)
BROADCAST_CAMPAIGN_TYPES = ("triggered_broadcast", "api_triggered")
"""The types of campaigns that are API-triggered broadcasts, which the App API lists apart."""

TRIGGER = RecordType(
    "triggers", "trigger", {}, created_field="created_at", updated_field="processed_at"
)
CUSTOM_OBJECT = RecordType("objects", "object", {"name": "", "attributes": {}, "relationships": []})
AUDIT = RecordType("audit_logs", "audit_log", {})
