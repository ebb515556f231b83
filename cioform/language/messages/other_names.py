"""Names of message fields in other tools and in Customer.io, and what to write instead."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_FILE_HINT: Final = (
    "The content is in `body`: a text, or a file, as in `body: {file: welcome.html}`."
)
_SENDING_HINT: Final = "Use `sending`: `automatic`, `draft` or `never`."
_TRACK_HINT: Final = "Use `track`, as in `track: {opens: true, links: false}`."
_ONE_SENDER_HINT: Final = "The name and the address are those of the sender in `from`."
OTHER_NAMES: Final[Mapping[str, str]] = {
    **dict.fromkeys(("message", "content_text"), "body"),
    **dict.fromkeys(("template", "template_id", "file", "path"), _FILE_HINT),
    **dict.fromkeys(("send", "state", "status", "automatic", "send_automatically"), _SENDING_HINT),
    **dict.fromkeys(("queue_draft", "queue_drafts", "draft", "enabled", "active"), _SENDING_HINT),
    **dict.fromkeys(("tracking", "open_tracking", "link_tracking", "tracked"), _TRACK_HINT),
    **dict.fromkeys(("track_opens", "track_links", "track_clicks"), _TRACK_HINT),
    **dict.fromkeys(("languages", "locales", "localizations", "variants"), "translations"),
}
"""What other tools call the fields of any message."""
TEXT_NAMES: Final[Mapping[str, str]] = {**OTHER_NAMES, "text": "body"}
EMAIL_NAMES: Final[Mapping[str, str]] = {
    **OTHER_NAMES,
    **dict.fromkeys(("html", "content", "body_html", "html_body", "body_amp_html"), "body"),
    **dict.fromkeys(("text", "plain_text", "plaintext", "body_plain", "plaintext_body"), "plain"),
    **dict.fromkeys(("preview_text", "preview", "preheader_text", "snippet"), "preheader"),
    **dict.fromkeys(("title", "subject_line"), "subject"),
    **dict.fromkeys(("sender", "from_address", "from_email"), "from"),
    **dict.fromkeys(("from_name", "sender_name"), _ONE_SENDER_HINT),
    **dict.fromkeys(("recipients", "address", "to_address"), "to"),
}
PUSH_NAMES: Final[Mapping[str, str]] = {
    **TEXT_NAMES,
    **dict.fromkeys(("subject", "heading", "headline"), "title"),
    **dict.fromkeys(("deep_link", "deeplink", "url", "action_url"), "link"),
}
SLACK_NAMES: Final[Mapping[str, str]] = {**TEXT_NAMES, "webhook": "url", "to": "channel"}
WEBHOOK_NAMES: Final[Mapping[str, str]] = {
    **OTHER_NAMES,
    **dict.fromkeys(("json", "data", "payload", "content"), "body"),
    "endpoint": "url",
}
