"""The places where documents may use sensitive variables.

Texts that select people, that are names, or that people receive may not use them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cioform.config.read.parsing.positions import nearest_location
from cioform.core.address import Address
from cioform.core.data.json_value import Attributes, JsonValue
from cioform.core.data.paths import FieldPath, format_path
from cioform.core.diagnostic import Diagnostic
from cioform.core.secrets.sensitive import has_placeholder, placeholder_names
from cioform.language.liquid.references import names_in_text
from cioform.language.messages.contents import strings_in
from cioform.model.contents import ContentText, HasContents
from cioform.model.kind import Kind
from cioform.model.paths.file_paths import path_namer
from cioform.model.registry import Registry
from cioform.model.remote_access.capabilities import NamedInLiquid
from cioform.model.resource import Resource

_RENDERS_DATA = "render_liquid"
_PLACES = (
    "Sensitive variables can be used in the `url`, `headers` and `body` of a webhook, in the `url` "
    "of a Slack message and in the `value` of a snippet."
)


def misplaced_values(
    kind: Kind, data: Mapping[str, JsonValue], attributes: Attributes
) -> Iterator[tuple[FieldPath, str]]:
    """Yield each place in a document where a sensitive value is not allowed, and the reason."""
    allowed = {text.path for text in _texts(kind, attributes) if text.may_be_secret}
    in_file = path_namer(kind, data)
    for path, value in strings_in(data, ()):
        if path in allowed:
            continue
        for _, name in placeholder_names(value):
            detail = (
                f"The variable `{name}` is sensitive, and `{format_path(in_file(path))}` is shown "
                f"or sent to people, or decides who gets a message. {_PLACES} Use another variable "
                "here."
            )
            yield path, detail


def misplaced_texts(kind: Kind, attributes: Attributes) -> Iterator[str]:
    """Yield the sensitive texts of a canonical form that are not where one is allowed."""
    allowed = [text.value for text in _texts(kind, attributes) if text.may_be_secret]
    for _, value in strings_in(attributes, ()):
        if has_placeholder(value):
            if value in allowed:
                allowed.remove(value)
            else:
                yield value


def leaked_values(
    resources: Mapping[Address, Resource], registry: Registry
) -> Iterator[Diagnostic]:
    """Yield a problem for each text that people see and that takes in a sensitive value by Liquid.

    Such a value is in a snippet.
    """
    secret = {
        (kind.liquid_collection, str(resource.attributes[kind.identity])): address
        for address, resource in resources.items()
        if isinstance(kind := registry[address.kind], NamedInLiquid)
        and any(has_placeholder(text.value) for text in _texts(kind, resource.attributes))
    }
    for resource in resources.values() if secret else ():
        kind = registry[resource.address.kind]
        for text in _texts(kind, resource.attributes):
            for (collection, name), holder in secret.items() if not text.may_be_secret else ():
                uses = [each for each in names_in_text(text.value, collection) if each.fits(name)]
                if any(each.name == name for each in uses):
                    yield _leak(kind, resource, text, holder, f"uses {holder}, which")
                elif uses or _RENDERS_DATA in text.value:
                    how = f"can compute the name of {holder} or get it from data, and {holder}"
                    yield _leak(kind, resource, text, holder, how)


def _leak(
    kind: Kind, resource: Resource, text: ContentText, holder: Address, how: str
) -> Diagnostic:
    path = path_namer(kind, resource.attributes)(text.path)
    return Diagnostic(
        "Misplaced sensitive value",
        f"`{format_path(path)}` {how} contains the value of a sensitive variable. People would "
        "receive it. Only webhooks can use it. Change the text, or remove the variable from "
        f"{holder}.",
        resource.address,
        nearest_location(resource.positions, text.path),
    )


def _texts(kind: Kind, attributes: Attributes) -> Iterator[ContentText]:
    if isinstance(kind, HasContents):
        for content in kind.contents(attributes):
            yield from content.texts
