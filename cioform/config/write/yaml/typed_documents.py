"""Documents that are rewritten in place: values have their types, and keep their spelling.

`round_trip_yaml` reads every scalar as text. A rule that looks at values needs `true` to be true
and `7` to be a number, as `parse_yaml` reads them; `007` and `yes` stay text.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from cioform.config.read.parsing.scalars import parse_plain_scalar
from cioform.config.write.yaml.yaml_style import round_trip_yaml, style_text
from cioform.core.data.json_value import JsonValue
from cioform.core.lazy_modules import lazy_module

if TYPE_CHECKING:
    from ruamel.yaml import comments as ruamel_comments
    from ruamel.yaml import scalarstring as ruamel_text
else:
    ruamel_comments = lazy_module("ruamel.yaml.comments")
    ruamel_text = lazy_module("ruamel.yaml.scalarstring")

RoundTripDocument: TypeAlias = Any
"""What ruamel holds of a document: mappings, lists and scalars with their styles."""

_WORDS: Final = {True: "true", False: "false", None: "null"}


def load_documents(text: str) -> list[RoundTripDocument]:
    """Return the documents of valid YAML, without its comments."""
    return [_map_scalars(document, _typed) for document in round_trip_yaml().load_all(text)]


def dump_documents(documents: list[RoundTripDocument], *, explicit_start: bool = False) -> str:
    """Return the YAML of documents, without comments; they are changed for that."""
    yaml = round_trip_yaml()
    yaml.explicit_start = explicit_start
    out = io.StringIO()
    yaml.dump_all([_without_comments(_map_scalars(each, style_scalar)) for each in documents], out)
    return out.getvalue().removesuffix("...\n")


def to_round_trip(value: JsonValue) -> RoundTripDocument:
    """Return plain data, whose scalars have their styles, as a document."""
    return _map_scalars(value, _typed)


def with_own_styles(document: RoundTripDocument) -> RoundTripDocument:
    """Return the document, in which plain mappings and lists have become those of ruamel."""
    return _map_scalars(document, lambda value: value)


def style_scalar(value: object) -> object:
    """Return a scalar as text that ruamel writes, with quotes where it needs them."""
    if value is None or isinstance(value, bool):
        return _WORDS[value]
    if isinstance(value, int | float):
        return repr(value)
    if type(value) is str:
        return style_text(value)
    return value


def _typed(value: object) -> object:
    return parse_plain_scalar(value) if type(value) is str else value


def _map_scalars(value: RoundTripDocument, change: Callable[[object], object]) -> RoundTripDocument:
    """Replace every scalar in place; plain mappings and lists become those of ruamel."""
    if isinstance(value, dict):
        if not isinstance(value, ruamel_comments.CommentedMap):
            value = ruamel_comments.CommentedMap(value)
        for key in list(value):
            dict.__setitem__(value, key, _map_scalars(value[key], change))
        return value
    if isinstance(value, list):
        if not isinstance(value, ruamel_comments.CommentedSeq):
            value = ruamel_comments.CommentedSeq(value)
        for index, item in enumerate(value):
            list.__setitem__(value, index, _map_scalars(item, change))
        return value
    return change(value)


def _without_comments(value: RoundTripDocument) -> RoundTripDocument:
    if getattr(value, "comment", None):
        value.comment = None  # the one beside the `|` of a block
    if hasattr(value, "_yaml_comment"):
        del value._yaml_comment
    if isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            _without_comments(item)
    return value
