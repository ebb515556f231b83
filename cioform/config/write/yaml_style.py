"""How we write YAML: block style, two spaces, text in quotes only where it must be.

Every scalar passes through ruamel as the text it is written with, so that `0123`, `1.10`, `yes`
and `2024-01-01` come out exactly as they went in.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.nodes import ScalarNode
from ruamel.yaml.resolver import VersionedResolver
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, LiteralScalarString
from ruamel.yaml.tag import Tag

from cioform.config.read.parse import parse
from cioform.config.read.scalars import plain_value
from cioform.config.read.variables import escape
from cioform.core.json_value import Plain

_NULL: Final = "tag:yaml.org,2002:null"
_TEXT: Final = "tag:yaml.org,2002:str"

# What readers of YAML 1.1 would take for something else: booleans, base 60 numbers, dates.
_MISREAD: Final = re.compile(
    r"y|yes|n|no|on|off|[-+.]?[0-9][0-9_:,.eE+-]*(?:[ tT][0-9:.]+Z?)?|<<|=|\.inf|\.nan",
    re.IGNORECASE,
)
_SIMPLE_KEY: Final = re.compile(r"[A-Za-z_][\w./@ -]{0,99}(?<! )")
_NOT_IN_BLOCK: Final = re.compile(
    r"[^\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)


class _AsWritten(VersionedResolver):
    """Takes every scalar for text but an empty one, which is null."""

    def resolve(self, kind: Any, value: Any, implicit: Any) -> Any:
        if kind is not ScalarNode:
            return super().resolve(kind, value, implicit)
        empty = value == "" and bool(implicit) and bool(implicit[0])
        return Tag(suffix=_NULL if empty else _TEXT)


def round_trip() -> YAML:
    """Give a reader and writer that keeps comments, quotes and spellings."""
    yaml = YAML()
    yaml.Resolver = _AsWritten
    yaml.preserve_quotes = True
    yaml.width = 1 << 20  # a folded line would change with every word in it
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def dump(value: Mapping[str, Plain]) -> str:
    """Give the YAML of a document. `parse` reads back the same value, save that `$${var.x}`
    stands for the text `${var.x}`."""
    text = _dumped(styled(value))
    if _reads_back(text, value):
        return text
    text = _dumped(styled(value, blocks=False))
    if not _reads_back(text, value):
        raise ValueError("the document cannot be written as YAML")
    return text


def styled(value: Plain, *, blocks: bool = True) -> Any:
    """Give `value` as ruamel should write it. `blocks`: long text as literal blocks."""
    if isinstance(value, Mapping):
        return {_key(key): styled(item, blocks=blocks) for key, item in value.items()}
    if isinstance(value, str):
        return _text(escape(value), blocks)
    if isinstance(value, Sequence):
        return [styled(item, blocks=blocks) for item in value]
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value)


def _key(key: str) -> str:
    return key if _SIMPLE_KEY.fullmatch(key) else _quoted(key)


def _text(text: str, blocks: bool) -> str:
    if "\n" in text:
        return LiteralScalarString(text) if blocks and _fits_block(text) else _quoted(text)
    if plain_value(text) != text or _MISREAD.fullmatch(text) or _NOT_IN_BLOCK.search(text):
        return _quoted(text)
    return text


def _quoted(text: str) -> str:
    quoted: str = DoubleQuotedScalarString(text)
    return quoted


def _fits_block(text: str) -> bool:
    # White space that an editor would strip unseen belongs in quotes.
    return (
        not text[0].isspace()
        and not text.endswith("\n\n")
        and _NOT_IN_BLOCK.search(text) is None
        and not any(line != line.rstrip() for line in text.split("\n"))
    )


def _dumped(value: Any) -> str:
    out = io.StringIO()
    round_trip().dump(value, out)
    return out.getvalue()


def _reads_back(text: str, value: Mapping[str, Plain]) -> bool:
    documents = parse(text, "")
    return len(documents) == 1 and documents[0].value == _escaped(value)


def _escaped(value: Plain) -> Plain:
    if isinstance(value, Mapping):
        return {key: _escaped(item) for key, item in value.items()}
    if isinstance(value, str):
        return escape(value)
    if isinstance(value, Sequence):
        return [_escaped(item) for item in value]
    return value
