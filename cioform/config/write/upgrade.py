"""Rewrite a file of an older format in the current format, and keep its comments."""

from __future__ import annotations

import json
from typing import Final

from yaml.events import AliasEvent

from cioform.config.file_format import FORMAT, FORMAT_FIELD
from cioform.config.read.meta_fields import upgrade_meta_fields
from cioform.config.read.parsing.positions import Positions, nearest_location
from cioform.config.settings_file import SettingsFile
from cioform.config.write.yaml.formatting import kind_of, order_by
from cioform.config.write.yaml.places import lines_of, tagged_texts
from cioform.config.write.yaml.rewrite import Change, Rewritten, rewrite_yaml
from cioform.config.write.yaml.typed_documents import RoundTripDocument
from cioform.core.data.paths import format_path
from cioform.core.diagnostic import Location
from cioform.core.errors import ConfigError
from cioform.model.fields.upgrading import upgrade_fields
from cioform.model.kind import Kind
from cioform.model.parts import HasParts
from cioform.model.registry import Registry

_SUMMARY: Final = "File cannot be upgraded"


def upgrade_documents(text: str, kind: Kind | None, file: str, registry: Registry) -> str:
    """Return the text of a file with documents, formatted and in the current format.

    `kind` is that of the file's folder. Raises ConfigError, with the line, if the file is not valid
    YAML or cannot be rewritten without a loss.
    """

    def change(document: RoundTripDocument) -> None:
        found = kind_of(document, kind, registry)
        if found is not None:
            upgrade_meta_fields(document, found)
            found.upgrade(document)
        if isinstance(found, HasParts):
            found.fill_missing_ids(document)

    return _upgraded(text, file, change, order_by(kind, registry))


def upgrade_settings(text: str, file: str) -> str:
    """Return the text of a `workspace.yaml` in the current format. Raises ConfigError."""

    def change(document: RoundTripDocument) -> None:
        upgrade_fields(SettingsFile, document)
        document[FORMAT_FIELD] = FORMAT

    def order(document: RoundTripDocument) -> None:
        others = [(name, document[name]) for name in document if name != FORMAT_FIELD]
        for name, value in others:
            del document[name]
            document[name] = value

    upgraded = _upgraded(text, file, change, order, is_settings=True)
    # A file without any field has no document to change.
    return upgraded if f"{FORMAT_FIELD}:" in upgraded else f"{upgraded}{FORMAT_FIELD}: {FORMAT}\n"


def _upgraded(
    text: str, file: str, change: Change, order: Change, *, is_settings: bool = False
) -> str:
    try:
        result = rewrite_yaml(text, file, change, order, is_settings=is_settings)
    except (LookupError, TypeError, AttributeError, ValueError):
        # The rules expect what an older version accepted; this file was never valid.
        raise ConfigError.of(
            _SUMMARY,
            "Its fields have values that no version of cioform accepts, so that it is not known "
            "what they mean. Check the file with the version that wrote it.",
            location=Location(file),
        ) from None
    _check(result, text, file)
    return result.text


def _check(result: Rewritten, text: str, file: str) -> None:
    if result.lost_comments:
        lost = result.lost_comments[0]
        raise ConfigError.of(
            _SUMMARY,
            f"The comment `{lost.text}` would be lost. Move it above a field that stays, then run "
            "the command again.",
            location=Location(file, lost.number + 1),
        )
    if result.difference is None:
        return
    if aliases := lines_of(text, AliasEvent):
        raise ConfigError.of(
            _SUMMARY,
            "This file cannot be upgraded safely: an alias refers to a value that must be "
            "rewritten. Replace the alias with the value, then run the command again.",
            location=Location(file, aliases[0] + 1),
        )
    if tagged := tagged_texts(text):
        line, value = tagged[0]
        raise ConfigError.of(
            _SUMMARY,
            "A text with a tag would not stay the same. Write it in quotes instead of the tag, "
            f"then run the command again:\n\n    {json.dumps(value, ensure_ascii=False)}",
            location=Location(file, line + 1),
        )
    number, place = result.difference
    name = f"`{format_path(place)}`" if place else "What it says"
    raise ConfigError.of(
        _SUMMARY,
        f"{name} would not stay the same. Rewrite it by hand, then run the command again.",
        location=nearest_location(Positions(text, file, number), place) or Location(file),
    )
