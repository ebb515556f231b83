"""The style of YAML: indented by two spaces, with quotes only where they are needed.

Every scalar passes through ruamel as text, so that `0123`, `1.10`, `yes` and `2024-01-01` are
written exactly as they were read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from cioform.config.read.layering.variables import escape_variables
from cioform.config.read.parsing.scalars import parse_plain_scalar
from cioform.core.data.json_value import JsonValue
from cioform.core.lazy_modules import lazy_module
from cioform.core.text.lazy_pattern import lazy_pattern

if TYPE_CHECKING:
    from ruamel import yaml as ruamel_yaml
    from ruamel.yaml import emitter as ruamel_emitter
    from ruamel.yaml import resolver as ruamel_resolver
    from ruamel.yaml import scalarstring as ruamel_text
else:
    ruamel_yaml = lazy_module("ruamel.yaml")
    ruamel_emitter = lazy_module("ruamel.yaml.emitter")
    ruamel_resolver = lazy_module("ruamel.yaml.resolver")
    ruamel_text = lazy_module("ruamel.yaml.scalarstring")

_NULL: Final = "tag:yaml.org,2002:null"
_TEXT: Final = "tag:yaml.org,2002:str"

# Text that parsers of YAML 1.1 read as something else: booleans, base 60 numbers, dates.
_AMBIGUOUS_TEXT: Final = lazy_pattern(
    r"y|yes|n|no|on|off|[-+.]?[0-9][0-9_:,.eE+-]*(?:[ tT][0-9:.]+Z?)?|<<|=|\.inf|\.nan",
    re.IGNORECASE,
)
_SIMPLE_KEY: Final = lazy_pattern(r"[A-Za-z_][\w./@ -]{0,99}(?<! )")
_YAML_SYNTAX: Final = lazy_pattern(
    r"^[\s,\[\]{}#&*!|>'\"%@`]|\s$|^[-?:](?:\s|$)|:(?:\s|$)|\s#|^(?:---|\.\.\.)"
)
"""In plain text: what YAML would read as something else."""
_NEEDS_QUOTES: Final = lazy_pattern(
    r"[^\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)


@cache
def _text_resolver() -> type[ruamel_resolver.VersionedResolver]:
    """Return the class that resolves every scalar as text, except an empty one, which is null."""

    class TextResolver(ruamel_resolver.VersionedResolver):
        def resolve(self, kind: Any, value: Any, implicit: Any) -> Any:
            if kind is not ruamel_yaml.ScalarNode:
                return super().resolve(kind, value, implicit)
            empty = value == "" and bool(implicit) and bool(implicit[0])
            return ruamel_yaml.tag.Tag(suffix=_NULL if empty else _TEXT)

    return TextResolver


@cache
def _compact_emitter() -> type[ruamel_emitter.Emitter]:
    """Return the class that writes a list in a list as `- - a`, which ruamel writes `-   - a`."""

    class CompactEmitter(ruamel_emitter.Emitter):
        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options)
            self._is_nested: list[bool] = []

        def expect_block_sequence(self) -> None:
            self._is_nested.append(bool(self.sequence_context))
            super().expect_block_sequence()

        def expect_block_sequence_item(self, first: bool = False) -> None:
            is_nested = self._is_nested[-1]
            self.sequence_dash_offset = 0 if is_nested else 2
            self.best_sequence_indent = 2 if is_nested else 4
            if not first and isinstance(self.event, ruamel_yaml.SequenceEndEvent):
                self._is_nested.pop()
            super().expect_block_sequence_item(first)

    return CompactEmitter


def round_trip_yaml() -> ruamel_yaml.YAML:
    """Return a parser and writer that keeps comments, quotes and notation."""
    yaml = ruamel_yaml.YAML()
    yaml.Resolver = _text_resolver()
    yaml.Emitter = _compact_emitter()
    yaml.preserve_quotes = True
    yaml.width = 1 << 20  # a folded line would change with each edit
    yaml.brace_single_entry_mapping_in_flow_sequence = True
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


class VerbatimText(str):
    """A text as it is in a file: its variables are variables, and are not escaped."""

    __slots__ = ()


def verbatim(value: JsonValue) -> JsonValue:
    """Return a value whose texts are as they are in a file."""
    if isinstance(value, str):
        return VerbatimText(value)
    if isinstance(value, Mapping):
        return {key: verbatim(item) for key, item in value.items()}
    if isinstance(value, Sequence):
        return [verbatim(item) for item in value]
    return value


def with_escapes(value: JsonValue) -> JsonValue:
    """Return a value as it reads in the file, before variables are substituted."""
    if isinstance(value, str):
        return as_written(value)
    if isinstance(value, Mapping):
        return {key: with_escapes(item) for key, item in value.items()}
    if isinstance(value, Sequence):
        return [with_escapes(item) for item in value]
    return value


def as_written(text: str) -> str:
    """Return a text as it is in a file: what looks like a variable is escaped."""
    return str(text) if isinstance(text, VerbatimText) else escape_variables(text)


def to_ruamel(value: JsonValue, *, blocks: bool = True) -> Any:
    """Return `value` as ruamel has to write it; with `blocks`, long text as literal blocks."""
    if isinstance(value, Mapping):
        return {_style_key(key): to_ruamel(item, blocks=blocks) for key, item in value.items()}
    if isinstance(value, str):
        return style_text(as_written(value), blocks=blocks)
    if isinstance(value, Sequence):
        return [to_ruamel(item, blocks=blocks) for item in value]
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value)


def _style_key(key: str) -> str:
    return key if _SIMPLE_KEY.fullmatch(key) else _quote(key)


def style_text(text: str, *, blocks: bool = True) -> str:
    """Return a text with the style it needs: none, quotes or, with `blocks`, a literal block."""
    if "\n" in text:
        return (
            ruamel_text.LiteralScalarString(text) if blocks and fits_block(text) else _quote(text)
        )
    if (
        parse_plain_scalar(text) != text
        or _AMBIGUOUS_TEXT.fullmatch(text)
        or _NEEDS_QUOTES.search(text)
        or _YAML_SYNTAX.search(text)
    ):
        return _quote(text)
    return text


def _quote(text: str) -> str:
    # Single quotes around text with double ones, as in JSON, spare the backslashes.
    single = '"' in text and "'" not in text and not _NEEDS_QUOTES.search(text)
    is_single = single and "\n" not in text
    style = (
        ruamel_text.SingleQuotedScalarString if is_single else ruamel_text.DoubleQuotedScalarString
    )
    quoted: str = style(text)
    return quoted


def fits_block(text: str) -> bool:
    """Return whether a text can be a literal block that no editor changes."""
    # Quotes protect white space that an editor would silently strip.
    return (
        not text[:1].isspace()
        and not text.endswith("\n\n")
        and _NEEDS_QUOTES.search(text) is None
        and not any(line != line.rstrip() for line in text.split("\n"))
    )
