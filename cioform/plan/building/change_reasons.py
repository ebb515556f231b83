"""The reason of a change, as the plan shows it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from cioform.core.text.word_lists import join_first
from cioform.model.objects.live_object import LiveObject
from cioform.model.objects.snapshot import Binding
from cioform.plan.change import FieldChange, Origin

_SHOWN_PARTS: Final = 5
_NOT_APPLIED: Final = (
    "not applied yet, or only in part; whether somebody edited it in the workspace is not known"
)


def change_reason(fields: Sequence[FieldChange], binding: Binding | None, *, was_kept: bool) -> str:
    """Return which side changed the fields, if the state knows what was last applied.

    `was_kept` says that one of them was kept until now.
    """
    if binding is not None and binding.applied is None:
        return _NOT_APPLIED
    origins = {item.origin for item in fields}
    if Origin.CONFLICT in origins:
        kept = "; the workspace's was kept until now" if was_kept else ""
        return f"changed in the files and in the workspace, to different values{kept}"
    if origins == {Origin.DRIFT}:
        return "changed in the workspace; the files take precedence"
    if Origin.DRIFT in origins:
        return "changed in the files and in the workspace; the files take precedence"
    return "changed in the files"


def recognized_parts(live: LiveObject) -> str:
    """Return the end of a reason: which parts were recognized without a state."""
    names = list(live.decoded.recognized)
    if not names:
        return ""
    return f"; recognized by place or content: {join_first(names, _SHOWN_PARTS)}"
