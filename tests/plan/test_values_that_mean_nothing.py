"""A file may set a member to nothing: a plan shows what that takes away, by the file's path."""

from __future__ import annotations

from typing import Any

import pytest

from cioform.core.data.paths import format_path
from cioform.kinds.campaign import KIND
from cioform.model.part_change import PartAction
from cioform.plan.compare import diff
from cioform.plan.file_changes import drifted_file_changes, file_changes
from tests.plan.test_file_changes import canonical

EMAIL = {"subject": "S", "body": "b"}
TYPES: dict[str, dict[str, Any]] = {
    "email": EMAIL,
    "push": {"title": "T", "body": "b"},
    "whatsapp": {"body": "b"},
}
MEMBERS = [
    ("email", "raw", "fake_bcc", True, {"fake_bcc": False}, False),
    ("push", "content", "sound", "ding", {}, None),
    ("whatsapp", "content", "a", 1, {}, None),
]


def campaign(
    message_type: str, more: dict[str, Any], *, variant: bool = False, wait: str = "2d"
) -> dict[str, Any]:
    message = {"id": "m", message_type: {**TYPES[message_type], **more}}
    other = {"id": "o", message_type: TYPES[message_type]}
    variants = [{**message, "percent": 50}, {**other, "percent": 50}]
    step = {"id": "test", "ab_test": variants} if variant else message
    return canonical([step, {"id": "p", "wait": wait}])


@pytest.mark.parametrize("variant", [False, True])
@pytest.mark.parametrize("wait", ["2d", "3d"])
@pytest.mark.parametrize(("keyword", "field", "member", "value", "nothing", "after"), MEMBERS)
def test_it_is_shown_alone_and_beside_another_change(
    keyword: str, field: str, member: str, value: object, nothing: Any, after: object,
    wait: str, *, variant: bool,
) -> None:  # fmt: skip
    live = campaign(keyword, {field: {member: value}}, variant=variant)
    wanted = campaign(keyword, {field: nothing}, variant=variant, wait=wait)
    found = diff.compare(KIND, None, wanted, live)
    shown = file_changes(KIND, found, diff.managed_fields(KIND, live, wanted), wanted)
    others = {} if wait == "2d" else {"p.wait": ("2d", "3d")}
    by_path = {format_path(each.path): (each.before, each.after) for each in shown}
    assert by_path == {f"m.{keyword}.{field}.{member}": (value, after), **others}
    edits = [e.part for e in KIND.changed_parts(live, wanted) if e.action is PartAction.EDIT]
    assert edits == ["m", *(["p"] if others else [])]


@pytest.mark.parametrize(("keyword", "field", "member", "value", "nothing", "before"), MEMBERS)
def test_an_edit_of_it_is_drift_by_the_path_of_the_file(
    keyword: str, field: str, member: str, value: object, nothing: Any, before: object
) -> None:
    applied = campaign(keyword, {field: nothing})
    live = campaign(keyword, {field: {member: value}})
    found = diff.drifted_fields(KIND, applied, live)
    (shown,) = drifted_file_changes(KIND, found, applied, live)
    assert format_path(shown.path) == f"m.{keyword}.{field}.{member}"
    assert (shown.before, shown.after) == (before, value)
