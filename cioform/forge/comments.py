"""The one comment that is kept up to date in a pull request."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cioform.core.data.json_value import Json
from cioform.core.text.utf16 import clip_utf16
from cioform.forge.client import GitHub
from cioform.forge.event import number_at, text_at

MAX_LENGTH: Final = 65_536
"""The maximum length of a comment or an issue on GitHub, in UTF-16 units."""
_CUT: Final = "\n\n_The rest was cut off._\n"
_MEMBERS: Final = ("OWNER", "MEMBER", "COLLABORATOR")


def put_comment(
    github: GitHub, number: int, marker: str, text: str, *, create: bool = True
) -> None:
    """Replace the text of the comment with `marker` in a pull request; `create` it if needed."""
    body = with_marker(marker, text)
    mine = [each for each in _comments(github, number) if is_own(each, marker)]
    if not mine and create:
        github.post(f"/issues/{number}/comments", body=body)
    elif mine and text_at(mine[0], "body") != body:
        github.patch(f"/issues/comments/{number_at(mine[0], 'id')}", body=body)


def with_marker(marker: str, text: str) -> str:
    """Return the text of a comment or an issue, as long as it may be, with its marker in front."""
    return clip_utf16(f"{marker}\n{text}", MAX_LENGTH, _CUT)


def is_own(item: Json, marker: str) -> bool:
    """Return whether a comment or an issue has the marker, and not from somebody else.

    Anybody can write the marker. What they wrote would be shown as if it was ours.
    """
    is_bot = text_at(item, "user", "type") == "Bot"
    is_trusted = is_bot or text_at(item, "author_association") in _MEMBERS
    return is_trusted and (text_at(item, "body") or "").startswith(marker)


def _comments(github: GitHub, number: int) -> Iterator[Json]:
    return github.get_all(f"/issues/{number}/comments")
