"""The one issue that says what drifted: opened, kept up to date, and closed."""

from __future__ import annotations

from typing import Final

from cioform.core.data.json_value import Json
from cioform.forge.client import GitHub
from cioform.forge.comments import is_own, with_marker
from cioform.forge.event import number_at, text_at

LABEL: Final = "cioform-drift"
_CLOSING: Final = "Nothing differs any more."


def put_issue(github: GitHub, marker: str, title: str, text: str) -> int | None:
    """Open the issue with `marker`, or bring it up to date; return its number."""
    body = with_marker(marker, text)
    found = _find(github, marker)
    if found is None:
        created = github.post("/issues", title=title, body=body, labels=[LABEL])
        return number_at(created, "number")
    number = number_at(found, "number")
    known = (text_at(found, "title"), text_at(found, "body"), text_at(found, "state"))
    if known != (title, body, "open"):
        github.patch(f"/issues/{number}", title=title, body=body, state="open")
    return number


def close_issue(github: GitHub, marker: str) -> int | None:
    """Close the issue with `marker` if it is open; return its number if it was."""
    found = _find(github, marker)
    if found is None or text_at(found, "state") != "open":
        return None
    number = number_at(found, "number")
    github.post(f"/issues/{number}/comments", body=_CLOSING)
    github.patch(f"/issues/{number}", state="closed", state_reason="completed")
    return number


def _find(github: GitHub, marker: str) -> Json:
    """Return the newest issue with the marker, open or closed, None if there is none."""
    listed = github.get_all("/issues", labels=LABEL, state="all", sort="created", direction="desc")
    return next((each for each in listed if is_own(each, marker)), None)
