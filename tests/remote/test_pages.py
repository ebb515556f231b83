"""Paged lists are read completely or are an error."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

import httpx
import pytest

from cioform.core.errors import RemoteError
from cioform.model.remote_access.conversation import Api, Paging, Request

CURSOR = Request(Api.APP, "GET", "/v1/sender_identities", paging=Paging.CURSOR, items="senders")
NUMBERED = Request(Api.JOURNEYS, "GET", "~/campaigns", paging=Paging.PAGE_NUMBER, items="campaigns")

Cut = Callable[[int, list[dict[str, Any]]], dict[str, Any]]


def rows(count: int) -> list[dict[str, Any]]:
    return [{"id": n} for n in range(count)]


class Lister:
    """A list in numbered pages: `base` is the first number, `meta` makes the metadata of a page."""

    def __init__(
        self, everything: list[dict[str, Any]], base: int, meta: Cut | None = None, size: int = 2
    ) -> None:
        self.everything = everything
        self.base = base
        self.meta = meta
        self.size = size
        self.asked: list[int] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            return httpx.Response(200, json={"access_token": "t"})
        self.asked.append(int(request.url.params["page"]))
        number = max(self.base, self.asked[-1])
        start = (number - self.base) * self.size
        body: dict[str, Any] = {"campaigns": self.everything[start : start + self.size]}
        if self.meta:
            body |= self.meta(number, self.everything)
        return httpx.Response(200, json=body)


def by_total(number: int, everything: list[dict[str, Any]]) -> dict[str, Any]:
    return {"meta": {"pagination": {"page": number, "size": 2, "total": len(everything)}}}


def by_pages(number: int, everything: list[dict[str, Any]]) -> dict[str, Any]:
    return {"page": number, "total_pages": (len(everything) + 1) // 2}


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 5])
@pytest.mark.parametrize("base", [0, 1])
def test_either_page_base_returns_every_row_once(open_to, count, base):
    lister = Lister(rows(count), base)
    body = open_to(lister).send(NUMBERED).body
    assert body == {"campaigns": rows(count)}


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 5])
@pytest.mark.parametrize("base", [0, 1])
def test_a_total_avoids_needless_pages(open_to, count, base):
    lister = Lister(rows(count), base, by_total)
    assert open_to(lister).send(NUMBERED).body["campaigns"] == rows(count)
    assert len(lister.asked) == max(1, (count + 1) // 2)


def test_a_page_count_avoids_needless_pages(open_to):
    lister = Lister(rows(5), 1, by_pages)
    assert open_to(lister).send(NUMBERED).body["campaigns"] == rows(5)
    assert lister.asked == [0, 2, 3]


def test_page_zero_may_be_rejected(open_to):
    lister = Lister(rows(3), 1)

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.params.get("page") == "0":
            return httpx.Response(422, json={})
        return lister(request)

    assert open_to(answer).send(NUMBERED).body["campaigns"] == rows(3)


def test_a_list_that_repeats_page_one_is_refused(open_to):
    lister = Lister(rows(2), 0, size=2)
    lister.base = 99
    with pytest.raises(RemoteError, match="same page twice"):
        open_to(lister).send(NUMBERED)


def every_page_is_the_first(body: dict[str, Any]) -> Callable[[httpx.Request], httpx.Response]:
    """Return a server that ignores the parameter that selects a page."""

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"access_token": "t"} if request.method == "POST" else body)

    return answer


METADATA = [
    {},
    {"meta": {}},
    {"page": 1},
    {"total_pages": 1},
    {"has_more": True},
    {"has_more": False},
    *({"meta": {"pagination": {"total": total}}} for total in range(5)),
    *({"page": 1, "total_pages": pages, "total": None} for pages in range(3)),
]
NEXT = [{}, {"next": ""}, {"next": None}, {"next": "b"}]


@pytest.mark.parametrize("count", [0, 1, 2, 3])
@pytest.mark.parametrize("metadata", METADATA, ids=str)
def test_a_repeated_only_page_is_the_whole_list_or_an_error(open_to, count, metadata):
    """A list of one page is not taken for a shorter or a longer one."""
    client = open_to(every_page_is_the_first({"campaigns": rows(count), **metadata}))
    if _says_the_end(metadata, count):
        assert client.send(NUMBERED).body["campaigns"] == rows(count)
        return
    with pytest.raises(RemoteError) as caught:
        client.send(NUMBERED)
    assert caught.value.exit_code == 5
    assert caught.value.diagnostics[0].summary in ("List repeats a page", "List incomplete")


def _says_the_end(metadata: dict[str, Any], count: int) -> bool:
    total = metadata.get("meta", {}).get("pagination", {}).get("total")
    if total is not None:
        return bool(total == count)
    return not count or metadata.get("has_more") is False or "total_pages" in metadata


@pytest.mark.parametrize("count", [0, 1, 2, 3])
@pytest.mark.parametrize("end", NEXT, ids=str)
def test_a_repeated_only_page_of_a_cursor(open_to, count, end):
    server = every_page_is_the_first({"senders": rows(count), **end})
    if end.get("next"):
        with pytest.raises(RemoteError, match="same page twice"):
            open_to(server).send(CURSOR)
    else:
        assert open_to(server).send(CURSOR).body["senders"] == rows(count)


def test_a_list_that_drops_rows_is_refused(open_to):
    lister = Lister(rows(3), 0, lambda _n, _r: {"meta": {"pagination": {"total": 5}}})
    with pytest.raises(RemoteError, match="announced 5 rows and returned 3"):
        open_to(lister).send(NUMBERED)


def test_a_missing_list_is_not_an_empty_list(open_to):
    with pytest.raises(RemoteError, match="no list of `senders`"):
        open_to(lambda _: httpx.Response(200, json={})).send(CURSOR)
    answer = open_to(lambda _: httpx.Response(200, json={"senders": None})).send(CURSOR)
    assert answer.body == {"senders": []}


def test_a_cursor_is_followed_to_its_end(open_to, script):
    talk = script(
        httpx.Response(200, json={"senders": [{"id": 1}], "next": "b", "more": 1}),
        httpx.Response(200, json={"senders": [{"id": 2}], "next": ""}),
    )
    body = open_to(talk).send(CURSOR).body
    assert body == {"senders": [{"id": 1}, {"id": 2}], "next": "b", "more": 1}
    assert [dict(r.url.params) for r in talk.asked] == [
        {"limit": "100"},
        {"limit": "100", "start": "b"},
    ]


def test_variants_that_share_an_id_are_all_kept(open_to, script):
    variants = [{"id": 1, "language": ""}, {"id": 1, "language": "fr"}]
    talk = script(httpx.Response(200, json={"senders": variants}))
    assert open_to(talk).send(CURSOR).body["senders"] == variants


@pytest.mark.parametrize("second", [[{"id": 1}], [{"id": 2}]])
def test_a_cursor_that_repeats_is_refused(open_to, script, second):
    talk = script(
        httpx.Response(200, json={"senders": [{"id": 1}], "next": "b"}),
        httpx.Response(200, json={"senders": second, "next": "b"}),
    )
    with pytest.raises(RemoteError, match="same page twice"):
        open_to(talk).send(CURSOR)


@pytest.mark.parametrize("total", [-1, "3", True, 2.5, {}])
def test_a_total_that_is_none_is_refused(open_to, total):
    lister = Lister(rows(3), 0, lambda _n, _r: {"meta": {"pagination": {"total": total}}})
    with pytest.raises(RemoteError, match=r"`meta.pagination.total` is "):
        open_to(lister).send(NUMBERED)


def test_a_total_that_is_too_small_does_not_end_a_list(open_to):
    lister = Lister(rows(5), 0, lambda _n, _r: {"meta": {"pagination": {"total": 1}}})
    assert open_to(lister).send(NUMBERED).body["campaigns"] == rows(5)


@pytest.mark.parametrize("cursor", [5, True, {}, ["a"]])
def test_what_is_no_cursor_does_not_end_a_list(open_to, cursor):
    body = {"senders": rows(1), "next": cursor}
    with pytest.raises(RemoteError, match="`next` is "):
        open_to(lambda _: httpx.Response(200, json=body)).send(CURSOR)


@pytest.mark.parametrize("request_", [CURSOR, NUMBERED], ids=["cursor", "numbered"])
def test_a_list_without_end_is_refused(open_to, monkeypatch, request_):
    monkeypatch.setattr("cioform.remote.paging.page_rows.MAX_PAGES", 20)
    asked = count(1)

    def endless(request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            return httpx.Response(200, json={"access_token": "t"})
        number = next(asked)
        row = [{"id": number}]
        return httpx.Response(200, json={request_.items: row, "next": f"after {number}"})

    with pytest.raises(RemoteError, match="did not end after 20 pages"):
        open_to(endless).send(request_)


def test_half_a_character_is_refused(open_to):
    body = b'{"senders": [{"id": 1, "name": "\\ud83d"}]}'
    with pytest.raises(
        RemoteError, match=r"an incomplete Unicode character at `senders\[0\].name`"
    ):
        open_to(lambda _: httpx.Response(200, content=body)).send(CURSOR)
    whole = b'{"senders": [{"id": 1, "name": "\\ud83d\\ude00"}]}'
    assert open_to(lambda _: httpx.Response(200, content=whole)).send(CURSOR).body["senders"]


@pytest.mark.parametrize("inner", ["[1]", "[]"])
@pytest.mark.parametrize(
    ("levels", "place"), [(251, r"at `senders\[0\].name.a.a`"), (5000, "deep")]
)
def test_a_response_that_is_nested_too_deeply_is_refused(open_to, levels, place, inner):
    def body(count: int) -> bytes:
        value = '{"a": ' * (count - 4) + inner + "}" * (count - 4)
        return f'{{"senders": [{{"id": 1, "name": {value}}}]}}'.encode()

    with pytest.raises(RemoteError, match=f"nested more than 250 levels deep.*{place}|{place}"):
        open_to(lambda _: httpx.Response(200, content=body(levels))).send(CURSOR)
    assert open_to(lambda _: httpx.Response(200, content=body(250))).send(CURSOR).body["senders"]
