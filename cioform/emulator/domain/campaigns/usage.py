"""Find what uses a segment, a layout or a sender."""

from cioform.emulator.protocol.request import Request
from cioform.emulator.store.record_types import (
    ACTION,
    CAMPAIGN,
    NEWSLETTER,
    SEGMENT,
    TEMPLATE,
    Record,
)

LAYOUT_FIELDS = ("layout_id",)
SENDER_FIELDS = ("from_identity_id", "reply_to_identity_id")


def campaigns_with_segment(request: Request, number: int) -> list[Record]:
    """Return the campaigns with the segment in their trigger, filter, exit or any action."""
    data = request.workspace_data
    campaigns = {each["id"]: each for each in data.find_by_segment(CAMPAIGN, number)}
    for action in data.find_by_segment(ACTION, number):
        campaign = data.get(CAMPAIGN, action["campaign_id"])
        if campaign:
            campaigns[campaign["id"]] = campaign
    return [campaigns[key] for key in sorted(campaigns)]


def newsletters_with_segment(request: Request, number: int) -> list[Record]:
    """Return the newsletters to the people in the segment."""
    newsletters = request.workspace_data.all(NEWSLETTER)
    return [each for each in newsletters if number in each["recipient_segment_ids"]]


def segments_with_segment(request: Request, number: int) -> list[Record]:
    """Return the segments with the segment in their conditions."""
    return request.workspace_data.find_by_segment(SEGMENT, number)


def templates_with_layout(request: Request, number: int) -> list[Record]:
    """Return the templates that use the layout."""
    return _templates_referencing(request, LAYOUT_FIELDS, number)


def templates_with_sender(request: Request, number: int) -> list[Record]:
    """Return the templates that use the sender as `From` or `Reply-To`."""
    return _templates_referencing(request, SENDER_FIELDS, number)


def _templates_referencing(request: Request, keys: tuple[str, ...], number: int) -> list[Record]:
    templates = request.workspace_data.all(TEMPLATE)
    return [each for each in templates if any(each.get(key) == number for key in keys)]
