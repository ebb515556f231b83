"""Who uses what: segments named in campaigns, templates that stand in a layout or have a sender."""

from cioform.emulator.protocol.request import Call
from cioform.emulator.store.record_types import ACTION, CAMPAIGN, SEGMENT, TEMPLATE, Record


def campaigns_with_segment(call: Call, number: int) -> list[Record]:
    """Campaigns whose trigger, filter, exit or any step names the segment."""
    steps = call.space.mentioning(ACTION, number)
    own = {each["id"]: each for each in call.space.mentioning(CAMPAIGN, number)}
    by_step = (call.space.get(CAMPAIGN, each["campaign_id"]) for each in steps)
    every = own | {each["id"]: each for each in by_step if each}
    return [every[key] for key in sorted(every)]


def segments_with_segment(call: Call, number: int) -> list[Record]:
    """Segments whose conditions name the segment."""
    return call.space.mentioning(SEGMENT, number)


def templates_with(call: Call, keys: tuple[str, ...], number: int) -> list[Record]:
    """Templates where one of `keys` (`layout_id`, `from_identity_id`, ...) is that id."""
    every = call.space.all(TEMPLATE)
    return [each for each in every if any(each.get(key) == number for key in keys)]
