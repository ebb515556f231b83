"""The operations of campaigns, over both APIs."""

from typing import Final

from cioform.kinds.campaign.sync import app_api, late_writes, requests
from cioform.model.remote_access.conversation import Api
from cioform.model.routing.routes import (
    CountRoute,
    CreateRoute,
    DeleteRoute,
    ListRoute,
    ReadRoute,
    UpdateRoute,
)

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
    CreateRoute(Api.JOURNEYS, late_writes.create_campaign),
    UpdateRoute(Api.JOURNEYS, late_writes.update_campaign),
    DeleteRoute(Api.JOURNEYS, requests.delete_campaign),
    CountRoute(Api.JOURNEYS, requests.count_people),
)
