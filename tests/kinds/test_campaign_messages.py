"""Messages of campaigns: languages, tracking and messages that nobody has filled in."""

from __future__ import annotations

from typing import Any

import pytest

from cioform.core.data.json_value import UNKNOWN, KindFields
from cioform.core.errors import PlanError
from cioform.emulator.protocol.behavior import Behavior
from cioform.emulator.store.record_types import TEMPLATE
from cioform.kinds.campaign import KIND
from cioform.kinds.campaign.model import Campaign
from cioform.model.remote_access.conversation import Api
from cioform.plan.compare.diff import compare
from tests.support.campaign_sandbox import CampaignSandbox, attributes_of
from tests.support.known import known

WELCOME = """\
name: Welcome
trigger: {event: signed_up}
workflow:
  - id: hello
    email: {subject: Hello, body: <p>Hi</p>}
  - id: again
    push: {title: Still there, body: Come back, link: "app://home"}
"""


def with_message(step: str = "hello", **fields: Any) -> dict[str, Any]:
    """Return the campaign with other fields in one message."""
    attributes = attributes_of(WELCOME)
    attributes["messages"][step] |= fields
    return attributes


def add_language(
    sandbox: CampaignSandbox, action_id: str, language: str, **fields: Any
) -> dict[str, Any]:
    """Add a language to a message, as a person does in the browser."""
    data = sandbox.store.workspace_data("acme")
    [default, *_] = data.find_by_owner(TEMPLATE, "action_id", int(action_id))
    content = {key: value for key, value in default.items() if key != "id"}
    record: dict[str, Any] = data.add(TEMPLATE, {**content, "language": language, **fields})
    return record


@pytest.fixture
def sandbox() -> CampaignSandbox:
    return CampaignSandbox()


def test_languages_are_read_compared_and_written(sandbox: CampaignSandbox) -> None:
    bound = sandbox.create(attributes_of(WELCOME))
    add_language(sandbox, bound.parts["hello"], "es", subject="Hola")
    add_language(sandbox, bound.parts["again"], "es", subject="Aqui?")
    messages = known(sandbox.live(bound.remote_id).attributes)["messages"]
    spanish = messages["hello"]["translations"]["es"]
    assert (spanish["subject"], spanish["body"]) == ("Hola", "<p>Hi</p>")
    assert messages["again"]["translations"]["es"]["link"] == "app://home"

    assert sandbox.differences(bound.remote_id, attributes_of(WELCOME)) == []
    wanted = with_message(translations={"es": {"subject": "¡Hola!"}})
    [change] = sandbox.differences(bound.remote_id, wanted)
    assert change.path == ("messages", "hello", "translations", "es", "subject")
    [write] = sandbox.apply(bound.remote_id, wanted)
    assert write.startswith("PUT ~/templates/")
    spanish = known(sandbox.live(bound.remote_id).attributes)["messages"]["hello"]["translations"][
        "es"
    ]
    assert (spanish["subject"], spanish["body"]) == ("¡Hola!", "<p>Hi</p>")


def test_an_imported_campaign_has_its_languages(sandbox: CampaignSandbox) -> None:
    bound = sandbox.create(attributes_of(WELCOME))
    add_language(sandbox, bound.parts["hello"], "es", subject="Hola")
    live = sandbox.live(bound.remote_id).attributes
    document = KIND.to_document(live)
    assert document["workflow"][0]["email"]["translations"]["es"]["subject"] == "Hola"
    [one, two] = list(KIND.body_files(document))
    assert one == (("workflow", 0, "email", "body"), "hello.html")
    assert two == (("workflow", 0, "email", "translations", "es", "body"), "hello.es.html")
    again = KIND.attributes(Campaign.model_validate(document))
    assert list(compare(KIND, None, again, live)) == []


@pytest.mark.parametrize(
    ("translations", "problem"),
    [
        ({"es": {"subject": "Hola"}, "fr": {"subject": "Salut"}}, "has no translation `fr`"),
        ({}, "has the translation `es`"),
    ],
)
def test_a_language_cannot_be_created_or_deleted(
    sandbox: CampaignSandbox, translations: Any, problem: str
) -> None:
    bound = sandbox.create(attributes_of(WELCOME))
    add_language(sandbox, bound.parts["hello"], "es", subject="Hola")
    with pytest.raises(PlanError, match=problem):
        sandbox.apply(bound.remote_id, with_message(translations=translations))
    assert not [request for request in sandbox.sent if request.writes]


