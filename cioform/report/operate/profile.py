"""A person's profile for a terminal: attributes by category, timestamps as dates and numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from cioform.core.data.json_value import Json
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
    """Return the text of a person: identifiers, then attributes by category, then devices."""
    return "".join(f"{line}\n" for line in _lines(profile, style))


def timestamp_text(seconds: int | None) -> str:
    """Return a time in Unix seconds as a date with its number; `-` if there is none."""
    return "-" if seconds is None else f"{format_timestamp(seconds)} ({seconds})"


def _lines(profile: Profile, style: Styler) -> Iterator[str]:
    identifiers = [
        f"{by} {escape_unprintable(id_)}" for by, id_ in profile.identifiers.items() if id_
    ]
    yield style(", ".join(identifiers), Tone.BOLD)
    if profile.unsubscribed:
        yield style("unsubscribed", Tone.WARNING)
    for category in AttributeCategory:
        attributes = [each for each in profile.attributes if each.sort is category]
        if attributes:
            yield ""
            yield style(category.value, Tone.BOLD)
            yield from _attribute_lines(attributes, style)
    if profile.devices:
        yield ""
        yield style("devices", Tone.BOLD)
        for device in profile.devices:
            yield f"  {_device_text(device)}"


def _attribute_lines(attributes: Sequence[Attribute], style: Styler) -> Iterator[str]:
    names = [escape_unprintable(attribute.name) for attribute in attributes]
    width = max(map(len, names))
    for name, attribute in zip(names, attributes, strict=True):
        yield f"  {name:<{width}}  {_value_text(attribute, style)}"


def _value_text(attribute: Attribute, style: Styler) -> str:
    if attribute.type is ValueType.TIMESTAMP:
        return f"{attribute.date} ({attribute.value})"
    if attribute.type is ValueType.NULL:
        return style("null", Tone.DIM)
    return format_inline(attribute.value) or format_scalar(attribute.value)


def _device_text(device: Mapping[str, Json]) -> str:
    return ", ".join(
        f"{name}: {format_scalar(value)}"
        for name, value in device.items()
        if not isinstance(value, dict | list)
    )
