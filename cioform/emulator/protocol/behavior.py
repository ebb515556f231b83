"""The switches of the emulator: manners of the real service, and answers to open facts."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Behavior:
    """How this Customer.io behaves. The defaults are the stricter or the documented reading."""

    rate_limit: float | None = 10.0
    """App API requests per second and workspace, sliding window; None = off (app facts, 2)."""
    archived_messages_per_day: int = 100
    """Archived messages a day and workspace, where `rate_limit` is not off (app facts, 2)."""
    journeys_rate_limit: float | None = None
    """No number is published for the Journeys API (journeys facts, 2)."""
    retry_after: bool = True
    """429 carries `Retry-After`; older documents had no such header (app facts, 2)."""
    token_lifetime: int = 3600
    """Seconds a Journeys access token lives (journeys facts, 1)."""
    page_base: Literal[0, 1] = 1
    """First page of the campaign list. Open fact: sources say 0 and 1 (journeys facts, 2)."""
    page_size: int = 20
    """Campaigns on a page when `size` is not asked for (journeys facts, 2)."""
    put_returns_previous: bool = True
    """A Journeys PUT answers the state before the write (journeys facts, 9.4)."""
    add_actions_500: Literal["never", "always", "once"] = "never"
    """`add_actions` answers 500 although done; `once` = the first in each workspace (9.1)."""
    live_data_gate: bool = True
    """Service accounts may not write live data unless the workspace allows it (9.5)."""
    template_put: Literal["replace", "merge"] = "replace"
    """Open fact: whether PUT of a template resets members not sent (journeys facts, 5)."""
    app_put: Literal["merge", "replace"] = "merge"
    """Open fact: whether App API content writes reset members not sent (app facts, 4.2)."""
    allow_behavioral: bool = False
    """New `behavioral` campaigns are refused since September 2026 (journeys facts, 4)."""
    create_type_none_only: bool = False
    """Open fact: whether a campaign may only be created with type `none` (journeys facts, 4)."""
    delete_used_segment_status: int = 409
    """Open fact: what deleting a used segment answers (journeys facts, 10.7)."""
    allow_flat_and: bool = True
    """Open fact: segment conditions may be a flat `and` of leaves (journeys facts, 3)."""
    edges_index_always: bool = False
    """Open fact: whether continue edges carry `index` too (journeys facts, 4)."""
    layout_list_has_body: bool = True
    """Open fact: whether the list of layouts carries their bodies."""
    sms_recipient_blank: bool = True
    """SMS and WhatsApp recipients read back blank on the App API (app facts, 4.2)."""
    untimed_wait_branches: Literal["one", "two", "either"] = "either"
    """Open fact: how many ways lead out of a wait without a timeout (journeys facts, 4)."""
    window_format: Literal["as sent", "minutes", "seconds"] = "as sent"
    """Open fact: times of day and days of a window. `as sent`, or read back as numbers since
    midnight with days by their English names (journeys facts, 10.8)."""
    segment_step_format: Literal["operation", "remove"] = "operation"
    """Open fact: how a step that changes a segment reads back (journeys facts, 10.8)."""
    data_step_extra_members: bool = False
    """Open fact: data steps read back with members that nobody sent (journeys facts, 10.8)."""
    api_trigger: Literal["triggered_broadcast", "api_triggered", "either"] = "either"
    """Open fact: the type of a campaign that an API call starts (journeys facts, 4)."""
    action_status: Literal["list", "map"] = "list"
    """Open fact: the shape of `action_status`; no source shows it (journeys facts, 4)."""
    region: Literal["us", "eu"] = "us"
    """Where the account lives. The American hosts send a European account's requests on to the
    European ones; the European hosts refuse an American account."""
    track_rate_limit: float | None = None
    """Track requests per second and workspace: not strictly enforced (app facts, 2)."""
    broadcast_interval: float | None = 10.0
    """Seconds between two triggers of broadcasts in a workspace; None = off (app facts, 2)."""
    broadcasts_excluded: bool = False
    """Open fact: whether the App API keeps broadcasts out of its campaigns. They have lists and
    paths of their own; their triggers stand under `campaigns` all the same (app facts, 4.3)."""
    trigger_duration_seconds: float = 0.0
    """How long a triggered broadcast is at work; a second trigger meanwhile is refused."""
    missing_recipients: Literal["fail", "skip"] = "fail"
    """What people who do not exist do to a broadcast, unless told to ignore them."""
    week_start: Literal["sunday", "monday"] = "sunday"
    """Open fact: the day that weeks of metrics begin with."""
    delivery_seconds: float = 0.0
    """How long after it is sent a message is delivered."""
    simulate_segment_counts: bool = True
    """A seeded number of people counts for a segment that nobody real is in."""
    events_create_people: bool = True
    """Open fact: whether an event makes the person who did it."""
    sends_create_people: bool = False
    """Open fact: whether a send to an unknown id or address makes a person."""
    unknown_members: Literal["keep", "make", "ignore"] = "keep"
    """Open fact: what becomes of unknown ids put in a manual segment. Older documents say that
    people are made of them; `keep` takes them in without a person."""
    oversize_status: int = 413
    """Open fact: what a Track request above its size answers."""
    attributes_as_text: bool = False
    """Open fact: the documented example shows every attribute value as text."""
    hold_seconds: float = 60.0
    """How long a served timeout fault holds the connection before it is closed."""
