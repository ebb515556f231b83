"""Whether only people of certain segments can enter a campaign."""

from __future__ import annotations

from collections.abc import Collection

from cioform.core.data.json_value import Json
from cioform.language.conditions.memberships import combine_memberships


def enters_only_from(trigger: Json, segments: Collection[str]) -> bool:
    """Return whether only people in one of the segments can enter through a trigger."""
    return combine_memberships(
        trigger,
        of_segment=lambda name: name in segments,
        of_all=any,
        of_any=lambda each: bool(each) and all(each),
        otherwise=False,
    )
