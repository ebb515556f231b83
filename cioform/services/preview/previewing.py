"""Preview a resource: each of its messages as each of several people gets it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING

from cioform.config.load import secrets_of
from cioform.contract.draft import draft_shape
from cioform.contract.infer import DATA_ROOTS, ContractFinder
from cioform.contract.shape import Shape
from cioform.core.address import Address
from cioform.core.data.json_value import Json
from cioform.core.dataclasses import dataclass
from cioform.core.errors import UsageError
from cioform.core.graph import reachable
from cioform.core.lazy_modules import lazy_module
from cioform.core.text.word_lists import join_words
from cioform.language.liquid.dialect import Engine
from cioform.lint.subject import Subject
from cioform.model.own_names import with_declared_addresses
from cioform.model.resource import Resource
from cioform.operate.people.people import People
from cioform.plan.reach.reference_graph import ReferenceGraph
from cioform.plan.selecting.scope import Scope
from cioform.report.preview.model import Preview, PreviewedMessage
from cioform.services.context import OpenWorkspace
from cioform.services.lookup.references import reference_graph
from cioform.services.preview.messages import FoundMessage, find_messages
from cioform.services.preview.people import PreviewPerson, find_people
from cioform.services.project.declared_data import declared_data
from cioform.services.reading.read import not_found_error, read_workspace
from cioform.services.reading.state_checks import load_checked_state

if TYPE_CHECKING:
    from cioform.services.preview import rendering
else:
    rendering = lazy_module("cioform.services.preview.rendering")


@dataclass(frozen=True, slots=True)
class PreviewRequest:
    """What to preview."""

    address: Address
    people: tuple[str, ...] = ("all",)
    live: bool = False
    """Show what the workspace has instead of the files."""
    before_after: bool = False
    """Show what the workspace has, and what the files say."""


def preview_resource(opened: OpenWorkspace, people: People, wanted: PreviewRequest) -> Preview:
    """Return a preview. Raises UsageError if there is no such resource or it sends nothing."""
    desired = opened.configuration.desired.resources
    if wanted.address not in desired:
        raise not_found_error(wanted.address, "No file describes", desired)
    sides: dict[str, Mapping[Address, Resource]] = {}
    if wanted.live or wanted.before_after:
        sides["before" if wanted.before_after else ""] = _live_resources(opened, wanted.address)
    if not wanted.live:
        sides["after" if wanted.before_after else ""] = desired
    found = {label: _messages(opened, resources, wanted) for label, resources in sides.items()}
    if not any(found.values()):
        raise _no_messages_error(opened, wanted.address)

    def read_profile(person: str) -> Mapping[str, Json]:
        profile = people.show(person, by="email" if "@" in person else None)
        return {attribute.name: attribute.value for attribute in profile.attributes}

    settings = opened.configuration.settings
    recipients = find_people(wanted.people, read_profile, secrets_of(settings))
    engine = Engine(settings.lint.engine_of(wanted.address))
    renderer = rendering.PreviewRenderer(engine, int(opened.clock()))
    shapes = {label: _shapes(opened, found, wanted.address) for label, found in sides.items()}
    titles = dict.fromkeys(title for messages in found.values() for title in messages)
    shown = tuple(
        _previewed(
            {label: messages.get(title) for label, messages in found.items()},
            renderer,
            recipients,
            shapes,
        )
        for title in titles
    )
    return Preview(opened.name, str(wanted.address), shown, tuple(renderer.versions))


def _previewed(
    states: Mapping[str, FoundMessage | None],
    renderer: rendering.PreviewRenderer,
    recipients: tuple[PreviewPerson, ...],
    shapes: Mapping[str, Mapping[str, Shape]],
) -> PreviewedMessage:
    existing = {label: message for label, message in states.items() if message is not None}
    message = next(reversed(existing.values()))
    notes = list(message.notes)
    missing = next((label for label, found in states.items() if found is None), None)
    if missing is not None:
        notes.append(f"There is no such message {missing} the change.")
    sides = tuple(
        renderer.side(label, each, recipients, shapes[label]) for label, each in existing.items()
    )
    return PreviewedMessage(
        message.title, message.content.channel, message.is_html, sides, tuple(notes)
    )


def _messages(
    opened: OpenWorkspace, resources: Mapping[Address, Resource], wanted: PreviewRequest
) -> dict[str, FoundMessage]:
    if wanted.address not in resources:
        return {}
    subject = Subject(resources, opened.kinds)
    return {message.title: message for message in find_messages(subject, wanted.address)}


def _shapes(
    opened: OpenWorkspace, resources: Mapping[Address, Resource], address: Address
) -> dict[str, Shape]:
    """Return the shapes of the data that the messages use, with what the files declare of it."""
    contract = ContractFinder(resources, opened.kinds).contract_of(address)
    if contract is None:
        return {}
    declared = declared_data(opened.root, opened.configuration)
    event = contract.trigger.name if contract.trigger else ""
    shapes: dict[str, Shape] = {}
    for root in DATA_ROOTS:
        known = declared.of(root, event)
        shapes[root] = draft_shape([contract], root, known.shape if known is not None else None)
    return shapes


def _live_resources(opened: OpenWorkspace, address: Address) -> dict[Address, Resource]:
    """Return the resource and what it uses as the workspace has them."""
    desired = opened.configuration.desired.resources
    graph = reference_graph(opened)
    needed = _with_uses(graph, desired, {address})
    live = _read(opened, needed)
    # What the workspace has may use something else than what the files say.
    if more := _referred(live) & desired.keys() - needed:
        live = _read(opened, needed | _with_uses(graph, desired, more))
    if address not in live:
        raise not_found_error(address, "The workspace has no object for", live)
    return live


def _with_uses(
    graph: ReferenceGraph, known: Iterable[Address], starts: Iterable[Address]
) -> set[Address]:
    labels = reachable(map(str, starts), lambda label: graph.uses.get(label, ()))
    return {address for address in known if str(address) in labels}


def _read(opened: OpenWorkspace, wanted: AbstractSet[Address]) -> dict[Address, Resource]:
    """Return live resources with the references that they have in the workspace."""
    desired = opened.configuration.desired.resources
    scope = Scope(tuple(sorted(map(str, wanted))))
    _, snapshot = read_workspace(opened, load_checked_state(opened), scope)
    found = {
        address: opened.kinds.with_attributes(resource, live.attributes)
        for address, resource in desired.items()
        if (live := snapshot.objects.get(address)) is not None
    }
    return with_declared_addresses(found, opened.kinds, desired)


def _referred(resources: Mapping[Address, Resource]) -> set[Address]:
    found = (each.address for one in resources.values() for each in one.references)
    return {address for address in found if address is not None}


def _no_messages_error(opened: OpenWorkspace, address: Address) -> UsageError:
    """Return the error for a resource without messages, with the messages that use it."""
    graph = reference_graph(opened)
    users = sorted(reachable([str(address)], lambda label: graph.users.get(label, ())))
    named = [label for label in users if not label.startswith(f"{address.kind}.")][:3]
    hint = f" Preview what uses it, such as {join_words(named, 'or')}." if named else ""
    return UsageError.of("Nothing to preview", f"{address} sends no messages.{hint}")