def test_a_new_message_cannot_have_languages(sandbox: CampaignSandbox) -> None:
    wanted = with_message(translations={"es": {"subject": "Hola"}})
    with pytest.raises(PlanError, match="`hello` is new and has translations"):
        sandbox.create(wanted)
    assert not [request for request in sandbox.sent if request.writes]
    bound = sandbox.create(with_message(translations={}))
    new_step = attributes_of(WELCOME + "  - {id: third, email: {subject: T, body: B}}\n")
    new_step["messages"]["third"]["translations"] = {"es": {}}
    with pytest.raises(PlanError, match="`third` is new and has translations"):
        sandbox.apply(bound.remote_id, new_step)


def test_languages_that_nothing_shows_are_not_compared() -> None:
    sandbox = CampaignSandbox(Behavior(rate_limit=None, campaign_languages="hidden"))
    bound = sandbox.create(attributes_of(WELCOME))
    messages = known(sandbox.live(bound.remote_id).attributes)["messages"]
    assert messages["hello"]["translations"] is UNKNOWN
    wanted = with_message(translations={"es": {"subject": "Hola"}})
    assert sandbox.differences(bound.remote_id, wanted) == []
    document = KIND.to_document(sandbox.live(bound.remote_id).attributes)
    assert "translations" not in document["workflow"][0]["email"]


def test_tracking_is_read_compared_and_written(sandbox: CampaignSandbox) -> None:
    off = {"opens": False, "links": False}
    bound = sandbox.create(with_message(track=off))
    live: KindFields = sandbox.live(bound.remote_id).attributes
    assert live["messages"]["hello"]["track"] == off
    assert live["messages"]["again"]["track"] == {"opens": True, "links": True}
    document = KIND.to_document(live)
    assert document["workflow"][0]["email"]["track"] == off
    assert "track" not in document["workflow"][1]["push"]
    [write] = sandbox.apply(bound.remote_id, with_message(track={"opens": True, "links": True}))
    assert write.startswith("PUT ~/actions/")


@pytest.mark.parametrize("track", [{"opens": True, "links": False}, {"links": False}])
def test_opens_and_links_are_tracked_together(sandbox: CampaignSandbox, track: Any) -> None:
    bound = sandbox.create(attributes_of(WELCOME))
    with pytest.raises(PlanError, match=r"track: \{opens: false, links: false\}"):
        sandbox.apply(bound.remote_id, with_message(track=track))


def test_texts_are_compared_exactly(sandbox: CampaignSandbox) -> None:
    bound = sandbox.create(attributes_of(WELCOME))
    wanted = with_message(plain="Hi\n", bcc="archive@acme.com", cc="", amp="<html amp4email>")
    assert sandbox.apply(bound.remote_id, wanted)
    hello = known(sandbox.live(bound.remote_id).attributes)["messages"]["hello"]
    assert (hello["plain"], hello["bcc"], hello["cc"]) == ("Hi\n", "archive@acme.com", "")


@pytest.mark.parametrize(
    ("step", "field", "form", "is_a_change"),
    [
        ("hello", "body", "{}\n", False),
        ("hello", "body", "\n{}", True),
        ("hello", "subject", "{}\n", True),
        ("again", "body", "{}\n", True),
    ],
)
def test_white_space_means_nothing_at_the_end_of_html_only(
    sandbox: CampaignSandbox, step: str, field: str, form: str, is_a_change: bool
) -> None:
    bound = sandbox.create(attributes_of(WELCOME))
    text = attributes_of(WELCOME)["messages"][step][field]
    changes = sandbox.differences(bound.remote_id, with_message(step, **{field: form.format(text)}))
    assert [change.path[2] for change in changes] == ([field] if is_a_change else [])


def test_an_empty_message_is_imported_and_stays(sandbox: CampaignSandbox) -> None:
    bound = sandbox.create(attributes_of(WELCOME))
    data = sandbox.store.workspace_data("acme")
    [template] = data.find_by_owner(TEMPLATE, "action_id", int(bound.parts["hello"]))
    data.save(TEMPLATE, {**template, "subject": "", "body": ""})
    document = KIND.to_document(sandbox.live(bound.remote_id).attributes)
    assert document["workflow"][0]["email"] == {"subject": "", "body": ""}
    written = KIND.attributes(Campaign.model_validate(document))
    assert sandbox.differences(bound.remote_id, written) == []
    written["messages"]["hello"]["body"] = "<p>Hi</p>"
    assert sandbox.apply(bound.remote_id, written)


def test_nobody_can_empty_a_message_or_create_an_empty_one(sandbox: CampaignSandbox) -> None:
    with pytest.raises(PlanError, match="`subject` of the message `hello` is empty"):
        sandbox.create(with_message(subject=""))
    bound = sandbox.create(attributes_of(WELCOME))
    with pytest.raises(PlanError, match="`title` of the message `again` is empty"):
        sandbox.apply(bound.remote_id, with_message("again", title=""))
    assert known(sandbox.live(bound.remote_id, Api.JOURNEYS).attributes)["messages"]["again"][
        "title"
    ]
