"""A preview as one HTML page: no script runs in it, and it loads nothing."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from importlib import resources
from typing import Final

from cioform.lint.sms import first_wide, message_parts
from cioform.report.plain_text import plain_text
from cioform.report.preview.mail_frame import (
    POLICY,
    estimated_height,
    frame,
    has_dark_styles,
)
from cioform.report.preview.model import PHONE_CHANNELS, Preview, PreviewedMessage, Side, View

WIDTHS: Final = (600, 375)
"""The widths of the frames in pixels: a desktop and a phone."""
_PREVIEW_LENGTH: Final = 140
"""How many characters of a text an inbox shows at most."""


def preview_page(preview: Preview, *, open_all: bool = False) -> str:
    """Return the page. Without `open_all`, only the first person of a message is unfolded."""
    styles = (resources.files(__package__) / "page.css").read_text("utf-8")
    title = escape(f"{preview.address} in {preview.workspace}")
    body = "\n".join(_message(message, open_all) for message in preview.messages)
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>Preview of {title}</title>\n<style>\n{styles}</style>\n</head>\n<body>\n"
        f"<header><h1>{title}</h1><p>Rendered by {escape(', '.join(preview.versions))}. Images are "
        "shown as boxes, because this page loads nothing.</p></header>\n"
        f"{body}\n</body>\n</html>\n"
    )


def page_height(preview: Preview, *, open_all: bool = False) -> int:
    """Return about how high the page is, in pixels."""
    height = 130
    for message in preview.messages:
        height += 90 + 24 * len(message.notes)
        for number, (_, at) in enumerate(message.groups()):
            height += 46
            if number == 0 or open_all:
                height += sum(_view_height(message, side.views[at]) for side in message.sides)
    return height


def _view_height(message: PreviewedMessage, view: View) -> int:
    if view.failure:
        return 110
    if message.is_html:
        return 190 + sum(estimated_height(view.body, width) + 40 for width in WIDTHS)
    return 350 if message.channel in PHONE_CHANNELS else 160 + 22 * view.body.count("\n")


def _message(message: PreviewedMessage, open_all: bool) -> str:
    notes = "".join(f'<p class="note">{escape(note)}</p>' for note in message.notes)
    views = "".join(_views(message, open_all))
    return (
        f'<section><h2>{escape(message.title)} <span class="channel">{escape(message.channel)}'
        f"</span></h2>{notes}{views}</section>"
    )


def _views(message: PreviewedMessage, open_all: bool) -> Iterator[str]:
    """Yield what one person gets after the other, in each state of the message."""
    for people, at in message.groups():
        sides = [(side, side.views[at]) for side in message.sides]
        names = ", ".join(person.person for person in people)
        note = people[0].note if len(people) == 1 else "get the same"
        failed = any(view.failure for _, view in sides)
        mark = ' <span class="failed">not sent</span>' if failed else ""
        is_open = " open" if open_all or at == 0 else ""
        shown = "".join(_side(message, side, view) for side, view in sides)
        yield (
            f"<details{is_open}><summary><b>{escape(names)}</b> {escape(note)}"
            f"{mark}</summary>{shown}</details>"
        )


def _side(message: PreviewedMessage, side: Side, view: View) -> str:
    label = f"<h3>{escape(side.label)}</h3>" if side.label else ""
    if view.failure:
        return f'<div class="side">{label}<p class="failure">{escape(view.failure)}</p></div>'
    if message.is_html:
        shown = _mail(message, view)
    elif message.channel in PHONE_CHANNELS:
        shown = "".join(_phone(message, view, scheme) for scheme in ("light", "dark"))
    else:
        shown = _plain(view)
    return f'<div class="side">{label}{shown}</div>'


def _mail(message: PreviewedMessage, view: View) -> str:
    inboxes = "".join(_inbox(view, scheme) for scheme in ("light", "dark"))
    frames = "".join(
        f"<figure><figcaption>{width} px, {'dark' if dark else 'light'}"
        f"{'' if not dark or has_dark_styles(view.body) else ', inverted by the mail program'}"
        f"</figcaption>{frame(view.body, width, dark=dark, title=f'{message.title} {width}')}"
        "</figure>"
        for width in WIDTHS
        for dark in (False, True)
    )
    return f'<div class="row">{inboxes}</div><div class="row">{frames}</div>'


def _inbox(view: View, scheme: str) -> str:
    """Return a message as the list of an inbox shows it."""
    name, _, _ = view.sender.partition("<")
    sender = name.strip() or view.sender or "no sender"
    preheader = view.preheader.strip()
    origin = (
        ""
        if preheader
        else ' title="Without a preheader, an inbox shows the beginning of the body."'
    )
    text = (preheader or " ".join(plain_text(view.body).split()))[:_PREVIEW_LENGTH]
    return (
        f'<div class="inbox {scheme}" dir="auto"><i>{escape(sender[:1].upper())}</i><div>'
        f"<b>{escape(sender)}</b><time>10:00</time>"
        f'<p class="subject">{escape(view.subject) or "(no subject)"}</p>'
        f'<p class="preheader"{origin}>{escape(text)}</p></div></div>'
    )


def _phone(message: PreviewedMessage, view: View, scheme: str) -> str:
    if message.channel in ("sms", "whatsapp"):
        inside = f'<p class="bubble" dir="auto">{escape(view.body)}</p>'
        count = _sms_size(view.body) if message.channel == "sms" else ""
    else:
        title = f'<b dir="auto">{escape(view.subject)}</b>' if view.subject else ""
        inside = (
            f'<div class="notification"><i></i><div>{title}<time>now</time>'
            f'<p dir="auto">{escape(view.body)}</p></div></div>'
        )
        count = ""
    more = "".join(f"<p>{escape(name)}: {escape(text)}</p>" for name, text in view.more.items())
    caption = f"{count}{more}" if scheme == "light" else ""
    return (
        f'<figure class="phone {scheme}"><div class="screen"><p class="clock">10:00</p>{inside}'
        f"</div><figcaption>{caption}</figcaption></figure>"
    )


def _sms_size(text: str) -> str:
    parts = message_parts(text)
    wide = first_wide(text)
    reason = "" if wide is None else f" ({escape(text[wide])} allows only 70 characters a part)"
    return f"{len(text)} characters, {parts} part{'' if parts == 1 else 's'}{reason}"


def _plain(view: View) -> str:
    rows = {"to": view.to, "title": view.subject, **view.more}
    heads = "".join(f"<p>{escape(name)}: {escape(text)}</p>" for name, text in rows.items() if text)
    return f'<div class="plain">{heads}<pre dir="auto">{escape(view.body)}</pre></div>'
