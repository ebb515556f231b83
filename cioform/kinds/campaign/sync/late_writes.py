"""The writes of `journeys_api`, which is imported when the first of them is planned or sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cioform.core import heavy
from cioform.kinds.campaign.model import Campaign
from cioform.model.objects.live_object import LiveObject
from cioform.model.remote_access.conversation import Conversation
from cioform.model.routing.operations import WriteContext, WriteResult

if TYPE_CHECKING:
    from cioform.kinds.campaign.sync import journeys_api
else:
    journeys_api = heavy.module("cioform.kinds.campaign.sync.journeys_api")


def create_campaign(wanted: Campaign, context: WriteContext) -> Conversation[WriteResult]:
    """Create a campaign: see `journeys_api`."""
    return journeys_api.create_campaign(wanted, context)


def update_campaign(
    live: LiveObject, wanted: Campaign, context: WriteContext
) -> Conversation[WriteResult]:
    """Change a campaign: see `journeys_api`."""
    return journeys_api.update_campaign(live, wanted, context)
