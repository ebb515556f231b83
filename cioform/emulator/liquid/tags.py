"""The tags that Customer.io adds to those of its engines (content facts, 1.2).

A tag renderer gets what is written after the name of its tag, and the variables in scope.
"""

import re
from collections.abc import Callable, Mapping
from html import escape
from random import Random
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

TagRenderer = Callable[[str, Mapping[str, Any], Random], str]
"""Returns the output of a tag. Raises ValueError if its arguments are wrong."""

HOST: Final = "https://sandbox.invalid"
"""Where the links of the sandbox lead: a name that never exists."""
_ARGUMENT: Final = re.compile(
    r"""(?P<name>\w+)\s*[:=]\s*(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<plain>[^\s,]+))"""
)
_HEX: Final = re.compile(r"#?([0-9A-Fa-f]{3}|[0-9A-Fa-f]{6})")
_TIME: Final = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \([^()]+\)")
MAX_FRAMES: Final = 60
_COUNTDOWN: Final[Mapping[str, str]] = {
    "apng": "true|false",
    "looping": "true|false",
    "font": "inter|roboto",
    "locale": "en|ru|jp|zh|pt|es|fr",
    "resolution": "S|M|H|D",
    "weight": r"\w+",
    "point": r"[1-9]\d{0,3}",
    "frames": r"[1-9]\d?",
    "fg": _HEX.pattern,
    "bg": _HEX.pattern,
    "time": _TIME.pattern,
}


def named_arguments(text: str) -> dict[str, str]:
    """Return the arguments of a tag by name, without the quotes around their values."""
    return {
        match["name"]: next(
            (value for value in match.group("double", "single", "plain") if value is not None), ""
        )
        for match in _ARGUMENT.finditer(text)
    }


def _cio_link(text: str, _scope: Mapping[str, Any], _random: Random) -> str:
    url = named_arguments(text).get("url", "")
    if not url:
        raise ValueError("cio_link needs an address: url:https://...")
    return url


def _link(name: str) -> TagRenderer:
    return lambda _text, scope, _random: f"{HOST}/{name}/{scope['delivery_id']}"


def _unsubscribe(_text: str, scope: Mapping[str, Any], _random: Random) -> str:
    return f'<a href="{HOST}/unsubscribe/{scope["delivery_id"]}">unsubscribe</a>'


def _countdown(text: str, _scope: Mapping[str, Any], _random: Random) -> str:
    """Return the picture of a countdown; what is not documented of it fails."""
    arguments = named_arguments(text)
    missing = [name for name in ("point", "time", "fg", "bg") if name not in arguments]
    if missing:
        raise ValueError(f"countdown needs {missing[0]}")
    for name, value in arguments.items():
        if name not in _COUNTDOWN:
            raise ValueError(f"countdown has no argument {name}")
        if not re.fullmatch(_COUNTDOWN[name], value):
            raise ValueError(f"countdown cannot use {name}:{value}")
    if int(arguments.get("frames", 1)) > MAX_FRAMES:
        raise ValueError(f"countdown has at most {MAX_FRAMES} frames")
    source = escape(f"{HOST}/countdown?{urlencode(arguments)}")
    return f'<img src="{source}" alt="Time until {arguments["time"]}">'


def _uuid(_text: str, _scope: Mapping[str, Any], random: Random) -> str:
    return str(UUID(int=random.getrandbits(128), version=4))


def _delivery_id(_text: str, scope: Mapping[str, Any], _random: Random) -> str:
    return str(scope["delivery_id"])


def _topic_name(_text: str, scope: Mapping[str, Any], _random: Random) -> str:
    campaign = scope.get("campaign") or {}
    topics = campaign.get("subscription_topic_ids") or []
    return f"Topic {topics[0]}" if topics else ""


TAGS: Final[Mapping[str, TagRenderer]] = {
    "unsubscribe_url": _link("unsubscribe"),
    "unsubscribe": _unsubscribe,
    "manage_subscription_preferences_url": _link("preferences"),
    "view_in_browser_url": _link("view"),
    "tracking_consent_url": _link("consent"),
    "cio_link": _cio_link,
    "cio_link_id": _delivery_id,
    "generate_uuid": _uuid,
    "subscription_topic_name": _topic_name,
    "countdown": _countdown,
}
"""The tags with arguments in Customer.io's own notation; `random` and `render_liquid` take an
expression."""
