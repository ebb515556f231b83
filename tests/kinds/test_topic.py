"""Subscription topics: read over both APIs, and named by campaigns."""

from __future__ import annotations

from typing import Any

import pytest

from cioform.core.errors import PlanError
from cioform.kinds.campaign import KIND as CAMPAIGN
from cioform.kinds.topic import KIND
from cioform.model.references.names import Names
from cioform.model.remote_access.conversation import Api
from cioform.model.routing.routes import ListRoute
from tests.support.campaign_sandbox import CampaignSandbox, attributes_of
from tests.support.operations import converse, route_of

NEWS = {"id": 5, "name": "Newsletter", "description": "What is new"}
TEXT = "name: c\ntrigger: {event: e}\ntopic: Newsletter\nworkflow: []\n"


@pytest.mark.parametrize(
    ("api", "path", "answer"),
    [
        (Api.APP, "GET /v1/subscription_topics", {"topics": [NEWS]}),
        (Api.JOURNEYS, "GET ~/subscription_topics", {"subscription_topics": [NEWS]}),
    ],
)
def test_topics_are_listed_with_one_request(api: Api, path: str, answer: Any) -> None:
    [request], [found] = converse(route_of(KIND, ListRoute, api).operation(), answer)
    assert (str(request), found.remote_id, found.aliases) == (path, "5", ("Newsletter",))
    attributes = KIND.decode(found, Names()).attributes
    assert attributes == {"name": "Newsletter", "description": "What is new"}


def test_a_campaign_names_its_topic() -> None:
    sandbox = CampaignSandbox()
    topic = {"id": 0, "name": "Newsletter", "description": ""}
    made = sandbox.send("POST", "~/subscription_topics", {"subscription_topic": topic})
    number = made["subscription_topic"]["id"]
    sandbox.names = Names(sandbox.names.ids, {"topic": {"Newsletter": str(number)}})
    wanted = attributes_of(TEXT)
    assert [(r.kind, r.text, r.path) for r in CAMPAIGN.references(wanted)] == [
        ("topic", "Newsletter", ("topic",))
    ]
    bound = sandbox.create(wanted)
    assert sandbox.live(bound.remote_id).attributes["topic"] == "Newsletter"
    assert sandbox.differences(bound.remote_id, wanted) == []
    with pytest.raises(PlanError, match="Did you mean `Newsletter`"):
        sandbox.apply(bound.remote_id, attributes_of(TEXT.replace("Newsletter", "Newslettre")))
    assert list(CAMPAIGN.references(attributes_of(TEXT.replace("Newsletter", "none")))) == []
