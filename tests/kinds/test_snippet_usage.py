"""What uses a snippet, by a response whose form is not recorded (journeys facts, section 7)."""

from __future__ import annotations

from typing import Any

import pytest

from cioform.kinds.snippet.usage import find_usage
from cioform.model.remote_access.conversation import Response
from cioform.model.routing.operations import ObjectId, Usage
from tests.support.operations import converse


def page(continuation: str = "", **usage: Any) -> dict[str, Any]:
    return {"usage": usage, "meta": {"continuation": continuation}}


@pytest.mark.parametrize(
    "rows", [[3, "4"], [{"id": 3}, {"id": "4"}]], ids=["ids", "objects with ids"]
)
def test_layouts_are_named_by_their_ids(rows: Any) -> None:
    _, usage = converse(find_usage("~/snippets/1"), page(layouts=rows))
    assert usage == Usage((ObjectId("layout", "3"), ObjectId("layout", "4")))


def test_every_page_is_read() -> None:
    sent, usage = converse(
        find_usage("~/snippets/1"), page("a", layouts=[3]), page("b", layouts=[4]), page()
    )
    paths = ["usage", "usage/a", "usage/b"]
    assert [each.path for each in sent] == [f"~/snippets/1/{path}" for path in paths]
    assert usage == Usage((ObjectId("layout", "3"), ObjectId("layout", "4")))


@pytest.mark.parametrize(
    "body",
    [
        None, [], {}, {"usage": []}, {"usage": {"others": []}}, page(layouts=5), page(layouts="a"),
        page(layouts={"id": 3}), page(layouts=[True]), page(layouts=[{}]), page(templates=[None]),
    ],
    ids=str,
)  # fmt: skip
def test_another_form_does_not_tell(body: Any) -> None:
    assert converse(find_usage("~/snippets/1"), body)[1] is None


def test_a_list_without_an_end_does_not_tell() -> None:
    conversation = find_usage("~/snippets/1")
    next(conversation)
    for number in range(99):
        conversation.send(Response(200, page(str(number), layouts=[3])))
    with pytest.raises(StopIteration) as ended:
        conversation.send(Response(200, page("more", layouts=[3])))
    assert ended.value.value is None
