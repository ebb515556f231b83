"""The switches of the emulator: known quirks of the real service, and open facts.

An open fact is a question about the real service that no source answers.
"""

from typing import Literal

from cioform.core.dataclasses import dataclass


@dataclass(frozen=True)
class Behavior:
    """How the emulator behaves. The defaults are the documented or else the stricter behavior."""

    rate_limit: float | None = 10.0
    """App API requests per second and workspace, sliding window; None: no limit (app facts, 2)."""
    archived_messages_per_day: int = 100
    """Archived messages per day and workspace, unless `rate_limit` is None (app facts, 2)."""
    journeys_rate_limit: float | None = None
    """Journeys requests per second; no number is published (journeys facts, 2)."""
    journeys_rate_of: Literal["workspace", "account"] = "workspace"
    """Open fact: whose requests the Journeys rate counts, if it counts any (journeys facts, 2)."""
    retry_after: bool = True
    """Whether a 429 has the header `Retry-After`; older documents lack it (app facts, 2)."""
    token_lifetime: int = 3600
    """The lifetime of a Journeys access token in seconds (journeys facts, 1)."""
    page_base: Literal[0, 1] = 1
    """Open fact: the first page of the campaign list; sources say 0 and 1 (journeys facts, 2)."""
    page_size: int = 20
    """Campaigns per page if the request has no `size` (journeys facts, 2)."""
    put_returns_previous: bool = True
    """Whether a Journeys PUT returns the state before the write (journeys facts, 9.4)."""
    add_actions_500: Literal["never", "always", "once"] = "never"
    """When `add_actions` returns 500 although it is done; `once`: first in each workspace (9.1)."""
    live_data_gate: bool = True
    """Whether service accounts need the workspace's permission to write live data (9.5)."""
    audit_log: Literal["fields", "no fields", "refused", "empty"] = "fields"
    """Open fact: whether an entry of the audit log names the attributes that were changed, who may
    read the log, and whether changes are in it at all (journeys facts, 10.12)."""
    template_put: Literal["replace", "merge"] = "replace"
    """Open fact: whether a PUT of a template resets missing fields (journeys facts, 5)."""
    campaign_languages: Literal["beside", "hidden"] = "beside"
    """Open fact: whether a campaign is returned with the templates of the other languages of its
    messages, as a transactional message is (journeys facts, 5 and 6)."""
    app_put: Literal["merge", "replace"] = "merge"
    """Open fact: whether content writes of the App API reset missing fields (app facts, 4.2)."""
    allow_behavioral: bool = False
    """Whether new `behavioral` campaigns are accepted: not since 2026-09 (journeys facts, 4)."""
    create_type_none_only: bool = False
    """Open fact: whether a campaign may only be created with type `none` (journeys facts, 4)."""
    delete_used_segment_status: int = 409
    """Open fact: the status for deleting a segment that is in use (journeys facts, 10.7)."""
    estimate_status: int = 200
    """Open fact: whether conditions are estimated, or refused with this status (journeys facts, 3
    and 10.7)."""
    data_index: Literal["objects", "names", "refused"] = "objects"
    """Open fact: what a row of the data index is, and who may read it (journeys facts, 7)."""
    allow_flat_and: bool = True
    """Open fact: whether segment conditions may be a flat `and` of leaves (journeys facts, 3)."""
    relative_future: Literal["from now", "ago"] = "from now"
    """Open fact: what a relative date without a minus is, outside of segments. In segments the sign
    is recorded: negative is past (journeys facts, section 3). `ago`: any number counts back."""
    edges_index_always: bool = False
    """Open fact: whether continue edges have an `index` too (journeys facts, 4)."""
    layout_list_has_body: bool = True
    """Open fact: whether the list of layouts contains their bodies."""
    layout_usage: Literal["campaigns", "ids"] = "campaigns"
    """Open fact: whether the actions that use a layout are listed with their campaigns, or with
    their own IDs only (journeys facts, 7)."""
    domains_show_verified: bool = True
    """Open fact: whether a domain is returned with what is verified of it; the response to a check
    shows it (journeys facts, 7)."""
    sender_domain: Literal["any", "verified"] = "any"
    """Open fact: whether a new sender is rejected if its domain is not verified. The official CLI
    says that each address must belong to a verified domain (journeys facts, 7)."""
    lists_blank: bool = False
    """Open fact: how much of an object its list shows. If set, a list of objects that can be read
    one by one has blank values in all members but IDs, names, types, states and times."""
    sms_recipient_blank: bool = True
    """Whether the App API returns blank SMS and WhatsApp recipients (app facts, 4.2)."""
    untimed_wait_branches: Literal["one", "two", "either"] = "either"
    """Open fact: the number of branches of a wait without a timeout (journeys facts, 4)."""
    conditions_described: Literal["messages", "all"] = "messages"
    """Open fact: for which types of actions the OpenAPI document lists `preconditions`; the API is
    recorded for messages only (journeys facts, 4)."""
    window_format: Literal["as sent", "minutes", "seconds"] = "as sent"
    """Open fact: the format of the times and days of a window (journeys facts, 10.8). `as sent`, or
    minutes or seconds since midnight, with English names of days."""
    segment_step_format: Literal["operation", "remove"] = "operation"
    """Open fact: the format in which a segment step is returned (journeys facts, 10.8)."""
    data_step_extra_members: bool = False
    """Open fact: whether data steps are returned with additional fields (journeys facts, 10.8)."""
    api_trigger: Literal["triggered_broadcast", "api_triggered", "either"] = "either"
    """Open fact: the type of an API-triggered campaign (journeys facts, 4)."""
    action_status: Literal["list", "map"] = "list"
    """Open fact: the shape of `action_status`; no source shows it (journeys facts, 4)."""
    region: Literal["us", "eu"] = "us"
    """The region of the account. US hosts redirect the requests of a European account to the
    European hosts; European hosts reject a US account."""
    track_rate_limit: float | None = None
    """Track requests per second and workspace; not strictly enforced (app facts, 2)."""
    broadcast_interval: float | None = 10.0
    """Seconds between broadcast triggers in a workspace; None: no limit (app facts, 2)."""
    workspaces_listed: Literal["account", "own"] = "account"
    """Open fact: whether the list of workspaces has the whole account, or the one of the App API
    key (app facts, 5.6)."""
    broadcasts_apart: bool = True
    """Open fact: whether the App API omits broadcasts from its campaigns. They have their own lists
    and paths, except for their triggers, which are under `campaigns` (app facts, 4.3). The
    documentation lists seven triggers of campaigns and no API call (corrections 2026-11, row 18).
    """
    app_type_without_trigger: Literal["segment", ""] = "segment"
    """Open fact: the App API's type of a campaign that has no trigger yet. Only the seven types of
    triggers are documented (corrections 2026-11, row 1)."""
    trigger_duration_seconds: float = 0.0
    """How long a triggered broadcast runs; a second trigger in this time is rejected."""
    used_by_segment_id: Literal["inside", "beside"] = "inside"
    """Open fact: where the App API puts `segment_id` in the response with what uses a segment. A
    client reads it inside of `used_by`; the documentation has it beside (corrections 2026-11,
    row 8)."""
    undocumented_members: bool = False
    """Open fact: whether the App API shows the conditions of segments and the trigger names of
    transactional messages. Only a test fixture has them (corrections 2026-11, row 20)."""
    liquid_engine: Literal["latest", "legacy"] = "latest"
    """Open fact: what renders the messages. Customer.io stores the engine with each message, and no
    API is known to show it (content facts, 1.1)."""
    week_start: Literal["sunday", "monday"] = "sunday"
    """Open fact: the first day of the week in metrics."""
    delivery_seconds: float = 0.0
    """Seconds from sending a message to its delivery."""
    simulate_segment_counts: bool = True
    """Whether a segment without members has the number of people that its seed states."""
    events_create_people: bool = True
    """Open fact: whether an event of an unknown person creates the person."""
    sends_create_people: bool = False
    """Open fact: whether a send to an unknown ID or address creates a person."""
    unknown_members: Literal["keep", "make", "ignore"] = "keep"
    """Open fact: what happens to unknown IDs that are added to a manual segment. Older documents
    say that people are created (`make`); `keep` adds the IDs without a person."""
    oversize_status: int = 413
    """Open fact: the status for a Track request that is too large."""
    attributes_as_text: bool = False
    """Open fact: whether attribute values are returned as text, as in the documented example."""
    hold_seconds: float = 60.0
    """How long a timeout fault of a served sandbox keeps the connection open, in seconds."""
