"""The result of an analysis as JSON data, to be kept between runs of the program."""

from __future__ import annotations

from itertools import starmap
from typing import Final

from cioform.core.data.json_value import JsonValue
from cioform.language.liquid.parsed import (
    FilterUse,
    LiquidError,
    ParsedText,
    Role,
    TagUse,
    Use,
)

_ROLES: Final = {role.value: role for role in Role}


def encode(parsed: ParsedText) -> JsonValue:
    """Return a parsed text as JSON data."""
    return [
        [_encode_use(use) for use in parsed.uses],
        [_encode_use(use) for use in parsed.indirect_uses],
        [[f.name, f.offset, f.arguments] for f in parsed.filters],
        [[t.name, t.arguments, t.offset] for t in parsed.tags],
        [[e.rule, e.message, e.offset, e.fix] for e in parsed.errors],
        parsed.assigned,
        int(parsed.is_complete),
    ]


def decode(data: JsonValue) -> ParsedText:
    """Return the parsed text that JSON data stands for.

    Raises ValueError, TypeError, LookupError or AttributeError for any other data.
    """
    uses, indirect_uses, filters, tags, errors, assigned, is_complete = data
    return ParsedText(
        tuple(map(_decode_use, uses)),
        tuple(map(_decode_use, indirect_uses)),
        tuple(starmap(FilterUse, filters)),
        tuple(starmap(TagUse, tags)),
        tuple(
            LiquidError(rule, message, at, None if fix is None else (fix[0], fix[1], fix[2]))
            for rule, message, at, fix in errors
        ),
        tuple(assigned),
        bool(is_complete),
    )


def _encode_use(use: Use) -> JsonValue:
    flags = int(use.is_guarded) + 2 * int(use.is_strict) + 4 * int(use.is_conditional)
    return [use.path, use.offset, use.role.value, use.filters, flags, use.compared_as]


def _decode_use(data: JsonValue) -> Use:
    path, offset, role, filters, flags, compared_as = data
    return Use(
        tuple(path),
        offset,
        _ROLES[role],
        tuple(filters),
        flags & 1 != 0,
        flags & 2 != 0,
        flags & 4 != 0,
        compared_as,
    )
