"""A preview as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from cioform.report.plain_text import plain_text
from cioform.report.preview.model import Preview, PreviewedMessage, View
from cioform.report.styling import Styler, Tone
from cioform.report.values import escape_unprintable


def render_preview(preview: Preview, style: Styler) -> str:
    """Return each message as each person gets it."""
    parts = [part for message in preview.messages for part in _message(message, style)]
    return (
        "\n".join((*parts, style(f"Rendered by {', '.join(preview.versions)}.", Tone.DIM))) + "\n"
    )


def _message(message: PreviewedMessage, style: Styler) -> Iterator[str]:
    yield style(f"{message.title} ({message.channel})", Tone.BOLD)
    yield from (f"  {note}" for note in message.notes)
    yield ""
    for people, at in message.groups():
        names = ", ".join(person.person for person in people)
        note = people[0].note if len(people) == 1 else "get the same"
        for side in message.sides:
            label = f"{names}, {side.label} the change" if side.label else names
            yield style(f"  {label}", Tone.BOLD) + style(f" - {note}", Tone.DIM)
            lines = _view(side.views[at], message, style)
            yield from (f"    {line}".rstrip() for line in lines)
            yield ""


def _view(view: View, message: PreviewedMessage, style: Styler) -> Iterator[str]:
    if view.failure:
        yield style(f"Not sent: {escape_unprintable(view.failure)}", Tone.ERROR)
        return
    headers = {
        "From": view.sender,
        "To": view.to,
        "Subject" if message.is_html else "Title": view.subject,
        "Preheader": view.preheader,
        **{name.capitalize(): value for name, value in view.more.items()},
    }
    for name, value in headers.items():
        if value:
            yield f"{name}: {escape_unprintable(value)}"
    yield ""
    body = plain_text(view.body, links=True) if message.is_html else view.body
    yield from (escape_unprintable(line) for line in body.splitlines())
