"""Who uses what: segments named in campaigns, templates that stand in a layout or have a sender."""

from cioform.emulator.protocol.request import Request
from cioform.emulator.store.record_types import ACTION, CAMPAIGN, SEGMENT, TEMPLATE, Record


def campaigns_with_segment(request: Request, number: int) -> list[Record]:
    """Campaigns whose trigger, filter, exit or any step names the segment."""
    steps = request.workspace_data.find_by_segment(ACTION, number)
    own = {each["id"]: each for each in request.workspace_data.find_by_segment(CAMPAIGN, number)}
    by_step = (request.workspace_data.get(CAMPAIGN, each["campaign_id"]) for each in steps)
    every = own | {each["id"]: each for each in by_step if each}
    return [every[key] for key in sorted(every)]


def segments_with_segment(request: Request, number: int) -> list[Record]:
    """Segments whose conditions name the segment."""
    return request.workspace_data.find_by_segment(SEGMENT, number)


def templates_referencing(request: Request, keys: tuple[str, ...], number: int) -> list[Record]:
    """Templates where one of `keys` (`layout_id`, `from_identity_id`, ...) is that id."""
    every = request.workspace_data.all(TEMPLATE)
    return [each for each in every if any(each.get(key) == number for key in keys)]
