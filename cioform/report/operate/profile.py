"""A person as people read them: attributes by sort, timestamps as dates with their numbers."""

from __future__ import annotations

from collections.abc import Iterator

from cioform.operate.people.profile import (
    Attribute,
    AttributeCategory,
    Profile,
    ValueType,
    format_timestamp,
)
from cioform.report.styling import PLAIN, Styler, Tone
from cioform.report.values import escape_unprintable, format_inline, format_scalar


def render_profile(profile: Profile, style: Styler = PLAIN) -> str:
    """Give the text of a person: identifiers, then attributes by sort, then devices."""
    return "".join(f"{line}\n" for line in _lines(profile, style))


def timestamp_text(seconds: int | None) -> str:
    """Give a time with its number, `-` where there is none."""
    return "-" if seconds is None else f"{format_timestamp(seconds)} ({seconds})"


def _lines(profile: Profile, style: Styler) -> Iterator[str]:
    named = [f"{by} {escape_unprintable(who)}" for by, who in profile.identifiers.items() if who]
    yield style(", ".join(named), Tone.BOLD)
    if profile.unsubscribed:
        yield style("unsubscribed", Tone.WARNING)
    for sort in AttributeCategory:
        some = [each for each in profile.attributes if each.sort is sort]
        if some:
            yield ""
            yield style(sort.value, Tone.BOLD)
            width = max(len(escape_unprintable(each.name)) for each in some)
            yield from (
                f"  {escape_unprintable(e.name):<{width}}  {_value_text(e, style)}" for e in some
            )
    if profile.devices:
        yield ""
        yield style("devices", Tone.BOLD)
        for device in profile.devices:
            yield "  " + ", ".join(f"{name}: {format_scalar(value)}" for name, value in device.items()
                                   if not isinstance(value, dict | list))  # fmt: skip


def _value_text(attribute: Attribute, style: Styler) -> str:
    if attribute.type is ValueType.TIMESTAMP:
        return f"{attribute.date} ({attribute.value})"
    if attribute.type is ValueType.NULL:
        return style("null", Tone.DIM)
    value = attribute.value
    return format_inline(value) or format_scalar(value)
