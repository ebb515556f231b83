"""A person as people read them: attributes by sort, timestamps as dates with their numbers."""

from __future__ import annotations

from collections.abc import Iterator

from cioform.operate.people.profile import Attribute, Profile, Sort, Type, day
from cioform.report.styling import PLAIN, Ink, Tone
from cioform.report.values import one_line, scalar, visible


def render_profile(profile: Profile, ink: Ink = PLAIN) -> str:
    """Give the text of a person: identifiers, then attributes by sort, then devices."""
    return "".join(f"{line}\n" for line in _lines(profile, ink))


def moment(seconds: int | None) -> str:
    """Give a time with its number, `-` where there is none."""
    return "-" if seconds is None else f"{day(seconds)} ({seconds})"


def _lines(profile: Profile, ink: Ink) -> Iterator[str]:
    named = [f"{by} {visible(who)}" for by, who in profile.identifiers.items() if who]
    yield ink(", ".join(named), Tone.STRONG)
    if profile.unsubscribed:
        yield ink("unsubscribed", Tone.CAUTION)
    for sort in Sort:
        some = [each for each in profile.attributes if each.sort is sort]
        if some:
            yield ""
            yield ink(sort.value, Tone.STRONG)
            width = max(len(visible(each.name)) for each in some)
            yield from (f"  {visible(e.name):<{width}}  {_value(e, ink)}" for e in some)
    if profile.devices:
        yield ""
        yield ink("devices", Tone.STRONG)
        for device in profile.devices:
            yield "  " + ", ".join(f"{name}: {scalar(value)}" for name, value in device.items()
                                   if not isinstance(value, dict | list))  # fmt: skip


def _value(attribute: Attribute, ink: Ink) -> str:
    if attribute.type is Type.TIMESTAMP:
        return f"{attribute.date} ({attribute.value})"
    if attribute.type is Type.NOTHING:
        return ink("null", Tone.QUIET)
    value = attribute.value
    return one_line(value) or scalar(value)
