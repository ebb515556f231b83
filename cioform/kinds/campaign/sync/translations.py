"""Write the languages of messages. No route is known that creates or deletes one."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from cioform.core.data.json_value import Attributes, JsonValue, as_mapping
from cioform.core.data.paths import FieldPath
from cioform.core.errors import PlanError
from cioform.core.text.word_lists import join_names
from cioform.kinds.campaign.codec.actions import expand_variants
from cioform.kinds.campaign.codec.graph_codec import to_graph
from cioform.kinds.campaign.sync.requests import send_all, template_update_request
from cioform.kinds.campaign.wire.wire_types import WireLanguages, WireReply, WireTemplate
from cioform.language.messages.template.editors import (
    reject_new_in_other_editor,
)
from cioform.language.messages.template.unknown_members import fields_to_write
from cioform.language.messages.template_message import encode_translation
from cioform.language.workflow import Node
from cioform.model.hints import IMPORT_COMMAND
from cioform.model.objects.live_object import LiveObject
from cioform.model.references.names import Names
from cioform.model.remote_access.conversation import Api, Conversation, Request

if TYPE_CHECKING:
    from cioform.kinds.campaign.sync.content import Messages


def reject_unwritable_new_messages(nodes: Sequence[Node], messages: Messages) -> None:
    """Raise PlanError if a new message has translations, or a body of another editor."""
    for node in nodes:
        reject_new_in_other_editor(node.id, messages.get(node.id, {}))
        if languages := messages.get(node.id, {}).get("translations"):
            raise _no_route_error(
                f"The message `{node.id}` is new and has translations ({', '.join(languages)})",
                "Apply the file without `translations`, add the languages in Customer.io, and put "
                "`translations` back.",
            )


def sync_translations(
    nodes: Sequence[Node],
    messages: Messages,
    action_ids: Mapping[str, str],
    languages: WireLanguages | None,
    names: Names,
) -> Conversation[None]:
    """Write the translations of messages that exist.

    `languages` are the templates as read, None if they could not be read. Raises PlanError if a
    language would have to be created or deleted.
    """
    for node in nodes:
        wanted = messages.get(node.id, {}).get("translations")
        if wanted is None:
            continue
        live = (languages or {}).get(action_ids[node.id], {})
        _reject_other_languages(node, wanted, live)
        yield from send_all(
            _update_request(node, live[language], content, names)
            for language, content in wanted.items()
        )


def language_requests(live: LiveObject, attributes: Attributes) -> Iterator[Request]:
    """Yield the requests by which a person adds and removes languages of messages that exist."""
    parts = live.decoded.parts
    wire = live.found.wire_as(WireReply)
    languages: WireLanguages = wire.get("languages") or {}
    for name, message in as_mapping(attributes.get("messages")).items():
        wanted = as_mapping(message).get("translations")
        if not isinstance(wanted, Mapping) or name not in parts:
            continue
        templates = languages.get(parts[name], {})
        for language in wanted.keys() - templates.keys():
            template = {"action_id": int(parts[name]), "language": language}
            yield Request(Api.JOURNEYS, "POST", "~/templates", {"template": template})
        for language in templates.keys() - wanted.keys():
            yield Request(Api.JOURNEYS, "DELETE", f"~/templates/{templates[language].get('id')}")


def without_languages(
    attributes: Attributes, parts: Container[str] | None
) -> tuple[Attributes, list[FieldPath]]:
    """Return attributes without the languages of new messages, and the paths of these in a file."""
    messages = {**as_mapping(attributes.get("messages"))}
    paths: list[FieldPath] = []
    for node in expand_variants(to_graph(attributes["workflow"]).nodes) if messages else ():
        message = as_mapping(messages.get(node.id))
        languages = as_mapping(message.get("translations"))
        if languages and (parts is None or node.id in parts):
            paths += [(node.id, node.keyword, "translations", each) for each in languages]
            messages[node.id] = {k: v for k, v in message.items() if k != "translations"}
    return ({**attributes, "messages": messages} if paths else attributes), paths


def _update_request(
    node: Node, template: WireTemplate, content: Mapping[str, JsonValue], names: Names
) -> Request | None:
    fields = encode_translation(node.keyword, content, names, template)
    fields = fields_to_write(node.id, fields, {**template})
    return template_update_request(template.get("id"), {**template}, fields)


def _reject_other_languages(node: Node, wanted: Collection[str], live: Collection[str]) -> None:
    if missing := [language for language in wanted if language not in live]:
        raise _no_route_error(
            f"The message `{node.id}` has no translation {join_names(missing)} in Customer.io",
            "Add it in Customer.io, then plan again: its content is written.",
        )
    if removed := [language for language in live if language not in wanted]:
        raise _no_route_error(
            f"The message `{node.id}` has the translation {join_names(removed)} in Customer.io",
            f"Delete it in Customer.io, or write it to the file:\n\n{IMPORT_COMMAND}",
        )


def _no_route_error(problem: str, hint: str) -> PlanError:
    return PlanError.of(
        "Translation cannot be created or deleted",
        f"{problem}, and cioform knows no API that creates or deletes a translation of a "
        f"campaign's message. {hint}",
    )
