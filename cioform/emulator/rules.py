"""The switches of the emulator: manners of the real service, and answers to open facts."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Rules:
    """How this Customer.io behaves. The defaults are the stricter or the documented reading."""

    rate_limit: float | None = 10.0
    """App API requests per second and workspace, sliding window; None = off (app facts, 2)."""
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
    stale_echo: bool = True
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
    flat_and: bool = True
    """Open fact: segment conditions may be a flat `and` of leaves (journeys facts, 3)."""
    edges_index_always: bool = False
    """Open fact: whether continue edges carry `index` too (journeys facts, 4)."""
    layout_list_has_body: bool = True
    """Open fact: whether the list of layouts carries their bodies."""
    sms_recipient_blank: bool = True
    """SMS and WhatsApp recipients read back blank on the App API (app facts, 4.2)."""
    hold_seconds: float = 60.0
    """How long a served timeout fault holds the connection before it is closed."""
