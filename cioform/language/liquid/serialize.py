"""What a text says in Liquid as JSON data, to be kept between runs of the program."""

from __future__ import annotations

from typing import Final

from cioform.core.json_value import JsonValue
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
        [[u.path, u.offset, u.role.value, u.filters, int(u.is_guarded)] for u in parsed.uses],
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
    uses, filters, tags, errors, assigned, is_complete = data
    return ParsedText(
        tuple(Use(tuple(p), at, _ROLES[role], tuple(f), bool(g)) for p, at, role, f, g in uses),
        tuple(FilterUse(name, at, number) for name, at, number in filters),
        tuple(TagUse(name, arguments, at) for name, arguments, at in tags),
        tuple(
            LiquidError(rule, message, at, None if fix is None else (fix[0], fix[1], fix[2]))
            for rule, message, at, fix in errors
        ),
        tuple(assigned),
        bool(is_complete),
    )
