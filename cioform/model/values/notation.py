"""Rewrite values in the notation of others that mean the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cioform.core.data.json_value import UNKNOWN, Json


def rewrite_members_like(
    members: Mapping[str, Json],
    like: Mapping[str, Json],
    normalize: Callable[[dict[str, Json]], Json],
) -> dict[str, Json]:
    """Return members with the values of `like` where those mean the same, and in its order.

    `normalize` returns a form in which members of the same meaning are equal.
    """
    rewritten = {**{name: members[name] for name in like if name in members}, **members}
    normal: Json = UNKNOWN
    for name, value in members.items():
        other = like.get(name, UNKNOWN)
        if other is UNKNOWN or value is UNKNOWN or other == value:
            continue
        normal = normalize(dict(rewritten)) if normal is UNKNOWN else normal
        if normalize({**rewritten, name: other}) == normal:
            rewritten[name] = other
    return rewritten
