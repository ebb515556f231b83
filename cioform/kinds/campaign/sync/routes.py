"""The operations of campaigns, over both APIs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cioform.core.lazy_modules import lazy_module
from cioform.kinds.campaign.model import Campaign
from cioform.kinds.campaign.sync import app_api, requests
from cioform.model.objects.live_object import LiveObject
from cioform.model.remote_access.conversation import Api, Conversation
from cioform.model.routing.operations import WriteContext, WriteResult
from cioform.model.routing.routes import (
    CountRoute,
    CreateRoute,
    DeleteRoute,
    ListRoute,
    ReadRoute,
    UpdateRoute,
)

if TYPE_CHECKING:
    from cioform.kinds.campaign.sync import journeys_api
else:
    journeys_api = lazy_module("cioform.kinds.campaign.sync.journeys_api")


def _create(wanted: Campaign, context: WriteContext) -> Conversation[WriteResult]:
    return journeys_api.create_campaign(wanted, context)


def _update(live: LiveObject, wanted: Campaign, context: WriteContext) -> Conversation[WriteResult]:
    return journeys_api.update_campaign(live, wanted, context)


ROUTES: Final = (
    ListRoute(Api.APP, app_api.list_campaigns, fields=frozenset({"name", "description"})),
    ReadRoute(Api.APP, app_api.read_campaign, fields=app_api.READABLE_PATHS),
    UpdateRoute(
        Api.APP,
        app_api.update_messages,
        fields=app_api.WRITABLE_PATHS,
        cannot_write=app_api.is_push_text,
    ),
    ListRoute(Api.JOURNEYS, requests.list_campaigns),
    ReadRoute(Api.JOURNEYS, requests.read_campaign),
    CreateRoute(Api.JOURNEYS, _create),
    UpdateRoute(Api.JOURNEYS, _update),
    DeleteRoute(Api.JOURNEYS, requests.delete_campaign),
    CountRoute(Api.JOURNEYS, requests.count_people),
)
