"""Settings of a campaign that only people change, and how the sandbox sets them."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from typing import TYPE_CHECKING

from typing_extensions import override

from cioform.core.data.json_value import Attributes
from cioform.core.data.paths import FieldPath
from cioform.core.lazy_modules import lazy_module
from cioform.kinds.campaign.sync import requests
from cioform.model.objects.languages import HasLanguages
from cioform.model.objects.live_object import LiveObject
from cioform.model.remote_access.capabilities import HasLifecycle
from cioform.model.remote_access.conversation import Request

if TYPE_CHECKING:
    from cioform.kinds.campaign.sync import journeys_api
else:
    journeys_api = lazy_module("cioform.kinds.campaign.sync.journeys_api")


class SetByHand(HasLifecycle, HasLanguages):
    """The state of a campaign, and the languages of its messages."""

    states = ("draft", "running", "stopping", "sunsetting", "stopped", "archived")

    @override
    def state_request(self, remote_id: str, state: str) -> Request:
        return requests.update_request(remote_id, "state", {"state": state})

    @override
    def language_requests(self, live: LiveObject, wanted: Attributes) -> Iterable[Request]:
        return journeys_api.language_requests(live, wanted)

    @override
    def without_languages(
        self, attributes: Attributes, parts: Container[str] | None
    ) -> tuple[Attributes, Sequence[FieldPath]]:
        return journeys_api.without_languages(attributes, parts)
