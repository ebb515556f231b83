"""The subject of rules: the resources of a workspace, and their texts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from hashlib import sha256
from typing import NamedTuple, TypeAlias

from cioform.contract.declared import DeclaredData
from cioform.contract.infer import ContractFinder, named_in_liquid
from cioform.contract.needs import Contract
from cioform.core.address import Address
from cioform.core.data.json_value import Attributes
from cioform.core.data.paths import FieldPath, format_path
from cioform.core.dataclasses import dataclass, field, replace
from cioform.language.liquid.dialect import Engine
from cioform.language.liquid.parsed import Segments
from cioform.language.liquid.syntax.tokens import Token, tokens_of
from cioform.lint.finding import Hit
from cioform.lint.markup.html import Html, html_of
from cioform.model.contents import Content, ContentText, HasContents
from cioform.model.paths.file_paths import file_form, path_namer
from cioform.model.registry import Registry
from cioform.model.resource import Resource

HitsByRule: TypeAlias = Mapping[str, tuple[Hit, ...]]
"""What was found in a text, by the ID of the rule; nothing for a rule that found nothing."""


class SubjectText(NamedTuple):
    """A text with all that most rules look at."""

    resource: Resource
    content: Content
    text: ContentText
    subject: Subject
    """The subject with the engine that renders the text."""
    key: str
    """A digest of the text, its form, field and channel, and the engine."""


@dataclass(frozen=True)
class Subject:
    """A workspace as the rules see it."""

    resources: Mapping[Address, Resource]
    registry: Registry
    engine: Engine = Engine.LATEST
    """The engine of the messages that a rule looks at."""
    legacy: frozenset[Address] = frozenset()
    """The resources whose messages "legacy" renders, whatever `engine` says."""
    scope: frozenset[Address] | None = None
    """The resources whose contents are looked at; None for all of them."""
    declared: DeclaredData = field(default_factory=DeclaredData)
    """What is declared of the data of events and people."""
    find_old_drafts: Callable[[], Mapping[Address, int]] = field(
        default=dict, repr=False, compare=False
    )
    """Returns how many days objects have been drafts, if longer than the settings allow."""
    known_hits: dict[str, HitsByRule] = field(default_factory=dict, repr=False, compare=False)
    """What rules that look at nothing but a text find in it, where that is known, by its key."""
    _namers: dict[Address, Callable[[FieldPath], FieldPath]] = field(
        default_factory=dict, repr=False, compare=False
    )
    _contents: dict[Address, tuple[Content, ...]] = field(
        default_factory=dict, repr=False, compare=False
    )

    def of_engine(self, address: Address) -> Subject:
        """Return the same subject with the engine that renders the messages of a resource."""
        return self._in_legacy if address in self.legacy else self

    @cached_property
    def _in_legacy(self) -> Subject:
        return self if self.engine is Engine.LEGACY else replace(self, engine=Engine.LEGACY)

    @cached_property
    def contents(self) -> tuple[tuple[Resource, Content], ...]:
        """What every resource says, in the order of addresses."""
        return tuple(
            (resource, content)
            for _, resource in sorted(self.resources.items())
            if self.scope is None or resource.address in self.scope
            for content in self.contents_of(resource.address)
        )

    @cached_property
    def texts(self) -> tuple[SubjectText, ...]:
        """Every text of every resource."""
        return tuple(
            SubjectText(resource, content, text, seen, _key(text, content, seen.engine))
            for resource, content in self.contents
            for seen in (self.of_engine(resource.address),)
            for text in content.texts
        )

    def contents_of(self, address: Address) -> tuple[Content, ...]:
        """Return what one resource says."""
        if address not in self._contents:
            kind = self.registry[address.kind]
            attributes = self.resources[address].attributes
            found = kind.contents(attributes) if isinstance(kind, HasContents) else ()
            self._contents[address] = tuple(found)
        return self._contents[address]

    def translations_of(self, resource: Resource, content: Content) -> Iterator[Content]:
        """Yield the translations of a message; nothing for a translation."""
        if not content.language:
            for each in self.contents_of(resource.address):
                if each.language and each.path[: len(content.path)] == content.path:
                    yield each

    def translated_texts(
        self, resource: Resource, content: Content
    ) -> Iterator[tuple[str, ContentText, ContentText]]:
        """Yield the language of each translated text, that text, and the original."""
        for translation in self.translations_of(resource, content):
            for text in translation.texts:
                original = content.text(text.field)
                if original is not None:
                    yield translation.language, text, original

    @cached_property
    def finder(self) -> ContractFinder:
        """What infers the data that messages need."""
        return ContractFinder(self.resources, self.registry)

    @cached_property
    def contracts(self) -> tuple[Contract, ...]:
        """What the messages in scope need, in the order of addresses."""
        found = self.finder.contracts(self.scope)
        return tuple(found)

    def is_declared_required(self, resource: Resource, path: Segments) -> bool:
        """Return whether the declarations say that a value is always there."""
        trigger = self.finder.trigger_of(resource.address)
        file = self.declared.of(str(path[0]), "" if trigger is None else trigger.name)
        return file is not None and file.shape.requires(path[1:])

    @cached_property
    def named_in_liquid(self) -> Mapping[str, Mapping[str, Address]]:
        """The addresses of what texts name in Liquid, by collection and by name."""
        return named_in_liquid(self.resources, self.registry)

    def document_form(self, resource: Resource) -> Attributes:
        """Return the fields of a resource as its document has them."""
        return file_form(self.registry[resource.address.kind], resource.attributes)

    def shown_path(self, address: Address, path: FieldPath) -> str:
        """Return a place in the document of a resource as people write it."""
        if address not in self._namers:
            kind = self.registry[address.kind]
            self._namers[address] = path_namer(kind, self.document_form(self.resources[address]))
        return format_path(self._namers[address](path))

    @cached_property
    def used_addresses(self) -> frozenset[Address | None]:
        """What other resources refer to."""
        return frozenset(
            reference.address
            for resource in self.resources.values()
            for reference in resource.references
            if reference.address != resource.address
        )

    def used_by(self, resource: Resource, content: Content, field_name: str) -> Resource | None:
        """Return the resource that a field of a content refers to, such as its layout.

        A translation inherits the field of its message.
        """
        places = (content.path, content.path[:-2]) if content.language else (content.path,)
        for place in places:
            for reference in resource.references:
                if reference.path == (*place, field_name) and reference.address is not None:
                    return self.resources.get(reference.address)
        return None

    def html(self, text: str) -> Html:
        """Return the tags of an HTML text."""
        return html_of(text)

    def tokens(self, text: str) -> tuple[Token, ...]:
        """Return the tags and outputs of a text."""
        return tokens_of(text)


def _key(text: ContentText, content: Content, engine: Engine) -> str:
    parts = (text.form, text.field, content.channel, engine, text.value)
    return sha256("\0".join(parts).encode(errors="surrogatepass")).hexdigest()
